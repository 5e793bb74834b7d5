// Rows of the flow table -> observations: one per (capture point, encapsulation, outer addresses, VNI), and what the
// underlay ones say together. Only underlay observations prove or disprove encapsulation (design section 4).

import type { CaptureCounters } from '../flow/capture-counters.ts';
import type { FlowTable } from '../flow/flow-table.ts';
import type { BIT } from '../flow/rows/row-layout.ts';

import { formatTime, type Moment } from '../net/time.ts';
import type { PathFacts } from './path-facts.ts';
import type { Points } from './points/points.ts';
import type { Point } from './points/points-input.ts';
import type { FlowTcp, Observation, Observed } from './vocabulary.ts';

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
  const only = table.firstRow(flow);
  const merged = new Map<string, SeenObservation>();
  for (let row = table.firstRow(flow); row >= 0; row = table.rows.next(row)) {
    const pointIndex = points.ofLink[table.linkOf(row)] ?? -1;
    const point = points.all[pointIndex];
    if (point === undefined) continue;
    const tunnel = table.tunnels.record(table.tunnelOf(row));
    if (row === only && table.rows.next(row) === -1) {
      merged.set('', newObservation(table, point, row, tunnel));
      break;
    }
    const { encapsulation, outerSrc, outerDst, vni, udpPort } = tunnel;
    const key = `${pointIndex}|${encapsulation}|${outerSrc}|${outerDst}|${vni}|${udpPort}|${tunnel.carriers.join()}`;
    const known = merged.get(key);
    if (known === undefined) merged.set(key, newObservation(table, point, row, tunnel));
    else addRow(table, known, row, tunnel.innerDstMac);
  }
  const list = [...merged.values()];
  for (const o of list) {
    const digits = captures[o.capture]?.timeDigits ?? 6;
    o.first = formatTime(o.firstMoment, digits);
    o.last = formatTime(o.lastMoment, digits);
  }
  return list.sort((a, b) => a.capture - b.capture || a.point - b.point || a.firstPacket - b.firstPacket);
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

export function isBefore(a: Moment, b: Moment): boolean {
  return a.seconds < b.seconds || (a.seconds === b.seconds && a.nanos < b.nanos);
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

/** Counts of a flow without counting a packet twice: per point the sum, then the largest point (design section 4). */
export interface FlowCounts {
  packets: number;
  bytes: number;
  overheadBytes: number;
  tcp: FlowTcp | null;
}

export function countFlow(
  table: FlowTable,
  observations: readonly SeenObservation[],
  groupOf: (point: Point) => string,
  tcp: boolean,
): FlowCounts {
  const groups = new Map<string, SeenObservation[]>();
  for (const o of observations) {
    const key = groupOf(o.pointInfo);
    const list = groups.get(key);
    if (list === undefined) groups.set(key, [o]);
    else list.push(o);
  }
  let best: { list: SeenObservation[]; packets: number; underlay: boolean } | null = null;
  for (const list of groups.values()) {
    const packets = list.reduce((sum, o) => sum + o.packets - o.outerFragments, 0);
    const underlay = list.some((o) => o.pointInfo.role === 'underlay');
    if (best === null || packets > best.packets || (packets === best.packets && underlay && !best.underlay))
      best = { list, packets, underlay };
  }
  const list = best?.list ?? [];
  return {
    packets: best?.packets ?? 0,
    bytes: list.reduce((sum, o) => sum + o.bytes, 0),
    overheadBytes: list.reduce((sum, o) => sum + o.overheadBytes, 0),
    tcp: tcp ? tcpFacts(table, list) : null,
  };
}

export interface RowCounts {
  packets: number;
  bytes: number;
  /** Rows of the place that counts. */
  rows: number[];
}

/**
 * `countFlow` without the observations: rows summed by group of points, then the largest group; ties go to an underlay, then to
 * the first point.
 * @param groups index of each point's group
 */
export function countRows(table: FlowTable, paths: PathFacts, groups: Int32Array, flow: number): RowCounts {
  const { rows } = table;
  const first = table.firstRow(flow);
  if (rows.next(first) < 0) {
    const known = (paths.pointOf[rows.path(first)] ?? -1) >= 0;
    if (!known) return { packets: 0, bytes: 0, rows: [] };
    return { packets: rows.packets(first) - rows.outerFragments(first), bytes: rows.bytes(first), rows: [first] };
  }
  const sums: (RowCounts & { group: number; underlay: boolean; point: number })[] = [];
  for (let row = first; row >= 0; row = rows.next(row)) {
    const path = rows.path(row);
    const point = paths.pointOf[path] ?? -1;
    if (point < 0) continue;
    const group = groups[point] ?? -1;
    let sum = sums.find((one) => one.group === group);
    if (sum === undefined) {
      sum = { group, packets: 0, bytes: 0, rows: [], underlay: false, point };
      sums.push(sum);
    }
    sum.packets += rows.packets(row) - rows.outerFragments(row);
    sum.bytes += rows.bytes(row);
    sum.rows.push(row);
    sum.underlay ||= paths.isUnderlay[path] === 1;
    sum.point = Math.min(sum.point, point);
  }
  sums.sort((a, b) => b.packets - a.packets || Number(b.underlay) - Number(a.underlay) || a.point - b.point);
  return sums[0] ?? { packets: 0, bytes: 0, rows: [] };
}

/** The largest sum of a fact of rows at any one place: copies of a packet at several places count once. */
export function largestSum(
  observations: readonly SeenObservation[],
  groupOf: (point: Point) => string,
  fact: (row: number) => number,
): number {
  const [first] = observations;
  if (observations.length === 1 && first?.rows.length === 1) return fact(first.rows[0] ?? 0);
  const sums = new Map<string, number>();
  for (const o of observations) {
    const own = o.rows.reduce((sum, row) => sum + fact(row), 0);
    sums.set(groupOf(o.pointInfo), (sums.get(groupOf(o.pointInfo)) ?? 0) + own);
  }
  return Math.max(0, ...sums.values());
}

function tcpFacts(table: FlowTable, list: readonly SeenObservation[]): FlowTcp {
  const { rows } = table;
  const sum = (fact: (row: number) => number): number =>
    list.reduce((total, o) => total + o.rows.reduce((t, row) => t + fact(row), 0), 0);
  return {
    syn: sum((row) => rows.requests(row)),
    synAck: sum((row) => rows.replies(row)),
    fin: sum((row) => rows.fin(row)),
    rst: sum((row) => rows.rst(row)),
    data: sum((row) => rows.data(row)),
    retransmissions: sum((row) => rows.retransmissions(row)),
    largeRetransmissions: sum((row) => rows.largeRetransmissions(row)),
    handshake: false,
  };
}

/** Whether any packet of these observations had the bit (BIT of the flow table). */
export function hasBit(observations: readonly SeenObservation[], bit: (typeof BIT)[keyof typeof BIT]): boolean {
  return observations.some((o) => (o.bits & bit) !== 0);
}
