// MAC -> node. VTEP MACs: written (annotation, own device), else computed from a node's name, else as another node's tables have
// them. NIC MACs: a node's own devices, or other nodes' neighbour entries for its address.
import { isNic, useOfDeviceName, vxlanDevice } from '../../cluster/device.ts';
import { vtepsInTables } from '../merge/join-vteps.ts';
import type { Evidence, Node, NodeLink } from '../model.ts';
import { formatRef } from '../read/located.ts';
import { nodeBehind } from './opinions.ts';
import type { OwnerIndex } from './owner-index.ts';

export interface MacOwners {
  vtep: ReadonlyMap<string, { node: Node; evidence: Evidence; written: boolean }>;
  nic: ReadonlyMap<string, { node: Node; evidence: Evidence }>;
}

interface Claim {
  mac: string;
  node: Node;
  detail: string;
  source: string;
}

/** Builds both maps. A MAC that two nodes claim by equally strong sources belongs to neither. */
export function buildMacOwners(nodes: readonly Node[], index: OwnerIndex): MacOwners {
  const vtep = new Map<string, { node: Node; evidence: Evidence; written: boolean }>();
  const ranks = [writtenVteps(nodes), computedVteps(nodes), neighbourVteps(nodes, index), fdbVteps(nodes, index)];
  for (const [rank, claims] of ranks.entries()) {
    for (const { mac, node, source, detail } of unambiguous(claims)) {
      if (!vtep.has(mac)) vtep.set(mac, { node, evidence: { source, detail }, written: rank === 0 });
    }
  }
  const nic = new Map<string, { node: Node; evidence: Evidence }>();
  for (const claims of [ownNics(nodes), neighbourNics(nodes, index)]) {
    for (const { mac, node, source, detail } of unambiguous(claims)) {
      if (!nic.has(mac)) nic.set(mac, { node, evidence: { source, detail } });
    }
  }
  return { vtep, nic };
}

function unambiguous(claims: readonly Claim[]): Claim[] {
  const owners = new Map<string, Set<Node>>();
  for (const { mac, node } of claims) owners.set(mac, (owners.get(mac) ?? new Set()).add(node));
  return claims.filter(({ mac }) => owners.get(mac)?.size === 1);
}

function writtenVteps(nodes: readonly Node[]): Claim[] {
  return nodes.flatMap((node) =>
    [node.vtepMac, node.vtepMacV6]
      .filter((mac) => mac !== null)
      .map(({ value, ref }) => ({
        mac: value,
        node,
        source: 'vtep-mac',
        detail: `${formatRef(ref)} ${value} is ${node.name}'s VTEP`,
      })),
  );
}

function computedVteps(nodes: readonly Node[]): Claim[] {
  return nodes.flatMap((node) =>
    [node.computedVtepMac, node.computedVtepMacV6]
      .filter((mac) => mac !== null)
      .map((mac) => ({
        mac,
        node,
        source: 'computed-name',
        detail: `${mac} is the MAC that Felix computes from the name ${node.name}`,
      })),
  );
}

/** Neighbour entries on tunnel devices, resolved through the tunnel address. */
function neighbourVteps(nodes: readonly Node[], index: OwnerIndex): Claim[] {
  return nodes.flatMap((holder) =>
    vtepsInTables(holder).flatMap(({ mac, tunnelAddress, neighbour }) => {
      const node = nodeBehind(tunnelAddress, index);
      const detail = `${formatRef(neighbour.ref)} ${holder.name} has ${mac} for the tunnel address ${tunnelAddress} of ${node?.name}`;
      return node === null ? [] : [{ mac, node, source: 'vtep-mac', detail }];
    }),
  );
}

function fdbVteps(nodes: readonly Node[], index: OwnerIndex): Claim[] {
  return nodes.flatMap((holder) =>
    holder.fdb.flatMap(({ mac, dst, dev, ref }) => {
      const node = useOfDeviceName(dev ?? vxlanDevice(4)) === 'tunnel' ? nodeBehind(dst, index) : null;
      const detail = `${formatRef(ref)} ${holder.name} forwards ${mac} to ${dst}, which is ${node?.name}`;
      return node === null ? [] : [{ mac, node, source: 'vtep-mac', detail }];
    }),
  );
}

function ownNics(nodes: readonly Node[]): Claim[] {
  return nodes.flatMap((node) =>
    node.links
      .filter((link) => isNic(link) || isParent(link, node))
      .map(({ mac, name, ref }) => ({
        mac: mac ?? '',
        node,
        source: 'nic-mac',
        detail: `${formatRef(ref)} ${mac} is ${name} of ${node.name}`,
      })),
  );
}

/** What the VXLAN device or the default route leaves by is a NIC whatever its kind: a bond, a bridge, a container's veth. */
function isParent(link: NodeLink, node: Node): boolean {
  if (link.mac === null || link.mac === '00:00:00:00:00:00') return false;
  const parents = node.links.map((other) => other.vxlan?.dev ?? null);
  const defaults = node.routes.filter((route) => route.dst.endsWith('/0')).map((route) => route.dev);
  return parents.includes(link.name) || defaults.includes(link.name);
}

/** `10.0.1.30 dev ens5 lladdr 02:85:..`: another node's NIC, unless the address is behind a tunnel or a veth. */
function neighbourNics(nodes: readonly Node[], index: OwnerIndex): Claim[] {
  return nodes.flatMap((holder) =>
    holder.neighbours.flatMap(({ address, dev, mac, ref }) => {
      const use = useOfDeviceName(dev ?? '');
      if (mac === null || dev === null || use === 'tunnel' || use === 'workload') return [];
      const node = index.nodeAddresses.has(address) ? nodeBehind(address, index) : null;
      if (node === null || node === holder) return [];
      return [
        {
          mac,
          node,
          source: 'nic-mac',
          detail: `${formatRef(ref)} ${holder.name} has ${mac} for ${address} of ${node.name}`,
        },
      ];
    }),
  );
}
