// Faults of delivery: which one a world has, and what it does to a packet at each stage of its way.
import { isIpv6 } from '../address.ts';
import { decide } from '../cluster/calico.ts';
import type { Cluster, WorldNode } from '../cluster/cluster-model.ts';
import type { FeatureSet } from '../features.ts';
import type { IpPacket } from '../frames.ts';
import { TCP_FLAG } from '../frames.ts';
import type { Random } from '../random.ts';
import type { DeliveryFault, DeliveryKind, Scope, Stage } from './fates.ts';

/** Faults that lose packets: where, and which. */
const LOSSES: Partial<Record<DeliveryKind, { stage: Stage; scope: Scope }>> = {
  'lost-on-wire': { stage: 'wire', scope: 'all' },
  'tcp-lost-on-wire': { stage: 'wire', scope: 'tcp' },
  'dropped-at-nic': { stage: 'arriving', scope: 'all' },
  policy: { stage: 'inside', scope: 'all' },
  'tcp-policy': { stage: 'inside', scope: 'tcp' },
  'tunnel-rejected': { stage: 'arriving', scope: 'all' },
  'rejected-inside': { stage: 'inside', scope: 'all' },
  'device-down': { stage: 'leaving', scope: 'all' },
  'no-fdb-entry': { stage: 'device', scope: 'all' },
  'answer-lost-on-wire': { stage: 'wire', scope: 'syn-ack' },
  'answer-dropped': { stage: 'arriving', scope: 'syn-ack' },
  mtu: { stage: 'wire', scope: 'large' },
  lossy: { stage: 'wire', scope: 'some' },
  'wrong-next-hop': { stage: 'wire', scope: 'all' },
  loop: { stage: 'inside', scope: 'all' },
  bounce: { stage: 'inside', scope: 'all' },
};

const KINDS: readonly DeliveryKind[] = [
  ...(Object.keys(LOSSES) as DeliveryKind[]),
  // few clusters can have these
  ...(['lost-on-wire', 'tunnel-rejected', 'device-down', 'no-fdb-entry', 'wrong-next-hop', 'loop'] as const),
  ...(['tunnel-rejected', 'wrong-next-hop', 'wrong-next-hop', 'masquerade', 'dns-silent', 'dns-failing'] as const),
];
/** Of one pod's packets. */
const OF_POD = new Set<DeliveryKind>([
  ...(['policy', 'tcp-policy', 'rejected-inside', 'loop', 'bounce', 'dns-silent', 'dns-failing'] as const),
]);
/** Only packets in a tunnel. */
const OF_TUNNEL = new Set<DeliveryKind>(['tunnel-rejected', 'device-down', 'no-fdb-entry', 'loop', 'bounce']);
/** Host unreachable, port unreachable, host prohibited, communication prohibited (RFC 792, RFC 1812 5.2.7.1). */
const REJECTIONS = [1, 3, 10, 13];
/** Larger than any packet but those that fill a way to its MTU. */
export const LARGE_BYTES = 1000;

/** A fault that packets of the cluster can have; null where none fits. */
export function drawDelivery(random: Random, has: FeatureSet, cluster: Cluster): DeliveryFault | null {
  if (!has.has('delivery')) return null;
  for (let tries = 0; tries < 8; tries++) {
    const fault = oneFault(random.fork(`try ${tries}`), cluster);
    if (fault !== null) return fault;
  }
  return null;
}

function oneFault(random: Random, cluster: Cluster): DeliveryFault | null {
  const [from, to] = random.shuffle(cluster.nodes);
  if (from === undefined || to === undefined) return null;
  const podsOf = (node: WorldNode): string[] =>
    cluster.pods.filter((pod) => pod.node === node.index && !isIpv6(pod.ip)).map(({ ip }) => ip);
  const [sources, targets] = [podsOf(from), podsOf(to)];
  if (sources.length === 0 || targets.length === 0) return null;
  const kind = random.pick(KINDS);
  const pod = random.pick(targets);
  const { wire } = decide(cluster, cluster.pools, from, pod);
  if (OF_TUNNEL.has(kind) && wire !== 'vxlan' && wire !== 'ipip') return null;
  if (kind === 'no-fdb-entry' && wire !== 'vxlan') return null;
  // a node's keys have its packets from one address only
  if (kind === 'masquerade' && wire === 'wireguard') return null;
  const beside = cluster.nodes.filter((node) => node !== from && node !== to && node.subnet === from.subnet);
  const isNextHop = kind === 'wrong-next-hop';
  if (isNextHop && (cluster.fabric || beside.length === 0 || to.subnet !== from.subnet)) return null;
  return {
    ...{ kind, from: from.index, to: to.index, other: isNextHop ? random.pick(beside).index : from.index },
    pod: OF_POD.has(kind) ? pod : null,
    everything: isNextHop || (kind === 'lost-on-wire' && random.chance(0.3)),
    rate: random.between(5, 30) / 100,
    delay: random.pick([0, 0.005, 0.05]),
    code: random.pick(REJECTIONS),
    quotesAll: random.chance(0.5),
    chance: random.fork('chance'),
  };
}

/** A packet of the cluster's on its way, as far as a fault asks. */
export interface Carriage {
  packet: IpPacket;
  /** One of its ends is a pod. */
  ofPods: boolean;
  tunnelled: boolean;
}

/** Whether a fault takes a packet at a stage between two nodes. */
export function takes(
  fault: DeliveryFault | null,
  stage: Stage,
  { from, to }: { from: WorldNode; to: WorldNode },
  { packet, ofPods, tunnelled }: Carriage,
): boolean {
  if (fault === null || fault.from !== from.index || fault.to !== to.index) return false;
  const loss = LOSSES[fault.kind];
  if (loss === undefined || loss.stage !== stage || !(ofPods || fault.everything)) return false;
  if (OF_TUNNEL.has(fault.kind) && !tunnelled) return false;
  if (fault.pod !== null && fault.pod !== packet.dst) return false;
  return (stage === 'wire' || !isIpv6(packet.dst)) && isInScope(fault, loss.scope, packet);
}

function isInScope({ rate, chance }: DeliveryFault, scope: Scope, { protocol, body }: IpPacket): boolean {
  switch (scope) {
    case 'all':
      return true;
    case 'tcp':
      return protocol === 6;
    case 'syn-ack':
      return protocol === 6 && ((body[13] ?? 0) & 0x3f) === (TCP_FLAG.syn | TCP_FLAG.ack);
    case 'large':
      return body.length > LARGE_BYTES;
    case 'some':
      return chance.chance(rate);
  }
}

/** Seconds that a packet which arrives is late. */
export function lateness(fault: DeliveryFault | null, from: WorldNode, to: WorldNode): number {
  const isHit = fault?.kind === 'lossy' && fault.from === from.index && fault.to === to.index;
  return isHit ? fault.delay * (0.5 + fault.chance.next()) : 0;
}
