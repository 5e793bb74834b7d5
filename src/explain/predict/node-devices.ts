// The devices of a node that a pod's packet passes: its veth, the tunnel device, the NIC; by its tables, else by the CNI's names.
import type { Profile } from '../../cluster/profile.ts';
import type { Node, NodeLink, Owner, Topology } from '../../topology/model.ts';
import { nicOf } from '../../verdict/flow/advice.ts';

export interface Device {
  /** Null when the snapshot does not name it. */
  name: string | null;
  mac: string | null;
  mtu: number | null;
}

export function vethOf(topology: Topology, owner: Owner): Device {
  const route = owner.node?.routes.find(
    (one) => one.dst === `${owner.address}/32` || one.dst === `${owner.address}/128`,
  );
  const pod = topology.pods.find((one) => one.name === owner.pod && one.namespace === owner.namespace);
  const name = route?.dev ?? pod?.hostInterface?.name ?? null;
  return deviceOf(owner.node, name);
}

/** The pod's own MAC, as its node's neighbour table has it. */
export function podMac(owner: Owner): string | null {
  return owner.node?.neighbours.find((one) => one.address === owner.address && one.mac !== null)?.mac ?? null;
}

export function tunnelOf(node: Node, kind: 'vxlan' | 'ipip' | 'wireguard', isV6: boolean, profile: Profile): Device {
  const named = profile.tunnelDevice(kind === 'ipip' || !isV6 ? kind : `${kind}-v6`);
  const own = node.links.find((link) => link.name === named) ?? (kind === 'vxlan' ? vxlanLink(node) : undefined);
  const written = isV6 ? node.vtepMacV6 : node.vtepMac;
  const computed = isV6 ? node.computedVtepMacV6 : node.computedVtepMac;
  const mac = kind === 'vxlan' ? (own?.mac ?? written?.value ?? computed) : null;
  return { name: own?.name ?? named, mac, mtu: own?.mtu ?? null };
}

function vxlanLink(node: Node): NodeLink | undefined {
  return node.links.find((link) => link.vxlan !== null && !link.name.includes('v6'));
}

export function nicDevice(node: Node): Device {
  return deviceOf(node, nicOf(node));
}

function deviceOf(node: Node | null, name: string | null): Device {
  const link = node?.links.find((one) => one.name === name);
  return { name, mac: link?.mac ?? null, mtu: link?.mtu ?? null };
}

/** The outer address a node sends tunnel packets from. */
export function outerAddress(node: Node, isV6: boolean): string | null {
  const bgp = isV6 ? node.bgpIPv6 : node.bgpIPv4;
  return bgp?.address ?? node.addresses.find((one) => one.address.includes(':') === isV6)?.address ?? null;
}
