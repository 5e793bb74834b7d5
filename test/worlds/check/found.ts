// Whether the captures of a world could show its fault of delivery, and whether it was found: a share, no promise.
import type { Trace, TracedFlow } from '../../../src/verdict/trace-types.ts';
import type { Tap, Written } from '../capture/taps.ts';
import type { DeliveryKind } from '../delivery/fates.ts';
import type { Sighting } from '../traffic/scene.ts';
import type { World } from '../world.ts';
import { type Courses, coursesOf, reverseOf } from './delivered.ts';

/** A fault that the captures could show. */
export interface Shown {
  kind: DeliveryKind;
  found: boolean;
}

/** By what a fault is found. */
const FOUND_BY: Record<DeliveryKind, readonly string[]> = {
  'lost-on-wire': ['lost-on-underlay'],
  'tcp-lost-on-wire': ['lost-on-underlay', 'icmp-only'],
  'dropped-at-nic': ['lost-in-node'],
  policy: ['lost-in-node'],
  'tcp-policy': ['lost-in-node'],
  'tunnel-rejected': ['overlay-rejected'],
  'rejected-inside': ['no-reply'],
  'device-down': ['lost-in-node'],
  'no-fdb-entry': ['missing-fdb-entry'],
  'answer-lost-on-wire': ['half-open', 'lost-on-underlay'],
  'answer-dropped': ['half-open'],
  mtu: ['mtu-black-hole', 'lost-on-underlay'],
  lossy: ['lost-on-underlay'],
  'wrong-next-hop': ['wrong-next-hop'],
  loop: ['routing-loop'],
  bounce: ['routing-loop'],
  masquerade: ['source-translated'],
  'dns-silent': ['dns-trouble'],
  'dns-failing': ['dns-trouble'],
};

/** What a snapshot lacks in which a fault need not be seen for what it is. */
const UNKNOWN = ['no-nodes', 'contradiction', 'missing-pool', 'wireguard'] as const;
const WHOLE_SNAPLEN = 160;
/** Of packets lost between two nodes, of retransmissions of one segment. */
const ENOUGH = 3;
const LOST_SHARE = 0.01;

/** Null where the world has no such fault, or its captures cannot show it. */
export function shownFault(world: World, trace: Trace, traced: ReadonlyMap<string, TracedFlow>): Shown | null {
  const { scene, features } = world;
  const kind = scene.delivery?.kind;
  if (kind === undefined || scene.stale !== null || !features.has('pods')) return null;
  if (UNKNOWN.some((feature) => features.has(feature)) || !isShown(world, kind)) return null;
  const codes = new Set([
    ...trace.causes.map(({ code }) => code as string),
    ...[...traced.values()].flatMap(({ findings }) => findings.map(({ code }) => code as string)),
  ]);
  return { kind, found: FOUND_BY[kind].some((code) => codes.has(code)) };
}

function isOpen({ filter, missed, snaplen, node, copies }: Tap): boolean {
  return filter === null && missed.length === 0 && snaplen >= WHOLE_SNAPLEN && node !== null && !copies;
}

/** What open captures hold of a role on a node. */
interface Open {
  /** Whether a capture of such a place was open; of a veth, of this one. */
  covers(node: number, role: Sighting['role'], device?: string): boolean;
  at(node: number, role: Sighting['role']): readonly Written[];
}

function openPlaces({ taps, scene }: World): Open {
  const open = taps.filter(isOpen);
  return {
    covers: (node, role, device) =>
      open.some((tap) => {
        if (tap.node !== node) return false;
        if (tap.kind === 'any1' || tap.kind === 'any2') return true;
        if (role === 'nic') return tap.kind === 'nic' && tap.device === scene.cluster.nodes[node]?.nic.name;
        return tap.kind === role && (device === undefined || tap.device === device);
      }),
    at: (node, role) =>
      open
        .filter((tap) => tap.node === node)
        .flatMap(({ written }) => written)
        .filter(({ sighting }) => sighting.role === role && sighting.carried !== 'copy'),
  };
}

function isShown(world: World, kind: DeliveryKind): boolean {
  const { scene, taps } = world;
  const { delivery, fates, cluster } = scene;
  if (delivery === null) return false;
  const { from, to, pod } = delivery;
  const open = openPlaces(world);
  const courses = coursesOf(world);
  const victims = new Set(
    [...fates.all].flatMap(([packet, { death, circle }]) => (death?.why === kind || circle.length > 0 ? [packet] : [])),
  );
  const seen = (node: number, role: Sighting['role']): Sighting[] =>
    open
      .at(node, role)
      .map(({ sighting }) => sighting)
      .filter(({ packet }) => victims.has(packet));
  const left = seen(from, 'nic').filter(({ outgoing }) => outgoing);
  const veth = cluster.pods.find(({ ip }) => ip === pod)?.veth.name;
  switch (kind) {
    case 'lost-on-wire':
    case 'tcp-lost-on-wire':
      return open.covers(to, 'nic') && left.length >= ENOUGH;
    case 'lossy':
      return open.covers(to, 'nic') && left.length >= ENOUGH && left.length > LOST_SHARE * open.at(from, 'nic').length;
    case 'mtu':
      return mostOfOneFlow(left, () => true) > ENOUGH;
    case 'dropped-at-nic':
      return isSilent(courses, seen(to, 'nic')) && (open.covers(to, 'tunnel') || open.covers(to, 'veth'));
    case 'policy':
    case 'tcp-policy':
      return isSilent(courses, seen(to, 'nic')) && open.covers(to, 'veth', veth);
    case 'device-down':
      return isSilent(courses, seen(from, 'veth')) && open.covers(from, 'nic');
    case 'no-fdb-entry':
      return seen(from, 'tunnel').length > 0 && open.covers(from, 'nic');
    case 'answer-lost-on-wire':
    case 'answer-dropped':
      return mostOfOneFlow([...left, ...seen(to, 'nic')], () => true) >= 2;
    case 'wrong-next-hop':
      return left.length > 0 && taps.some((tap) => tap.node === from && tap.kind === 'nic' && isOpen(tap));
    case 'loop':
    case 'bounce':
      return seen(to, 'nic').some(({ outgoing }) => outgoing);
    case 'masquerade':
      return open.at(to, 'nic').some(({ sighting }) => isTranslated(world, sighting) && sighting.carried !== 'none');
    case 'dns-silent':
    case 'dns-failing':
      return [from, to].some((node) =>
        open.at(node, 'nic').some(({ sighting }) => fates.troubled.has(sighting.flow ?? '')),
      );
    case 'tunnel-rejected':
    case 'rejected-inside':
      return [from, to].some((node) =>
        open.at(node, 'nic').some(({ sighting }) => scene.flows.get(sighting.flow ?? '')?.kind === 'icmp-error'),
      );
  }
}

function mostOfOneFlow(sightings: readonly Sighting[], fits: (flow: string) => boolean): number {
  const counts = new Map<string, Set<number>>();
  for (const { flow, packet } of sightings)
    if (flow !== null && fits(flow)) counts.set(flow, (counts.get(flow) ?? new Set()).add(packet));
  return Math.max(0, ...[...counts.values()].map((packets) => packets.size));
}

/** Two packets and more of a question by TCP or ICMP that nobody answered. */
function isSilent(courses: Courses, sightings: readonly Sighting[]): boolean {
  return (
    mostOfOneFlow(sightings, (flow) => !flow.startsWith('udp') && courses.of(reverseOf(flow)).sightings.length === 0) >=
    2
  );
}

function isTranslated({ scene }: World, { flow }: Sighting): boolean {
  return flow !== null && scene.fates.translated.has(flow.split(' ').slice(1, 3).join(' '));
}
