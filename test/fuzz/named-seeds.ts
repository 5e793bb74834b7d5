// Inputs that failed once. A change of a generator makes other inputs of them: then look for seeds that show the same.
import type { FuzzKind } from './input.ts';

export interface NamedInput {
  kind: FuzzKind;
  seed: number;
  /** What was wrong. */
  what: string;
}

export const NAMED_INPUTS: readonly NamedInput[] = [
  {
    kind: 'bundle',
    seed: 2003639,
    what: 'a member of a damaged zip with zero bytes in its name was asked for as a file',
  },
  { kind: 'paste', seed: 97002414, what: 'topology --redact printed a NUL of a line as it stood' },
  {
    kind: 'paste',
    seed: 161000002,
    what: '`ipipMode: !!binary` was an object of the YAML package: an error of its own',
  },
  { kind: 'snapshot', seed: 2003393, what: 'a pod whose name is the number 1e309 was called Infinity' },
];
