// What pools ask for, in the words of the judging rules. Felix: VXLAN before IPIP, disabled pools count, pools for load balancers
// only do not (calico-facts 3.3, 3.5).
import type { Profile, TunnelKind } from '../../cluster/profile.ts';
import { sharesSubnet } from '../ask/subnet.ts';
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

/** Whether some pool asks for tunnels of the kind; a pool cannot ask for WireGuard, which is a setting. */
export function isAskedFor(kind: TunnelKind, pools: readonly IPPool[]): boolean {
  return pools.some((pool) => isRouted(pool) && tunnelKindOf(pool) === kind);
}

export function familyOf(pool: IPPool): 4 | 6 {
  return pool.cidr.includes(':') ? 6 : 4;
}

/** The address of a node that decides in the pool's family. */
export function bgpAddress(node: Node, family: 4 | 6): NodeAddress | null {
  return family === 4 ? node.bgpIPv4 : node.bgpIPv6;
}

/** Addresses by which others know a node; what its other interfaces have (NAT of virtual machines, bridges) may be every node's. */
export function knownAddresses({ addresses }: Node, profile: Profile): readonly NodeAddress[] {
  const sources = [profile.nodeAddressSource(4), profile.nodeAddressSource(6), 'InternalIP'];
  const stated = addresses.filter(({ source }) => sources.includes(source));
  return stated.length > 0 ? stated : addresses;
}

/** As the sender finds out; null when one of the addresses is not known, or what it asks. */
export function sameSubnet(profile: Profile, sender: Node, receiver: Node, family: 4 | 6): boolean | null {
  const own = bgpAddress(sender, family);
  const other = bgpAddress(receiver, family);
  return own === null || other === null ? null : sharesSubnet(profile, { node: sender, own }, other.address);
}

/** `IPPool default`, `pod network 10.244.0.0/16`. */
export function nameOfRange({ range }: Profile, pool: IPPool): string {
  return `${range.kind} ${pool.name}`;
}

/** `VXLAN Always`, or in the words of a network. */
export function demandWords(pool: IPPool): string {
  const { tunnel, mode } = demandOf(pool);
  const sent = tunnel === null ? 'no encapsulation' : tunnel.toUpperCase();
  if (pool.stated !== undefined) return `${sent} (${pool.stated})`;
  return tunnel === null ? sent : `${sent} ${mode}`;
}
