// The clocks of the captures: one of each node unless its captures contradict that, and how far each is ahead of one that they are
// all told against. Only packets that two of them saw tell it; without any, it is not known.

import type { CaptureCounters } from '../../flow/capture-counters.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import { type Moment, toSeconds } from '../../net/time.ts';
import type { Points } from '../points/points.ts';
import { AGREE_SECONDS, aheadAt, type PlacedClock, placeClocks } from './clock-chain.ts';
import type { ClockEstimate } from './clock-pair.ts';
import { comparisons } from './several-clocks.ts';
import { estimateOf, type PlacesInCommon, type SharedPacket, sharedPackets } from './shared-packets.ts';

export interface Clock extends PlacedClock {
  /** Node whose clock it is; null where no point of its captures tells one. */
  node: string | null;
  /** Indexes of its captures. */
  captures: readonly number[];
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

/** Pieces of one capture: what was taken by one machine without doubt. */
interface Unit {
  captures: readonly number[];
  node: string | null;
}

export function findClocks({ table, captures, points }: ClocksInput): Clocks {
  const units = points.rings.rings.map((ring): Unit => ({ captures: ring, node: nodeOf(points, ring) }));
  const places = units.map((unit) => ({ samples: unit.captures.flatMap((i) => captures[i]?.sample ?? []) }));
  const shared = units.length < 2 ? [] : sharedPackets(table, places);
  const groups = groupByNode(units, shared);
  const isNameless = (group: number): boolean => units[groups[group]?.[0] ?? 0]?.node === null;
  const placed = placeClocks(groups.length, comparisons(compareGroups(groups, shared), isNameless));
  const all = groups
    .map((group, i) => ({ group, place: placed[i] as PlacedClock, number: i }))
    .map(({ group, place }) => ({
      ...place,
      node: units[group[0] ?? 0]?.node ?? null,
      captures: group.flatMap((unit) => units[unit]?.captures ?? []).sort((a, b) => a - b),
    }));
  const ofCapture = new Int32Array(captures.length);
  all.forEach((clock, i) => {
    for (const capture of clock.captures) ofCapture[capture] = i;
  });
  return { all, ofCapture };
}

/** The node of all points that have one; null where they differ: a merge of several nodes' captures has no one clock. */
function nodeOf(points: Pick<Points, 'ofCapture'>, captures: readonly number[]): string | null {
  const nodes = new Set(captures.flatMap((i) => (points.ofCapture[i] ?? []).map(({ node }) => node)));
  nodes.delete(null);
  const [node] = nodes;
  return nodes.size === 1 ? (node ?? null) : null;
}

/** Units of one node have one clock, unless packets that they share say otherwise. */
function groupByNode(units: readonly Unit[], shared: readonly PlacesInCommon[]): number[][] {
  const apart = new Set<string>();
  for (const { a, b, packets } of shared) {
    if (units[a]?.node === null || units[a]?.node !== units[b]?.node) continue;
    const estimate = estimateOf(packets);
    if (estimate !== null && !mayBeOne(estimate)) apart.add(`${a}|${b}`);
  }
  const groups: number[][] = [];
  units.forEach(({ node }, unit) => {
    const own = groups.find(
      (group) =>
        node !== null && units[group[0] ?? 0]?.node === node && !group.some((one) => apart.has(`${one}|${unit}`)),
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

/** Whether times of the two captures compare. */
export function areComparable({ all, ofCapture }: Clocks, a: number, b: number): boolean {
  return all[ofCapture[a] ?? -1]?.reference === all[ofCapture[b] ?? -1]?.reference;
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
  if (clocks.ofCapture[from.capture] === clocks.ofCapture[to.capture]) return passed;
  if (!areComparable(clocks, from.capture, to.capture)) return null;
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
