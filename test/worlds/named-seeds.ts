// Worlds that failed once, and by which rule. A change of the generator makes other worlds of them: then look for seeds that show
// the same with `npm run worlds`.

export interface NamedSeed {
  seed: number;
  rule: string;
  /** What was wrong. */
  what: string;
}

export const NAMED_SEEDS: readonly NamedSeed[] = [];
