// Pools against each other, against the nodes' subnet and addresses, and against their own rules.

import type { Profile } from '../../cluster/profile.ts';
import { type Cidr, cidrContains, cidrsOverlap, formatCidr, networkOf, parseCidrOrIp } from '../../net/cidr.ts';
import { parseIp } from '../../net/ip.ts';
import type { IPPool } from '../model.ts';
import { listNames } from '../read/located.ts';
import type { JudgeContext } from './judge-context.ts';
import { isRouted, nameOfRange } from './modes.ts';

export function judgePools(context: JudgeContext): void {
  const pools = context.topology.pools.flatMap((pool) => {
    const cidr = parseCidrOrIp(pool.cidr);
    return cidr === null ? [] : [{ pool, cidr }];
  });
  for (const { pool } of pools) judgePool(pool, context);
  for (const [i, one] of pools.entries()) {
    for (const other of pools.slice(i + 1))
      if (cidrsOverlap(one.cidr, other.cidr)) sayOverlap(one.pool, other.pool, context);
    judgeAgainstNodes(one, context);
  }
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
function judgeAgainstNodes({ pool, cidr }: { pool: IPPool; cidr: Cidr }, { topology, add }: JudgeContext): void {
  const inside = topology.nodes.flatMap((node) => {
    const address = node.addresses.find((one) => {
      const ip = parseIp(one.address);
      return ip !== null && cidrContains(cidr, ip);
    });
    return address === undefined ? [] : [{ node, address }];
  });
  if (inside.length > 0) {
    const names = listNames(inside.map(({ node, address }) => `${node.name} ${address.address}`));
    const message = `${rangeText(topology.profile, pool)} holds node addresses: ${names}`;
    const subjects = [pool.name, ...inside.map(({ address }) => address.address)];
    add('node-address-in-pool', 'risk', message, [pool.ref, inside[0]?.address.ref], subjects);
    return;
  }
  for (const node of topology.nodes) {
    for (const bgp of [node.bgpIPv4, node.bgpIPv6]) {
      const subnet = bgp?.prefixLength == null ? null : parseCidrOrIp(`${bgp.address}/${bgp.prefixLength}`);
      if (bgp === null || subnet === null || !cidrsOverlap(cidr, subnet)) continue;
      const network = formatCidr(networkOf(subnet));
      const message = `${rangeText(topology.profile, pool)} overlaps the nodes' subnet ${network} (${node.name})`;
      add('pool-over-node-subnet', 'risk', message, [pool.ref, bgp.ref], [pool.name, network]);
      return;
    }
  }
}

function rangeText(profile: Profile, pool: IPPool): string {
  return pool.name === pool.cidr ? nameOfRange(profile, pool) : `${nameOfRange(profile, pool)} (${pool.cidr})`;
}
