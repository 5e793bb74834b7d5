// What `kubectl describe ippool` prints: the fields of an IPPool, their names in words (`Vxlan Mode:  Always`).
import type { SourceRef } from '../../model.ts';
import type { Located, Path } from '../located.ts';
import type { Facts } from '../stated-facts.ts';
import { readIPPool } from './ip-pool.ts';

export interface DescribedPoolReader {
  /** True when the line belongs to such an output. */
  read(line: string, ref: SourceRef): boolean;
  /** Hands the last one over. */
  finish(): void;
}

interface Described {
  name: string;
  refs: Map<string, SourceRef>;
  isPool: boolean;
  spec: Record<string, string | number | boolean | string[]> | null;
  /** The field whose list the lines below it are. */
  list: string[] | null;
}

/** Reads such pools. Which object it is stands behind its name, so that lines before that are of anything. */
export function createDescribedPoolReader(facts: Facts): DescribedPoolReader {
  let open: Described | null = null;
  const finish = (): void => {
    if (open?.isPool === true && open.spec !== null) readIPPool(locatedOf(open), facts);
    open = null;
  };
  return {
    finish,
    read(line, ref) {
      const [, name] = /^Name: {1,40}([a-z0-9][a-z0-9.-]{0,252})\s*$/.exec(line) ?? [];
      if (name !== undefined) {
        finish();
        open = { name, refs: new Map([['', ref]]), isPool: false, spec: null, list: null };
        // others are described by their names too
        return false;
      }
      if (open === null) return false;
      if (/^Kind: {1,40}IPPool\s*$/.test(line)) open.isPool = true;
      else if (!open.isPool) return false;
      else if (/^Spec:\s*$/.test(line)) open.spec = {};
      else if (open.spec !== null && /^ {2}/.test(line)) return readField(line, ref, open);
      // what stands below metadata is no field
      else if (!/^(?: {2}|Metadata:|Events:|Status:)/.test(line)) return false;
      else if (open.spec !== null) finish();
      return true;
    },
  };
}

function readField(line: string, ref: SourceRef, open: Described): boolean {
  const [, written = '', value = ''] =
    /^ {2}([A-Z][A-Za-z]{0,30}(?: [A-Za-z]{1,30}){0,4}):(.{0,300})$/.exec(line) ?? [];
  const item = /^ {4}(\S{1,60})\s*$/.exec(line)?.[1];
  if (written === '' || open.spec === null) {
    if (item !== undefined) open.list?.push(item);
    return item !== undefined && open.list !== null;
  }
  const words = written.split(' ');
  const field = `${(words[0] ?? '').toLowerCase()}${words.slice(1).join('')}`;
  const text = value.trim();
  open.list = text === '' ? [] : null;
  open.spec[field] =
    open.list ?? (text === 'true' ? true : text === 'false' ? false : /^\d{1,3}$/.test(text) ? Number(text) : text);
  open.refs.set(field, ref);
  return true;
}

function locatedOf({ name, refs, spec }: Described): Located {
  const whole = refs.get('') ?? { file: '', line: null };
  return {
    value: { kind: 'IPPool', metadata: { name }, spec },
    ref: (path: Path = []) => refs.get(String(path[1] ?? '')) ?? whole,
    elementRefs: () => [],
  };
}
