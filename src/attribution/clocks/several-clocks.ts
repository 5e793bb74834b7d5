// A capture of which nobody knows the node may be a merge of several nodes' captures, with a clock of each. Then what one of them
// shares with a third capture says nothing of the other.

import type { Compared } from './clock-chain.ts';
import { offsetAt } from './clock-pair.ts';
import { estimateOf, type PlacesInCommon } from './shared-packets.ts';

/** No packet takes longer from one place to another, seconds: the few that seem to are of another clock. */
const ON_ITS_WAY = 1;

interface Told extends Compared {
  /** When the packets that told were seen, by each of the two clocks. */
  spans: ReadonlyMap<number, Span>;
}

interface Span {
  first: number;
  last: number;
}

/**
 * What packets in common tell of pairs of clocks: of a nameless one the surest, and what it tells at that time; by what it has at quite
 * another time, a third clock cannot be compared over it.
 * @param isNameless whether nobody knows whose clock it is
 */
export function comparisons(pairs: readonly PlacesInCommon[], isNameless: (clock: number) => boolean): Compared[] {
  const told = pairs.flatMap(({ a, b, packets }): Told[] => {
    const estimate = estimateOf(packets);
    if (estimate === null) return [];
    const agreeing = packets.filter((one) => Math.abs(one.seconds - offsetAt(estimate, one.at)) < ON_ITS_WAY);
    const at = spanOf(agreeing.map((one) => one.at));
    const later = spanOf(agreeing.map((one) => one.at + one.seconds));
    const spans = new Map([
      [a, at],
      [b, later],
    ]);
    return [{ a, b, estimate, spans }];
  });
  const surest = [...told].sort((x, y) => doubtOf(x) - doubtOf(y));
  const times = new Map<number, Span>();
  return surest.filter(({ a, b, spans }) => {
    const own = [a, b].filter(isNameless).map((clock) => ({ clock, span: spans.get(clock) as Span }));
    if (!own.every(({ clock, span }) => overlap(times.get(clock) ?? span, span))) return false;
    for (const { clock, span } of own) if (!times.has(clock)) times.set(clock, span);
    return true;
  });
}

function doubtOf({ estimate }: Compared): number {
  return estimate.uncertainty ?? Number.MAX_VALUE;
}

function overlap(a: Span, b: Span): boolean {
  return a.first <= b.last && b.first <= a.last;
}

function spanOf(times: readonly number[]): Span {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const one of times) {
    if (one < first) first = one;
    if (one > last) last = one;
  }
  return { first, last };
}
