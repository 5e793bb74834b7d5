// What to say when a filter lets nothing through: what the files do hold, so that the next try can hit.

import { smallestOf } from '../../net/extremes.ts';
import { VERDICT_WORDS } from '../../verdict/filter/verdict-words.ts';
import { flowBriefs } from '../../verdict/flow-briefs.ts';
import type { FlowBrief, Trace } from '../../verdict/trace-types.ts';
import { podName } from '../text/endpoint-names.ts';
import { escapeText } from '../text/escape.ts';
import { formatCount } from '../text/format.ts';
import { wrapWords } from '../text/text-width.ts';
import { encapsulationName } from './rows/pair-rows.ts';

/** Values listed per kind, the most frequent first. */
const VALUES_SHOWN = 8;
const LABEL = 14;

type Counts = Map<string, number>;

/**
 * Lines about everything in the captures.
 * @param trace the same captures without the filter
 */
export function contentLines(trace: Trace, width: number): string[] {
  if (trace.flowCount === 0) return ['The captures hold no flows at all.'];
  const kinds = new Map<string, Counts>(
    ['pods', 'namespaces', 'nodes', 'addresses', 'services', 'encapsulation', 'verdicts', 'outcomes', 'findings'].map(
      (kind) => [kind, new Map()],
    ),
  );
  for (const flow of flowBriefs(trace)) tally(kinds, flow);
  if ((kinds.get('pods')?.size ?? 0) > 0) kinds.delete('addresses');
  const lines = [`The captures hold ${formatCount(trace.flowCount, 'flow')}:`];
  for (const [kind, counts] of kinds) {
    if (counts.size === 0) continue;
    const texts = wrapWords(listOf(counts), width - LABEL - 2);
    lines.push(...texts.map((text, i) => `  ${(i === 0 ? kind : '').padEnd(LABEL)}${text}`));
  }
  return lines;
}

function tally(kinds: ReadonlyMap<string, Counts>, flow: FlowBrief): void {
  const count = (kind: string, value: string | null): void => {
    const counts = kinds.get(kind);
    if (value !== null) counts?.set(value, (counts.get(value) ?? 0) + 1);
  };
  for (const endpoint of [flow.src, flow.dst]) {
    count('pods', podName(endpoint));
    count('namespaces', endpoint.namespace === null ? null : escapeText(endpoint.namespace));
    count('nodes', endpoint.node === null ? null : escapeText(endpoint.node));
    count('addresses', escapeText(endpoint.ip));
  }
  count('services', serviceOf(flow));
  count('encapsulation', encapsulationName(flow));
  count('verdicts', VERDICT_WORDS[flow.verdict]);
  count('outcomes', flow.outcome);
  for (const code of flow.codes) count('findings', code);
}

function serviceOf({ protocol, srcPort, dstPort }: FlowBrief): string {
  const ports = [srcPort ?? 0, dstPort ?? 0].filter((port) => port > 0);
  return ports.length === 0 ? escapeText(protocol) : `${escapeText(protocol)} ${smallestOf(ports)}`;
}

function listOf(counts: Counts): string {
  const values = [...counts].sort((a, b) => b[1] - a[1]).map(([value]) => value);
  const shown = values.slice(0, VALUES_SHOWN).join(', ');
  return values.length > VALUES_SHOWN ? `${shown} and ${values.length - VALUES_SHOWN} more` : shown;
}
