// What a link address is: a node's NIC or VTEP, a pod, the host side of a veth, the gateway, or a group.
import { knownName, namedOwner } from '../../attribution/who/end-name.ts';
import { WORKLOAD_MAC } from '../../cluster/calico.ts';
import { VTEP_MAC_START, vtepMacLooksComputed } from '../../cluster/computed-names.ts';
import { type Profile, vxlanDevice } from '../../cluster/profile.ts';
import type { Neighbour, Node, Topology } from '../../topology/model.ts';
import type { Scene } from '../packet-facts.ts';

/** In a few words; null when nothing is known. */
export function macMeaning({ topology }: Pick<Scene, 'topology'>, mac: string): string | null {
  const general = generalMeaning(mac);
  if (general !== null || topology === null) return general ?? felixMade(mac);
  const vtep = topology.nodeByVtepMac(mac)?.node;
  if (vtep !== undefined) return `${vtep.name} ${vtepDevice(vtep, mac, topology.profile)}`;
  const nic = topology.nodeByNicMac(mac)?.node;
  if (nic !== undefined) return `${nic.name} ${nic.links.find((link) => link.mac === mac)?.name ?? 'NIC'}`;
  return neighbourMeaning(topology, mac) ?? felixMade(mac) ?? 'not in the snapshot';
}

function generalMeaning(mac: string): string | null {
  if (mac === 'ff:ff:ff:ff:ff:ff') return 'broadcast: everybody on this link';
  if (mac === WORKLOAD_MAC) return "host side of the pod's veth: Calico gives it this MAC everywhere";
  if (mac === '00:00:00:00:00:00') return 'all zero';
  if (mac.startsWith('33:33:')) return 'IPv6 multicast';
  if (mac.startsWith('01:00:5e:')) return 'IPv4 multicast';
  return (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1 ? 'a group address' : null;
}

/** Felix makes VTEP MACs from node names (calico-facts 4.4). */
function felixMade(mac: string): string | null {
  return vtepMacLooksComputed(mac) ? `begins with ${VTEP_MAC_START}, as VTEP MACs made by Felix do` : null;
}

function vtepDevice(node: Node, mac: string, profile: Profile): string {
  const device = node.links.find((link) => link.mac === mac && link.vxlan !== null)?.name;
  if (device !== undefined) return device;
  return vxlanDevice(profile, [node.vtepMacV6?.value, node.computedVtepMacV6].includes(mac) ? 6 : 4);
}

function neighbourMeaning(topology: Topology, mac: string): string | null {
  for (const node of topology.nodes) {
    const entry = node.neighbours.find((neighbour) => neighbour.mac === mac);
    if (entry !== undefined) return namedBy(topology, node, entry);
  }
  return null;
}

function namedBy(topology: Topology, node: Node, { address }: Neighbour): string {
  const isGateway = node.routes.some((route) => route.via === address && /^(0\.0\.0\.0|::)\/0$/.test(route.dst));
  if (isGateway) return `the gateway ${address}`;
  const owner = topology.lookup(address);
  const name = knownName(namedOwner(owner), 'meaning');
  return owner.pod === null ? `${address}${name === null ? '' : `, ${name}`}` : `${name}'s eth0`;
}
