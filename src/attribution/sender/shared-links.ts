// Who shares a link with whom, where the snapshot does not say it: by the ARP of the captures. A node asks for the address of another
// one only if its route there has no gateway; frames that go to the MAC which another node calls its own pass no router, those to a
// gateway's do. A MAC that answers for several nodes (a fabric's, a proxy's) shows nothing, nor does a gateway where no node is heard
// with a MAC of its own: that may be a fabric too. Known for the pairs that were seen, direction by direction.
import type { FlowTable } from '../../flow/flow-table.ts';
import { macText } from '../../flow/paths/links.ts';
import { formatIPv4 } from '../../net/ip.ts';
import type { Node, Topology } from '../../topology/model.ts';
import type { PathFacts } from '../path-facts.ts';
import type { Points } from '../points/points.ts';

/** Whether `from` reaches `to` without a gateway; null where nothing was seen. */
export type SharedLinks = (from: Node, to: Node) => boolean | null;

/** Nothing is asked of packets where the snapshot's prefixes decide (Calico), or where no range asks. */
export function sharedLinks(
  { table, points, paths }: { table: FlowTable; points: Points; paths: PathFacts },
  topology: Topology | null,
): SharedLinks {
  const asks = topology?.pools.some(
    (pool) => pool.mayBeDirect || [pool.vxlanMode, pool.ipipMode].includes('CrossSubnet'),
  );
  if (topology === null || !asks || topology.profile.subnetBy === 'prefix') return () => null;
  const known = new Map<string, boolean>();
  const note = (from: Node | null, to: Node | null, shares: boolean): void => {
    if (from === null || to === null || from === to) return;
    const key = `${from.index} ${to.index}`;
    known.set(key, shares || known.get(key) === true);
  };
  const holders = new Map<string, Set<string>>();
  const nodeMacs = new Map<number, Set<string>>();
  for (const { link, operation, sender, target, senderMacHigh, senderMacLow } of table.arp.pairs()) {
    if (points.all[points.ofLink[link] ?? -1]?.role !== 'underlay') continue;
    const [address, asked] = [formatIPv4(sender), formatIPv4(target)];
    const mac = macText(senderMacHigh, senderMacLow);
    const node = topology.nodeByAddress(address);
    addTo(holders, mac, address);
    if (node !== null) addTo(nodeMacs, table.links.captureOf(link), mac);
    if (operation === 1) note(node, topology.nodeByAddress(asked), true);
  }
  const holder = (mac: string | null): { node: Node | null } | null => {
    const nodes = new Set([...(holders.get(mac ?? '') ?? [])].map((address) => topology.nodeByAddress(address)));
    const [node] = nodes;
    return nodes.size === 1 && node !== undefined ? { node } : null;
  };
  for (let path = 0; path < paths.point.length; path++) {
    if (paths.isUnderlay[path] !== 1) continue;
    const { src, dst } = table.links.record(table.paths.link[path] ?? 0);
    const [sender, next] = [holder(src), holder(dst)];
    if (sender?.node == null || next === null) continue;
    const outer = paths.tunnel[path]?.outerDst ?? null;
    const to = outer === null ? null : topology.nodeByAddress(outer);
    const others = [...(nodeMacs.get(paths.point[path]?.capture ?? -1) ?? [])].filter(
      (mac) => mac !== src && mac !== dst,
    );
    if (next.node !== null) note(sender.node, next.node, true);
    else if (others.length > 0) note(sender.node, to, false);
  }
  return (from, to) => known.get(`${from.index} ${to.index}`) ?? null;
}

function addTo<Key>(sets: Map<Key, Set<string>>, key: Key, value: string): void {
  sets.set(key, (sets.get(key) ?? new Set()).add(value));
}
