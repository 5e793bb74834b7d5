// Neighbour entries for nodes' own addresses: the MAC must be the node's. A gateway that answers ARP for everybody (clouds, proxy
// ARP), and virtual routers' MACs, are no node's and contradict nothing.
import { isNic, useOfDeviceName } from '../../cluster/device.ts';
import { nodeBehind } from '../ask/opinions.ts';
import type { Neighbour, Node, NodeLink } from '../model.ts';
import type { JudgeContext } from './judge-context.ts';

/** An entry for another node's address. */
interface Entry {
  entry: Neighbour;
  mac: string;
  peer: Node;
}

export function judgeNeighbours(context: JudgeContext): void {
  const nics = nicsByMac(context.topology.nodes);
  for (const holder of context.topology.nodes) {
    const told = new Set<string>();
    for (const entries of byDevice(holder, context).values()) {
      const proxies = answeringForAll(holder, entries);
      for (const one of entries.filter(({ mac }) => !proxies.has(mac))) {
        const message = told.has(one.mac) ? null : messageOf(holder, one, { entries, nics });
        if (message === null) continue;
        told.add(one.mac);
        const other = nics.get(one.mac)?.link ?? entries.find((two) => two !== one && two.mac === one.mac)?.entry;
        context.add(
          'stale-neighbour',
          'risk',
          message,
          [one.entry.ref, other?.ref],
          [holder.name, one.peer.name, one.entry.address, one.mac],
        );
      }
    }
  }
}

function messageOf(
  holder: Node,
  { entry, mac, peer }: Entry,
  { entries, nics }: { entries: readonly Entry[]; nics: ReturnType<typeof nicsByMac> },
): string | null {
  const has = `${holder.name} has ${mac} for ${peer.name}'s ${entry.address}`;
  const owner = nics.get(mac);
  if (owner !== undefined && owner.node !== peer)
    return `${has}, which is the MAC of ${owner.link.name} of ${owner.node.name}: stale, or both machines have the address`;
  // Tunnel devices' MACs that are written somewhere are compared with it (neighbour-contradiction).
  const isTunnel = useOfDeviceName(entry.dev ?? '') === 'tunnel';
  const twin = entries.find((other) => other.mac === mac && other.peer !== peer);
  const isCompared = (node: Node): boolean => isTunnel && (node.vtepMac !== null || node.vtepMacV6 !== null);
  if (twin !== undefined && owner === undefined && !isCompared(peer) && !isCompared(twin.peer))
    return `${has} and for ${twin.peer.name}'s ${twin.entry.address}: one of the entries is stale`;
  if (owner !== undefined || isTunnel || !peer.links.some(({ name }) => name === 'lo')) return null;
  const nic = peer.links.find((link) => isNic(link) && link.addresses.some(({ address }) => address === entry.address));
  return nic === undefined || peer.links.some((link) => link.mac === mac)
    ? null
    : `${has}, but ${nic.name} of ${peer.name} has ${nic.mac}: stale, or another machine has the address`;
}

/** MACs of NICs as the nodes' own `ip link` has them; one that two nodes have tells nothing. */
function nicsByMac(nodes: readonly Node[]): Map<string, { node: Node; link: NodeLink }> {
  const found = new Map<string, { node: Node; link: NodeLink }>();
  const shared = new Set<string>();
  for (const node of nodes) {
    for (const link of node.links) {
      if (!isNic(link) || link.mac === null) continue;
      const known = found.get(link.mac);
      if (known !== undefined && known.node !== node) shared.add(link.mac);
      else if (known === undefined) found.set(link.mac, { node, link });
    }
  }
  for (const mac of shared) found.delete(mac);
  return found;
}

function byDevice(holder: Node, { index }: JudgeContext): Map<string, Entry[]> {
  const found = new Map<string, Entry[]>();
  for (const entry of holder.neighbours) {
    const use = useOfDeviceName(entry.dev ?? '');
    if (entry.mac === null || entry.dev === null || (use !== 'nic' && use !== 'tunnel')) continue;
    const peer = nodeBehind(entry.address, index);
    if (peer === null || peer === holder || isVirtualRouter(entry.mac)) continue;
    found.set(entry.dev, [...(found.get(entry.dev) ?? []), { entry, mac: entry.mac, peer }]);
  }
  return found;
}

/** VRRP and HSRP. */
function isVirtualRouter(mac: string): boolean {
  return /^(00:00:5e:00:0[12]:|00:00:0c:07:ac:|00:00:0c:9f:f)/.test(mac);
}

/** The gateway's MAC; and where one MAC stands for all other nodes, whoever has it. */
function answeringForAll(holder: Node, entries: readonly Entry[]): Set<string> {
  const gateways = new Set(holder.routes.filter(({ dst }) => dst.endsWith('/0')).map(({ via }) => via));
  const found = new Set<string>();
  for (const { address, mac } of holder.neighbours) if (mac !== null && gateways.has(address)) found.add(mac);
  const isTunnel = entries.some(({ entry }) => useOfDeviceName(entry.dev ?? '') === 'tunnel');
  if (isTunnel || found.size > 0) return found;
  // The gateway's own entry was not given: a MAC of more than two nodes, or of all, is taken for it.
  for (const { mac } of entries) {
    const peers = new Set(entries.filter((one) => one.mac === mac).map(({ peer }) => peer));
    const isAll = entries.length > 1 && entries.every((one) => one.mac === mac);
    if (peers.size > 2 || isAll) found.add(mac);
  }
  return found;
}
