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
    for (const byMac of entriesOf(holder, context).values()) {
      const proxies = answeringForAll(holder, byMac);
      for (const [mac, sharing] of byMac) if (!proxies.has(mac)) judgeMac(holder, sharing, nics, context);
    }
  }
}

/** One issue for one MAC of a table. */
function judgeMac(holder: Node, sharing: readonly Entry[], nics: Nics, { add }: JudgeContext): void {
  for (const one of sharing) {
    const message = messageOf(holder, one, sharing, nics);
    if (message === null) continue;
    const other = nics.get(one.mac)?.link ?? sharing.find((two) => two !== one)?.entry;
    const subjects = [holder.name, one.peer.name, one.entry.address, one.mac];
    add('stale-neighbour', 'risk', message, [one.entry.ref, other?.ref], subjects);
    return;
  }
}

/** @param sharing all entries with the same MAC on the same device */
function messageOf(holder: Node, { entry, mac, peer }: Entry, sharing: readonly Entry[], nics: Nics): string | null {
  const has = `${holder.name} has ${mac} for ${peer.name}'s ${entry.address}`;
  const owner = nics.get(mac);
  if (owner !== undefined && owner.node !== peer)
    return `${has}, which is the MAC of ${owner.link.name} of ${owner.node.name}: stale, or both machines have the address`;
  // Tunnel devices' MACs that are written somewhere are compared with it (neighbour-contradiction).
  const isTunnel = useOfDeviceName(entry.dev ?? '') === 'tunnel';
  const twin = sharing.find((other) => other.peer !== peer);
  const isCompared = (node: Node): boolean => isTunnel && (node.vtepMac !== null || node.vtepMacV6 !== null);
  if (twin !== undefined && owner === undefined && !isCompared(peer) && !isCompared(twin.peer))
    return `${has} and for ${twin.peer.name}'s ${twin.entry.address}: one of the entries is stale`;
  if (owner !== undefined || isTunnel || !peer.links.some(({ name }) => name === 'lo')) return null;
  const nic = peer.links.find((link) => isNic(link) && link.addresses.some(({ address }) => address === entry.address));
  return nic === undefined || peer.links.some((link) => link.mac === mac)
    ? null
    : `${has}, but ${nic.name} of ${peer.name} has ${nic.mac}: stale, or another machine has the address`;
}

type Nics = ReadonlyMap<string, { node: Node; link: NodeLink }>;

/** MACs of NICs as the nodes' own `ip link` has them; one that two nodes have tells nothing. */
function nicsByMac(nodes: readonly Node[]): Nics {
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

/** Entries for other nodes' addresses, by device and MAC. */
function entriesOf(holder: Node, { index }: JudgeContext): Map<string, Map<string, Entry[]>> {
  const found = new Map<string, Map<string, Entry[]>>();
  for (const entry of holder.neighbours) {
    const { dev, mac } = entry;
    const use = useOfDeviceName(dev ?? '');
    if (mac === null || dev === null || (use !== 'nic' && use !== 'tunnel') || isVirtualRouter(mac)) continue;
    const peer = nodeBehind(entry.address, index);
    if (peer === null || peer === holder) continue;
    const byMac = found.get(dev) ?? new Map<string, Entry[]>();
    const sharing = byMac.get(mac) ?? [];
    sharing.push({ entry, mac, peer });
    found.set(dev, byMac.set(mac, sharing));
  }
  return found;
}

/** VRRP and HSRP. */
function isVirtualRouter(mac: string): boolean {
  return /^(00:00:5e:00:0[12]:|00:00:0c:07:ac:|00:00:0c:9f:f)/.test(mac);
}

/** The gateway's MAC; where its own entry was not given, one of more than two nodes, or of all. */
function answeringForAll(holder: Node, byMac: ReadonlyMap<string, readonly Entry[]>): Set<string> {
  const gateways = new Set(holder.routes.filter(({ dst }) => dst.endsWith('/0')).map(({ via }) => via));
  const found = new Set<string>();
  for (const { address, mac } of holder.neighbours) if (mac !== null && gateways.has(address)) found.add(mac);
  if (found.size > 0) return found;
  for (const [mac, sharing] of byMac) {
    const isTunnel = useOfDeviceName(sharing[0]?.entry.dev ?? '') === 'tunnel';
    const peers = new Set(sharing.map(({ peer }) => peer)).size;
    if (!isTunnel && (peers > 2 || (byMac.size === 1 && sharing.length > 1))) found.add(mac);
  }
  return found;
}
