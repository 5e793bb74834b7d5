// What is wrong in a world: which fault its nodes have, what a fault makes of a decision, and in what the snapshot is out of date.
import { type Decision, decide, isSameSubnet } from '../cluster/calico.ts';
import type { Cluster, End, Mode, WorldNode, WorldPool } from '../cluster/cluster-model.ts';
import type { FeatureSet } from '../features.ts';
import type { Random } from '../random.ts';
import { type Fault, type FaultCode, nodeAt, type Scene, type Stale } from './scene.ts';

const NEEDS_THIRD: readonly FaultCode[] = ['wrong-destination-vtep', 'wrong-tunnel-mac', 'wrong-source-vtep'];

/** A fault that some packet of the cluster can have; null where none fits. */
export function drawFault(random: Random, has: FeatureSet, cluster: Cluster): Fault | null {
  if (!has.has('fault')) return null;
  for (let tries = 0; tries < 6; tries++) {
    const fault = oneFault(random, has, cluster, tries < 4);
    if (fault !== null) return fault;
  }
  return null;
}

function oneFault(random: Random, has: FeatureSet, cluster: Cluster, tunnelled: boolean): Fault | null {
  const { nodes } = cluster;
  const from = random.pick(nodes);
  const to = random.pick(nodes.filter((node) => node !== from));
  const targets = cluster.pods.filter((pod) => pod.node === to.index);
  if (targets.length === 0) return null;
  const { wire, pool } = decide(cluster, cluster.pools, from, random.pick(targets).ip);
  if (tunnelled && wire === 'none' && random.chance(0.7)) return null;
  const codes = codesFor(wire)
    .filter((code) => nodes.length > 2 || !NEEDS_THIRD.includes(code))
    // without pods in the snapshot the outer source is the only word on where a pod is, for other flows too
    .filter((code) => code !== 'wrong-source-vtep' || has.has('pods'));
  const third = nodes.filter((node) => node !== from && node !== to);
  const perPool = random.chance(0.4);
  return {
    code: random.pick(codes),
    from: from.index,
    to: perPool ? null : to.index,
    pool: perPool ? (pool?.name ?? null) : null,
    other: third.length === 0 ? from.index : random.pick(third).index,
    secondNic: has.has('second-nic') && random.chance(0.4),
    podFrame: random.chance(0.15),
  };
}

function codesFor(wire: Decision['wire']): FaultCode[] {
  const tunnelled: FaultCode[] = [
    ...(['overlay-bypassed', 'overlay-bypassed', 'overlay-bypassed', 'wrong-encapsulation'] as const),
    ...([
      'wrong-destination-vtep',
      'wrong-destination-vtep',
      'wrong-source-vtep',
      'local-traffic-on-underlay',
    ] as const),
  ];
  if (wire === 'vxlan') return [...tunnelled, 'wrong-vni', 'wrong-udp-port', 'wrong-tunnel-mac', 'wrong-tunnel-mac'];
  if (wire === 'ipip') return tunnelled;
  if (wire === 'wireguard') return ['unencrypted'];
  return ['unexpected-overlay', 'unexpected-overlay', 'local-traffic-on-underlay'];
}

export interface Encapsulation {
  wire: Decision['wire'];
  broken: boolean;
  delivered: boolean;
  vni: number;
  port: number;
  outerTarget: WorldNode | null;
  outerSource: string | null;
  macNode: WorldNode | null;
  secondNic: boolean;
  /** The pod's own frame, as an eBPF node lets it out. */
  podFrame: boolean;
}

/** What the node really does with a packet, its fault included. */
export function encapsulationOf(scene: Scene, from: WorldNode, live: Decision, end: End): Encapsulation {
  const { vni, port } = scene.cluster;
  const clean = {
    outerTarget: null,
    outerSource: null,
    macNode: null,
    secondNic: false,
    podFrame: false,
    broken: false,
    delivered: true,
  };
  const healthy: Encapsulation = { wire: live.wire, vni, port, ...clean };
  const { fault } = scene;
  if (fault === null || !isHit(fault, from, live, end)) return healthy;
  const broken = { ...healthy, broken: true };
  const other = nodeAt(scene, fault.other);
  const to = live.to as WorldNode;
  switch (fault.code) {
    case 'overlay-bypassed': {
      if (fault.podFrame) return { ...broken, wire: 'none', podFrame: true, delivered: false };
      const secondNic = fault.secondNic && from.nic2 !== null;
      return { ...broken, wire: 'none', secondNic, delivered: secondNic || from.subnet === to.subnet };
    }
    case 'unexpected-overlay':
      return { ...broken, wire: 'vxlan' };
    case 'wrong-encapsulation':
      return { ...broken, wire: live.wire === 'vxlan' ? 'ipip' : 'vxlan' };
    case 'wrong-destination-vtep':
      return { ...broken, outerTarget: other, delivered: false };
    case 'wrong-source-vtep':
      return { ...broken, outerSource: other.ip, delivered: false };
    case 'wrong-vni':
      return { ...broken, vni: vni + 1, delivered: false };
    case 'wrong-udp-port':
      return { ...broken, port: port === 4789 ? 8472 : 4789, delivered: false };
    case 'wrong-tunnel-mac':
      return { ...broken, macNode: other, delivered: false };
    case 'unencrypted':
      return { ...broken, wire: unencrypted(from, live) };
    case 'local-traffic-on-underlay':
      return healthy;
  }
}

function unencrypted(from: WorldNode, { to, pool }: Decision): Decision['wire'] {
  if (pool === null || to === null) return 'none';
  const mode = pool.vxlanMode !== 'Never' ? pool.vxlanMode : pool.ipipMode;
  if (mode === 'Never' || (mode === 'CrossSubnet' && isSameSubnet(from, to, false))) return 'none';
  return pool.vxlanMode !== 'Never' ? 'vxlan' : 'ipip';
}

const SUITS: Record<FaultCode, readonly Decision['wire'][]> = {
  'overlay-bypassed': ['vxlan', 'ipip'],
  'unexpected-overlay': ['none'],
  'wrong-encapsulation': ['vxlan', 'ipip'],
  'wrong-destination-vtep': ['vxlan', 'ipip'],
  'wrong-source-vtep': ['vxlan', 'ipip'],
  'wrong-vni': ['vxlan'],
  'wrong-udp-port': ['vxlan'],
  'wrong-tunnel-mac': ['vxlan'],
  'local-traffic-on-underlay': [],
  unencrypted: ['wireguard'],
};

/** Faults are of IPv4 routes to pods; an IPv6 packet keeps its way. */
function isHit(fault: Fault, from: WorldNode, live: Decision, end: End): boolean {
  const { to, pool, wire } = live;
  if (fault.from !== from.index || to === null || pool === null || pool.cidr.includes(':')) return false;
  if (fault.to !== null && fault.to !== to.index) return false;
  if (fault.pool !== null && fault.pool !== pool.name) return false;
  const third = fault.other === to.index || fault.other === from.index;
  if (third && NEEDS_THIRD.includes(fault.code)) return false;
  // another source address than the node's own on a tunnel that a pod of the node uses
  if (fault.code === 'wrong-source-vtep' && end.pod === null) return false;
  return SUITS[fault.code].includes(wire);
}

const OPPOSITE: Record<Mode, Mode> = { Never: 'Always', Always: 'Never', CrossSubnet: 'Never' };

/** In what the snapshot is out of date. */
export function drawStale(random: Random, has: FeatureSet, cluster: Cluster): Stale | null {
  if (!has.has('stale')) return null;
  const kinds = has.has('pods') ? (['pod-moved', 'pod-moved', 'pod-born'] as const) : [];
  const kind = random.pick(['pool-before', 'pool-during', ...kinds] as const);
  const at = random.between(1, 3) + 0.5;
  const victims = cluster.pods.filter((pod) => !pod.ip.includes(':'));
  if (kind === 'pool-before' || kind === 'pool-during' || victims.length === 0)
    return {
      kind: kind === 'pool-before' ? kind : 'pool-during',
      pools: edited(random, cluster.pools),
      at,
      ip: null,
      claimed: null,
    };
  const pod = random.pick(victims);
  const claimed = random.pick(cluster.nodes.filter((node) => node.index !== pod.node)).index;
  return { kind, pools: cluster.pools, at, ip: pod.ip, claimed };
}

function edited(random: Random, pools: readonly WorldPool[]): WorldPool[] {
  const chosen = random.pick(pools.filter((pool) => !pool.cidr.includes(':')));
  return pools.map((pool) =>
    pool === chosen
      ? { ...pool, vxlanMode: OPPOSITE[pool.vxlanMode], ipipMode: pool.vxlanMode === 'Never' ? 'Never' : pool.ipipMode }
      : pool,
  );
}
