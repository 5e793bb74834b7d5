// The largest and the smallest of many numbers. `Math.max(...values)` puts each of them on the stack, which holds a hundred thousand or so:
// a capture has more addresses, rows and packets than that.

/** Negative infinity of none. */
export function largestOf(values: Iterable<number>): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (const value of values) largest = Math.max(largest, value);
  return largest;
}

/** Infinity of none. */
export function smallestOf(values: Iterable<number>): number {
  let smallest = Number.POSITIVE_INFINITY;
  for (const value of values) smallest = Math.min(smallest, value);
  return smallest;
}
