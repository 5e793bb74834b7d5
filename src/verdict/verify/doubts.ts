// Unverifiable flows that keep `verify` from passing: what was seen there speaks against a proof, though it proves no fault.
// Other unverifiable flows (seen on a veth only, ...) merely add nothing.
import { poolEncapsulation } from '../../attribution/sender/expected.ts';
import { WORKLOAD_MAC } from '../../cluster/calico.ts';
import type { Topology } from '../../topology/model.ts';
import { snapshotsOf } from '../../topology/time/timeline.ts';
import type { FlowBrief, TracedCapture } from '../trace-types.ts';
import type { Expectation } from './questions.ts';
import type { VerifyOptions } from './verify-report.ts';

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
  'across-mode-change',
  'inner-cut-off',
  'subnet-unknown',
  'direct-routing-unknown',
]);

/** Reasons for which it is not known which node sent or has a packet. */
const OPEN_ENDS: ReadonlySet<string> = new Set(['sender-unknown', 'receiver-unknown', 'owner-unknown']);

export function isDoubtful(
  flow: FlowBrief,
  { expect, topology }: Pick<VerifyOptions, 'expect' | 'topology'>,
  captures: readonly TracedCapture[],
): boolean {
  const { unverified } = flow;
  if (unverified === null) return false;
  const { reason } = unverified;
  if (DOUBTS_ANYWHERE.has(reason) || (flow.inScope && DOUBTS.has(reason))) return true;
  if (reason === 'no-underlay') return flow.inScope && isOnNicsLink(flow, expect, captures);
  if (reason === 'nodes-missing' && flow.observed.encapsulation === 'none') return true;
  if (reason === 'point-unknown') {
    const isOut = isLocal(flow) && topology?.profile.workloads.mac !== null;
    return isOut || (flow.inScope && isPlainWhereTunnelled(flow, expect));
  }
  if (isUnproven(flow)) return isQuestion(flow);
  // in clear, where both nodes may have keys
  if (reason === 'wireguard-node-unknown') return isTunnelledOrPlain(flow);
  if (reason === 'foreign-tunnel') return isCopyOfLocal(flow);
  const isPlain = flow.observed.encapsulation === 'none';
  const snapshots = topology === null ? [] : snapshotsOf(topology);
  // nobody's address, yet the cluster's own tunnel carries what is for it, and its pool asks for none: the pool may have changed
  if (reason === 'owner-unknown' && !isPlain && isTunnelledOrPlain(flow))
    return (
      flow.dst.pool !== null && !(snapshots.length > 0 && snapshots.every((one) => asksForTunnel(one, [flow.dst.pool])))
    );
  // a tunnel to a node that would be wrong for its pods has a receiver that nobody knows
  const isOpen = OPEN_ENDS.has(reason) && (isPlain || reason === 'receiver-unknown');
  return isOpen && snapshots.some((one) => asksForTunnel(one, [flow.expected.pool, flow.src.pool, flow.dst.pool]));
}

/** What may not leave its node: of a device that is no pod's veth, where these have one MAC, it may have. */
function isLocal({ expected }: FlowBrief): boolean {
  return expected.encapsulation === 'local';
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
  return isTunnelAsked(flow, expect) && flow.whole().observations.some((seen) => seen.encapsulation === 'none');
}

/**
 * Frames like a veth's in an Ethernet capture of a NIC, and no copy in a tunnel: an eBPF node lets pods' frames out as they are
 * (calico-facts 10 #23), unless captures of both were merged.
 */
function isOnNicsLink(flow: FlowBrief, expect: Expectation, captures: readonly TracedCapture[]): boolean {
  if (!isTunnelAsked(flow, expect)) return false;
  return flow.whole().observations.some(({ capture: i, point }) => {
    const capture = captures[i];
    const isVeth = capture?.points[point]?.role === 'workload';
    return isVeth && capture.format === 'pcap' && capture.linkType === ETHERNET && capture.points.some(isNic);
  });
}

/** LINKTYPE_ETHERNET: one interface, whose frames all have its own link. */
const ETHERNET = 1;

function isNic({ role }: TracedCapture['points'][number]): boolean {
  return role === 'underlay';
}

function isTunnelAsked({ expected }: FlowBrief, expect: Expectation): boolean {
  const encapsulation = expect === 'config' ? expected.encapsulation : expect;
  return encapsulation !== null && encapsulation !== 'none' && encapsulation !== 'local';
}

/** Whether one of these pools asks for a tunnel, somewhere at least. */
function asksForTunnel({ pools }: Topology, names: readonly (string | null)[]): boolean {
  return pools.some((pool) => names.includes(pool.name) && poolEncapsulation(pool).encapsulation !== 'none');
}
