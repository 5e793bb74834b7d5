// Packets that have passed -> how many each place saw, where the others were seen last, and how long they took.
import { aheadOf, areComparable, type Clocks, doubtBetween } from '../attribution/clocks/clocks.ts';
import { formatTime } from '../net/time.ts';
import { Delays } from './delays.ts';
import { type Journey, rankOf, type Sight, type Stop, type Unit } from './journey.ts';
import { lengthOf } from './packet-bytes.ts';
import type { PacketRef, PathChange, PathHop, PathPacket, PathPair, PathSighting } from './path-model.ts';
import { covers } from './sites.ts';

/** What is counted at a stop of a journey. */
export interface StopCount {
  packets: number;
  frames: number;
  lost: number;
  unknown: number;
  firstLost: PacketRef | null;
  delays: Delays | null;
}

export interface JourneyCount {
  stops: StopCount[];
  packets: number;
  lost: number;
  shown: PathPacket[];
}

/** Values that a flow keeps for its quantiles, and a pair of nodes. */
const OF_FLOW = 256;
const OF_PAIR = 8192;

export interface FunnelInput {
  clocks: Clocks;
  /** Whether packets are to be kept one by one. */
  isShown(unit: Unit): boolean;
  /** Packets of one flow that are kept at most: those lost before the others. */
  mostShown: number;
  timeDigits: readonly number[];
}

export class Funnel {
  readonly counts = new Map<Journey, JourneyCount>();
  readonly #pairs = new Map<string, PairCount>();
  readonly #input: FunnelInput;

  constructor(input: FunnelInput) {
    this.#input = input;
  }

  /** @param isForced it left the table before its time: what is missing may have come later */
  add(unit: Unit, isForced: boolean): void {
    const { journey } = unit;
    const count = this.#countOf(journey);
    const pair = this.#pairOf(journey);
    const sights = wholeSights(unit).sort((a, b) => a.stop.index - b.stop.index);
    count.packets++;
    if (pair !== null) pair.packets++;
    for (const [i, sight] of sights.entries()) this.#passed(count, pair, sight, sights[i - 1] ?? null);
    const lostBefore = this.#missing(unit, sights, count, isForced);
    if (lostBefore !== null) {
      count.lost++;
      pair?.lose(sights.at(-1)?.stop ?? null, lostBefore);
    }
    if (this.#input.isShown(unit)) this.#show(count, unit, lostBefore);
  }

  pairs(): PathPair[] {
    return [...this.#pairs.values()].map((pair) => pair.result());
  }

  #passed(count: JourneyCount, pair: PairCount | null, sight: Sight, before: Sight | null): void {
    const at = count.stops[sight.stop.index];
    if (at === undefined) return;
    at.packets++;
    at.frames += sight.frames;
    if (sight.stop.flow < 0) sight.stop.flow = sight.flow;
    const delay = before === null ? null : this.#delay(before, sight);
    if (delay === null || before === null) return;
    at.delays ??= new Delays(OF_FLOW);
    at.delays.add(delay);
    pair?.pass(before.stop, sight.stop, delay);
  }

  #delay(from: Sight, to: Sight): number | null {
    const { clocks } = this.#input;
    const passed = to.seconds - from.seconds + (to.nanos - from.nanos) / 1e9;
    if (clocks.ofCapture[from.capture] === clocks.ofCapture[to.capture]) return passed;
    if (!areComparable(clocks, from.capture, to.capture)) return null;
    return passed - aheadOf(clocks, to.capture, to.seconds) + aheadOf(clocks, from.capture, from.seconds);
  }

  /** The stop that a packet should have come to and did not; null when it came through, or nobody can tell. */
  #missing(unit: Unit, sights: readonly Sight[], count: JourneyCount, isForced: boolean): Stop | null {
    const last = sights.at(-1);
    if (last === undefined) return null;
    const next = unit.journey.stops.slice(last.stop.index + 1).filter(({ state }) => isOpen(state));
    let doubtful: Stop | null = null;
    for (const stop of next) {
      if (!isForced && !unit.journey.isCut && this.#mustShow(stop, last, unit)) {
        const at = count.stops[stop.index];
        if (at !== undefined) {
          at.lost++;
          at.firstLost ??= { capture: last.capture, number: last.number };
        }
        return stop;
      }
      doubtful ??= stop;
    }
    const at = doubtful === null ? undefined : count.stops[doubtful.index];
    if (at !== undefined) at.unknown++;
    return null;
  }

  #mustShow(stop: Stop, last: Sight, unit: Unit): boolean {
    // places in between need not be passed; a packet that came to another node may have found its pod there
    if (stop.state !== 'captured' || stop.side === 'middle') return false;
    if (last.stop.role === 'unknown') return false;
    if (last.stop.side === 'middle' && unit.journey.brief.verdict !== 'violation') return false;
    const { clocks } = this.#input;
    return stop.sites.every((site) => {
      if (!site.captures.every((capture) => areComparable(clocks, last.capture, capture))) return false;
      const margin = Math.max(...site.captures.map((capture) => doubtBetween(clocks, last.capture, capture)));
      return covers(site, unit.last, margin);
    });
  }

  #show(count: JourneyCount, unit: Unit, lostBefore: Stop | null): void {
    const { shown } = count;
    const isLost = lostBefore !== null;
    if (shown.length >= this.#input.mostShown) {
      const spare = isLost ? shown.findIndex((one) => one.lostBefore === null) : -1;
      if (spare < 0) return;
      shown.splice(spare, 1);
    }
    const sights = [...unit.sights].sort((a, b) => a.stop.index - b.stop.index);
    const sightings = sights.map((sight, i) => this.#describe(unit, sight, sights[i - 1] ?? null));
    shown.push({ sightings, lostBefore: lostBefore?.index ?? null });
  }

  #describe(unit: Unit, sight: Sight, before: Sight | null): PathSighting {
    const { capture, number, ttl, length, id, encapsulation, frames, stop } = sight;
    return {
      stop: stop.index,
      ...{ capture, number, ttl, length, id, encapsulation, frames },
      time: formatTime(sight, this.#input.timeDigits[capture] ?? 6),
      fragments: sight.pieces,
      isWhole: isWhole(unit, sight),
      delay: before === null ? null : this.#delay(before, sight),
      changes: [
        ...(before === null ? [] : changesOf(before, sight)),
        ...(isWhole(unit, sight) ? [] : ['partial' as const]),
      ],
    };
  }

  #countOf(journey: Journey): JourneyCount {
    let count = this.counts.get(journey);
    if (count === undefined) {
      const stops = journey.stops.map(() => ({
        packets: 0,
        frames: 0,
        lost: 0,
        unknown: 0,
        firstLost: null,
        delays: null,
      }));
      count = { stops, packets: 0, lost: 0, shown: [] };
      this.counts.set(journey, count);
    }
    return count;
  }

  #pairOf(journey: Journey): PairCount | null {
    const { from, to } = journey;
    if (from === null || to === null) return null;
    const key = `${from} ${to}`;
    const pair = this.#pairs.get(key) ?? new PairCount(from, to);
    this.#pairs.set(key, pair);
    pair.journeys.add(journey);
    return pair;
  }
}

function isOpen(state: Stop['state']): boolean {
  return state === 'captured' || state === 'filtered' || state === 'dropping' || state === 'cut';
}

/** Places that have all of it: all bytes, and all pieces of the datagram around the tunnel. */
function wholeSights(unit: Unit): Sight[] {
  return unit.sights.filter((sight) => isWhole(unit, sight));
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

/** Totals of one direction between two nodes. */
class PairCount {
  readonly #from: string;
  readonly #to: string;
  readonly journeys = new Set<Journey>();
  packets = 0;
  #lost = 0;
  readonly #hops = new Map<string, { from: Stop; to: Stop; packets: number; lost: number; delays: Delays }>();

  constructor(from: string, to: string) {
    this.#from = from;
    this.#to = to;
  }

  pass(from: Stop, to: Stop, delay: number): void {
    const hop = this.#hop(from, to);
    hop.packets++;
    hop.delays.add(delay);
  }

  lose(from: Stop | null, to: Stop): void {
    this.#lost++;
    if (from !== null) this.#hop(from, to).lost++;
  }

  result(): PathPair {
    const hops = [...this.#hops.values()].sort(
      (a, b) => rankOf(a.from) - rankOf(b.from) || rankOf(a.to) - rankOf(b.to),
    );
    const place = ({ side, role }: Stop): PathHop['from'] => ({ side, role });
    return {
      from: this.#from,
      to: this.#to,
      flows: this.journeys.size,
      packets: this.packets,
      lost: this.#lost,
      hops: hops.map(({ from, to, packets, lost, delays }) => ({
        ...{ from: place(from), to: place(to), packets, lost },
        delay: delays.stats(),
      })),
    };
  }

  #hop(from: Stop, to: Stop): { packets: number; lost: number; delays: Delays } {
    const key = `${keyOf(from)} ${keyOf(to)}`;
    const hop = this.#hops.get(key) ?? { from, to, packets: 0, lost: 0, delays: new Delays(OF_PAIR) };
    this.#hops.set(key, hop);
    return hop;
  }
}

function keyOf({ side, role, node }: Stop): string {
  return `${side} ${role} ${side === 'middle' ? node : ''}`;
}
