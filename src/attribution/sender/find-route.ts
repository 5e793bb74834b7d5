// Which line of a node's routing table takes a packet.
import { parseCidr } from '../../net/cidr.ts';
import { parseIp } from '../../net/ip.ts';
import { createPrefixTable } from '../../net/prefix-table.ts';
import type { Node, Route } from '../../topology/model.ts';
import type { Expected } from '../vocabulary.ts';

export interface RouteQuestion {
  from: Node | null;
  destination: string;
  expected?: Expected;
}

/**
 * The route the sender's table has for the destination: the longest prefix of the main table. What goes through WireGuard is
 * decided in a table of its own (calico-facts 3.2), which `ip route` alone does not print.
 */
export function findRoute({ from, destination, expected }: RouteQuestion): Route | null {
  const ip = parseIp(destination);
  if (from === null || ip === null) return null;
  const isMain = ({ table }: Route): boolean => table === null || table === 'main';
  const wireguard = expected?.encapsulation === 'wireguard';
  const table = createPrefixTable<Route>();
  for (const route of from.routes) {
    if (isMain(route) === wireguard || IGNORED.has(route.type)) continue;
    const cidr = parseCidr(route.dst);
    if (cidr !== null) table.insert(cidr, route);
  }
  return table.longest(ip)?.values[0] ?? null;
}

/** Types of the kernel's local table. */
const IGNORED: ReadonlySet<string> = new Set(['local', 'broadcast', 'multicast', 'anycast']);
