// MAC -> node. VTEP MACs: written (annotation, own device), else computed from a node's name, else as another node's tables have
// them. NIC MACs: a node's own devices, or other nodes' neighbour entries for its address.
import { isNic, useOfDeviceName } from '../../cluster/device.ts';
import { type Profile, vxlanDevice } from '../../cluster/profile.ts';
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
  /** Written for the claims that count: a thousand nodes have a million entries that say the same. */
  detail: () => string;
  source: string;
}

/** Builds both maps. A MAC that two nodes claim by equally strong sources belongs to neither. */
export function buildMacOwners(nodes: readonly Node[], index: OwnerIndex, profile: Profile): MacOwners {
  const vtep = new Map<string, { node: Node; evidence: Evidence; written: boolean }>();
  const ranks = [
    writtenVteps(nodes),
    computedVteps(nodes, profile),
    neighbourVteps(nodes, index, profile),
    fdbVteps(nodes, index, profile),
  ];
  for (const [rank, claims] of ranks.entries()) {
    for (const { mac, node, source, detail } of unambiguous(claims)) {
      if (!vtep.has(mac)) vtep.set(mac, { node, evidence: { source, detail: detail() }, written: rank === 0 });
    }
  }
  const nic = new Map<string, { node: Node; evidence: Evidence }>();
  for (const claims of [ownNics(nodes), neighbourNics(nodes, index)]) {
    for (const { mac, node, source, detail } of unambiguous(claims)) {
      if (!nic.has(mac)) nic.set(mac, { node, evidence: { source, detail: detail() } });
    }
  }
  return { vtep, nic };
}

/** The first claim to each MAC that only one node has. */
function unambiguous(claims: Iterable<Claim>): Claim[] {
  const first = new Map<string, Claim>();
  const contested = new Set<string>();
  for (const claim of claims) {
    const known = first.get(claim.mac);
    if (known === undefined) first.set(claim.mac, claim);
    else if (known.node !== claim.node) contested.add(claim.mac);
  }
  return [...first.values()].filter(({ mac }) => !contested.has(mac));
}

function writtenVteps(nodes: readonly Node[]): Claim[] {
  return nodes.flatMap((node) =>
    [node.vtepMac, node.vtepMacV6]
      .filter((mac) => mac !== null)
      .map(({ value, ref }) => ({
        mac: value,
        node,
        source: 'vtep-mac',
        detail: () => `${formatRef(ref)} ${value} is ${node.name}'s VTEP`,
      })),
  );
}

function computedVteps(nodes: readonly Node[], profile: Profile): Claim[] {
  return nodes.flatMap((node) =>
    [node.computedVtepMac, node.computedVtepMacV6]
      .filter((mac) => mac !== null)
      .map((mac) => ({
        mac,
        node,
        source: 'computed-name',
        detail: () => `${mac} is the MAC that ${profile.agent} computes from the name ${node.name}`,
      })),
  );
}

/** Neighbour entries on tunnel devices, resolved through the tunnel address. */
function* neighbourVteps(nodes: readonly Node[], index: OwnerIndex, profile: Profile): Generator<Claim> {
  for (const holder of nodes) {
    for (const { mac, tunnelAddress, neighbour } of vtepsInTables(holder, profile)) {
      const node = nodeBehind(tunnelAddress, index);
      if (node === null) continue;
      const detail = (): string =>
        `${formatRef(neighbour.ref)} ${holder.name} has ${mac} for the tunnel address ${tunnelAddress} of ${node.name}`;
      yield { mac, node, source: 'vtep-mac', detail };
    }
  }
}

function* fdbVteps(nodes: readonly Node[], index: OwnerIndex, profile: Profile): Generator<Claim> {
  for (const holder of nodes) {
    for (const { mac, dst, dev, ref } of holder.fdb) {
      const node = useOfDeviceName(dev ?? vxlanDevice(profile, 4)) === 'tunnel' ? nodeBehind(dst, index) : null;
      if (node === null) continue;
      const detail = (): string => `${formatRef(ref)} ${holder.name} forwards ${mac} to ${dst}, which is ${node.name}`;
      yield { mac, node, source: 'fdb', detail };
    }
  }
}

function ownNics(nodes: readonly Node[]): Claim[] {
  return nodes.flatMap((node) =>
    node.links
      .filter((link) => isNic(link) || isParent(link, node))
      .map(({ mac, name, ref }) => ({
        mac: mac ?? '',
        node,
        source: 'nic-mac',
        detail: () => `${formatRef(ref)} ${mac} is ${name} of ${node.name}`,
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
function* neighbourNics(nodes: readonly Node[], index: OwnerIndex): Generator<Claim> {
  for (const holder of nodes) {
    for (const { address, dev, mac, ref } of holder.neighbours) {
      const use = useOfDeviceName(dev ?? '');
      if (mac === null || dev === null || use === 'tunnel' || use === 'workload') continue;
      const node = index.nodeAddresses.has(address) ? nodeBehind(address, index) : null;
      if (node === null || node === holder) continue;
      const detail = (): string => `${formatRef(ref)} ${holder.name} has ${mac} for ${address} of ${node.name}`;
      yield { mac, node, source: 'nic-mac', detail };
    }
  }
}
