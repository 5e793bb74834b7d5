// Which flows prove that the other direction was sent, though no capture has it.
import { BIT } from '../flow/observation-columns.ts';
import type { FlowTable } from '../flow/table.ts';
import type { Points } from './points.ts';

/** Flows of the table that were seen on an underlay, answer something, and whose other direction is in no capture. */
export function flowsWithoutQuestion(table: FlowTable, points: Points): number[] {
  const found: number[] = [];
  for (let flow = 0; flow < table.flowCount; flow++) {
    if (table.reverseOf(flow) < 0 && isAnswer(table, flow) && isOnUnderlay(table, points, flow)) found.push(flow);
  }
  return found;
}

/** TCP that acknowledges (RFC 9293 section 3.10: only what was received), or an echo reply. */
export function isAnswer(table: FlowTable, flow: number): boolean {
  const c = table.columns;
  const protocol = table.protocolOf(flow);
  for (let row = table.firstRow(flow); row >= 0; row = c.next[row] ?? -1) {
    if (protocol === 6 && ((c.bits[row] ?? 0) & BIT.acknowledgementKnown) !== 0) return true;
    if ((protocol === 1 || protocol === 58) && (c.replies[row] ?? 0) > 0) return true;
  }
  return false;
}

function isOnUnderlay(table: FlowTable, points: Points, flow: number): boolean {
  const c = table.columns;
  for (let row = table.firstRow(flow); row >= 0; row = c.next[row] ?? -1) {
    if (points.all[points.ofLink[c.link[row] ?? 0] ?? -1]?.role === 'underlay') return true;
  }
  return false;
}
