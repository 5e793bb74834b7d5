// Findings that no single flow shows: ARP on a tunnel device, one VTEP MAC at two nodes, an underlay that carries nothing
// between two nodes, ICMP that passes where TCP does not (calico-facts 10.7, 10.9, 10.12, 10.13).
import type { Points } from '../attribution/points.ts';
import { macText } from '../flow/links.ts';
import type { FlowTable } from '../flow/table.ts';
import { formatIPv4 } from '../net/ip.ts';
import type { Topology } from '../topology/model.ts';
import type { FindingCode } from './codes.ts';
import type { TracedFlow } from './types.ts';

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
}

export function tableFindings(table: FlowTable, points: Points, topology: Topology | null): ClusterFinding[] {
  if (topology === null) return [];
  return [...missingNeighbours(table, points, topology), ...duplicateMacs(table, topology)];
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

/** One inner source MAC behind two nodes' outer addresses: cloned machines, or one node name used twice. */
function duplicateMacs(table: FlowTable, topology: Topology): ClusterFinding[] {
  const sources = new Map<string, Map<string, string>>();
  for (let i = 1; i < table.tunnels.count; i++) {
    const { encapsulation, innerSrcMac, outerSrc } = table.tunnels.record(i);
    if (encapsulation !== 'vxlan' || innerSrcMac === null || outerSrc === null) continue;
    if (topology.nodeByVtepMac(innerSrcMac) === null && !innerSrcMac.startsWith('66:')) continue;
    const node = topology.nodeByAddress(outerSrc);
    if (node === null) continue;
    const nodes = sources.get(innerSrcMac) ?? new Map<string, string>();
    nodes.set(node.name, outerSrc);
    sources.set(innerSrcMac, nodes);
  }
  return [...sources]
    .filter(([, nodes]) => nodes.size > 1)
    .map(([mac, nodes]) => {
      const [first = '', second = ''] = [...nodes.keys()];
      return {
        code: 'duplicate-tunnel-mac' as const,
        fromNode: first,
        toNode: null,
        title: `${first} and ${second} both send with the VTEP MAC ${mac}`,
        packets: 0,
        capture: null,
        firstPacket: null,
        seen: `inner source ${mac} from ${[...nodes.values()].join(' and ')}`,
      };
    });
}

/** Gathers per pair of nodes what arrived and what was answered. */
export interface PairTally {
  add(flow: TracedFlow): void;
  findings(): ClusterFinding[];
}

interface Pair {
  from: string;
  to: string;
  tunnelSent: number;
  tunnelArrived: number;
  echoAnswered: number;
  tcpAnswered: number;
  synUnanswered: number;
  capture: number | null;
  firstPacket: number | null;
}

/** Fewer packets than this, all lost, are bad luck. */
const ENOUGH_LOST = 3;

export function pairTally(): PairTally {
  const pairs = new Map<string, Pair>();
  return {
    add(flow) {
      if (flow.src.node === null || flow.dst.node === null || flow.src.node === flow.dst.node) return;
      const key = `${flow.src.node}|${flow.dst.node}`;
      const pair = pairs.get(key) ?? newPair(flow);
      pairs.set(key, pair);
      addToPair(pair, flow);
    },
    findings: () =>
      [...pairs.values()].flatMap((pair) => [droppedOverlay(pair), icmpOnly(pair)].filter((f) => f !== null)),
  };
}

function newPair(flow: TracedFlow): Pair {
  const counts = { tunnelSent: 0, tunnelArrived: 0, echoAnswered: 0, tcpAnswered: 0, synUnanswered: 0 };
  const place = {
    capture: flow.observations[0]?.capture ?? null,
    firstPacket: flow.observations[0]?.firstPacket ?? null,
  };
  return { from: flow.src.node ?? '', to: flow.dst.node ?? '', ...counts, ...place };
}

function addToPair(pair: Pair, flow: TracedFlow): void {
  const tunnelled = flow.observed.encapsulation === 'vxlan' || flow.observed.encapsulation === 'ipip';
  const misdirected = flow.findings.some((f) => f.code === 'wrong-destination-vtep');
  if (tunnelled && flow.arrival !== null && !misdirected) {
    pair.tunnelSent += flow.arrival.sent;
    pair.tunnelArrived += flow.arrival.arrived;
  }
  const answered = flow.outcome === 'answered' || flow.outcome === 'refused';
  if ((flow.protocol === 'icmp' || flow.protocol === 'icmpv6') && answered) pair.echoAnswered++;
  if (flow.protocol !== 'tcp') return;
  if (answered) pair.tcpAnswered++;
  else if (flow.findings.some((f) => f.code === 'no-reply') || flow.outcome === 'sent-never-arrived')
    pair.synUnanswered++;
}

function droppedOverlay(pair: Pair): ClusterFinding | null {
  if (pair.tunnelSent < ENOUGH_LOST || pair.tunnelArrived > 0) return null;
  return {
    code: 'underlay-drops-overlay',
    fromNode: pair.from,
    toNode: pair.to,
    title: `no tunnel packet of ${pair.from} reached ${pair.to}: the underlay blocks it (firewall, security group, hypervisor)`,
    packets: pair.tunnelSent,
    capture: pair.capture,
    firstPacket: pair.firstPacket,
    seen: `${pair.tunnelSent} tunnel packets left ${pair.from}'s NIC, 0 arrived at ${pair.to}'s`,
  };
}

function icmpOnly(pair: Pair): ClusterFinding | null {
  if (pair.echoAnswered === 0 || pair.tcpAnswered > 0 || pair.synUnanswered === 0) return null;
  return {
    code: 'icmp-only',
    fromNode: pair.from,
    toNode: pair.to,
    title: `between ${pair.from} and ${pair.to}, ICMP is answered and TCP is not: checksum offload, MTU or a policy`,
    packets: 0,
    capture: pair.capture,
    firstPacket: pair.firstPacket,
    seen: `${pair.echoAnswered} ICMP flows answered, ${pair.synUnanswered} TCP flows without an answer`,
  };
}
