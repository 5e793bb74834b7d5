// What the packets of one place's captures have in common: an expression that keeps just that would have left the same.

import type { CaptureCounters } from '../../flow/capture-counters.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import { formatIPv4 } from '../../net/ip.ts';
import { isAnswer } from '../answers.ts';
import type { Points } from '../points/points.ts';
import { directionHints } from './direction-hint.ts';

/** Of captures that are looked at together. */
export interface Shape {
  /** Frames of any kind, and those of flows. */
  frames: number;
  packets: number;
  tunnel: number;
  ports: Set<number>;
  kinds: Set<string>;
  /** IP protocols and versions of the outermost headers. */
  protocols: Set<number>;
  versions: Set<4 | 6>;
  /** Addresses that every flow so far has at one end; ports likewise, of tunnels their own. */
  common: Set<string> | null;
  commonPorts: Set<number> | null;
  /** ARP between machines, and the addresses that all of it speaks of. */
  arp: { packets: number; common: Set<string> | null };
  /** Packets inside carriers. */
  carried: number;
  /** Nothing but copies inside carriers: what is not there, the mirror may have left out, or nobody. */
  mirrored: boolean;
  /** A flow that answers packets which are not in the file. */
  answersOnly: boolean;
  /** How one direction shows; null where both were seen. */
  oneWay: { evidence: string; packets: number } | null;
}

export interface ShapeInput {
  table: FlowTable;
  captures: readonly CaptureCounters[];
  points: Points;
}

const [IPIP, UDP, GRE] = [4, 17, 47] as const;
const TUNNEL_PROTOCOLS: Record<string, number> = { ipip: IPIP, gre: GRE, vxlan: UDP, geneve: UDP, wireguard: UDP };

/** A packet by its outermost IP header, which is all that most expressions look at. */
export interface OutermostPacket {
  protocol: number;
  ends: readonly string[];
  /** UDP port of a tunnel, or both ports. */
  ports: readonly number[];
}

/** What went by as a row of the table. @param tunnel the one around its packets; where they are copies, the carriers of the copies are none */
export function outermostOf(
  table: FlowTable,
  flow: number,
  row: number,
  tunnel: number = table.tunnelOf(row),
): OutermostPacket {
  const { source, destination, addresses } = table.ends;
  const { encapsulation, outerSrc, outerDst, udpPort } = table.tunnels.record(tunnel);
  if (outerSrc === null) {
    const ends = [addresses[source[flow] ?? -1] ?? '', addresses[destination[flow] ?? -1] ?? ''];
    const ports = [table.sourcePortOf(flow), table.destinationPortOf(flow)].filter((port) => port !== null);
    return { protocol: table.protocolOf(flow), ends, ports };
  }
  const protocol = TUNNEL_PROTOCOLS[encapsulation] ?? table.protocolOf(flow);
  return { protocol, ends: [outerSrc, outerDst ?? ''], ports: udpPort === null ? [] : [udpPort] };
}

/** @param placeOf which captures are looked at together; -1: not at all */
export function shapesOf({ table, captures, points }: ShapeInput, placeOf: Int32Array): (Shape | undefined)[] {
  const shapes: Shape[] = [];
  for (const [i, place] of placeOf.entries()) {
    if (place < 0) continue;
    shapes[place] ??= emptyShape();
    shapes[place].frames += captures[i]?.packets ?? 0;
  }
  const told = new Uint8Array(shapes.length * table.tunnels.count);
  for (let flow = 0; flow < table.flowCount; flow++) addFlow({ shapes, placeOf, told }, table, flow);
  for (const pair of table.arp.pairs()) {
    const arp = shapes[placeOf[table.links.captureOf(pair.link)] ?? -1]?.arp;
    if (arp === undefined) continue;
    arp.packets += pair.packets;
    arp.common = shared(arp.common, [formatIPv4(pair.sender), formatIPv4(pair.target)]);
  }
  for (const [place, oneWay] of oneWayPlaces(table, points, placeOf)) {
    const shape = shapes[place];
    if (shape !== undefined) shape.oneWay = oneWay;
  }
  // some places have no captures of NICs
  shapes.forEach((shape) => {
    shape.mirrored = shape.carried > 0 && shape.carried === shape.packets;
  });
  return shapes;
}

function emptyShape(): Shape {
  return {
    ...{ frames: 0, packets: 0, tunnel: 0, carried: 0 },
    ...{ ports: new Set(), kinds: new Set(), protocols: new Set(), versions: new Set() },
    ...{ common: null, commonPorts: null, arp: { packets: 0, common: null } },
    ...{ mirrored: false, answersOnly: false, oneWay: null },
  };
}

function shared<T>(known: Set<T> | null, own: readonly T[]): Set<T> {
  if (known === null) return new Set(own);
  return known.size === 0 ? known : new Set(own.filter((one) => known.has(one)));
}

/** Places of whose captures each has one direction only. */
function oneWayPlaces(table: FlowTable, { rings }: Points, placeOf: Int32Array): Map<number, Shape['oneWay']> {
  const places = new Map<number, Shape['oneWay']>();
  const hints = directionHints(table, rings.ringOf, rings.rings.length);
  for (const [ring, [capture = -1]] of rings.rings.entries()) {
    const place = placeOf[capture] ?? -1;
    const [known, hint] = [places.get(place), hints[ring] ?? null];
    if (known === undefined) places.set(place, hint);
    else if (known !== null) places.set(place, hint && { ...known, packets: known.packets + hint.packets });
  }
  return places;
}

interface ShapeState {
  shapes: readonly Shape[];
  placeOf: Int32Array;
  /** By place and tunnel: whether it was added there, which tells all that its other flows do. */
  told: Uint8Array;
}

function addFlow({ shapes, placeOf, told }: ShapeState, table: FlowTable, flow: number): void {
  const { rows } = table;
  const unasked = table.reverseOf(flow) < 0 && isAnswer(table, flow);
  for (let row = table.firstRow(flow); row >= 0; row = rows.next(row)) {
    const place = placeOf[table.links.captureOf(table.linkOf(row))] ?? -1;
    const shape = shapes[place];
    if (shape === undefined) continue;
    const packets = rows.packets(row);
    shape.packets += packets;
    shape.answersOnly ||= unasked;
    // an expression looks at what is outside
    const tunnel = table.tunnels.outermost(table.tunnelOf(row));
    const { encapsulation, udpPort, outerSrc } = table.tunnels.record(tunnel);
    if (tunnel !== table.tunnelOf(row)) shape.carried += packets;
    if (encapsulation !== 'none') shape.tunnel += packets;
    const known = place * table.tunnels.count + tunnel;
    if (told[known] === 1) continue;
    // without an outer header each flow has its own ends, and of other tunnels its own protocol
    if (outerSrc !== null && encapsulation in TUNNEL_PROTOCOLS) told[known] = 1;
    const { protocol, ends, ports } = outermostOf(table, flow, row, tunnel);
    shape.protocols.add(protocol);
    shape.versions.add(ends.some((end) => end.includes(':')) ? 6 : 4);
    shape.common = shared(shape.common, ends);
    shape.commonPorts = shared(shape.commonPorts, ports);
    if (encapsulation === 'none') continue;
    shape.kinds.add(encapsulation);
    if (udpPort !== null) shape.ports.add(udpPort);
  }
}
