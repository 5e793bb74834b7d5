// Findings that no single flow shows: ARP on a tunnel device, a node that nobody answers for, a pool over the nodes' network
// (calico-facts 10.7, 10.9).

import type { Points } from '../../attribution/points/points.ts';
import type { Observed } from '../../attribution/vocabulary.ts';
import { isClaimedByPoolOnly, lanHosts } from '../../attribution/who/lan-hosts.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import { PACKET_TYPE } from '../../flow/frame-records.ts';
import { macText } from '../../flow/paths/links.ts';
import { formatIPv4 } from '../../net/ip.ts';
import type { Topology } from '../../topology/model.ts';
import type { FindingCode } from '../codes.ts';
import { type Rejection, rejectionText } from '../delivery/rejections.ts';

/** A finding with nodes instead of flows. */
export interface ClusterFinding {
  code: FindingCode;
  fromNode: string | null;
  toNode: string | null;
  title: string;
  packets: number;
  capture: number | null;
  firstPacket: number | null;
  seen: string;
  /** What should have been seen, where the code's meaning does not say it. */
  expected?: string;
  /** How the packets were sent, where that tells what to check. */
  encapsulation?: Observed['encapsulation'];
  /** Flows that suffer, and how many they are; their ids are capped. */
  flowIds?: readonly number[];
  flows?: number;
  /** Nothing of this kind gets through: that explains its silence. */
  stops?: 'TCP' | 'everything' | null;
}

export function tableFindings(table: FlowTable, points: Points, topology: Topology | null): ClusterFinding[] {
  if (topology === null) return [];
  return [
    ...missingNeighbours(table, points, topology),
    ...unreachableNodes(table, points, topology),
    ...poolsOverHosts(table, points, topology),
  ];
}

/** By the two nodes of the tunnel: of each, what was said first. Where flows are known to suffer, they tell it. */
export function rejectedTunnels(all: readonly Rejection[]): ClusterFinding[] {
  const found = new Map<string, ClusterFinding>();
  for (const one of all) {
    const key = `${one.outerSrc}|${one.outerDst}`;
    const known = found.get(key);
    if (known !== undefined) known.packets += one.count;
    else {
      found.set(key, {
        code: 'overlay-rejected',
        fromNode: one.from?.name ?? null,
        toNode: one.to?.name ?? null,
        title: rejectionText(one),
        packets: one.count,
        capture: one.capture,
        firstPacket: one.firstPacket,
        seen: `ICMP "${one.says}" from ${one.by}, which quotes ${one.tunnel} ${one.outerSrc} to ${one.outerDst}`,
      });
    }
  }
  return [...found.values()];
}

/** Hosts of the nodes' network that a pool claims: one finding per pool, by the first of them. */
function poolsOverHosts(table: FlowTable, points: Points, topology: Topology): ClusterFinding[] {
  const findings = new Map<string, ClusterFinding>();
  for (const [address, { node, pair }] of lanHosts(table, topology)) {
    const owner = topology.lookup(address);
    if (owner.pool === null || !isClaimedByPoolOnly(owner)) continue;
    const { name, cidr } = owner.pool;
    const known = findings.get(name);
    if (known !== undefined) {
      known.packets += pair.packets;
      continue;
    }
    findings.set(name, {
      code: 'pool-over-node-subnet',
      fromNode: node.name,
      toNode: null,
      title: `pool ${name} (${cidr}) covers ${node.name}'s own network: ${address} is a host there`,
      packets: pair.packets,
      capture: points.all[points.ofLink[pair.link] ?? -1]?.capture ?? null,
      firstPacket: pair.firstPacket,
      seen: `ARP of ${address} with ${node.name}; no pod, allocation or block has the address`,
    });
  }
  return [...findings.values()];
}

/** Felix writes every VTEP's neighbour entry: ARP for one means that it is not there. */
function missingNeighbours(table: FlowTable, points: Points, topology: Topology): ClusterFinding[] {
  const pairs = [...table.arp.pairs()];
  const answered = new Set(pairs.filter((p) => p.operation === 2).map((p) => p.sender));
  const findings = new Map<string, ClusterFinding>();
  for (const pair of pairs) {
    const point = points.all[points.ofLink[pair.link] ?? -1];
    if (pair.operation !== 1 || point?.role !== 'tunnel' || answered.has(pair.target)) continue;
    const target = formatIPv4(pair.target);
    const to = topology.lookup(target).node;
    const from = point.topologyNode ?? topology.lookup(formatIPv4(pair.sender)).node;
    const key = `${from?.name}|${target}`;
    const known = findings.get(key);
    if (known !== undefined) {
      known.packets += pair.packets;
      continue;
    }
    findings.set(key, {
      code: 'missing-neighbour',
      fromNode: from?.name ?? null,
      toNode: to?.name ?? null,
      title: `${from?.name ?? 'a node'} has no neighbour entry for ${to?.name ?? 'a node'}'s tunnel address ${target}`,
      packets: pair.packets,
      capture: point.capture,
      firstPacket: pair.firstPacket,
      seen: `ARP who-has ${target} on the tunnel device, unanswered (sender ${macText(pair.senderMacHigh, pair.senderMacLow)})`,
    });
  }
  return [...findings.values()];
}

/** One unanswered ARP request may be the end of the capture. */
const ENOUGH_ASKED = 2;

/** A node that asks for another node's address on its NIC, again and again, and is never answered (calico-facts 10.2). */
function unreachableNodes(table: FlowTable, points: Points, topology: Topology): ClusterFinding[] {
  const asked = new Map<string, ClusterFinding>();
  const heard = new Set<number>();
  for (const pair of table.arp.pairs()) heard.add(pair.sender);
  const hearing = pointsThatHear(table, points);
  const sending = pointsThatSend(table, points);
  for (const pair of table.arp.pairs()) {
    const point = points.all[points.ofLink[pair.link] ?? -1];
    const to = topology.nodeByAddress(formatIPv4(pair.target));
    const from = topology.nodeByAddress(formatIPv4(pair.sender));
    if (pair.operation !== 1 || point?.role !== 'underlay' || to === null || from === null || from === to) continue;
    const showsAnswers = point.topologyNode === to ? sending : hearing;
    if (heard.has(pair.target) || !showsAnswers.has(points.ofLink[pair.link] ?? -1)) continue;
    const key = `${from.name}|${to.name}`;
    const known = asked.get(key);
    if (known !== undefined) known.packets += pair.packets;
    else {
      const address = formatIPv4(pair.target);
      asked.set(key, {
        code: 'node-unreachable',
        fromNode: from.name,
        toNode: to.name,
        title: `${from.name} gets no answer when it asks for ${to.name}'s address ${address}`,
        packets: pair.packets,
        capture: point.capture,
        firstPacket: pair.firstPacket,
        seen: `ARP who-has ${address}, unanswered`,
      });
    }
  }
  return [...asked.values()].filter((finding) => finding.packets >= ENOUGH_ASKED);
}

/** Points with frames of more than one sender: a capture of what a node sends shows no answers at all. */
function pointsThatHear(table: FlowTable, points: Points): Set<number> {
  const first = new Map<number, string>();
  const hearing = new Set<number>();
  for (let link = 0; link < table.links.count; link++) {
    const point = points.ofLink[link] ?? -1;
    const { src } = table.links.record(link);
    if (src === null) continue;
    const known = first.get(point);
    if (known === undefined) first.set(point, src);
    else if (known !== src) hearing.add(point);
  }
  return hearing;
}

/** Points with frames that their own node sent: where what it hears was captured alone, its answers are not to be seen. */
function pointsThatSend(table: FlowTable, { all, ofLink }: Points): Set<number> {
  const sending = new Set<number>();
  for (let link = 0; link < table.links.count; link++) {
    const { src, packetType } = table.links.record(link);
    const mac = all[ofLink[link] ?? -1]?.mac ?? null;
    if (packetType === PACKET_TYPE.outgoing || (mac !== null && src === mac)) sending.add(ofLink[link] ?? -1);
  }
  return sending;
}
