// What differences both ways leave open of an offset: the range that most of them agree with (as in K. Marzullo's intersection of clocks).

export interface Bounds {
  lower: number;
  upper: number;
  /** Differences that the range contradicts. */
  against: number;
}

/** @param one differences of one direction; which of both is the one to B is what fewer of them contradict */
export function boundsOf(one: readonly number[], other: readonly number[]): Bounds {
  const [a, b] = [ascending(one), ascending(other)];
  const [there, back] = [range(a, b), range(b, a)];
  return isBetter(back, there) ? back : there;
}

/** Every packet on its way to B says "not above", every other one "not below". */
function range(above: readonly number[], below: readonly number[]): Bounds {
  let best: Bounds = {
    lower: Number.NEGATIVE_INFINITY,
    upper: Number.POSITIVE_INFINITY,
    against: Number.POSITIVE_INFINITY,
  };
  let passed = 0;
  for (const [i, lower] of below.entries()) {
    while (passed < above.length && (above[passed] ?? 0) < lower) passed++;
    const upper = above[passed];
    if (upper === undefined) break;
    const found = { lower, upper, against: below.length - 1 - i + passed };
    if (isBetter(found, best)) best = found;
  }
  return best;
}

/** Among equals, wrong pairs leave a wide range open, true ones a narrow one. */
function isBetter(a: Bounds, b: Bounds): boolean {
  if (a.against !== b.against) return a.against < b.against;
  return a.upper - a.lower < b.upper - b.lower;
}

function ascending(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}
