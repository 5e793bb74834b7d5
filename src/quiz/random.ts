// Numbers that look random and are the same for the same seed: Marsaglia's xorshift with 32 bits.

export interface Random {
  /** A whole number below `most`. */
  below(most: number): number;
  /** The same items in another order. */
  shuffled<T>(items: readonly T[]): T[];
}

export function createRandom(seed: number): Random {
  // small seeds differ in few bits: mixed, they do not begin alike
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0 || 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state = (state ^ (state << 5)) >>> 0;
    return state;
  };
  const below = (most: number): number => next() % most;
  return {
    below,
    shuffled(items) {
      const all = [...items];
      for (let i = all.length - 1; i > 0; i--) {
        const other = below(i + 1);
        [all[i], all[other]] = [all[other] as (typeof all)[number], all[i] as (typeof all)[number]];
      }
      return all;
    },
  };
}
