// `overlens path -o json`: one object, `overlens.path/1` (docs/path.md).
import type { PathReport } from '../../path/path-model.ts';
import { stringifyJson } from '../text/escape.ts';

/** In pieces, a flow each: many flows are never one string. */
export function* renderPathJson({ flows, nodes: _, ...rest }: PathReport): Generator<string> {
  const head = stringifyJson({ schema: 'overlens.path/1', ...rest });
  yield `${head.slice(0, -1)},"flows":[`;
  let before = '';
  for (const flow of flows.slice(0, flows.count)) {
    yield `${before}\n${stringifyJson(flow)}`;
    before = ',';
  }
  yield ']}\n';
}
