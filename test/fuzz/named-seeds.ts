// Inputs that failed once. A change of a generator makes other inputs of them: then look for seeds that show the same.
import type { FuzzKind } from './input.ts';

export interface NamedInput {
  kind: FuzzKind;
  seed: number;
  /** What was wrong. */
  what: string;
}

export const NAMED_INPUTS: readonly NamedInput[] = [];
