// Rows of the flow table -> observations: one per (capture point, encapsulation, outer addresses, VNI), and what the
// underlay ones say together. Only underlay observations prove or disprove encapsulation (design section 4).

import type { CaptureCounters } from '../flow/capture-counters.ts';
import type { FlowTable } from '../flow/flow-table.ts';
import type { BIT } from '../flow/rows/row-layout.ts';

import { formatTime, isBefore, type Moment } from '../net/time.ts';
import type { Points } from './points/points.ts';
import type { Point } from './points/points-input.ts';
import type { Observation, Observed } from './vocabulary.ts';

/** An observation with what judging needs beyond the JSON. */
export interface SeenObservation extends Observation {
  pointInfo: Point;
  rows: number[];
  overheadBytes: number;
  bits: number;
  /** Every inner destination MAC seen; `innerDstMac` is the first one's. */
  innerDstMacs: string[];
  firstMoment: Moment;
  lastMoment: Moment;
}

/** All observations of a flow, by capture, point and first packet. */
export function observationsOf(
  table: FlowTable,
  points: Points,
  captures: readonly CaptureCounters[],
  flow: number,
): SeenObservation[] {
  const list = timelessObservations(table, points, flow);
  let [of, digits] = [-1, 6];
  for (const o of list) {
    if (o.capture !== of) [of, digits] = [o.capture, captures[o.capture]?.timeDigits ?? 6];
    o.first = formatTime(o.firstMoment, digits);
    o.last = formatTime(o.lastMoment, digits);
  }
  return list;
}

/** The same without times as text: `first` and `last` are null. */
export function timelessObservations(table: FlowTable, points: Points, flow: number): SeenObservation[] {
  const only = table.firstRow(flow);
  if (only >= 0 && table.rows.next(only) === -1) {
    const point = points.all[points.ofLink[table.linkOf(only)] ?? -1];
    const tunnel = table.tunnels.record(table.tunnelOf(only));
    return point === undefined ? [] : [newObservation(table, point, only, tunnel)];
  }
  const merged = new Map<string, SeenObservation>();
  for (let row = only; row >= 0; row = table.rows.next(row)) {
    const pointIndex = points.ofLink[table.linkOf(row)] ?? -1;
    const point = points.all[pointIndex];
    if (point === undefined) continue;
    const tunnel = table.tunnels.record(table.tunnelOf(row));
    const { encapsulation, outerSrc, outerDst, vni, udpPort } = tunnel;
    const key = `${pointIndex}|${encapsulation}|${outerSrc}|${outerDst}|${vni}|${udpPort}|${tunnel.carriers.join()}`;
    const known = merged.get(key);
    if (known === undefined) merged.set(key, newObservation(table, point, row, tunnel));
    else addRow(table, known, row, tunnel.innerDstMac);
  }
  return [...merged.values()].sort(
    (a, b) => a.capture - b.capture || a.point - b.point || a.firstPacket - b.firstPacket,
  );
}

function newObservation(
  table: FlowTable,
  point: Point,
  row: number,
  tunnel: ReturnType<FlowTable['tunnels']['record']>,
): SeenObservation {
  const { rows } = table;
  return {
    capture: point.capture,
    point: point.local,
    encapsulation: tunnel.encapsulation,
    outerSrc: tunnel.outerSrc,
    outerDst: tunnel.outerDst,
    vni: tunnel.vni,
    udpPort: tunnel.udpPort,
    packets: rows.packets(row),
    bytes: rows.bytes(row),
    outerFragments: rows.outerFragments(row),
    firstPacket: rows.firstPacket(row),
    lastPacket: rows.lastPacket(row),
    first: null,
    last: null,
    carriers: tunnel.carriers,
    innerSrcMac: tunnel.innerSrcMac,
    innerDstMac: tunnel.innerDstMac,
    pointInfo: point,
    rows: [row],
    overheadBytes: rows.overheadBytes(row),
    bits: rows.bits(row),
    innerDstMacs: tunnel.innerDstMac === null ? [] : [tunnel.innerDstMac],
    firstMoment: { seconds: rows.firstSeconds(row), nanos: rows.firstNanos(row) },
    lastMoment: { seconds: rows.lastSeconds(row), nanos: rows.lastNanos(row) },
  };
}

function addRow(table: FlowTable, into: SeenObservation, row: number, innerDstMac: string | null): void {
  const { rows } = table;
  into.packets += rows.packets(row);
  into.bytes += rows.bytes(row);
  into.overheadBytes += rows.overheadBytes(row);
  into.outerFragments += rows.outerFragments(row);
  into.firstPacket = Math.min(into.firstPacket, rows.firstPacket(row));
  into.lastPacket = Math.max(into.lastPacket, rows.lastPacket(row));
  into.bits |= rows.bits(row);
  if (innerDstMac !== null && !into.innerDstMacs.includes(innerDstMac)) into.innerDstMacs.push(innerDstMac);
  into.rows.push(row);
  const first = { seconds: rows.firstSeconds(row), nanos: rows.firstNanos(row) };
  const last = { seconds: rows.lastSeconds(row), nanos: rows.lastNanos(row) };
  if (isBefore(first, into.firstMoment)) into.firstMoment = first;
  if (isBefore(into.lastMoment, last)) into.lastMoment = last;
}

/** What the underlay observations show together; `unknown` when there is none. */
export function observedOf(observations: readonly SeenObservation[]): Observed {
  const underlay = observations.filter((o) => o.pointInfo.role === 'underlay');
  const [largest] = [...underlay].sort((a, b) => b.packets - a.packets);
  if (largest === undefined)
    return { encapsulation: 'unknown', vni: null, outerSrc: null, outerDst: null, udpPort: null };
  const kinds = new Set(underlay.map((o) => o.encapsulation));
  if (kinds.size > 1) return { encapsulation: 'mixed', vni: null, outerSrc: null, outerDst: null, udpPort: null };
  const { encapsulation, vni, outerSrc, outerDst, udpPort } = largest;
  return { encapsulation, vni, outerSrc, outerDst, udpPort };
}

/** Whether any packet of these observations had the bit (BIT of the flow table). */
export function hasBit(observations: readonly SeenObservation[], bit: (typeof BIT)[keyof typeof BIT]): boolean {
  return observations.some((o) => (o.bits & bit) !== 0);
}
