// The truth: what Calico puts on the wire, written from the reference page on Calico (its sections 3.3 to 3.9), never from the
// program under test. One decision per direction, by the sending node, for the destination address.
import { holds, isIpv6 } from '../address.ts';
import type { Cluster, Mode, WorldNode, WorldPool } from './cluster-model.ts';

export type Wire = 'vxlan' | 'ipip' | 'wireguard' | 'none' | 'local';

export interface Decision {
  wire: Wire;
  /** The pool that holds the destination. */
  pool: WorldPool | null;
  /** The node that has the destination. */
  to: WorldNode | null;
}

/** 3.3.1: pools that hold an address, the widest first. */
export function poolsAround(pools: readonly WorldPool[], ip: string): WorldPool[] {
  return pools.filter((pool) => holds(pool.cidr, ip)).sort((a, b) => prefixOf(a.cidr) - prefixOf(b.cidr));
}

export function poolOf(pools: readonly WorldPool[], ip: string): WorldPool | null {
  return poolsAround(pools, ip).at(-1) ?? null;
}

/** What `from` does with a packet to `dst` (3.7); `pools` as they are, or as somebody believes them to be. */
export function decide(cluster: Cluster, pools: readonly WorldPool[], from: WorldNode, dst: string): Decision {
  const to = ownerOf(cluster, dst);
  const around = poolsAround(pools, dst);
  const pool = around.at(-1) ?? null;
  if (to === null) return { wire: 'none', pool, to };
  if (to === from) return { wire: 'local', pool, to };
  // rows 8 and 10: addresses of nodes are in no pool
  if (isNodeAddress(to, dst)) return { wire: 'none', pool: null, to };
  // 3.8: keys on both nodes override every pool
  const encrypted = from.wireguardKey !== null && to.wireguardKey !== null && !isIpv6(dst);
  if (encrypted) return { wire: 'wireguard', pool, to };
  if (pool === null) return { wire: 'none', pool, to };
  return { wire: wireOf(around, isSameSubnet(from, to, isIpv6(dst))), pool, to };
}

/** 3.3.2 to 3.3.6: VXLAN wins over IPIP; one CrossSubnet pool on the way makes all of it CrossSubnet. */
function wireOf(around: readonly WorldPool[], sameSubnet: boolean): Wire {
  const modes = around.map(({ vxlanMode, ipipMode }): [Wire, Mode] =>
    vxlanMode !== 'Never' ? ['vxlan', vxlanMode] : ipipMode !== 'Never' ? ['ipip', ipipMode] : ['none', 'Never'],
  );
  const [wire, ownMode] = modes.at(-1) ?? (['none', 'Never'] as const);
  if (wire === 'none' || ownMode === 'Never') return 'none';
  const crossing = modes.some(([, mode]) => mode === 'CrossSubnet');
  return crossing && sameSubnet ? 'none' : wire;
}

/** 3.4: only the sender's prefix counts. */
export function isSameSubnet(from: WorldNode, to: WorldNode, v6: boolean): boolean {
  if (v6) return from.ip6 !== null && to.ip6 !== null && holds(`${from.ip6}/64`, to.ip6);
  return holds(`${from.ip}/${from.prefix}`, to.ip);
}

export function isNodeAddress(node: WorldNode, ip: string): boolean {
  return ip === node.ip || ip === node.ip6 || ip === node.nic2?.ip;
}

export function isTunnelAddress(node: WorldNode, ip: string): boolean {
  return ip === node.vxlanIp || ip === node.ipipIp || ip === node.vxlanIp6;
}

/** 3.3.4: a pod's, node's or tunnel's own address before any block's. */
export function ownerOf(cluster: Cluster, ip: string): WorldNode | null {
  const pod = cluster.pods.find((one) => one.ip === ip);
  if (pod !== undefined) return cluster.nodes[pod.node] ?? null;
  return cluster.nodes.find((node) => isNodeAddress(node, ip) || isTunnelAddress(node, ip)) ?? null;
}

/** 3.6 and rows 2, 3h, 5, 7, 10: which address a process of the node itself shows to `dst`. */
export function hostSource(from: WorldNode, wire: Wire, dst: string): string {
  const v6 = isIpv6(dst);
  const own = v6 ? (from.ip6 ?? from.ip) : from.ip;
  if (wire === 'vxlan') return (v6 ? from.vxlanIp6 : from.vxlanIp) ?? own;
  if (wire === 'ipip') return from.ipipIp ?? own;
  return own;
}

function prefixOf(cidr: string): number {
  return Number(cidr.split('/')[1]);
}
