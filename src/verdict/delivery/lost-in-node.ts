// Packets that stop inside a node: they came in by its NIC and are at no place behind it that was captured too, or left a pod and are at
// no place before the underlay. Told of what nobody answered only: what was answered went some way that was not captured.

import { isAnsweredBack } from '../../attribution/answers.ts';
import type { SeenObservation } from '../../attribution/observe.ts';
import { hasDrops } from '../../attribution/points/drops.ts';
import type { Point } from '../../attribution/points/points-input.ts';
import type { Span } from '../../attribution/points/time-lanes.ts';
import type { Expected } from '../../attribution/vocabulary.ts';
import type { Who } from '../../attribution/who/who.ts';
import { EBPF_NODEPORT_VNI } from '../../cluster/calico.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import { largestOf, smallestOf } from '../../net/extremes.ts';
import { toSeconds } from '../../net/time.ts';
import type { Node } from '../../topology/model.ts';
import type { RawFinding } from '../flow/judgement.ts';
import { nameOf } from '../flow/rules.ts';
import { isDeviceOf, type MayHide } from './hidden-places.ts';
import { isNamed, isTranslated, type Place, type PlacesInput, placesOf, wouldShow } from './node-places.ts';

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

/** One packet may have been on its way when a capture ended. */
const ENOUGH_PACKETS = 2;
/** The part of a flow's time in which the other place was captured too. */
const ENOUGH_TIME = 1 / 3;

export interface NodeInput extends PlacesInput {
  mayHide: MayHide;
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
    of(silent) {
      if (isAnsweredBack(table, silent.flow)) return null;
      const shown = places.filter(({ point }) => point.role === 'workload' || !input.mayHide(point, silent));
      return neverCameOut(silent, shown, table) ?? neverLeft(silent, shown, table);
    },
  };
}

function isOn({ role, topologyNode }: Point, node: Node): boolean {
  return topologyNode === node || (role === 'workload' && topologyNode === null);
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
    return (
      point.role === 'tunnel' && reached === 'underlay' && isForDevice(arrived.seen, place) && isOfNode && isReceived
    );
  });
  const [first] = missing.filter(({ point }) => point.role === 'tunnel').concat(missing);
  if (first === undefined) return null;
  const where = reached === 'tunnel' ? 'tunnel device' : 'NIC';
  const message = `${arrived.packets} packets from ${nameOf(src)} to ${nameOf(dst)} arrived at ${node.name}'s ${where}, none ${placeName(first.point, 'came out at')}: dropped inside the node`;
  return { code: 'lost-in-node', message, seen: arrived.seen };
}

/** What one node forwards to another for a service in eBPF mode is opened by the program on the NIC: no tunnel device has it. */
function isForDevice({ encapsulation, vni }: SeenObservation, { point, hasMacs }: Place): boolean {
  return encapsulation !== 'none' && vni !== EBPF_NODEPORT_VNI && isDeviceOf(point, hasMacs, encapsulation);
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
    (place) =>
      place.point.topologyNode === node &&
      place.point.role !== 'workload' &&
      (place.point.role === 'underlay' || isDeviceOf(place.point, place.hasMacs, expected.encapsulation)) &&
      covers(place.span, sent) &&
      place.isSent &&
      place.isReceived &&
      !isTranslated(place, flow, table),
  );
  const [first] = missing.filter(({ point }) => point.role === 'tunnel').concat(missing);
  if (first === undefined) return null;
  const message = `${sent.packets} packets from ${nameOf(src)} to ${nameOf(dst)} left the pod, none ${placeName(first.point, 'was seen at')}: dropped inside ${node.name}`;
  return { code: 'lost-in-node', message, seen: sent.seen };
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
    first: smallestOf(own.map(({ firstMoment }) => toSeconds(firstMoment))),
    last: largestOf(own.map(({ lastMoment }) => toSeconds(lastMoment))),
  };
  return packets >= ENOUGH_PACKETS ? { seen, packets, span } : null;
}

/** Whether the place was captured in a good part of the time in which these packets were seen. */
function covers({ first, last }: Span, { span: { first: start, last: end } }: Together): boolean {
  const shared = Math.min(last, end) - Math.max(first, start);
  return shared > 0 && shared >= (end - start) * ENOUGH_TIME;
}
