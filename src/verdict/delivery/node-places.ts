// Places inside nodes that were captured, and what each shows of pods: what it would have shown of a packet, it did not have.

import type { FilterHint } from '../../attribution/filter/filter-hint.ts';
import { mirroredPoints } from '../../attribution/points/drops.ts';
import { ringIndexes } from '../../attribution/points/point-groups.ts';
import type { Points } from '../../attribution/points/points.ts';
import type { Point } from '../../attribution/points/points-input.ts';
import { type Span, spanOf } from '../../attribution/points/time-lanes.ts';
import type { Directory } from '../../attribution/who/who.ts';
import { WORKLOAD_MAC } from '../../cluster/calico.ts';
import type { CaptureCounters } from '../../flow/capture-counters.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import { largestOf, smallestOf } from '../../net/extremes.ts';

/** A place inside a node: pieces of one capture are one. */
export interface Place {
  point: Point;
  span: Span;
  /** Frames went to pods there, or came from them. */
  to: Heard;
  from: Heard;
  /** Frames of both directions of anything. */
  isSent: boolean;
  isReceived: boolean;
  /** Its frames have link addresses. */
  hasMacs: boolean;
  /** ARP was seen there, and nothing suggests a filter: expressions by protocol, port or another host's address hide it. */
  isWhole: boolean;
}

/** By address, and by protocol the ports that were asked, and those that answered. */
type Heard = Map<number, Map<number, { asked: Set<number>; answered: Set<number> }>>;

/** More ports than this tell no more. */
const MOST_PORTS = 64;

export interface PlacesInput {
  table: FlowTable;
  captures: readonly CaptureCounters[];
  points: Points;
  filters: readonly (FilterHint | null)[];
  /** Of captures that may be pieces of one, or of several nodes. */
  possibleFilters: readonly (FilterHint | null)[];
  who: Directory;
}

/** Of each kind of place one at least, or none. */
export function placesOf(
  { table, captures, points, who, ...hints }: PlacesInput,
  isOpen: (capture: number) => boolean,
): Place[] {
  const groups = ringIndexes(points);
  const isSuspect = (capture: number): boolean =>
    [hints.filters, hints.possibleFilters].some((list) => list[capture] != null);
  const byGroup = new Map<number, Place | null>();
  const { rings, ringOf } = points.rings;
  // where a place shows nothing in a piece, that piece was captured there all the same
  const spans = rings.map((ring) => (ring.every(isOpen) ? wholeSpan(ring.map((piece) => captures[piece])) : null));
  const mirrored = mirroredPoints(table, points);
  points.all.forEach((point, i) => {
    if (mirrored.has(i)) return;
    const group = groups[i] ?? -1;
    const span = spans[ringOf[point.capture] ?? -1] ?? null;
    if (span === null || !isNamed(point)) byGroup.set(group, null);
    else if (!byGroup.has(group)) byGroup.set(group, newPlace(point, span));
  });
  const roles = new Set([...byGroup.values()].map((place) => place?.point.role));
  if (roles.size < 2) return [];
  for (let row = 0; row < table.rows.count; row++) {
    const place = byGroup.get(groups[points.ofLink[table.linkOf(row)] ?? -1] ?? -1);
    if (place != null) noteRow(place, { table, who }, row);
  }
  const showsArp = new Set([...table.arp.pairs()].map(({ link }) => groups[points.ofLink[link] ?? -1]));
  for (const [group, place] of byGroup)
    if (place !== null) place.isWhole = showsArp.has(group) && !isSuspect(place.point.capture);
  return [...byGroup.values()].filter((place) => place !== null);
}

/** From the first to the last packet of a capture's pieces; null without one. */
function wholeSpan(pieces: readonly (CaptureCounters | undefined)[]): Span | null {
  const spans = pieces.map(spanOf).filter((span) => span !== null);
  if (spans.length === 0) return null;
  return { first: smallestOf(spans.map(({ first }) => first)), last: largestOf(spans.map(({ last }) => last)) };
}

function newPlace(point: Point, span: Span): Place {
  return {
    point,
    span,
    to: new Map(),
    from: new Map(),
    isSent: false,
    isReceived: false,
    hasMacs: false,
    isWhole: false,
  };
}

/** A veth needs no node's name: the pod that it belongs to is in its frames. */
export function isNamed({ role, topologyNode }: Point): boolean {
  return role === 'workload' || (role !== 'unknown' && topologyNode !== null);
}

/** On a veth, the end that the frame comes from or goes to has it; elsewhere either end may be a pod. */
function noteRow(place: Place, { table, who }: Pick<PlacesInput, 'table' | 'who'>, row: number): void {
  const flow = table.rows.flow(row);
  const { src, dst } = table.links.record(table.linkOf(row));
  const isVeth = place.point.role === 'workload';
  place.hasMacs ||= src !== null;
  const [from, to] = [who.whoOf(who.source[flow] ?? -1), who.whoOf(who.destination[flow] ?? -1)];
  if (to.kind === 'pod' && (!isVeth || src === WORKLOAD_MAC)) note(place.to, table.destinationWord(flow), table, flow);
  if (from.kind === 'pod' && (!isVeth || dst === WORKLOAD_MAC)) note(place.from, table.sourceWord(flow), table, flow);
  const { topologyNode: node } = place.point;
  if (node === null) return;
  place.isSent ||= from.node === node;
  place.isReceived ||= to.node === node;
}

function note(heard: Heard, address: number, table: FlowTable, flow: number): void {
  const protocols: NonNullable<ReturnType<Heard['get']>> = heard.get(address) ?? new Map();
  heard.set(address, protocols);
  const protocol = table.protocolOf(flow);
  const { asked, answered } = protocols.get(protocol) ?? { asked: new Set(), answered: new Set() };
  protocols.set(protocol, { asked, answered });
  if (asked.size < MOST_PORTS) asked.add(table.destinationPortOf(flow) ?? 0);
  if (answered.size < MOST_PORTS) answered.add(table.sourcePortOf(flow) ?? 0);
}

/** Whether a veth had shown the flow, if it had come there. */
export function wouldShow({ to, from, isWhole }: Place, table: FlowTable, flow: number): boolean {
  const address = table.destinationWord(flow);
  return showsKind(to, address, table, flow) || (isWhole && (to.has(address) || from.has(address)));
}

/** Whether packets of the flow's kind were seen there, to or from that pod: a capture of one port shows nothing of another. */
function showsKind(heard: Heard, address: number, table: FlowTable, flow: number): boolean {
  const ports = heard.get(address)?.get(table.protocolOf(flow));
  if (ports === undefined) return false;
  // an answer goes to a port of its own each time, and comes from one
  const isAlike =
    ports.asked.has(table.destinationPortOf(flow) ?? 0) || ports.answered.has(table.sourcePortOf(flow) ?? 0);
  return ports.asked.size > 1 || isAlike;
}

/** Packets to the same end and port are there, from another address perhaps. */
export function isTranslated({ to }: Place, flow: number, table: FlowTable): boolean {
  const ports = to.get(table.destinationWord(flow))?.get(table.protocolOf(flow));
  return ports?.asked.has(table.destinationPortOf(flow) ?? 0) ?? false;
}
