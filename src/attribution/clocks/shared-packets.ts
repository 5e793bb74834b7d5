// Packets that two places both saw, from the samples of their captures: how much later each was at the second one.

import type { FlowTable } from '../../flow/flow-table.ts';
import type { PacketSample } from '../../flow/packet-sample.ts';
import { PairMap } from '../../net/pair-map.ts';
import { type ClockEstimate, ClockPair, offsetAt } from './clock-pair.ts';

/** Captures of one place. */
export interface SampledPlace {
  samples: readonly PacketSample[];
}

export interface SharedPacket {
  /** Between which two ends it ran; the same text in both directions, where that is known. */
  ends: string;
  way: 0 | 1;
  /** Time at the second place minus time at the first, and time at the first. */
  seconds: number;
  at: number;
}

interface Seen {
  place: number;
  row: number;
  seconds: number;
  nanos: number;
}

/** What two places have in common; `a` is the smaller number. */
export interface PlacesInCommon {
  a: number;
  b: number;
  packets: SharedPacket[];
}

/** What a place has at several times is no evidence. */
export function sharedPackets(table: FlowTable, places: readonly SampledPlace[]): readonly PlacesInCommon[] {
  const shared = new PairMap<PlacesInCommon>();
  for (const seen of seenByPacket(places).values()) {
    if (seen.length < 2) continue;
    seen.forEach((one, i) => {
      for (const other of seen.slice(i + 1)) {
        if (table.rows.flow(one.row) !== table.rows.flow(other.row)) continue;
        const [a, b] = [one.place, other.place];
        const common = shared.of(String(a), String(b), () => ({ a, b, packets: [] }));
        const { ends, way } = directionOf(table, one.row, other.row);
        const seconds = other.seconds - one.seconds + (other.nanos - one.nanos) / 1e9;
        common.packets.push({ ends, way, seconds, at: one.seconds + one.nanos / 1e9 });
      }
    });
  }
  return shared.values();
}

function seenByPacket(places: readonly SampledPlace[]): Map<number, Seen[]> {
  const byPacket = new Map<number, Seen[]>();
  const repeated = new Set<number>();
  places.forEach(({ samples }, place) => {
    for (const { packets } of samples)
      for (const [fingerprint, { row, seconds, nanos, isOnce }] of packets) {
        const seen = byPacket.get(fingerprint) ?? [];
        byPacket.set(fingerprint, seen);
        if (!isOnce || seen.at(-1)?.place === place) repeated.add(fingerprint);
        seen.push({ place, row, seconds, nanos });
      }
  });
  for (const fingerprint of repeated) byPacket.delete(fingerprint);
  return byPacket;
}

/** By the nodes at a tunnel's ends, else by the MACs that both places saw, else by the flow's own ends. */
function directionOf(table: FlowTable, row: number, other: number): Pick<SharedPacket, 'ends' | 'way'> {
  for (const one of [row, other]) {
    const { outerSrc, outerDst } = table.tunnels.record(table.tunnelOf(one));
    if (outerSrc !== null && outerDst !== null) return between(outerSrc, outerDst);
  }
  const [a, b] = [table.links.record(table.linkOf(row)), table.links.record(table.linkOf(other))];
  if (a.src !== null && a.dst !== null && a.src === b.src && a.dst === b.dst) return between(a.src, a.dst);
  return flowEnds(table, row);
}

/** The addresses of a row's flow. */
export function flowEnds(table: FlowTable, row: number): Pick<SharedPacket, 'ends' | 'way'> {
  const flow = table.rows.flow(row);
  return between(table.sourceOf(flow), table.destinationOf(flow));
}

function between(from: string, to: string): Pick<SharedPacket, 'ends' | 'way'> {
  return from < to ? { ends: `${from}|${to}`, way: 0 } : { ends: `${to}|${from}`, way: 1 };
}

/**
 * How far the second place's clock is ahead. Which direction of two ends runs from the first place to the second, each pair of ends
 * tells for itself; those of which packets were seen one way only count where there is nothing else.
 */
export function estimateOf(packets: readonly SharedPacket[]): ClockEstimate | null {
  const byEnds = new Map<string, SharedPacket[]>();
  for (const packet of packets) {
    const group = byEnds.get(packet.ends);
    if (group === undefined) byEnds.set(packet.ends, [packet]);
    else group.push(packet);
  }
  const groups = [...byEnds.values()];
  const bothWays = groups.filter((group) => group.some(({ way }) => way === 0) && group.some(({ way }) => way === 1));
  const pair = new ClockPair();
  if (bothWays.length > 0) for (const group of bothWays) addTo(pair, group);
  else for (const { seconds, at } of packets) pair.add(0, seconds, at);
  const estimate = pair.estimate();
  return estimate === null ? null : { ...estimate, packets: packets.length };
}

/** Adds packets so that direction 0 is the one to the second place. */
function addTo(pair: ClockPair, group: readonly SharedPacket[]): void {
  const own = new ClockPair();
  for (const { way, seconds, at } of group) own.add(way, seconds, at);
  const estimate = own.estimate();
  if (estimate === null) return;
  const delay = (wanted: 0 | 1): number => {
    const late = group
      .filter(({ way }) => way === wanted)
      .map(({ seconds, at }) => seconds - offsetAt(estimate, at))
      .sort((a, b) => a - b);
    return late[late.length >> 1] ?? 0;
  };
  const there = delay(0) >= delay(1) ? 0 : 1;
  for (const { way, seconds, at } of group) pair.add(way === there ? 0 : 1, seconds, at);
}
