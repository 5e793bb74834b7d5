// Which flows prove that the other direction was sent, though no capture has it.

import type { FlowTable } from '../flow/flow-table.ts';
import { BIT } from '../flow/observation-columns.ts';
import type { Points } from './points/points.ts';

const TCP = 6;
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
  const c = table.columns;
  const protocol = table.protocolOf(flow);
  for (let row = table.firstRow(flow); row >= 0; row = c.next[row] ?? -1) {
    if (protocol === TCP && (((c.bits[row] ?? 0) & BIT.acknowledgementKnown) !== 0 || hasCutData(table, row)))
      return true;
    if ((protocol === 1 || protocol === 58) && (c.replies[row] ?? 0) > 0) return true;
  }
  return false;
}

/** The snaplen cut the TCP header off, but packets longer than any header hold data, and data follow a handshake. */
function hasCutData(table: FlowTable, row: number): boolean {
  const c = table.columns;
  const headerSeen = ((c.bits[row] ?? 0) & BIT.sequenceKnown) !== 0;
  const longest = (c.largest[row] ?? 0) > LONGEST_HEADERS;
  return !headerSeen && (longest || (c.payloadBytes[row] ?? 0) > LONGEST_TCP_HEADER * (c.packets[row] ?? 0));
}

function isOnUnderlay(table: FlowTable, points: Points, flow: number): boolean {
  const c = table.columns;
  for (let row = table.firstRow(flow); row >= 0; row = c.next[row] ?? -1) {
    if (points.all[points.ofLink[c.link[row] ?? 0] ?? -1]?.role === 'underlay') return true;
  }
  return false;
}
