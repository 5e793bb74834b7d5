// Pools against each other, against the nodes' subnet and addresses, and against their own rules.

import type { Profile } from '../../cluster/profile.ts';
import { type Cidr, formatCidr, networkOf, parseCidrOrIp } from '../../net/cidr.ts';
import { parseIp } from '../../net/ip.ts';
import { addUnder } from '../../net/multi-map.ts';
import { createPrefixTable, type PrefixTable } from '../../net/prefix-table.ts';
import type { IPPool, Node, NodeAddress } from '../model.ts';
import { listNames } from '../read/located.ts';
import type { JudgeContext } from './judge-context.ts';
import { isRouted, nameOfRange } from './modes.ts';

export function judgePools(context: JudgeContext): void {
  const pools = context.topology.pools.flatMap((pool) => {
    const cidr = parseCidrOrIp(pool.cidr);
    return cidr === null ? [] : [{ pool, cidr }];
  });
  for (const { pool } of pools) judgePool(pool, context);
  const table: PrefixTable<number> = createPrefixTable();
  for (const [i, { cidr }] of pools.entries()) table.insert(cidr, i);
  const pairs = overlaps(pools, table);
  const others = new Map<number, number[]>();
  for (const [one, other] of pairs.slice(0, MOST_OVERLAPS)) addUnder(others, one, other);
  const { nodes } = context.topology;
  const inside = nodesInPools(nodes, table);
  const subnets = subnetsInPools(nodes, pools, table);
  for (const [i, { pool }] of pools.entries()) {
    for (const k of (others.get(i) ?? []).toSorted((a, b) => a - b)) {
      const other = pools[k];
      if (other !== undefined) sayOverlap(pool, other.pool, context);
    }
    judgeAgainstNodes(pool, { inside: inside.get(i) ?? [], subnet: subnets.get(i) ?? null }, context);
  }
  if (pairs.length > MOST_OVERLAPS)
    context.add(
      'overlapping-pools',
      'risk',
      `more than ${MOST_OVERLAPS} pairs of IPPools overlap: these are some`,
      [],
      [],
    );
}

/** Pairs of pools that are told to overlap; no cluster has so many. */
const MOST_OVERLAPS = 200;
/** Pools of one range that are held against the nodes. */
const MOST_ALIKE = 8;

interface Range {
  pool: IPPool;
  cidr: Cidr;
}

/** Pairs that share addresses, the one that is listed first before the other; one more than are told at most. */
function overlaps(pools: readonly Range[], table: PrefixTable<number>): [number, number][] {
  const pairs: [number, number][] = [];
  for (const [i, { cidr }] of pools.entries())
    for (const around of table.enclosingCidr(cidr))
      for (const k of around.values) {
        // of one range both would find each other
        if (around.cidr.prefixLength === cidr.prefixLength && k >= i) break;
        pairs.push([Math.min(i, k), Math.max(i, k)]);
        if (pairs.length > MOST_OVERLAPS) return pairs;
      }
  return pairs;
}

interface Placed {
  node: Node;
  address: NodeAddress;
}

interface Subnet extends Placed {
  /** Among the subnets, in the order of the nodes. */
  place: number;
  cidr: Cidr;
}

/** Nodes that have an address in a pool, by the pool's place. */
function nodesInPools(nodes: readonly Node[], pools: PrefixTable<number>): Map<number, Placed[]> {
  const inside = new Map<number, Placed[]>();
  for (const node of nodes)
    for (const address of node.addresses) {
      const ip = parseIp(address.address);
      for (const { values } of ip === null ? [] : pools.enclosing(ip))
        for (const i of values.slice(0, MOST_ALIKE))
          if (inside.get(i)?.at(-1)?.node !== node) addUnder(inside, i, { node, address });
    }
  return inside;
}

/** Of each pool, by its place, the subnet of the first node that shares addresses with it. */
function subnetsInPools(
  nodes: readonly Node[],
  pools: readonly Range[],
  table: PrefixTable<number>,
): Map<number, Subnet> {
  const subnets = new Map<string, Subnet>();
  for (const node of nodes)
    for (const address of [node.bgpIPv4, node.bgpIPv6]) {
      const cidr = address?.prefixLength == null ? null : parseCidrOrIp(`${address.address}/${address.prefixLength}`);
      const key = cidr === null ? '' : formatCidr(networkOf(cidr));
      if (address !== null && cidr !== null && !subnets.has(key))
        subnets.set(key, { node, address, cidr, place: subnets.size });
    }
  const bySubnet: PrefixTable<Subnet> = createPrefixTable();
  const first = new Map<number, Subnet>();
  const offer = (i: number, subnet: Subnet): void => {
    if (subnet.place < (first.get(i)?.place ?? Number.POSITIVE_INFINITY)) first.set(i, subnet);
  };
  for (const subnet of subnets.values()) {
    bySubnet.insert(subnet.cidr, subnet);
    for (const { values } of table.enclosingCidr(subnet.cidr))
      for (const i of values.slice(0, MOST_ALIKE)) offer(i, subnet);
  }
  for (const [i, { cidr }] of pools.entries())
    for (const { values } of bySubnet.enclosingCidr(cidr)) for (const subnet of values) offer(i, subnet);
  return first;
}

function judgePool(pool: IPPool, { add }: JudgeContext): void {
  const subjects = [pool.name, pool.cidr];
  if (pool.vxlanMode !== 'Never' && pool.ipipMode !== 'Never') {
    const message = `IPPool ${pool.name} sets vxlanMode ${pool.vxlanMode} and ipipMode ${pool.ipipMode}: Felix uses VXLAN`;
    add('both-modes', 'conflict', message, [pool.modeRef, pool.ref], subjects);
  }
  if (pool.ipipMode !== 'Never' && pool.cidr.includes(':')) {
    const message = `IPPool ${pool.name} is IPv6 with ipipMode ${pool.ipipMode}: Calico has no IPIP for IPv6`;
    add('ipip-on-ipv6', 'conflict', message, [pool.modeRef], subjects);
  }
  if (pool.disabled) {
    const message = `IPPool ${pool.name} is disabled: no new addresses come from it, but encapsulation and routes of those in use stay`;
    add('disabled-pool', 'warning', message, [pool.ref], subjects);
  }
}

function sayOverlap(one: IPPool, other: IPPool, { add }: JudgeContext): void {
  const decides =
    isRouted(one) && isRouted(other) ? 'the more specific one decides the mode' : 'both may give out one address';
  const message = `IPPools ${one.name} (${one.cidr}) and ${other.name} (${other.cidr}) overlap: ${decides}`;
  add('overlapping-pools', 'risk', message, [one.ref, other.ref], [one.name, other.name]);
}

/** A pool over the nodes' network makes node addresses look like pods: no SNAT, tunnel routes to nodes (calico-facts 10, 14). */
function judgeAgainstNodes(
  pool: IPPool,
  { inside, subnet }: { inside: readonly Placed[]; subnet: Subnet | null },
  { topology, add }: JudgeContext,
): void {
  if (inside.length > 0) {
    const names = listNames(inside.map(({ node, address }) => `${node.name} ${address.address}`));
    const message = `${rangeText(topology.profile, pool)} holds node addresses: ${names}`;
    const subjects = [pool.name, ...inside.map(({ address }) => address.address)];
    add('node-address-in-pool', 'risk', message, [pool.ref, inside[0]?.address.ref], subjects);
    return;
  }
  if (subnet === null) return;
  const network = formatCidr(networkOf(subnet.cidr));
  const message = `${rangeText(topology.profile, pool)} overlaps the nodes' subnet ${network} (${subnet.node.name})`;
  add('pool-over-node-subnet', 'risk', message, [pool.ref, subnet.address.ref], [pool.name, network]);
}

function rangeText(profile: Profile, pool: IPPool): string {
  return pool.name === pool.cidr ? nameOfRange(profile, pool) : `${nameOfRange(profile, pool)} (${pool.cidr})`;
}
