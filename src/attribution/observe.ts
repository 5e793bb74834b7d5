// Rows of the flow table -> observations: one per (capture point, encapsulation, outer addresses, VNI), and what the
// underlay ones say together. Only underlay observations prove or disprove encapsulation (design section 4).

import type { CaptureCounters } from '../flow/capture-counters.ts';
import type { FlowTable } from '../flow/flow-table.ts';
import type { BIT } from '../flow/observation-columns.ts';
import { formatTime, type Moment } from '../net/time.ts';
import type { Point, Points } from './points/points.ts';
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
  for (let row = table.firstRow(flow); row >= 0; row = table.columns.next[row] ?? -1) {
    const pointIndex = points.ofLink[table.columns.link[row] ?? 0] ?? -1;
    const point = points.all[pointIndex];
    if (point === undefined) continue;
    const tunnel = table.tunnels.record(table.columns.tunnel[row] ?? 0);
    if (row === only && table.columns.next[row] === -1) {
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
  const c = table.columns;
  return {
    capture: point.capture,
    point: point.local,
    encapsulation: tunnel.encapsulation,
    outerSrc: tunnel.outerSrc,
    outerDst: tunnel.outerDst,
    vni: tunnel.vni,
    udpPort: tunnel.udpPort,
    packets: c.packets[row] ?? 0,
    bytes: c.bytes[row] ?? 0,
    outerFragments: c.outerFragments[row] ?? 0,
    firstPacket: c.firstPacket[row] ?? 0,
    lastPacket: c.lastPacket[row] ?? 0,
    first: null,
    last: null,
    carriers: tunnel.carriers,
    innerSrcMac: tunnel.innerSrcMac,
    innerDstMac: tunnel.innerDstMac,
    pointInfo: point,
    rows: [row],
    overheadBytes: c.overheadBytes[row] ?? 0,
    bits: c.bits[row] ?? 0,
    innerDstMacs: tunnel.innerDstMac === null ? [] : [tunnel.innerDstMac],
    firstMoment: { seconds: c.firstSeconds[row] ?? Number.NaN, nanos: c.firstNanos[row] ?? 0 },
    lastMoment: { seconds: c.lastSeconds[row] ?? Number.NaN, nanos: c.lastNanos[row] ?? 0 },
  };
}

function addRow(table: FlowTable, into: SeenObservation, row: number, innerDstMac: string | null): void {
  const c = table.columns;
  into.packets += c.packets[row] ?? 0;
  into.bytes += c.bytes[row] ?? 0;
  into.overheadBytes += c.overheadBytes[row] ?? 0;
  into.outerFragments += c.outerFragments[row] ?? 0;
  into.firstPacket = Math.min(into.firstPacket, c.firstPacket[row] ?? 0);
  into.lastPacket = Math.max(into.lastPacket, c.lastPacket[row] ?? 0);
  into.bits |= c.bits[row] ?? 0;
  if (innerDstMac !== null && !into.innerDstMacs.includes(innerDstMac)) into.innerDstMacs.push(innerDstMac);
  into.rows.push(row);
  const first = { seconds: c.firstSeconds[row] ?? Number.NaN, nanos: c.firstNanos[row] ?? 0 };
  const last = { seconds: c.lastSeconds[row] ?? Number.NaN, nanos: c.lastNanos[row] ?? 0 };
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

/** `packets` of `countFlow`, without making the observations. */
export function packetsOf(table: FlowTable, points: Points, groupOf: (point: Point) => string, flow: number): number {
  const c = table.columns;
  const sums = new Map<string, number>();
  for (let row = table.firstRow(flow); row >= 0; row = c.next[row] ?? -1) {
    const point = points.all[points.ofLink[c.link[row] ?? 0] ?? -1];
    if (point === undefined) continue;
    const key = groupOf(point);
    sums.set(key, (sums.get(key) ?? 0) + (c.packets[row] ?? 0) - (c.outerFragments[row] ?? 0));
  }
  return Math.max(0, ...sums.values());
}

/** The largest sum of a column at any one place: copies of a packet at several places count once. */
export function largestSum(
  observations: readonly SeenObservation[],
  groupOf: (point: Point) => string,
  column: Uint32Array,
): number {
  const [first] = observations;
  if (observations.length === 1 && first?.rows.length === 1) return column[first.rows[0] ?? 0] ?? 0;
  const sums = new Map<string, number>();
  for (const o of observations) {
    const own = o.rows.reduce((sum, row) => sum + (column[row] ?? 0), 0);
    sums.set(groupOf(o.pointInfo), (sums.get(groupOf(o.pointInfo)) ?? 0) + own);
  }
  return Math.max(0, ...sums.values());
}

function tcpFacts(table: FlowTable, list: readonly SeenObservation[]): FlowTcp {
  const c = table.columns;
  const sum = (column: Uint32Array): number =>
    list.reduce((total, o) => total + o.rows.reduce((t, row) => t + (column[row] ?? 0), 0), 0);
  return {
    syn: sum(c.requests),
    synAck: sum(c.replies),
    fin: sum(c.fin),
    rst: sum(c.rst),
    data: sum(c.data),
    retransmissions: sum(c.retransmissions),
    largeRetransmissions: sum(c.largeRetransmissions),
    handshake: false,
  };
}

/** Whether any packet of these observations had the bit (BIT of the flow table). */
export function hasBit(observations: readonly SeenObservation[], bit: (typeof BIT)[keyof typeof BIT]): boolean {
  return observations.some((o) => (o.bits & bit) !== 0);
}
