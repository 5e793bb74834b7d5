// Which line of a node's routing table takes a packet: the longest prefix of one table.
import { parseCidr } from '../../net/cidr.ts';
import { parseIp } from '../../net/ip.ts';
import { createPrefixTable } from '../../net/prefix-table.ts';
import type { Node, Route } from '../model.ts';

/** Of the main table; with `others`, of those beside it. Null where no line fits. */
export function longestRoute(node: Pick<Node, 'routes'>, address: string, others = false): Route | null {
  const ip = parseIp(address);
  if (ip === null) return null;
  const table = createPrefixTable<Route>();
  for (const route of node.routes) {
    const isMain = route.table === null || route.table === 'main';
    const cidr = isMain === others || LOCAL.has(route.type) ? null : parseCidr(route.dst);
    if (cidr !== null) table.insert(cidr, route);
  }
  return table.longest(ip)?.values[0] ?? null;
}

/** Types of the kernel's local table. */
const LOCAL: ReadonlySet<string> = new Set(['local', 'broadcast', 'multicast', 'anycast']);
