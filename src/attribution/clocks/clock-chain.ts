// Clocks that were compared two by two, over chains (A with B, B with C), all on the clock of one of them.

import { largestOf } from '../../net/extremes.ts';
import type { ClockEstimate } from './clock-pair.ts';

/** Clock `b` against clock `a`. */
export interface Compared {
  a: number;
  b: number;
  estimate: ClockEstimate;
}

/** One clock against the reference of those that it can be compared with. */
export interface PlacedClock {
  /** Number of the clock that the others are told against; its own for a reference, and for a clock that nothing compares. */
  reference: number;
  /** How far it is ahead at the moment `at` of the reference, seconds, and what it gains per second. */
  offset: number;
  drift: number;
  at: number;
  /** Null: some step of the chain was seen one way only. */
  uncertainty: number | null;
  /** Packets of the last step; 0 for a reference. */
  packets: number;
}

/** Clocks this near to each other agree, seconds. */
export const AGREE_SECONDS = 1e-3;

/** The reference is the clock that most others agree with. */
export function placeClocks(count: number, compared: readonly Compared[]): PlacedClock[] {
  const steps = spanningSteps(count, compared);
  const placed: (PlacedClock | undefined)[] = [];
  for (let clock = 0; clock < count; clock++) {
    if (placed[clock] !== undefined) continue;
    const own = chainFrom(clock, steps);
    const reference = mostAgreed(own);
    for (const [other, place] of reference === clock ? own : chainFrom(reference, steps)) placed[other] = place;
  }
  return placed as PlacedClock[];
}

/** The surest comparisons that reach every clock: steps to neighbours, by clock. */
function spanningSteps(count: number, compared: readonly Compared[]): Compared[][] {
  const set = Array.from({ length: count }, (_, i) => i);
  const rootOf = (i: number): number => {
    let root = i;
    while (set[root] !== root) root = set[root] ?? root;
    set[i] = root;
    return root;
  };
  const doubt = ({ estimate }: Compared): number => estimate.uncertainty ?? Number.MAX_VALUE;
  const steps: Compared[][] = set.map(() => []);
  for (const one of [...compared].sort((x, y) => doubt(x) - doubt(y))) {
    const [a, b] = [rootOf(one.a), rootOf(one.b)];
    if (a === b) continue;
    set[b] = a;
    steps[one.a]?.push(one);
    steps[one.b]?.push({ a: one.b, b: one.a, estimate: reversed(one.estimate) });
  }
  return steps;
}

function reversed({ offset, drift, at, ...rest }: ClockEstimate): ClockEstimate {
  return { ...rest, offset: -offset, drift: -drift, at: at + offset };
}

function chainFrom(reference: number, steps: readonly (readonly Compared[])[]): Map<number, PlacedClock> {
  const start: PlacedClock = { reference, offset: 0, drift: 0, at: 0, uncertainty: 0, packets: 0 };
  const chain = new Map([[reference, start]]);
  for (const [clock, known] of chain)
    for (const { b, estimate } of steps[clock] ?? []) if (!chain.has(b)) chain.set(b, joined(known, estimate));
  return chain;
}

function joined(known: PlacedClock, { offset, drift, at, uncertainty, packets }: ClockEstimate): PlacedClock {
  // the estimate's moment on the reference's clock; a drift of a drift is nothing
  const moment = at - known.offset - known.drift * (at - known.offset - known.at);
  return {
    reference: known.reference,
    offset: known.offset + known.drift * (moment - known.at) + offset,
    drift: known.drift + drift,
    at: moment,
    uncertainty: known.uncertainty === null || uncertainty === null ? null : known.uncertainty + uncertainty,
    packets,
  };
}

function mostAgreed(chain: ReadonlyMap<number, PlacedClock>): number {
  const moment = Math.max(0, largestOf([...chain.values()].map(({ at }) => at)));
  const ahead = [...chain].map(([clock, place]) => ({ clock, seconds: aheadAt(place, moment) }));
  let [best, most] = [0, 0];
  for (const { clock, seconds } of ahead) {
    const agreeing = ahead.filter((other) => Math.abs(other.seconds - seconds) <= AGREE_SECONDS).length;
    if (agreeing > most) [best, most] = [clock, agreeing];
  }
  return best;
}

/** How far a clock is ahead of its reference at a moment of the reference. */
export function aheadAt({ offset, drift, at }: PlacedClock, moment: number): number {
  return offset + drift * (moment - at);
}
