// One VTEP MAC at two nodes: cloned machines, or one node name used twice (calico-facts 10.9). An outer source alone puts a MAC at no
// node: the underlay may have translated it.

import { isStrong } from '../../attribution/who/owner-strength.ts';
import { vtepMacLooksComputed } from '../../cluster/computed-names.ts';
import type { Node, Topology } from '../../topology/model.ts';
import type { ClusterFinding } from '../cause/cluster-findings.ts';
import { type Shared, whoOfFlow } from '../judging-context.ts';

/** By MAC the nodes that have it, each with what says so. */
type Holders = Map<string, Map<Node, string>>;

/** MACs of a VTEP that two nodes have, by the snapshot or by what each sends; not two names that may be of one machine. */
export function duplicateMacs(shared: Shared, topology: Topology): ClusterFinding[] {
  const suspects = macsOfSeveral(shared, topology);
  if (suspects.size === 0) return [];
  return [...holdersOf(suspects, shared, topology)].flatMap(([mac, holders]) => {
    const apart = [...holders].filter(([{ addresses }]) => addresses.length > 0);
    return apart.length > 1 ? [duplicateMac(mac, apart)] : [];
  });
}

/** Whose a MAC is by the snapshot; what an FDB entry says of it is where its packets went. */
function ownerOf(mac: string, topology: Topology): Node | null {
  const stated = topology.nodeByVtepMac(mac);
  return stated === null || stated.evidence.source === 'fdb' ? null : stated.node;
}

/** MACs that came from other addresses than their owner's, or from two nodes'. */
function macsOfSeveral({ pathFacts: { tunnel } }: Shared, topology: Topology): Set<string> {
  const nodes = new Map<string, Set<Node>>();
  for (const { encapsulation, innerSrcMac, outerSrc } of tunnel) {
    if (encapsulation !== 'vxlan' || innerSrcMac === null || outerSrc === null) continue;
    const owner = ownerOf(innerSrcMac, topology);
    const node = topology.nodeByAddress(outerSrc);
    if (node === null || (owner === null && !vtepMacLooksComputed(innerSrcMac))) continue;
    const own = nodes.get(innerSrcMac) ?? new Set(owner === null ? [] : [owner]);
    nodes.set(innerSrcMac, own.add(node));
  }
  return new Set([...nodes].flatMap(([mac, own]) => (own.size > 1 ? [mac] : [])));
}

/** A node sends from a MAC where what is inside is surely its own, or where its own NIC sent the frame. */
function holdersOf(macs: ReadonlySet<string>, shared: Shared, topology: Topology): Holders {
  const { pathFacts, points, input } = shared;
  const { table } = input;
  const holders: Holders = new Map();
  for (const mac of macs) {
    const owner = ownerOf(mac, topology);
    holders.set(mac, new Map(owner === null ? [] : [[owner, `${owner.name} by the snapshot`]]));
  }
  const nodeOf = pathFacts.tunnel.map(({ outerSrc }) => (outerSrc === null ? null : topology.nodeByAddress(outerSrc)));
  for (let row = 0; row < table.rows.count; row++) {
    const path = table.rows.path(row);
    const { innerSrcMac, outerSrc } = pathFacts.tunnel[path] ?? {};
    const node = nodeOf[path] ?? null;
    const known = innerSrcMac == null ? undefined : holders.get(innerSrcMac);
    if (node === null || outerSrc == null || known === undefined || known.has(node)) continue;
    const { src, carried } = table.links.record(table.linkOf(row));
    const isFromNic = pathFacts.isUnderlay[path] === 1 && !carried && src !== null && points.macs.ownNic(src) === node;
    const { src: sender } = whoOfFlow(shared, table.rows.flow(row));
    // where the snaplen cut off what is inside, the outer address stands for it
    const isOwn = sender.node === node && isStrong(sender) && sender.owner.address !== outerSrc;
    if (isFromNic || isOwn) known.set(node, outerSrc);
  }
  return holders;
}

function duplicateMac(mac: string, holders: readonly (readonly [Node, string])[]): ClusterFinding {
  const [first = '', second = ''] = holders.map(([{ name }]) => name);
  return {
    code: 'duplicate-tunnel-mac',
    fromNode: first,
    toNode: null,
    title: `${first} and ${second} have one VTEP MAC, ${mac}`,
    packets: 0,
    capture: null,
    firstPacket: null,
    seen: `inner source ${mac} from ${holders.map(([, by]) => by).join(' and ')}`,
  };
}
