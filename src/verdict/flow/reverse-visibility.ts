// Would an answer have been seen? Silence is a finding only where it would: at a point that saw some conversation both
// ways, so that a capture of one direction (tcpdump -Q in, a one-sided filter) raises nothing; and not where the kernel dropped packets,
// or the capture ended, nor on a way on which answers come to what is in no capture: a filter hides what comes back.

import type { PathFacts } from '../../attribution/path-facts.ts';
import { endsOf } from '../../attribution/points/capture-rings.ts';
import { hasDrops } from '../../attribution/points/drops.ts';
import { ringIndexes } from '../../attribution/points/point-groups.ts';
import type { Points } from '../../attribution/points/points.ts';
import { spanOf } from '../../attribution/points/time-lanes.ts';
import type { CaptureCounters } from '../../flow/capture-counters.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import { BIT } from '../../flow/rows/row-layout.ts';
import { smallestOf } from '../../net/extremes.ts';
import { toSeconds } from '../../net/time.ts';

/** Seconds from the beginning of a capture in which an answer may be to what was asked before. */
const ASKED_BEFORE = 1;

const NO_TUNNEL = -1;

/** Of each tunnel, a number of which way it goes between which addresses. */
function outerWaysOf({ tunnels }: FlowTable): Int32Array {
  const numbers = new Map<string, number>();
  return Int32Array.from({ length: tunnels.count }, (_, tunnel) => {
    const { outerSrc, outerDst } = tunnels.record(tunnel);
    if (outerSrc === null) return NO_TUNNEL;
    const way = `${outerSrc} ${outerDst}`;
    const number = numbers.get(way) ?? numbers.size;
    numbers.set(way, number);
    return number;
  });
}

/** A number of the place where a row was seen; pieces of a rotated capture are one place. */
export function placesOfRows(table: FlowTable, points: Points): (row: number) => number {
  const groups = ringIndexes(points);
  return (row) => groups[points.ofLink[table.linkOf(row)] ?? -1] ?? -1;
}

/**
 * For each flow: whether a place that saw it also saw some conversation in both directions, and nothing shows that its own is not seen.
 * @param isKeptOut whether its answer could not be where a row of it was
 */
export function reverseVisibility(
  table: FlowTable,
  points: Points,
  captures: readonly CaptureCounters[],
  { way }: Pick<PathFacts, 'way'>,
  isKeptOut: (flow: number, row: number) => boolean,
): (flow: number) => boolean {
  const groups = ringIndexes(points);
  const placeOf = placesOfRows(table, points);
  const isOneWay = oneWayRows(table, points, captures, way);
  const twoWay = new Uint8Array(points.all.length);
  const isComplete = new Uint8Array(points.all.length).fill(1);
  // a capture may have very many interfaces, each a place of its own
  const isWhole = captures.map((capture) => !hasDrops(capture));
  points.all.forEach(({ capture }, point) => {
    if (isWhole[capture] !== true) isComplete[groups[point] ?? -1] = 0;
  });
  const { rows } = table;
  const outerWays = outerWaysOf(table);
  const tunnelOf = (row: number): number => outerWays[table.tunnelOf(row)] ?? NO_TUNNEL;
  const seenBy = new Int32Array(points.all.length).fill(-1);
  const tunnelAt = new Int32Array(points.all.length);
  /** Whether a place that saw the flow is not known yet to see both directions. */
  const mayTell = (flow: number): boolean => {
    for (let row = table.firstRow(flow); row >= 0; row = rows.next(row)) {
      const place = placeOf(row);
      if (twoWay[place] === 0 && isComplete[place] === 1) return true;
    }
    return false;
  };
  for (let flow = 0; flow < table.flowCount; flow++) {
    const reverse = table.reverseOf(flow);
    if (reverse < 0 || reverse === flow || !mayTell(flow)) continue;
    for (let row = table.firstRow(flow); row >= 0; row = rows.next(row)) {
      const [place, tunnel] = [placeOf(row), tunnelOf(row)];
      tunnelAt[place] = seenBy[place] === flow && tunnelAt[place] !== tunnel ? NO_TUNNEL : tunnel;
      seenBy[place] = flow;
    }
    for (let back = table.firstRow(reverse); back >= 0; back = rows.next(back)) {
      const place = placeOf(back);
      if (seenBy[place] !== flow || isComplete[place] === 0) continue;
      // both sides in one tunnel one way: somebody's copies of them
      if (tunnelAt[place] === NO_TUNNEL || tunnelAt[place] !== tunnelOf(back)) twoWay[place] = 1;
    }
  }
  return (flow) => {
    for (let row = table.firstRow(flow); row >= 0; row = rows.next(row))
      if (twoWay[placeOf(row)] === 1 && !isOneWay(row) && (table.reverseOf(flow) >= 0 || !isKeptOut(flow, row)))
        return true;
    return false;
  };
}

/**
 * Rows of a way by which answers (SYN/ACK, echo replies) went to questions that are in no capture, though it ran when they were asked; or by
 * which a connection was opened and went on, though nothing of the other side is in any: what comes back there is hidden, as by `udp port 4789`
 * where one of two pools is not VXLAN, or in WireGuard.
 */
function oneWayRows(
  table: FlowTable,
  { rings: { rings, ringOf } }: Points,
  captures: readonly CaptureCounters[],
  way: Int32Array,
): (row: number) => boolean {
  const { rows, links } = table;
  const begins = rings.map((ring) => smallestOf(ring.map((capture) => spanOf(captures[capture])?.first ?? Infinity)));
  const ringOfRow = (row: number): number => ringOf[links.captureOf(table.linkOf(row))] ?? -1;
  const keyOf = (row: number): number => (way[rows.path(row)] ?? 0) * rings.length + ringOfRow(row);
  const oneWay = new Set<number>();
  for (let flow = 0; flow < table.flowCount; flow++) {
    if (table.reverseOf(flow) >= 0) continue;
    const [opened, acknowledging] = [new Set<number>(), new Set<number>()];
    for (let row = table.firstRow(flow); row >= 0; row = rows.next(row)) {
      const key = keyOf(row);
      if (rows.requests(row) > 0) opened.add(key);
      // what acknowledges after a SYN has the SYN/ACK
      if ((rows.bits(row) & BIT.acknowledgementKnown) !== 0) acknowledging.add(key);
      if (opened.has(key) && acknowledging.has(key)) oneWay.add(key);
      if (rows.replies(row) === 0) continue;
      const since = toSeconds(rows.lastMoment(row)) - (begins[ringOfRow(row)] ?? 0);
      if (since > ASKED_BEFORE) oneWay.add(key);
    }
  }
  return (row) => oneWay.size > 0 && oneWay.has(keyOf(row));
}

/** Seconds that an answer to a single question may take before its silence means something. */
const PATIENCE = 0.2;

/** Tells whether a flow asked once, and right before every capture that saw it ended; pieces of one are one. */
export function justAsked(
  table: FlowTable,
  points: Points,
  captures: readonly CaptureCounters[],
  { way }: Pick<PathFacts, 'way'>,
): (flow: number) => boolean {
  const { rows, links } = table;
  const { rings, ringOf } = points.rings;
  const ends = endsOf(points.rings, captures);
  return (flow) => {
    // by ring and way through it: one request may be there on its way in and out
    const asked = new Map<number, number>();
    for (let row = table.firstRow(flow); row >= 0; row = rows.next(row)) {
      const capture = links.captureOf(table.linkOf(row));
      const ring = ringOf[capture] ?? -1;
      const key = (way[rows.path(row)] ?? 0) * rings.length + ring;
      const requests = (asked.get(key) ?? 0) + rows.requests(row);
      asked.set(key, requests);
      if (requests > 1) return false;
      if ((ends[capture] ?? 0) - toSeconds(rows.lastMoment(row)) >= PATIENCE) return false;
    }
    return true;
  };
}
