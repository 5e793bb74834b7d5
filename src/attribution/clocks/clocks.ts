// The clocks of the captures: one of each node unless its captures contradict that, and how far each is ahead of one that they are
// all told against. Only packets that two of them saw tell it; without any, it is not known.

import type { CaptureCounters } from '../../flow/capture-counters.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import { type Moment, toSeconds } from '../../net/time.ts';
import type { Points } from '../points/points.ts';
import { AGREE_SECONDS, aheadAt, type PlacedClock, placeClocks } from './clock-chain.ts';
import type { ClockEstimate } from './clock-pair.ts';
import { holdsSeveralClocks } from './merged-clocks.ts';
import { comparisons } from './several-clocks.ts';
import { estimateOf, type PlacesInCommon, type SharedPacket, sharedPackets } from './shared-packets.ts';

export interface Clock extends PlacedClock {
  /** Node whose clock it is; null where no point of its captures tells one. */
  node: string | null;
  /** Indexes of its captures. */
  captures: readonly number[];
  /**
   * Whether its captures hold packets that several clocks stamped, so that nothing is told of any of them: `seen` where packets show
   * it, `possible` where nothing tells that it is one, although it has packets in common with another.
   */
  several: 'seen' | 'possible' | null;
}

export interface Clocks {
  /** All clocks, in order of their first capture. */
  all: readonly Clock[];
  /** Number of each capture's clock. */
  ofCapture: Int32Array;
}

/** A moment as a capture's clock showed it. */
export interface CapturedMoment extends Moment {
  capture: number;
}

export interface ClocksInput {
  table: FlowTable;
  captures: readonly Pick<CaptureCounters, 'sample'>[];
  points: Pick<Points, 'ofCapture' | 'rings'>;
}

/** Pieces of one capture, as a tool numbered them: captures that people named alike may be of several machines. */
interface Unit {
  captures: readonly number[];
  node: string | null;
  /** Its packets show several clocks. */
  isMerge: boolean;
  /** Frames of several NICs, and nobody knows the node: a port mirror's, or a merge. */
  isMixed: boolean;
}

export function findClocks({ table, captures, points }: ClocksInput): Clocks {
  const places = points.rings.numbered.map((own) => ({ samples: own.flatMap((i) => captures[i]?.sample ?? []) }));
  const units = points.rings.numbered.map((own, i): Unit => {
    const node = nodeOf(points, own);
    const isMixed = node === null && own.some((capture) => points.rings.mixed[capture]);
    return { captures: own, node, isMixed, isMerge: holdsSeveralClocks(table, places[i]?.samples ?? []) };
  });
  const shared = units.length < 2 ? [] : sharedPackets(table, places);
  const groups = groupByNode(units, shared);
  const isNameless = (group: number): boolean => units[groups[group]?.[0] ?? 0]?.node === null;
  const pairs = compareGroups(groups, shared);
  const isAny = (group: number, what: 'isMerge' | 'isMixed'): boolean =>
    (groups[group] ?? []).some((unit) => units[unit]?.[what]);
  const isOne = (group: number): boolean => !isAny(group, 'isMerge') && !isAny(group, 'isMixed');
  const { compared, contradicted } = comparisons(
    pairs.filter(({ a, b }) => isOne(a) && isOne(b)),
    isNameless,
  );
  const placed = placeClocks(groups.length, compared);
  const severalOf = (group: number): Clock['several'] => {
    if (isAny(group, 'isMerge')) return 'seen';
    const isMixed = isAny(group, 'isMixed') && pairs.some(({ a, b }) => a === group || b === group);
    return isMixed || contradicted.has(group) ? 'possible' : null;
  };
  const all = groups
    .map((group, i) => ({ group, place: placed[i] as PlacedClock, number: i }))
    .map(({ group, place, number }) => ({
      ...place,
      node: units[group[0] ?? 0]?.node ?? null,
      captures: group.flatMap((unit) => units[unit]?.captures ?? []).sort((a, b) => a - b),
      several: severalOf(number),
    }));
  const ofCapture = new Int32Array(captures.length);
  all.forEach((clock, i) => {
    for (const capture of clock.captures) ofCapture[capture] = i;
  });
  return { all, ofCapture };
}

/** The node of all points that have one; null where they differ, and where a piece of several NICs has none. */
function nodeOf(points: ClocksInput['points'], captures: readonly number[]): string | null {
  const isNameless = (i: number): boolean => (points.ofCapture[i] ?? []).every(({ node }) => node === null);
  if (captures.some((i) => points.rings.mixed[i] && isNameless(i))) return null;
  const nodes = new Set(captures.flatMap((i) => (points.ofCapture[i] ?? []).map(({ node }) => node)));
  nodes.delete(null);
  const [node] = nodes;
  return nodes.size === 1 ? (node ?? null) : null;
}

/** Units of one node have one clock, unless packets say otherwise: those that they share, or those that one has twice. */
function groupByNode(units: readonly Unit[], shared: readonly PlacesInCommon[]): number[][] {
  const apart = new Set<string>();
  for (const { a, b, packets } of shared) {
    if (units[a]?.node === null || units[a]?.node !== units[b]?.node) continue;
    const estimate = estimateOf(packets);
    if (estimate !== null && !mayBeOne(estimate)) apart.add(`${a}|${b}`);
  }
  const groups: number[][] = [];
  units.forEach(({ node, isMerge }, unit) => {
    const own = groups.find(
      (group) =>
        node !== null &&
        units[group[0] ?? 0]?.node === node &&
        !isMerge &&
        !group.some((one) => units[one]?.isMerge || apart.has(`${one}|${unit}`)),
    );
    if (own === undefined) groups.push([unit]);
    else own.push(unit);
  });
  return groups;
}

function mayBeOne({ offset, uncertainty }: ClockEstimate): boolean {
  return Math.abs(offset) <= (uncertainty ?? 0) + AGREE_SECONDS;
}

/** What the clocks have in common, by pairs. */
function compareGroups(groups: readonly (readonly number[])[], shared: readonly PlacesInCommon[]): PlacesInCommon[] {
  const groupOf: number[] = [];
  groups.forEach((group, i) => {
    for (const unit of group) groupOf[unit] = i;
  });
  const byPair = new Map<string, PlacesInCommon>();
  for (const { a, b, packets } of shared) {
    const [one, other] = [groupOf[a] ?? 0, groupOf[b] ?? 0];
    if (one === other) continue;
    const isSwapped = one > other;
    const [low, high] = isSwapped ? [other, one] : [one, other];
    const pair = byPair.get(`${low}|${high}`) ?? { a: low, b: high, packets: [] };
    byPair.set(`${low}|${high}`, pair);
    for (const packet of packets) pair.packets.push(isSwapped ? swapped(packet) : packet);
  }
  return [...byPair.values()];
}

function swapped(packet: SharedPacket): SharedPacket {
  return { ...packet, seconds: -packet.seconds, at: packet.at + packet.seconds };
}

/** What a clock is called: its node, or the path of its first capture where no node is known, or a node's captures have several clocks. */
export function clockName({ all }: Clocks, clock: number, pathOf: (capture: number) => string): string {
  const { node, captures } = all[clock] ?? { node: null, captures: [] };
  const isOnly = node !== null && all.every((other, i) => i === clock || other.node !== node);
  return isOnly ? node : pathOf(captures[0] ?? -1);
}

/** Whether times of the two captures compare; of one capture that several clocks stamped not even its own. */
export function areComparable({ all, ofCapture }: Clocks, a: number, b: number): boolean {
  const [one, other] = [all[ofCapture[a] ?? -1], all[ofCapture[b] ?? -1]];
  return one?.reference === other?.reference && one?.several !== 'seen';
}

/** Whether a capture's times are to be corrected. */
export function isOff({ all, ofCapture }: Clocks, capture: number): boolean {
  const clock = all[ofCapture[capture] ?? -1];
  return clock !== undefined && (clock.offset !== 0 || clock.drift !== 0);
}

/** How far the order of two captures' times may be wrong; where packets were seen one way only, their time on the way is not known. */
export function doubtBetween({ all, ofCapture }: Clocks, a: number, b: number): number {
  if (ofCapture[a] === ofCapture[b]) return 0;
  const doubtOf = (capture: number): number => all[ofCapture[capture] ?? -1]?.uncertainty ?? AGREE_SECONDS;
  return doubtOf(a) + doubtOf(b);
}

/** How far a capture's clock is ahead of its reference when it shows `seconds`. */
export function aheadOf({ all, ofCapture }: Clocks, capture: number, seconds: number): number {
  const clock = all[ofCapture[capture] ?? -1];
  return clock === undefined ? 0 : aheadAt(clock, seconds - clock.offset);
}

/** A time of a capture, epoch seconds, on the clock that is the reference. */
export function onReference(clocks: Clocks, capture: number, seconds: number): number {
  return seconds - aheadOf(clocks, capture, seconds);
}

/** The same, of a moment. */
export function momentOnReference(clocks: Clocks, capture: number, moment: Moment): Moment {
  return isOff(clocks, capture) ? movedBy(moment, -aheadOf(clocks, capture, toSeconds(moment))) : moment;
}

/** Seconds from one moment of a capture to one of another, by one clock; null where nothing compares theirs. */
export function secondsBetween(clocks: Clocks, from: CapturedMoment, to: CapturedMoment): number | null {
  const passed = to.seconds - from.seconds + (to.nanos - from.nanos) / 1e9;
  if (!areComparable(clocks, from.capture, to.capture)) return null;
  if (clocks.ofCapture[from.capture] === clocks.ofCapture[to.capture]) return passed;
  return passed - aheadOf(clocks, to.capture, to.seconds) + aheadOf(clocks, from.capture, from.seconds);
}

function movedBy(moment: Moment, by: number): Moment {
  if (!Number.isFinite(by)) return moment;
  const nanos = Math.round(moment.nanos + (by - Math.trunc(by)) * 1e9);
  const carry = Math.floor(nanos / 1e9);
  return { seconds: moment.seconds + Math.trunc(by) + carry, nanos: nanos - carry * 1e9 };
}

/** A time on the reference's clock, as a capture's clock showed it. */
export function onCapture({ all, ofCapture }: Clocks, capture: number, seconds: number): number {
  const clock = all[ofCapture[capture] ?? -1];
  return clock === undefined ? seconds : seconds + aheadAt(clock, seconds);
}
