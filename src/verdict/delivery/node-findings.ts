// What nodes do to each other's packets, as no single flow shows it: WireGuard handshakes that nobody answers, frames for one node that
// carry another's MAC, the cluster's overlay from an address that is no node, one VTEP MAC at two nodes.

import { countFlow } from '../../attribution/count-flow.ts';
import { directionFacts } from '../../attribution/directions.ts';
import { isStrong } from '../../attribution/who/owner-strength.ts';
import type { TunnelRecord } from '../../flow/frame-records.ts';
import { macText } from '../../flow/paths/links.ts';
import { formatIPv4 } from '../../net/ip.ts';
import { PairMap } from '../../net/pair-map.ts';
import { inSubnetOf } from '../../topology/ask/subnet.ts';
import type { Node, Topology } from '../../topology/model.ts';
import type { ClusterFinding } from '../cause/cluster-findings.ts';
import { type Shared, whoOfFlow } from '../judging-context.ts';
import { duplicateMacs } from './duplicate-macs.ts';

const UDP = 17;
/** A handshake is tried again after five seconds (WireGuard whitepaper section 6.4): one or two may be lost. */
const ENOUGH_INITIATIONS = 3;

export function nodeFindings(shared: Shared): ClusterFinding[] {
  const { topology } = shared.input;
  if (topology === null) return [];
  return [
    ...unansweredHandshakes(shared),
    ...wrongNextHops(shared, topology),
    ...foreignVteps(shared, topology),
    ...duplicateMacs(shared, topology),
  ];
}

function unansweredHandshakes(shared: Shared): ClusterFinding[] {
  const { table } = shared.input;
  const found = new PairMap<ClusterFinding>();
  for (let flow = 0; flow < table.flowCount; flow++) {
    if (table.protocolOf(flow) !== UDP || directionFacts(table, flow).requests < ENOUGH_INITIATIONS) continue;
    const { src, dst } = whoOfFlow(shared, flow);
    const reverse = directionFacts(table, table.reverseOf(flow));
    if (src.node === null || dst.node === null || reverse.replies > 0 || reverse.data > 0) continue;
    if (reverse.packets === 0 && !shared.reverseVisible(flow)) continue;
    const { rows } = countFlow(shared.counting, flow);
    const asked = rows.reduce((sum, row) => sum + table.rows.requests(row), 0);
    const [first] = rows;
    if (asked < ENOUGH_INITIATIONS || first === undefined) continue;
    const [one, other] = [src.node.name, dst.node.name];
    if (found.get(other, one) !== undefined) continue;
    found.of(one, other, () => ({
      code: 'handshake-unanswered',
      fromNode: one,
      toNode: other,
      title: `${other} answers none of ${one}'s ${asked} WireGuard handshakes${reverse.requests > 0 ? ', nor are its own answered' : ''}: UDP is dropped, or the keys do not fit`,
      packets: asked,
      capture: table.links.captureOf(table.linkOf(first)),
      firstPacket: table.rows.firstPacket(first),
      seen: `${asked} handshake initiations to ${table.destinationOf(flow)}:${table.destinationPortOf(flow)}, no response`,
      encapsulation: 'wireguard',
    }));
  }
  return [...found.values()];
}

/** Frames that a node sends to another one on its own link, by the address on the wire, with the MAC of a third. */
function wrongNextHops(shared: Shared, topology: Topology): ClusterFinding[] {
  const { input, points, pathFacts } = shared;
  const { table } = input;
  const claims = arpClaims(shared, topology);
  const addressed = addressedNodes(shared, topology);
  const found = new Map<string, ClusterFinding>();
  for (let row = 0; row < table.rows.count; row++) {
    const path = table.rows.path(row);
    const point = pathFacts.point[path] ?? null;
    const link = table.links.record(table.linkOf(row));
    if (point?.role !== 'underlay' || link.dst === null || link.src === null || link.carried) continue;
    const sender = points.macs.ownNic(link.src);
    const to = sender === null ? null : addressed(path, table.rows.flow(row));
    if (sender === null || to === null || to === sender) continue;
    const other = claims.ownerBeside(link.dst, to, points.macs.ownNic(link.dst));
    const address = pathFacts.tunnel[path]?.outerDst ?? table.destinationOf(table.rows.flow(row));
    if (other === null || other === sender || !isOnLink(sender, address)) continue;
    const key = `${sender.name}|${address}|${link.dst}`;
    const known = found.get(key);
    if (known !== undefined) {
      known.packets += table.rows.distinct(row);
      continue;
    }
    found.set(key, {
      code: 'wrong-next-hop',
      fromNode: sender.name,
      toNode: to.name,
      title: `${sender.name} sends what is for ${to.name}'s address ${address} to ${other.name}'s NIC ${link.dst}: a VIP that moved, a duplicate address, or stale ARP`,
      packets: table.rows.distinct(row),
      capture: point.capture,
      firstPacket: table.rows.firstPacket(row),
      seen: `frames for ${address} with the destination MAC ${link.dst}, which is ${other.name}'s`,
    });
  }
  return [...found.values()];
}

/** The node that a row's frames are for, by the address on the wire. */
function addressedNodes(
  { input: { table }, pathFacts }: Shared,
  topology: Topology,
): (path: number, flow: number) => Node | null {
  const ofPath = pathFacts.tunnel.map(({ outerDst }) => (outerDst === null ? null : topology.nodeByAddress(outerDst)));
  const ofWord = new Map<number, Node | null>();
  return (path, flow) => {
    if (pathFacts.tunnel[path]?.outerDst != null) return ofPath[path] ?? null;
    // an IPv6 word is a number in a table of its own: kept apart as an odd key
    const key = table.destinationWord(flow) * 2 + (table.familyOf(flow) === 6 ? 1 : 0);
    const known = ofWord.get(key);
    if (known !== undefined) return known;
    const node = topology.nodeByAddress(table.destinationOf(flow));
    ofWord.set(key, node);
    return node;
  };
}

function isOnLink({ bgpIPv4, bgpIPv6 }: Node, address: string): boolean {
  return [bgpIPv4, bgpIPv6].some((own) => own !== null && inSubnetOf(own, address));
}

interface Claims {
  /** The node that has this MAC, where it is surely not `to`'s: its own by the snapshot or a capture; or it says so by ARP, and `to` has another one. */
  ownerBeside(mac: string, to: Node, own: Node | null): Node | null;
}

/** Who says by ARP that it has a node's address. A gateway that answers for all of them gives no node a second MAC. */
function arpClaims({ input }: Shared, topology: Topology): Claims {
  const byMac = new Map<string, Set<Node>>();
  const byNode = new Map<Node, Set<string>>();
  for (const { sender, senderMacHigh, senderMacLow } of input.table.arp.pairs()) {
    const node = topology.nodeByAddress(formatIPv4(sender));
    if (node === null) continue;
    const mac = macText(senderMacHigh, senderMacLow);
    byMac.set(mac, (byMac.get(mac) ?? new Set()).add(node));
    byNode.set(node, (byNode.get(node) ?? new Set()).add(mac));
  }
  return {
    ownerBeside(mac, to, own) {
      if (own !== null) return own === to ? null : own;
      const others = [...(byMac.get(mac) ?? [])].filter((node) => node !== to);
      const hasAnother = [...(byNode.get(to) ?? [])].some((one) => one !== mac);
      return others.length === 1 && hasAnother ? (others[0] ?? null) : null;
    },
  };
}

/** VXLAN with the cluster's VNI and port, to a node, from an address that is nobody's, by a list of nodes that is whole; of pods whose node is known it is a translated address. */
function foreignVteps(shared: Shared, topology: Topology): ClusterFinding[] {
  const { pathFacts } = shared;
  const { table } = shared.input;
  if (!topology.nodesComplete || topology.nodes.some(({ addresses }) => addresses.length === 0)) return [];
  const strangers = pathFacts.tunnel.map((tunnel, path) => strangerOf(shared, topology, tunnel, path));
  const found = new Map<string, ClusterFinding>();
  if (strangers.every((one) => one === null)) return [];
  const excused = new Set<string>();
  for (let row = 0; row < table.rows.count; row++) {
    const path = table.rows.path(row);
    const [tunnel, point, to] = [pathFacts.tunnel[path], pathFacts.point[path], strangers[path]];
    if (tunnel?.outerSrc == null || point == null || to == null) continue;
    const { src } = whoOfFlow(shared, table.rows.flow(row));
    if (src.node !== null && isStrong(src)) excused.add(tunnel.outerSrc);
    const known = found.get(tunnel.outerSrc);
    if (known !== undefined) known.packets += table.rows.distinct(row);
    else {
      found.set(tunnel.outerSrc, {
        code: 'foreign-vtep',
        fromNode: null,
        toNode: to.name,
        title: `${tunnel.outerSrc} is no node, and sends ${to.name} VXLAN of the cluster (VNI ${tunnel.vni}): a node that the snapshot lacks, or somebody who injects packets`,
        packets: table.rows.distinct(row),
        capture: point.capture,
        firstPacket: table.rows.firstPacket(row),
        seen: `VXLAN ${tunnel.outerSrc} to ${tunnel.outerDst}, VNI ${tunnel.vni}, UDP ${tunnel.udpPort}`,
        encapsulation: 'vxlan',
      });
    }
  }
  return [...found].filter(([address]) => !excused.has(address)).map(([, finding]) => finding);
}

/** The node that a stranger's tunnel packets of a path are for; null where they are no stranger's. */
function strangerOf(shared: Shared, topology: Topology, tunnel: TunnelRecord, path: number): Node | null {
  const { outerSrc, outerDst } = tunnel;
  if (outerSrc === null || outerDst === null || shared.pathFacts.isUnderlay[path] !== 1) return null;
  const to = topology.nodeByAddress(outerDst);
  if (to === null || !isClusters(shared, tunnel, to)) return null;
  const { node, kind, candidates } = topology.lookup(outerSrc);
  return node !== null || kind === 'pod' || kind === 'tunnel' || candidates.length > 0 ? null : to;
}

function isClusters(
  { settings }: Shared,
  { encapsulation, vni, udpPort }: { encapsulation: string; vni: number | null; udpPort: number | null },
  to: Node,
): boolean {
  return encapsulation === 'vxlan' && vni === settings.vni(to).value && settings.allowedPorts(to).has(udpPort ?? -1);
}
