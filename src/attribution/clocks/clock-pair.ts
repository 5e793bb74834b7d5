// How far one clock is ahead of another, from packets that both saw. A packet never arrives before it was sent: what one way took
// bounds the offset from above, what the other way took from below. Pure, and of constant size.

import { type Bounds, boundsOf } from './offset-bounds.ts';

export interface ClockEstimate {
  /** Seconds that B's clock is ahead of A's at the moment `at`; 0 where both may show the same time. */
  offset: number;
  /** How far the offset may be off, seconds; null: packets were seen one way only, so that `offset` holds their time on the way, too. */
  uncertainty: number | null;
  /** Packets it was told from. */
  packets: number;
  /** Seconds per second that B's clock gains; 0 unless the packets demand it. */
  drift: number;
  /** Epoch seconds of A's clock. */
  at: number;
}

/** Packets kept of each direction; of more, every second, fourth, ... one. */
const ROOM = 2048;
/** Clocks that run apart faster than this are no clocks. */
const MOST_DRIFT = 1e-3;
/** Fewer packets of a direction tell no drift. */
const ENOUGH_FOR_DRIFT = 4;
/** Share of packets that may contradict the rest: retransmissions taken for one another. */
const FEW = 0.05;
const TOO_MANY = 0.2;
/** Times in captures are cut to microseconds. */
const RESOLUTION = 2e-6;
/** Packets of one way that took less than this tell of no offset. */
const QUICK = 1e-3;
const STEPS = 12;
const ROUNDS = 4;

export class ClockPair {
  readonly #ways = [new Way(), new Way()] as const;

  /**
   * Adds a packet that both saw.
   * @param direction of the conversation; which of them runs from A to B the data tells
   * @param seconds time at B minus time at A
   * @param at time at A, epoch seconds
   */
  add(direction: 0 | 1, seconds: number, at: number): void {
    this.#ways[direction].add(seconds, at);
  }

  /** Null without packets, and where they contradict each other: a clock was set meanwhile. */
  estimate(): ClockEstimate | null {
    const [one, other] = this.#ways;
    const packets = one.seen + other.seen;
    if (packets === 0) return null;
    const at = middle([...one.at, ...other.at]);
    if (one.at.length === 0 || other.at.length === 0)
      return { ...oneWay(one.at.length > 0 ? one : other, at), packets };
    const { drift, bounds } = this.#withDrift(at);
    if (bounds.against > (one.at.length + other.at.length) * TOO_MANY) return null;
    const { lower, upper } = bounds;
    const agree = drift === 0 && lower <= RESOLUTION && upper >= -RESOLUTION;
    const offset = agree ? 0 : (lower + upper) / 2;
    const uncertainty = Math.max(upper - offset, offset - lower, RESOLUTION / 2);
    return { offset, uncertainty, packets, drift, at };
  }

  /** The steady drift that explains most packets, 0 if that does nearly as well. */
  #withDrift(at: number): { drift: number; bounds: Bounds } {
    const [one, other] = this.#ways;
    const boundsAt = (drift: number): Bounds => boundsOf(one.without(drift, at), other.without(drift, at));
    const steady = { drift: 0, bounds: boundsAt(0) };
    let best = steady;
    const all = one.at.length + other.at.length;
    const few = Math.floor(all * FEW);
    const enough = Math.min(one.at.length, other.at.length) >= ENOUGH_FOR_DRIFT;
    if (best.bounds.against <= few || !enough) return best;
    const [a, b] = [one.slope(), other.slope()];
    const duration = Math.max(one.duration, other.duration);
    let drift = (a + b) / 2;
    let step = Math.max(Math.abs(a - b), one.spread(drift, at) / duration, other.spread(drift, at) / duration) / STEPS;
    step = Math.max(step, RESOLUTION / duration / STEPS);
    for (let round = 0; round < ROUNDS; round++, step /= STEPS / 2) {
      for (let i = -STEPS; i <= STEPS; i++) {
        const tried = { drift: drift + i * step, bounds: boundsAt(drift + i * step) };
        if (Math.abs(tried.drift) <= MOST_DRIFT && isBetter(tried.bounds, best.bounds)) best = tried;
      }
      drift = best.drift;
    }
    // a few wrong pairs always fit some drift: it must explain more than they could be
    const explained = steady.bounds.against - best.bounds.against;
    const isNeeded = steady.bounds.against > all * TOO_MANY || explained >= Math.max(ENOUGH_FOR_DRIFT, all * FEW * 2);
    return isNeeded ? best : steady;
  }
}

/** Fewer packets against it; among equals the one that leaves most room is in the middle of what is possible. */
function isBetter(a: Bounds, b: Bounds): boolean {
  if (a.against !== b.against) return a.against < b.against;
  return a.upper - a.lower > b.upper - b.lower;
}

/** Delays have a tail on one side: the other side is where the packets took the least time. */
function oneWay(way: Way, at: number): Omit<ClockEstimate, 'packets'> {
  const slope = way.at.length >= 2 * ENOUGH_FOR_DRIFT ? way.slope() : 0;
  const drifts = Math.abs(slope) <= MOST_DRIFT && way.spread(slope, at) * 4 < way.spread(0, at);
  const drift = drifts ? slope : 0;
  const sorted = way.without(drift, at).sort((a, b) => a - b);
  const last = sorted.length - 1;
  const [low, mid, high] = [0.1, 0.5, 0.9].map((part) => sorted[Math.round(last * part)] ?? 0) as [
    number,
    number,
    number,
  ];
  const tight = high - mid >= mid - low ? low : high;
  const agree = drift === 0 && ((low <= 0 && high >= 0) || Math.abs(tight) < QUICK);
  return { offset: agree ? 0 : tight, uncertainty: null, drift, at };
}

/** The packets of one direction. */
class Way {
  seconds: number[] = [];
  at: number[] = [];
  seen = 0;
  #every = 1;

  add(seconds: number, at: number): void {
    if (this.seen++ % this.#every !== 0) return;
    this.seconds.push(seconds);
    this.at.push(at);
    if (this.at.length < 2 * ROOM) return;
    this.seconds = this.seconds.filter((_, i) => i % 2 === 0);
    this.at = this.at.filter((_, i) => i % 2 === 0);
    this.#every *= 2;
  }

  get duration(): number {
    return span(this.at);
  }

  /** The differences as they would be if one clock did not gain `drift` on the other. */
  without(drift: number, at: number): number[] {
    return this.seconds.map((seconds, i) => seconds - drift * ((this.at[i] ?? at) - at));
  }

  /** Median of the slopes between packets half of the capture apart: a few wrong ones do not move it. */
  slope(): number {
    const order = this.at.map((_, i) => i).sort((a, b) => (this.at[a] ?? 0) - (this.at[b] ?? 0));
    const half = order.length >> 1;
    const slopes = order.slice(half).flatMap((late, i) => {
      const early = order[i] ?? late;
      const passed = (this.at[late] ?? 0) - (this.at[early] ?? 0);
      return passed > 0 ? [((this.seconds[late] ?? 0) - (this.seconds[early] ?? 0)) / passed] : [];
    });
    return slopes.length === 0 ? 0 : middle(slopes);
  }

  /** Median distance from the median, without `drift`. */
  spread(drift: number, at: number): number {
    const rest = this.without(drift, at);
    const mid = middle(rest);
    return middle(rest.map((one) => Math.abs(one - mid)));
  }
}

/** B's clock minus A's at a moment. */
export function offsetAt({ offset, drift, at }: ClockEstimate, moment: number): number {
  return offset + drift * (moment - at);
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

function span(values: readonly number[]): number {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const one of values) {
    if (one < first) first = one;
    if (one > last) last = one;
  }
  return last - first;
}
