// Neighbour and FDB entries of tunnel devices against the nodes they lead to. Route gateway -> MAC -> node address must agree with
// what the peers say of themselves; only written MACs count, never computed ones.
import { useOfDeviceName } from '../../cluster/device.ts';
import { isVxlanDevice, type TunnelKind, vxlanDevice } from '../../cluster/profile.ts';
import { nodeBehind } from '../ask/opinions.ts';
import { type TableVtep, vtepsInTables } from '../merge/join-vteps.ts';
import type { FdbEntry, Node, Topology } from '../model.ts';
import type { JudgeContext } from './judge-context.ts';
import { demandOf, familyOf, isRouted, sameSubnet } from './modes.ts';

export function judgeVteps(context: JudgeContext): void {
  for (const holder of context.topology.nodes) {
    const vteps = vtepsInTables(holder, context.topology.profile);
    for (const vtep of vteps) judgeNeighbour(holder, vtep, context);
    // Entries that a neighbour leads to were compared with it.
    const reached = new Set(vteps.map((vtep) => vtep.fdb));
    for (const entry of holder.fdb) if (!reached.has(entry)) judgeFdb(holder, entry, context);
    judgeMissing(holder, context);
  }
}

/** The MAC for a tunnel address must be its node's, and the FDB must send that MAC to the same node. */
function judgeNeighbour(holder: Node, vtep: TableVtep, { topology, index, add }: JudgeContext): void {
  const peer = nodeBehind(vtep.tunnelAddress, index);
  if (peer === null) return;
  const written = vtep.kind === 'vxlan-v6' ? peer.vtepMacV6 : peer.vtepMac;
  const subjects = [holder.name, peer.name, vtep.tunnelAddress, vtep.mac];
  const isAnothers = written !== null && written.value !== vtep.mac;
  if (isAnothers) {
    const message = `${holder.name} has ${vtep.mac} for ${vtep.tunnelAddress}, but ${peer.name}'s VTEP MAC is ${written.value}`;
    add('neighbour-contradiction', 'conflict', message, [vtep.neighbour.ref, written.ref], subjects);
  }
  const target = vtep.nodeAddress === null ? null : nodeBehind(vtep.nodeAddress, index);
  // an entry that sends another node's MAC to that node is right: the neighbour entry is not
  const isItsOwners = isAnothers && target !== null && topology.nodeByVtepMac(vtep.mac)?.node === target;
  if (vtep.fdb === null || target === peer || isItsOwners) return;
  const to = target === null ? 'which is no node of the snapshot' : `which is ${target.name}`;
  const message = `${holder.name} sends packets for ${vtep.tunnelAddress} (${peer.name}, ${vtep.mac}) to ${vtep.nodeAddress}, ${to}`;
  add('fdb-contradiction', 'conflict', message, [vtep.fdb.ref, vtep.neighbour.ref], [...subjects, vtep.fdb.dst]);
}

/** The node of a MAC, where it is written, must be the one the FDB sends it to. */
function judgeFdb(holder: Node, entry: FdbEntry, { topology, index, add }: JudgeContext): void {
  if (useOfDeviceName(entry.dev ?? vxlanDevice(topology.profile, 4)) !== 'tunnel') return;
  const owner = topology.nodeByVtepMac(entry.mac);
  const target = nodeBehind(entry.dst, index);
  if (owner === null || !owner.written || target === owner.node) return;
  const to = target === null ? 'which is no node of the snapshot' : `which is ${target.name}`;
  const message = `${holder.name} sends frames for ${entry.mac} (${owner.node.name}) to ${entry.dst}, ${to}`;
  const written = owner.node.vtepMac ?? owner.node.vtepMacV6;
  add(
    'fdb-contradiction',
    'conflict',
    message,
    [entry.ref, written?.ref],
    [holder.name, owner.node.name, entry.mac, entry.dst],
  );
}

/** flanneld makes no VTEP entries for nodes that it sends to directly; Felix makes them for all. */
function directTest(holder: Node, family: 4 | 6, { profile, pools }: Topology): (peer: Node) => boolean {
  const some = pools.some(
    (pool) => familyOf(pool) === family && (pool.mayBeDirect || demandOf(pool).mode === 'CrossSubnet'),
  );
  if (profile.subnetBy === 'prefix' || !some) return () => false;
  return (peer) => sameSubnet(profile, holder, peer, family) !== false;
}

/** The CNI's agent programs a neighbour and an FDB entry for every peer; without them packets never leave the device. */
function judgeMissing(holder: Node, { topology, add }: JudgeContext): void {
  for (const family of [4, 6] as const) {
    const kind: TunnelKind = family === 4 ? 'vxlan' : 'vxlan-v6';
    const device = vxlanDevice(topology.profile, family);
    const link = holder.links.find((one) => one.name === device);
    const wanted = topology.pools.some(
      (pool) => isRouted(pool) && demandOf(pool).tunnel === 'vxlan' && pool.cidr.includes(':') === (family === 6),
    );
    // eBPF's external device needs neither table; without any entry of the device the outputs were taken before VXLAN.
    const used =
      holder.neighbours.some((entry) => entry.dev === device) ||
      holder.fdb.some((entry) => isVxlanDevice(topology.profile, entry.dev ?? ''));
    if (!wanted || link?.vxlan?.external === true || !(used || link !== undefined)) continue;
    const neighbours = new Map(
      holder.neighbours.filter(({ mac }) => mac !== null).map((entry) => [entry.address, entry]),
    );
    const forwarded = new Set(holder.fdb.map((entry) => entry.mac));
    const isDirect = directTest(holder, family, topology);
    for (const peer of topology.nodes) {
      const tunnel = peer.tunnels[kind];
      if (peer === holder || tunnel === undefined || isDirect(peer)) continue;
      const neighbour = neighbours.get(tunnel.value);
      const about = [holder.name, peer.name, tunnel.value];
      if (holder.has.neigh && neighbour === undefined) {
        const message = `${holder.name} has no neighbour entry for ${peer.name}'s tunnel address ${tunnel.value}`;
        add('neighbour-missing', 'risk', message, [holder.neighbours[0]?.ref, tunnel.ref], about);
      }
      const mac = neighbour?.mac ?? (family === 4 ? peer.vtepMac : peer.vtepMacV6)?.value;
      if (holder.has.fdb && mac !== undefined && !forwarded.has(mac)) {
        const message = `${holder.name} has no FDB entry for ${mac}, the VTEP of ${peer.name}`;
        add('fdb-missing', 'risk', message, [holder.fdb[0]?.ref, neighbour?.ref ?? tunnel.ref], about);
      }
    }
  }
}
