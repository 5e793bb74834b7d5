// What pools ask for, in the words of the judging rules. Felix: VXLAN before IPIP, disabled pools count, pools for load balancers
// only do not (calico-facts 3.3, 3.5).
import type { TunnelKind } from '../../cluster/profile.ts';
import { cidrContains, parseCidrOrIp } from '../../net/cidr.ts';
import { parseIp } from '../../net/ip.ts';
import type { IPPool, Node, NodeAddress, PoolMode } from '../model.ts';

export interface PoolDemand {
  tunnel: 'vxlan' | 'ipip' | null;
  mode: PoolMode;
}

/** What the pool asks of packets to its addresses. */
export function demandOf(pool: IPPool): PoolDemand {
  if (pool.vxlanMode !== 'Never') return { tunnel: 'vxlan', mode: pool.vxlanMode };
  if (pool.ipipMode !== 'Never') return { tunnel: 'ipip', mode: pool.ipipMode };
  return { tunnel: null, mode: 'Never' };
}

/** True for pools whose addresses pods or tunnels have. */
export function isRouted(pool: IPPool): boolean {
  return !pool.allowedUses.every((use) => use === 'LoadBalancer');
}

/** The kind of tunnel address that nodes need for the pool. */
export function tunnelKindOf(pool: IPPool): TunnelKind | null {
  const { tunnel } = demandOf(pool);
  if (tunnel === null) return null;
  return tunnel === 'ipip' ? 'ipip' : familyOf(pool) === 6 ? 'vxlan-v6' : 'vxlan';
}

export function familyOf(pool: IPPool): 4 | 6 {
  return pool.cidr.includes(':') ? 6 : 4;
}

/** The address of a node that decides in the pool's family. */
export function bgpAddress(node: Node, family: 4 | 6): NodeAddress | null {
  return family === 4 ? node.bgpIPv4 : node.bgpIPv6;
}

/** Felix's test, by the sender's prefix only (calico-facts 3.4); null when one of the addresses is not known. */
export function sameSubnet(sender: Node, receiver: Node, family: 4 | 6): boolean | null {
  const own = bgpAddress(sender, family);
  const other = bgpAddress(receiver, family);
  const subnet = own === null ? null : parseCidrOrIp(`${own.address}/${own.prefixLength ?? (family === 4 ? 32 : 128)}`);
  const ip = other === null ? null : parseIp(other.address);
  return subnet === null || ip === null ? null : cidrContains(subnet, ip);
}
