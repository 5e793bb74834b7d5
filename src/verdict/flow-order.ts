// The order in which flows are listed, and which two of them make a conversation.
import { type Clocks, onReference } from '../attribution/clocks/clocks.ts';
import type { FlowTable } from '../flow/flow-table.ts';

/** Order of first packet: as read from one capture, by time, clocks corrected, from several. */
export function flowOrder(table: FlowTable, captures: number, clocks: Clocks): Int32Array {
  const order = Int32Array.from({ length: table.flowCount }, (_, i) => i);
  if (captures < 2) return order;
  const { rows } = table;
  const times = Float64Array.from(order, (flow) => {
    let earliest = Number.POSITIVE_INFINITY;
    for (let row = table.firstRow(flow); row >= 0; row = rows.next(row)) {
      const first = rows.firstSeconds(row) + rows.firstNanos(row) / 1e9;
      earliest = Math.min(earliest, onReference(clocks, table.links.captureOf(table.linkOf(row)), first));
    }
    return earliest;
  });
  return order.sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b);
}

export function numberConversations(
  table: FlowTable,
  order: Int32Array,
): { positionOf: Int32Array; conversationOf: Int32Array; conversations: number } {
  const positionOf = new Int32Array(order.length);
  order.forEach((flow, position) => {
    positionOf[flow] = position;
  });
  const conversationOf = new Int32Array(order.length);
  let conversations = 0;
  order.forEach((flow, position) => {
    const reverse = table.reverseOf(flow);
    const other = reverse < 0 ? position : (positionOf[reverse] ?? position);
    conversationOf[position] = other < position ? (conversationOf[other] ?? 0) : conversations++;
  });
  return { positionOf, conversationOf, conversations };
}
