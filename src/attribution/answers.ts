// Which flows prove that the other direction was sent, though no capture has it.

import { EBPF_NODEPORT_VNI } from '../cluster/calico.ts';
import type { FlowTable } from '../flow/flow-table.ts';
import { FLOW_MARK as MARK } from '../flow/rows/flow-marks.ts';
import type { Points } from './points/points.ts';

const [ICMP, TCP, ICMPV6] = [1, 6, 58] as const;
const MAY_ANSWER = MARK.acknowledges | MARK.cutData | MARK.replies;

/** Flows of the table that were seen on an underlay, answer something, and whose other direction is in no capture. */
export function flowsWithoutQuestion(table: FlowTable, points: Points): number[] {
  const found: number[] = [];
  for (let flow = 0; flow < table.flowCount; flow++) {
    if (table.reverseOf(flow) < 0 && isAnswer(table, flow) && isOnUnderlay(table, points, flow)) found.push(flow);
  }
  return found;
}

/** TCP that acknowledges (RFC 9293 section 3.10: only what was received) or carries data, or an echo reply. */
export function isAnswer(table: FlowTable, flow: number): boolean {
  const marks = table.marks[flow]!;
  if (!(marks & MAY_ANSWER)) return false;
  const protocol = table.protocolOf(flow);
  const shows = protocol === TCP ? MARK.acknowledges | MARK.cutData : isIcmp(protocol) ? MARK.replies : 0;
  return (marks & shows) !== 0 && !isNodePort(table, flow);
}

/**
 * Whether a flow and its reverse answer each other: of TCP and echo something must say so (two nodes may ping each other), of
 * others the way back is enough.
 */
export function isAnswered(table: FlowTable, flow: number, reverse: number): boolean {
  return !canAcknowledge(table, flow) || isAnswer(table, flow) || isAnswer(table, reverse);
}

/** Whether the other direction shows that packets of a flow arrived. A reset alone may be a firewall's on the way. */
export function isAnsweredBack(table: FlowTable, flow: number): boolean {
  const reverse = table.reverseOf(flow);
  if (reverse < 0) return false;
  const marks = table.marks[reverse]!;
  if (!canAcknowledge(table, flow)) return (marks & MARK.packets) !== 0;
  return isAnswer(table, reverse) && (!(marks & MARK.resets) || (marks & (MARK.replies | MARK.data)) !== 0);
}

/** Whether packets of the flow's protocol say by themselves that they answer. */
export function canAcknowledge(table: FlowTable, flow: number): boolean {
  const protocol = table.protocolOf(flow);
  return protocol === TCP || isIcmp(protocol);
}

function isIcmp(protocol: number): boolean {
  return protocol === ICMP || protocol === ICMPV6;
}

/** Forwarded by an eBPF node, which takes questions to the pod and answers from the service: two names, so no reverse (calico-facts 4.7). */
function isNodePort(table: FlowTable, flow: number): boolean {
  for (let row = table.firstRow(flow); row >= 0; row = table.rows.next(row)) {
    if (table.tunnels.record(table.tunnelOf(row)).vni === EBPF_NODEPORT_VNI) return true;
  }
  return false;
}

function isOnUnderlay(table: FlowTable, points: Points, flow: number): boolean {
  const { rows } = table;
  for (let row = table.firstRow(flow); row >= 0; row = rows.next(row)) {
    if (points.all[points.ofLink[table.linkOf(row)] ?? -1]?.role === 'underlay') return true;
  }
  return false;
}
