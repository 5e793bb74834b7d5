// Packets that have passed -> how many each place saw, where the others were seen last, and how long they took.

import { areComparable, type Clocks, doubtBetween, secondsBetween } from '../attribution/clocks/clocks.ts';
import { largestOf } from '../net/extremes.ts';
import { formatTime } from '../net/time.ts';
import { isOnWay, type Journey, type Route, type Sight, type Stop, type Unit } from './journey.ts';
import { PairCount } from './pair-count.ts';
import type { PacketRef, PathChange, PathPacket, PathPair, PathSighting, StopState } from './path-model.ts';
import { covers, ranAt } from './sites.ts';
import { type StopCounts, slotOf } from './stop-counts.ts';
import { lengthOf } from './units/packet-bytes.ts';

export interface FunnelInput {
  counts: StopCounts;
  clocks: Clocks;
  /** Whether packets are to be kept one by one. */
  isShown(unit: Unit): boolean;
  /** Packets of one flow that are kept at most: those lost before the others. */
  mostShown: number;
  timeDigits: readonly number[];
}

export class Funnel {
  /** Packets one by one. */
  readonly shown = new Map<Journey, PathPacket[]>();
  readonly #pairs = new Map<string, PairCount>();
  readonly #pairOfRoute = new Map<Route, PairCount | null>();
  readonly #input: FunnelInput;

  get counts(): StopCounts {
    return this.#input.counts;
  }

  constructor(input: FunnelInput) {
    this.#input = input;
  }

  /** @param isForced it left the table before its time: what is missing may have come later */
  add(unit: Unit, isForced: boolean): void {
    const { journey } = unit;
    const isShown = this.#input.mostShown > 0 && this.#input.isShown(unit);
    if (!unit.sights.some(isOnWay)) {
      if (isShown) this.#show(unit, null);
      return;
    }
    const pair = this.#pairOf(journey.route);
    const sights = wholeSights(unit).sort((a, b) => a.stop.index - b.stop.index);
    pair?.count(journey.packets++ === 0);
    for (const stop of journey.route.unseen)
      if (stop.sites.some((site) => ranAt(site, unit.last))) this.counts.due[slotOf(journey, stop)]!++;
    for (const [i, sight] of sights.entries()) this.#passed(journey, pair, sight, sights[i - 1] ?? null);
    const lostBefore = this.#missing(unit, sights, isForced);
    if (lostBefore !== null) pair?.lose(sights.at(-1)?.stop ?? null, lostBefore);
    if (isShown) this.#show(unit, lostBefore);
  }

  pairs(): PathPair[] {
    return [...this.#pairs.values()].map((pair) => pair.result());
  }

  #passed(journey: Journey, pair: PairCount | null, sight: Sight, before: Sight | null): void {
    const { counts } = this.#input;
    const slot = slotOf(journey, sight.stop);
    counts.pass(slot, sight.frames);
    const { flowAt } = journey;
    if (flowAt !== null && flowAt[sight.stop.index] === -1) flowAt[sight.stop.index] = sight.flow;
    const delay = before === null ? null : secondsBetween(this.#input.clocks, before, sight);
    if (delay === null || before === null) return;
    counts.delay(slot, delay);
    pair?.pass(before.stop, sight.stop, delay);
  }

  /** The stop that a packet should have come to and did not; null when it came through, or nobody can tell. */
  #missing(unit: Unit, sights: readonly Sight[], isForced: boolean): Stop | null {
    const last = sights.at(-1);
    if (last === undefined) return null;
    const { counts } = this.#input;
    const { journey } = unit;
    const { stops } = journey.route;
    let doubtful: Stop | null = null;
    for (let i = last.stop.index + 1; i < stops.length; i++) {
      const stop = stops[i]!;
      if (!isOpen(stop.state)) continue;
      if (!isForced && !journey.isCut && this.#mustShow(stop, last, unit)) {
        counts.lose(slotOf(journey, stop), last);
        return stop;
      }
      doubtful ??= stop;
    }
    if (doubtful !== null) counts.unknown[slotOf(journey, doubtful)]!++;
    return null;
  }

  #mustShow(stop: Stop, last: Sight, unit: Unit): boolean {
    // places in between need not be passed; a packet that came to another node may have found its pod there
    if (stop.state !== 'captured' || stop.side === 'middle') return false;
    if (last.stop.role === 'unknown' || stop.heading !== null) return false;
    if (last.stop.side === 'middle' && !unit.journey.route.isWrong) return false;
    const { clocks } = this.#input;
    return stop.sites.every((site) => {
      if (!site.captures.every((capture) => areComparable(clocks, last.capture, capture))) return false;
      const margin = largestOf(site.captures.map((capture) => doubtBetween(clocks, last.capture, capture)));
      return covers(site, unit.last, margin);
    });
  }

  #show(unit: Unit, lostBefore: Stop | null): void {
    const shown = this.shown.get(unit.journey) ?? [];
    this.shown.set(unit.journey, shown);
    const isLost = lostBefore !== null;
    if (shown.length >= this.#input.mostShown) {
      const spare = isLost ? shown.findIndex((one) => one.lostBefore === null) : -1;
      if (spare < 0) return;
      shown.splice(spare, 1);
    }
    const sights = unit.sights.filter(isOnWay).sort((a, b) => a.stop.index - b.stop.index);
    const sightings = sights.map((sight, i) => this.#describe(unit, sight, sights[i - 1] ?? null));
    shown.push({ sightings, copies: copiesOf(unit), lostBefore: lostBefore?.index ?? null });
  }

  #describe(unit: Unit, sight: Sight, before: Sight | null): PathSighting {
    const { capture, number, ttl, length, id, encapsulation, frames, stop } = sight;
    return {
      stop: stop.index,
      ...{ capture, number, ttl, length, id, encapsulation, frames },
      time: formatTime(sight, this.#input.timeDigits[capture] ?? 6),
      fragments: sight.pieces,
      isWhole: isWhole(unit, sight),
      delay: before === null ? null : secondsBetween(this.#input.clocks, before, sight),
      changes: [
        ...(before === null ? [] : changesOf(before, sight)),
        ...(isWhole(unit, sight) ? [] : ['partial' as const]),
      ],
    };
  }

  #pairOf(route: Route): PairCount | null {
    let pair = this.#pairOfRoute.get(route);
    if (pair === undefined) {
      const { from, to } = route;
      const key = `${from} ${to}`;
      pair = from === null || to === null ? null : (this.#pairs.get(key) ?? new PairCount(from, to));
      if (pair !== null) this.#pairs.set(key, pair);
      this.#pairOfRoute.set(route, pair);
    }
    return pair;
  }
}

const CLOSED: ReadonlySet<StopState> = new Set(['not-captured', 'encrypted', 'bypassed', 'other-time']);

/** Where packets that are missing may be counted. */
function isOpen(state: StopState): boolean {
  return !CLOSED.has(state);
}

/** Places that have all of it: all bytes, and all pieces of the datagram around the tunnel. */
function wholeSights(unit: Unit): Sight[] {
  return unit.sights.filter((sight) => isOnWay(sight) && isWhole(unit, sight));
}

function copiesOf({ sights }: Unit): PacketRef[] {
  const frames = sights.flatMap((sight) => [...(isOnWay(sight) ? [] : [sight]), ...(sight.copies ?? [])]);
  return frames.map(({ capture, number }) => ({ capture, number }));
}

function isWhole(unit: Unit, sight: Sight): boolean {
  if (sight.bytes < lengthOf(unit)) return false;
  if (sight.outerKey === null) return true;
  return unit.sights.every((other) => other.outerKey === null || other.pieces <= sight.pieces);
}

function changesOf(before: Sight, sight: Sight): PathChange[] {
  const changes: PathChange[] = [];
  if (before.id !== sight.id && before.frames === 1 && sight.frames === 1) changes.push('id');
  if (sight.frames > before.frames) changes.push('split');
  if (sight.frames < before.frames || sight.length > before.length) changes.push('joined');
  if (sight.outerKey !== null && before.outerKey === null) changes.push('fragments');
  if (sight.flow !== before.flow) changes.push('translated');
  return changes;
}
