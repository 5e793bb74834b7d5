// A capture of which nobody knows the node may be a merge of several nodes' captures, with a clock of each. Then what one of them
// shares with a third capture says nothing of the other. Where packets in common contradict each other, it is one, or its clock was set.

import { largestOf } from '../../net/extremes.ts';
import type { Compared } from './clock-chain.ts';
import { offsetAt } from './clock-pair.ts';
import { estimateOf, type PlacesInCommon } from './shared-packets.ts';

/** No packet takes longer from one place to another, seconds: the few that seem to are of another clock. */
const ON_ITS_WAY = 1;
/** Share of packets of another clock that are no longer a few. */
const TOO_MANY = 0.2;

type Pair = Pick<Compared, 'a' | 'b'>;

interface Told extends Compared {
  /** When the packets that told were seen, by each of the two clocks. */
  spans: ReadonlyMap<number, Span>;
}

interface Span {
  first: number;
  last: number;
}

export interface Comparisons {
  compared: readonly Compared[];
  /** Clocks that packets in common contradict: of several captures, or set meanwhile; where it may be either of two, both. */
  contradicted: ReadonlySet<number>;
}

/**
 * What packets in common tell of pairs of clocks: nothing of what holds several; of a nameless one the surest, and what it tells at
 * that time; by what it has at quite another time, a third clock cannot be compared over it.
 * @param isNameless whether nobody knows whose clock it is
 */
export function comparisons(pairs: readonly PlacesInCommon[], isNameless: (clock: number) => boolean): Comparisons {
  const read = pairs.map((pair) => ({ pair, told: toldBy(pair) }));
  const several = severalClocks(
    read.filter(({ told }) => told === null).map(({ pair }) => pair),
    isNameless,
  );
  const surest = read
    .flatMap(({ told }) => (told === null || several.has(told.a) || several.has(told.b) ? [] : [told]))
    .sort((x, y) => doubtOf(x) - doubtOf(y));
  const times = new Map<number, Span>();
  const compared = surest.filter(({ a, b, spans }) => {
    const own = [a, b].filter(isNameless).map((clock) => ({ clock, span: spans.get(clock) as Span }));
    if (!own.every(({ clock, span }) => overlap(times.get(clock) ?? span, span))) return false;
    for (const { clock, span } of own) if (!times.has(clock)) times.set(clock, span);
    return true;
  });
  return { compared, contradicted: several };
}

/** Null where the packets contradict each other. */
function toldBy({ a, b, packets }: PlacesInCommon): Told | null {
  const estimate = estimateOf(packets);
  if (estimate === null) return null;
  const agreeing = packets.filter((one) => Math.abs(one.seconds - offsetAt(estimate, one.at)) < ON_ITS_WAY);
  if (packets.length - agreeing.length > packets.length * TOO_MANY) return null;
  const at = spanOf(agreeing.map((one) => one.at));
  const later = spanOf(agreeing.map((one) => one.at + one.seconds));
  const spans = new Map([
    [a, at],
    [b, later],
  ]);
  return { a, b, estimate, spans };
}

/** What is contradicted holds several clocks: the nameless ones of a pair rather than the named, then whatever explains most pairs. */
function severalClocks(contradicted: readonly Pair[], isNameless: (clock: number) => boolean): Set<number> {
  const several = new Set(contradicted.flatMap(({ a, b }) => [a, b]).filter(isNameless));
  for (;;) {
    const ends = contradicted.filter(({ a, b }) => !several.has(a) && !several.has(b)).flatMap(({ a, b }) => [a, b]);
    if (ends.length === 0) return several;
    const pairsOf = (clock: number): number => ends.filter((one) => one === clock).length;
    const most = largestOf(ends.map(pairsOf));
    for (const clock of ends) if (pairsOf(clock) === most) several.add(clock);
  }
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
