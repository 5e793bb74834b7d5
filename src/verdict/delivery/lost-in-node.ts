// Packets that stop inside a node: they came in by its NIC and are at no place behind it that was captured too, or left a pod and are at
// no place before the underlay. Told of what nobody answered only: what was answered went some way that was not captured.

import type { FilterHint } from '../../attribution/filter/filter-hint.ts';
import type { SeenObservation } from '../../attribution/observe.ts';
import { hasDrops } from '../../attribution/points/drops.ts';
import { ringIndexes } from '../../attribution/points/point-groups.ts';
import type { Points } from '../../attribution/points/points.ts';
import type { Point } from '../../attribution/points/points-input.ts';
import { type Span, spanOf } from '../../attribution/points/time-lanes.ts';
import type { Expected } from '../../attribution/vocabulary.ts';
import type { Directory, Who } from '../../attribution/who/who.ts';
import { EBPF_NODEPORT_VNI, WORKLOAD_MAC } from '../../cluster/calico.ts';
import type { CaptureCounters } from '../../flow/capture-counters.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import { toSeconds } from '../../net/time.ts';
import type { Node } from '../../topology/model.ts';
import type { RawFinding } from '../flow/judgement.ts';
import { nameOf } from '../flow/rules.ts';

/** A flow that nobody answered. */
export interface SilentFlow {
  flow: number;
  src: Who;
  dst: Who;
  expected: Expected;
  observations: readonly SeenObservation[];
}

export interface LostInNode {
  /** False where no two kinds of places were captured. */
  isKnown: boolean;
  /** Whether nothing hides packets at a place: no filter, no drops. */
  isOpen(point: Point): boolean;
  of(silent: SilentFlow): RawFinding | null;
}

/** A place inside a node: pieces of one capture are one. */
interface Place {
  point: Point;
  span: Span;
  /** Frames went to pods there, or came from them. */
  to: Heard;
  from: Heard;
  /** Frames of both directions of anything. */
  isSent: boolean;
  isReceived: boolean;
  /** ARP was seen there, and nothing suggests a filter: expressions by protocol, port or another host's address hide it. */
  isWhole: boolean;
}

/** By address, and by protocol the ports that were asked, and those that answered. */
type Heard = Map<number, Map<number, { asked: Set<number>; answered: Set<number> }>>;

/** One packet may have been on its way when a capture ended. */
const ENOUGH_PACKETS = 2;
/** The part of a flow's time in which the other place was captured too. */
const ENOUGH_TIME = 1 / 3;
/** More ports than this tell no more. */
const MOST_PORTS = 64;

export interface NodeInput {
  table: FlowTable;
  captures: readonly CaptureCounters[];
  points: Points;
  filters: readonly (FilterHint | null)[];
  /** Of captures that may be pieces of one, or of several nodes. */
  possibleFilters: readonly (FilterHint | null)[];
  who: Directory;
}

export function lostInNode(input: NodeInput): LostInNode {
  const { captures, filters, table } = input;
  const isOpen = (capture: number): boolean => {
    const filter = filters[capture] ?? null;
    const known = captures[capture];
    return (filter === null || filter.weak) && known !== undefined && !hasDrops(known);
  };
  const places = placesOf(input, isOpen);
  if (places.length === 0) return { isKnown: false, isOpen: () => false, of: () => null };
  const isOpenAt = (point: Point): boolean => isNamed(point) && isOpen(point.capture);
  return {
    isKnown: true,
    isOpen: isOpenAt,
    of: (silent) => neverCameOut(silent, places, table) ?? neverLeft(silent, places, table),
  };
}

function placesOf(
  { table, captures, points, who, ...hints }: NodeInput,
  isOpen: (capture: number) => boolean,
): Place[] {
  const groups = ringIndexes(points);
  const isSuspect = (capture: number): boolean =>
    [hints.filters, hints.possibleFilters].some((list) => list[capture] != null);
  const byGroup = new Map<number, Place | null>();
  const { rings, ringOf } = points.rings;
  // where a place shows nothing in a piece, that piece was captured there all the same
  const spans = rings.map((ring) => (ring.every(isOpen) ? wholeSpan(ring.map((piece) => captures[piece])) : null));
  points.all.forEach((point, i) => {
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
  return { first: Math.min(...spans.map(({ first }) => first)), last: Math.max(...spans.map(({ last }) => last)) };
}

function newPlace(point: Point, span: Span): Place {
  return { point, span, to: new Map(), from: new Map(), isSent: false, isReceived: false, isWhole: false };
}

/** A veth needs no node's name: the pod that it belongs to is in its frames. */
function isNamed({ role, topologyNode }: Point): boolean {
  return role === 'workload' || (role !== 'unknown' && topologyNode !== null);
}

function isOn({ role, topologyNode }: Point, node: Node): boolean {
  return topologyNode === node || (role === 'workload' && topologyNode === null);
}

/** On a veth, the end that the frame comes from or goes to has it; elsewhere either end may be a pod. */
function noteRow(place: Place, { table, who }: Pick<NodeInput, 'table' | 'who'>, row: number): void {
  const flow = table.rows.flow(row);
  const { src, dst } = table.links.record(table.linkOf(row));
  const isVeth = place.point.role === 'workload';
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
function wouldShow({ to, from, isWhole }: Place, table: FlowTable, flow: number): boolean {
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

/** What came to another node than the sender's, by the furthest place there that saw it. */
function neverCameOut(silent: SilentFlow, places: readonly Place[], table: FlowTable): RawFinding | null {
  const { flow, src, dst } = silent;
  const arrived = furthest(silent);
  const node = arrived?.seen.pointInfo.topologyNode ?? null;
  if (arrived === null || node === null) return null;
  const isOfNode = (dst.node ?? dst.presumed?.node ?? null) === node;
  const { role: reached } = arrived.seen.pointInfo;
  const missing = places.filter((place) => {
    const { point, span, isReceived } = place;
    if (!isOn(point, node) || !covers(span, arrived)) return false;
    // a pod's own veth says where the pod is
    if (point.role === 'workload') return wouldShow(place, table, flow);
    return point.role === 'tunnel' && reached === 'underlay' && isForDevice(arrived.seen) && isOfNode && isReceived;
  });
  const [first] = missing.filter(({ point }) => point.role === 'tunnel').concat(missing);
  if (first === undefined) return null;
  const where = reached === 'tunnel' ? 'tunnel device' : 'NIC';
  const message = `${arrived.packets} packets from ${nameOf(src)} to ${nameOf(dst)} arrived at ${node.name}'s ${where}, none ${placeName(first.point, 'came out at')}: dropped inside the node`;
  return { code: 'lost-in-node', message, seen: arrived.seen };
}

/** What one node forwards to another for a service in eBPF mode is opened by the program on the NIC: no tunnel device has it. */
function isForDevice({ encapsulation, vni }: SeenObservation): boolean {
  return encapsulation !== 'none' && vni !== EBPF_NODEPORT_VNI;
}

/** What the NIC or, behind it, the tunnel device of the node had that the flow came to; null where the pod's veth had it too. */
function furthest(silent: SilentFlow): Together | null {
  const node = reachedNode(silent);
  if (node === null) return null;
  const here = silent.observations.filter(({ pointInfo }) => isOn(pointInfo, node));
  const at = (wanted: Point['role']): SeenObservation[] => here.filter(({ pointInfo }) => pointInfo.role === wanted);
  if (here.some(({ pointInfo: { role } }) => role !== 'underlay' && role !== 'tunnel')) return null;
  return together(at('tunnel').length > 0 ? at('tunnel') : at('underlay'));
}

/** The receiver's node, if the flow was seen there, else the only other one; null of several: which of them is the last nobody knows. */
function reachedNode({ src, dst, observations }: SilentFlow): Node | null {
  const nodes = new Set(
    observations.flatMap(({ pointInfo: { role, topologyNode } }) =>
      (role === 'underlay' || role === 'tunnel') && topologyNode !== null && topologyNode !== src.node
        ? [topologyNode]
        : [],
    ),
  );
  const own = dst.node ?? dst.presumed?.node ?? null;
  if (own !== null && nodes.has(own)) return own;
  const [only] = nodes;
  return nodes.size === 1 ? (only ?? null) : null;
}

function neverLeft(silent: SilentFlow, places: readonly Place[], table: FlowTable): RawFinding | null {
  const { flow, src, dst, expected, observations } = silent;
  const node = src.node;
  const leaves = expected.encapsulation !== null && expected.encapsulation !== 'local';
  if (node === null || dst.node === node || dst.node === null || !leaves) return null;
  const sent = together(observations.filter(({ pointInfo }) => pointInfo.role === 'workload' && isOn(pointInfo, node)));
  if (sent === null || observations.some((o) => o.pointInfo.role !== 'workload')) return null;
  const missing = places.filter(
    ({ point, span, to, isSent, isReceived }) =>
      point.topologyNode === node &&
      point.role !== 'workload' &&
      (point.role === 'underlay' || expected.encapsulation !== 'none') &&
      covers(span, sent) &&
      isSent &&
      isReceived &&
      !isTranslated(to, flow, table),
  );
  const [first] = missing.filter(({ point }) => point.role === 'tunnel').concat(missing);
  if (first === undefined) return null;
  const message = `${sent.packets} packets from ${nameOf(src)} to ${nameOf(dst)} left the pod, none ${placeName(first.point, 'was seen at')}: dropped inside ${node.name}`;
  return { code: 'lost-in-node', message, seen: sent.seen };
}

/** Packets to the same end and port are there, from another address perhaps. */
function isTranslated(to: Heard, flow: number, table: FlowTable): boolean {
  const ports = to.get(table.destinationWord(flow))?.get(table.protocolOf(flow));
  return ports?.asked.has(table.destinationPortOf(flow) ?? 0) ?? false;
}

function placeName({ role, interface: device, node }: Point, verb: string): string {
  const what = role === 'tunnel' ? 'tunnel device' : role === 'workload' ? "pod's veth" : 'NIC';
  return `${verb} the ${what}${device === null ? '' : ` ${device}`}${node === null ? '' : ` of ${node}`}`;
}

/** What was seen of a flow at one kind of place, in whatever files. */
interface Together {
  seen: SeenObservation;
  packets: number;
  span: Span;
}

/** Of the first one's node; null where that is less than enough. */
function together(observations: readonly SeenObservation[]): Together | null {
  const [seen] = observations;
  if (seen === undefined) return null;
  const own = observations.filter(({ pointInfo }) => pointInfo.topologyNode === seen.pointInfo.topologyNode);
  const packets = own.reduce((sum, one) => sum + one.packets, 0);
  const span = {
    first: Math.min(...own.map(({ firstMoment }) => toSeconds(firstMoment))),
    last: Math.max(...own.map(({ lastMoment }) => toSeconds(lastMoment))),
  };
  return packets >= ENOUGH_PACKETS ? { seen, packets, span } : null;
}

/** Whether the place was captured in a good part of the time in which these packets were seen. */
function covers({ first, last }: Span, { span: { first: start, last: end } }: Together): boolean {
  const shared = Math.min(last, end) - Math.max(first, start);
  return shared > 0 && shared >= (end - start) * ENOUGH_TIME;
}
