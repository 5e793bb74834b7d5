// What the cluster's configuration asks for: decided per direction by the destination's pool, on the sending node
// (calico-facts 3.3 to 3.9; the rows are those of the truth table in 3.7). Packets have no say here.
import { isGroupAddress, parseIp } from '../../net/ip.ts';
import { sharesSubnet } from '../../topology/ask/subnet.ts';
import type { IPPool, Node, PoolMode, Topology } from '../../topology/model.ts';
import type { Expected } from '../vocabulary.ts';
import type { Who } from '../who/who.ts';
import { withBpfRoutes } from './bpf-expected.ts';
import type { SharedLinks } from './shared-links.ts';

export interface ExpectationInput {
  topology: Topology | null;
  /** What captures show of links; absent: nothing. */
  sharesLink?: SharedLinks;
  src: Who;
  dst: Who;
}

/**
 * The expectation, remembered per destination and sender: it depends on the destination's address, and of the sender on its
 * node and kind alone.
 */
export function expectations(topology: Topology | null, sharesLink: SharedLinks): (src: Who, dst: Who) => Expected {
  const known = new Map<Who, Map<number, Expected>>();
  const senderOf = senderNumbers();
  return (src, dst) => {
    let bySender = known.get(dst);
    if (bySender === undefined) {
      bySender = new Map();
      known.set(dst, bySender);
    }
    const sender = senderOf(src);
    let expected = bySender.get(sender);
    if (expected === undefined) {
      expected = expectedOf({ topology, sharesLink, src, dst });
      bySender.set(sender, expected);
    }
    return expected;
  };
}

/** One number for senders of one node and kind: asked for every flow, so that no key is written twice. */
function senderNumbers(): (src: Who) => number {
  const known = new Map<Who, number>();
  const numbers = new Map<string, number>();
  return (src) => {
    let number = known.get(src);
    if (number === undefined) {
      const key = `${src.kind} ${src.node?.index ?? ''}`;
      number = numbers.get(key) ?? numbers.size;
      numbers.set(key, number);
      known.set(src, number);
    }
    return number;
  };
}

export function expectedOf(input: ExpectationInput): Expected {
  const { topology, src, dst } = input;
  if (topology === null) return unknown('no-snapshot');
  if (isGroupAddress(dst.owner.address)) return unknown('not-unicast');
  if (src.kind === 'service' || dst.kind === 'service') return unknown('service-address');
  if (isLocal(src, dst)) return { encapsulation: 'local', pool: dst.owner.pool?.name ?? null, reason: 'same-node' };
  if (topology.otherCarrier !== null) return unknown('other-carrier');
  if (dst.kind === 'node') return fromKnownSender(src, { encapsulation: 'none', pool: null, reason: 'node-address' });
  if (dst.kind === 'external') return fromKnownSender(src, { encapsulation: 'none', pool: null, reason: 'external' });
  return withBpfRoutes(topology, src, dst, toPod(topology, input));
}

/** Both ends on one node, each by an address that Calico gave or the node has. */
function isLocal(src: Who, dst: Who): boolean {
  const counted = (who: Who): boolean => who.kind === 'pod' || who.kind === 'node' || who.kind === 'tunnel';
  return src.node !== null && src.node === dst.node && counted(src) && counted(dst);
}

function unknown(reason: string, pool: string | null = null): Expected {
  return { encapsulation: null, pool, reason };
}

/** Calico only decides for what a node of the cluster sends. */
function fromKnownSender(src: Who, expected: Expected): Expected {
  if (src.kind === 'external') return unknown('sender-not-a-node', expected.pool);
  if (src.kind === 'unknown' && src.node === null) return unknown('sender-unknown', expected.pool);
  return expected;
}

function toPod(topology: Topology, { src, dst, sharesLink }: ExpectationInput): Expected {
  const pools = topology.poolsOf(dst.owner.address);
  const pool = dst.owner.pool;
  if (pool === null) {
    if (!topology.poolsComplete || topology.pools.length === 0) return unknown('pool-not-in-snapshot');
    return dst.kind === 'unknown'
      ? unknown('owner-unknown')
      : fromKnownSender(src, { encapsulation: 'none', pool: null, reason: 'no-pool' });
  }
  if (pool.allowedUses.every((use) => use === 'LoadBalancer')) return unknown('load-balancer', pool.name);
  // in a pool is not yet a pod: a host of the nodes' own network, perhaps
  if (dst.kind === 'unknown') return unknown('owner-unknown', pool.name);
  const byKeys = wireguardOverride(topology, src.node, dst.node, pool, keyOfFamily(dst.owner.address));
  if (byKeys !== null) return byKeys;
  if (pool.unread) return unknown('backend-not-read', pool.name);
  return fromKnownSender(src, byPoolMode(topology, pool, pools, { src, dst, ...(sharesLink ? { sharesLink } : {}) }));
}

/** WireGuard replaces the pool's mode between two nodes that both publish a key nobody else claims (calico-facts 3.8). */
function wireguardOverride(
  topology: Topology,
  from: Node | null,
  to: Node | null,
  pool: IPPool,
  keyOf: (node: Node) => string | null,
): Expected | null {
  const withKeys = topology.nodes.filter((n) => keyOf(n) !== null);
  if (withKeys.length < 2) return null;
  if (from === null || to === null) {
    const couldBe = (node: Node | null): boolean => node === null || keyOf(node) !== null;
    return couldBe(from) && couldBe(to) ? unknown('wireguard-node-unknown', pool.name) : null;
  }
  const usable = (node: Node): boolean =>
    keyOf(node) !== null && withKeys.every((n) => n === node || keyOf(n) !== keyOf(node));
  return usable(from) && usable(to) ? { encapsulation: 'wireguard', pool: pool.name, reason: 'wireguard-keys' } : null;
}

/** WireGuard runs per family, each with keys of its own (calico-facts 1.1). */
function keyOfFamily(address: string): (node: Node) => string | null {
  const v6 = parseIp(address)?.family === 6;
  return (node) => (v6 ? node.wireguardKeyV6 : node.wireguardKey)?.value ?? null;
}

/** Felix's order: VXLAN if vxlanMode is not Never, else IPIP if ipipMode is not Never, else none (calico-facts 3.3). */
export function poolEncapsulation(pool: IPPool): { encapsulation: 'vxlan' | 'ipip' | 'none'; mode: PoolMode } {
  if (pool.vxlanMode !== 'Never') return { encapsulation: 'vxlan', mode: pool.vxlanMode };
  if (pool.ipipMode !== 'Never') return { encapsulation: 'ipip', mode: pool.ipipMode };
  return { encapsulation: 'none', mode: 'Never' };
}

function byPoolMode(
  topology: Topology,
  pool: IPPool,
  enclosing: readonly IPPool[],
  ends: Omit<ExpectationInput, 'topology'>,
): Expected {
  const [from, to] = [ends.src.node, ends.dst.node];
  const { address } = ends.dst.owner;
  const sameLink = (one: Node, other: Node): boolean | null =>
    sameSubnet(topology, one, other, address) ?? ends.sharesLink?.(one, other) ?? null;
  const { encapsulation } = poolEncapsulation(pool);
  if (encapsulation === 'none') return { encapsulation: 'none', pool: pool.name, reason: 'pool-never' };
  // a CrossSubnet pool around an Always pool makes it cross-subnet too: "cross-subnet allowed" is OR-ed along the path
  const crossSubnet = [pool, ...enclosing].some((p) => p.vxlanMode === 'CrossSubnet' || p.ipipMode === 'CrossSubnet');
  if (pool.mayBeDirect && (from === null || to === null || sameLink(from, to) !== false))
    return { encapsulation, pool: pool.name, reason: 'direct-routing-unknown' };
  if (!crossSubnet) return tunnelled(encapsulation, pool, to, address, 'pool-always');
  if (from === null) return unknown('sender-unknown', pool.name);
  if (to === null) return unknown('receiver-unknown', pool.name);
  const same = sameLink(from, to);
  if (same === null && bgpAddress(from, address) !== null && bgpAddress(to, address) !== null)
    return unknown('subnet-unknown', pool.name);
  if (same === null) return unknown(isUnstated(from, address) ? 'sender-unknown' : 'receiver-unknown', pool.name);
  if (same) return { encapsulation: 'none', pool: pool.name, reason: 'crosssubnet-same' };
  return tunnelled(encapsulation, pool, to, address, 'crosssubnet-different');
}

function tunnelled(
  encapsulation: 'vxlan' | 'ipip',
  pool: IPPool,
  to: Node | null,
  address: string,
  reason: string,
): Expected {
  return {
    encapsulation,
    pool: pool.name,
    reason: to?.annotated && !hasVtep(encapsulation, to, address) ? 'no-vtep' : reason,
  };
}

function hasVtep(encapsulation: 'vxlan' | 'ipip', node: Node, address: string): boolean {
  if (encapsulation === 'ipip') return node.addresses.length > 0;
  const v6 = parseIp(address)?.family === 6;
  return v6
    ? node.tunnels['vxlan-v6'] !== undefined && node.bgpIPv6 !== null
    : node.tunnels.vxlan !== undefined && node.bgpIPv4 !== null;
}

/**
 * As the sender finds out. A node without an address for tunnels is on nobody's subnet (calico-facts 3.4); null where it is known by
 * its name only, so that its address is not stated, and where the snapshot does not have what the sender asks.
 */
function sameSubnet({ profile }: Topology, from: Node, to: Node, address: string): boolean | null {
  if (isUnstated(from, address) || isUnstated(to, address)) return null;
  const own = bgpAddress(from, address);
  const other = bgpAddress(to, address);
  return own !== null && other !== null && sharesSubnet(profile, { node: from, own }, other.address);
}

/** The BGP address of the family that a packet to `address` needs. */
function bgpAddress(node: Node, address: string): Node['bgpIPv4'] {
  return parseIp(address)?.family === 6 ? node.bgpIPv6 : node.bgpIPv4;
}

/** Whether nothing in the snapshot would say a BGP address if the node had one. */
function isUnstated(node: Node, address: string): boolean {
  return bgpAddress(node, address) === null && !node.annotated;
}
