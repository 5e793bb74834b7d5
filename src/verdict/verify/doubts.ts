// Unverifiable flows that keep `verify` from passing: what was seen there speaks against a proof, though it proves no fault.
// Other unverifiable flows (seen on a veth only, ...) merely add nothing.
import { poolEncapsulation } from '../../attribution/sender/expected.ts';
import { WORKLOAD_MAC } from '../../cluster/calico.ts';
import type { Topology } from '../../topology/model.ts';
import type { FlowBrief } from '../trace-types.ts';
import type { Expectation } from './questions.ts';

/** Reasons of flows in scope. */
const DOUBTS: ReadonlySet<string> = new Set([
  'not-in-capture',
  'contradicting-files',
  'foreign-tunnel',
  'tunnel-mac-differs',
  'not-calicos-choice',
  'before-mode-change',
  'after-mode-change',
]);
/**
 * Reasons of any flow: traffic that may not leave its node has nothing to meet, cut-off packets have no pods, and what is asked between
 * two nodes may hang on a link that nobody knows.
 */
const DOUBTS_ANYWHERE: ReadonlySet<string> = new Set([
  'owner-elsewhere',
  'owner-by-block',
  'snapshot-conflict',
  'inner-cut-off',
  'subnet-unknown',
  'direct-routing-unknown',
]);

/** Reasons for which it is not known which node sent or has a packet. */
const OPEN_ENDS: ReadonlySet<string> = new Set(['sender-unknown', 'receiver-unknown', 'owner-unknown']);

export function isDoubtful(flow: FlowBrief, expect: Expectation, topology: Topology | null): boolean {
  const { unverified } = flow;
  if (unverified === null) return false;
  const { reason } = unverified;
  if (DOUBTS_ANYWHERE.has(reason) || (flow.inScope && DOUBTS.has(reason))) return true;
  if (reason === 'point-unknown') return flow.inScope && isPlainWhereTunnelled(flow, expect);
  if (isUnproven(flow)) return isQuestion(flow);
  // a tunnel to a node that would be wrong for its pods has a receiver that nobody knows
  // in clear, where both nodes may have keys
  if (reason === 'wireguard-node-unknown') return isTunnelledOrPlain(flow);
  if (reason === 'foreign-tunnel') return isCopyOfLocal(flow);
  const isPlain = flow.observed.encapsulation === 'none';
  // nobody's address, yet the cluster's own tunnel carries what is for it, and its pool asks for none: the pool may have changed
  if (reason === 'owner-unknown' && !isPlain && isTunnelledOrPlain(flow))
    return flow.dst.pool !== null && !asksForTunnel(topology, [flow.dst.pool]);
  const isOpen = OPEN_ENDS.has(reason) && (isPlain || reason === 'receiver-unknown');
  return isOpen && asksForTunnel(topology, [flow.expected.pool, flow.src.pool, flow.dst.pool]);
}

/** Frames of a NIC, in a mirror's tunnel, with what may not leave its node; a veth's have the MAC of every veth. */
function isCopyOfLocal(flow: FlowBrief): boolean {
  if (flow.expected.encapsulation !== 'local') return false;
  return flow.whole().observations.some(({ innerSrcMac, innerDstMac }) => {
    const macs = [innerSrcMac, innerDstMac];
    return innerSrcMac !== null && innerDstMac !== null && !macs.includes(WORKLOAD_MAC);
  });
}

function isTunnelledOrPlain({ observed }: FlowBrief): boolean {
  return observed.encapsulation === 'none' || observed.encapsulation === 'vxlan' || observed.encapsulation === 'ipip';
}

/** Nobody proved who got it: a pass names what may be without an answer. */
export function isUnproven({ unverified }: FlowBrief): boolean {
  return unverified?.reason === 'receiver-unproven';
}

/** UDP ports where everything sent is a question or an answer: DNS, NTP. */
const ASKING_PORTS: readonly (number | null)[] = [53, 123];

/** What is never sent without an answer: silence then speaks against its delivery. */
function isQuestion({ protocol, srcPort, dstPort }: FlowBrief): boolean {
  if (protocol !== 'udp') return protocol === 'tcp' || protocol === 'icmp' || protocol === 'icmpv6';
  return ASKING_PORTS.includes(srcPort) || ASKING_PORTS.includes(dstPort);
}

/**
 * A place that nobody can name never excuses: a healthy capture of a node always has the encapsulated copy at its underlay, so a
 * packet that is plain at an unknown place and nowhere else may have gone past the overlay.
 */
function isPlainWhereTunnelled(flow: FlowBrief, expect: Expectation): boolean {
  const encapsulation = expect === 'config' ? flow.expected.encapsulation : expect;
  if (encapsulation === null || encapsulation === 'none' || encapsulation === 'local') return false;
  return flow.whole().observations.some((seen) => seen.encapsulation === 'none');
}

/** Whether one of these pools asks for a tunnel, somewhere at least. */
function asksForTunnel(topology: Topology | null, names: readonly (string | null)[]): boolean {
  return (
    topology?.pools.some((pool) => names.includes(pool.name) && poolEncapsulation(pool).encapsulation !== 'none') ??
    false
  );
}
