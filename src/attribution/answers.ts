// Which flows prove that the other direction was sent, though no capture has it.

import { EBPF_NODEPORT_VNI } from '../cluster/calico.ts';
import type { FlowTable } from '../flow/flow-table.ts';
import { BIT } from '../flow/rows/row-layout.ts';

import { directionFacts } from './directions.ts';
import type { Points } from './points/points.ts';

const [ICMP, TCP, ICMPV6] = [1, 6, 58] as const;
/** Four bits of data offset, in words (RFC 9293 section 3.1). */
const LONGEST_TCP_HEADER = 60;
/** With an IPv4 header, whose length is four bits of words too (RFC 791 section 3.1). */
const LONGEST_HEADERS = 120;

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
  const { rows } = table;
  const protocol = table.protocolOf(flow);
  if (isNodePort(table, flow)) return false;
  for (let row = table.firstRow(flow); row >= 0; row = rows.next(row)) {
    if (protocol === TCP && ((rows.bits(row) & BIT.acknowledgementKnown) !== 0 || hasCutData(table, row))) return true;
    if ((protocol === ICMP || protocol === ICMPV6) && rows.replies(row) > 0) return true;
  }
  return false;
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
  const { packets, replies, data, rst } = directionFacts(table, reverse);
  if (!canAcknowledge(table, flow)) return packets > 0;
  return isAnswer(table, reverse) && (rst === 0 || replies > 0 || data > 0);
}

/** Whether packets of the flow's protocol say by themselves that they answer. */
export function canAcknowledge(table: FlowTable, flow: number): boolean {
  const protocol = table.protocolOf(flow);
  return protocol === TCP || protocol === ICMP || protocol === ICMPV6;
}

/** Forwarded by an eBPF node, which takes questions to the pod and answers from the service: two names, so no reverse (calico-facts 4.7). */
function isNodePort(table: FlowTable, flow: number): boolean {
  for (let row = table.firstRow(flow); row >= 0; row = table.rows.next(row)) {
    if (table.tunnels.record(table.tunnelOf(row)).vni === EBPF_NODEPORT_VNI) return true;
  }
  return false;
}

/** The snaplen cut the TCP header off, but packets longer than any header hold data, and data follow a handshake. */
function hasCutData(table: FlowTable, row: number): boolean {
  const { rows } = table;
  const headerSeen = (rows.bits(row) & BIT.sequenceKnown) !== 0;
  const longest = rows.largest(row) > LONGEST_HEADERS;
  return !headerSeen && (longest || rows.payloadBytes(row) > LONGEST_TCP_HEADER * rows.packets(row));
}

function isOnUnderlay(table: FlowTable, points: Points, flow: number): boolean {
  const { rows } = table;
  for (let row = table.firstRow(flow); row >= 0; row = rows.next(row)) {
    if (points.all[points.ofLink[table.linkOf(row)] ?? -1]?.role === 'underlay') return true;
  }
  return false;
}
