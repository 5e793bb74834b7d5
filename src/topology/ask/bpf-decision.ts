// What Calico's eBPF dataplane does with a packet: the longest matching entry of its routes, and what the flags of it mean there
// (felix/bpf-gpl: routes.h, fib_co_re.h, tc.c; felix/dataplane/linux/bpf_route_mgr.go). Where it decides, `ip route` does not.
import { parseCidr } from '../../net/cidr.ts';
import { parseIp } from '../../net/ip.ts';
import { createPrefixTable, type PrefixTable } from '../../net/prefix-table.ts';
import type { BpfRoute } from '../bpf-route.ts';
import type { Node } from '../model.ts';

/** `workload` and `host`: to one of its own, never to another node. */
export type BpfDeed = 'tunnel' | 'plain' | 'workload' | 'host' | 'drop';

export interface BpfDecision {
  route: BpfRoute;
  does: BpfDeed;
  /** Of `tunnel`: the kind; null where the form of the output does not tell (the text leaves `vxlan` out), or WireGuard's switch may have set it. */
  tunnel: 'vxlan' | 'ipip' | null;
}

/**
 * What the node does with a packet to `address`; null where its eBPF routes were not given, where none matches, and where the one that
 * does says no more than that a pool holds the address: then the kernel routes it.
 */
export function bpfDecision(node: Pick<Node, 'bpfRoutes'>, address: string): BpfDecision | null {
  const ip = parseIp(address);
  if (node.bpfRoutes === null || ip === null) return null;
  const [route] = tableOf(node.bpfRoutes).longest(ip)?.values ?? [];
  const does = route === undefined ? null : deedOf(route);
  return route === undefined || does === null ? null : { route, does, tunnel: tunnelOf(route, does, node.bpfRoutes) };
}

/** Null: the entry decides nothing. */
function deedOf({ flags }: BpfRoute): BpfDeed | null {
  const has = (flag: string): boolean => flags.includes(flag);
  if (has('blackhole-drop') || has('blackhole-reject')) return 'drop';
  if (!has('host') && !has('workload')) return null;
  if (has('local') && has('host')) return 'host';
  if (has('local')) return 'workload';
  // same-subnet is set where the pool is CrossSubnet and the other node is inside: it undoes tunneled
  return has('tunneled') && !has('same-subnet') ? 'tunnel' : 'plain';
}

/** All remote workloads are `tunneled` while WireGuard is on, so that only `vxlan` is sure. */
function tunnelOf({ flags }: BpfRoute, does: BpfDeed, all: readonly BpfRoute[]): BpfDecision['tunnel'] {
  if (does !== 'tunnel') return null;
  if (flags.includes('vxlan')) return 'vxlan';
  return all.some((one) => one.flags.includes('vxlan')) ? 'ipip' : null;
}

const tables = new WeakMap<readonly BpfRoute[], PrefixTable<BpfRoute>>();

function tableOf(routes: readonly BpfRoute[]): PrefixTable<BpfRoute> {
  let table = tables.get(routes);
  if (table === undefined) {
    table = createPrefixTable<BpfRoute>();
    for (const route of routes) {
      const cidr = parseCidr(route.dst);
      if (cidr !== null) table.insert(cidr, route);
    }
    tables.set(routes, table);
  }
  return table;
}
