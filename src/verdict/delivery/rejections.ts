// ICMP errors that quote a tunnel packet: somebody on the way, or its receiver, refuses what a node sent for another node's pods.
// No pod ever hears of it, so that its flows look merely silent.

import type { SeenObservation } from '../../attribution/observe.ts';
import { EBPF_NODEPORT_VNI } from '../../cluster/calico.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import type { IcmpError } from '../../flow/rare/icmp-errors.ts';
import { flowOfQuote } from '../../flow/rare/quoted-packet.ts';
import type { Node, Topology } from '../../topology/model.ts';
import type { Settings } from '../flow/overlay-in-use.ts';

/** What one sender says of the tunnel packets of one flow, or of two nodes where the quotes are too short to name it. */
export interface Rejection {
  /** Who says it, in words, and what. */
  by: string;
  says: string;
  means: string;
  tunnel: string;
  outerSrc: string;
  outerDst: string;
  from: Node | null;
  to: Node | null;
  /** Errors. */
  count: number;
  capture: number;
  firstPacket: number;
  /** -1 where the quote ends before it. */
  innerFlow: number;
}

export interface Rejections {
  all: readonly Rejection[];
  /** Whether an error quotes a packet of this very flow. */
  quotes(flow: number): boolean;
  /** What is said of a flow; of a silent one also what is said of the tunnel that it was in. */
  of(flow: number, observations: readonly SeenObservation[], isSilent: boolean): Rejection | null;
}

const [IPIP, UDP, IPV6_IN_IP] = [4, 17, 41] as const;
/** Redirects and source quenches advise; the packet went on. */
const ADVICE: ReadonlySet<number> = new Set([4, 5]);

export function rejections(table: FlowTable, topology: Topology | null, settings: Settings): Rejections {
  const found = new Map<string, Rejection>();
  const byFlow = new Map<number, Rejection>();
  for (const error of table.icmpErrors.list) {
    const tunnel = isOfPods(table, error, topology) ? null : tunnelOf(error, topology, settings);
    if (tunnel === null || (error.family === 4 && ADVICE.has(error.type))) continue;
    const innerFlow = error.inner === null ? -1 : flowOfQuote(table, error.inner);
    const one = rejectionOf(table, topology, { error, tunnel, innerFlow });
    const key = [one.by, one.outerSrc, one.outerDst, one.says, innerFlow].join('|');
    const known = found.get(key);
    if (known !== undefined) {
      known.count++;
      continue;
    }
    found.set(key, one);
    if (innerFlow >= 0 && !byFlow.has(innerFlow)) byFlow.set(innerFlow, one);
  }
  const all = [...found.values()];
  return {
    all,
    quotes: (flow) => byFlow.has(flow),
    of(flow, observations, isSilent) {
      const quoted = byFlow.get(flow);
      if (quoted !== undefined || !isSilent) return quoted ?? null;
      // what an eBPF node forwards is answered by another name: whether it is silent is not known
      const own = observations.filter(({ vni }) => vni !== EBPF_NODEPORT_VNI);
      const carries = (one: Rejection): boolean =>
        own.some(({ outerSrc, outerDst }) => outerSrc === one.outerSrc && outerDst === one.outerDst);
      return all.find(carries) ?? null;
    },
  };
}

/** `h-2 answers h-1's VXLAN to 10.8.0.12 with ICMP "host prohibited"`. */
export function rejectionText({ by, from, outerSrc, outerDst, tunnel, says, means }: Rejection): string {
  return `${by} answers ${from?.name ?? outerSrc}'s ${tunnel} to ${outerDst} with ICMP "${says}": ${means}`;
}

/** A tunnel of which an end is in a pool and no node is one that pods have of their own: it is payload. */
function isOfPods(
  { addresses }: FlowTable,
  { source, destination, family }: IcmpError,
  topology: Topology | null,
): boolean {
  if (topology === null) return false;
  return [source, destination].some((word) => {
    const address = addresses.text(word, family);
    return topology.nodeByAddress(address) === null && topology.lookup(address).pool !== null;
  });
}

/** The tunnel that a quoted packet belongs to, in words; null if it is none of the cluster's. */
function tunnelOf(error: IcmpError, topology: Topology | null, settings: Settings): string | null {
  if (error.protocol === IPIP || error.protocol === IPV6_IN_IP)
    return error.inner === null && topology === null ? null : 'IPIP';
  if (error.protocol !== UDP || error.destinationPort === null) return null;
  if (error.inner !== null) return 'VXLAN';
  return settings.allowedPorts(null).has(error.destinationPort) ? 'VXLAN' : null;
}

function rejectionOf(
  table: FlowTable,
  topology: Topology | null,
  { error, tunnel, innerFlow }: { error: IcmpError; tunnel: string; innerFlow: number },
): Rejection {
  const { family, says, mtu, observation, packet } = error;
  const outerSrc = table.addresses.text(error.source, family);
  const outerDst = table.addresses.text(error.destination, family);
  const from = topology?.nodeByAddress(outerSrc) ?? null;
  const sender = table.sourceOf(table.rows.flow(observation));
  const node = topology?.nodeByAddress(sender) ?? null;
  return {
    // what comes to a node from outside was not sent by it, whatever address it has
    by: node === null || node === from ? sender : `${node.name} (${sender})`,
    says: mtu > 0 ? `${says}, MTU ${mtu}` : says,
    means: meaningOf(says),
    tunnel,
    outerSrc,
    outerDst,
    from,
    to: topology?.nodeByAddress(outerDst) ?? null,
    count: 1,
    capture: table.links.captureOf(table.linkOf(observation)),
    firstPacket: packet,
    innerFlow,
  };
}

const MEANINGS: readonly (readonly [RegExp, string])[] = [
  [/prohibited|policy/, 'a firewall there has a REJECT rule for it'],
  [/port unreachable/, 'no VXLAN device is up there, or a firewall has a REJECT rule for the port'],
  [/protocol unreachable|next header/, 'no tunnel device of this kind is there'],
  [/host|address/, 'nobody on the last link answers for that address, or a firewall has a REJECT rule'],
  [/network|route/, 'there is no route to that address from there'],
  [/TTL|hop limit/, 'the packet went in a circle'],
  [/fragmentation needed|too big/, 'the tunnel packet is larger than the MTU of the way'],
];

function meaningOf(says: string): string {
  return MEANINGS.find(([pattern]) => pattern.test(says))?.[1] ?? 'it did not get through';
}
