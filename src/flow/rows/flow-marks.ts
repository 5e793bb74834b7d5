// What a flow's rows show, as bits: one word per flow, so that looking at both directions of a conversation reads two words that are near,
// instead of the records of all their rows. Made in one pass when reading has ended.

import { circles } from './circles.ts';
import { BIT } from './row-layout.ts';
import type { RowRecords } from './row-records.ts';

/** Bits of a flow: what any of its rows has. */
export const FLOW_MARK = {
  packets: 1 << 0,
  /** SYNs and echo requests; what answers them; TCP that carries data, or resets. */
  requests: 1 << 1,
  replies: 1 << 2,
  data: 1 << 3,
  resets: 1 << 4,
  /** TCP that acknowledges. */
  acknowledges: 1 << 5,
  /** Packets longer than any header, of which the snaplen left no TCP header: data, and data follow a handshake. */
  cutData: 1 << 6,
  /** More than one row. */
  several: 1 << 7,
  /** Fragments of the outer packet; packets in a circle. */
  outerFragments: 1 << 8,
  circles: 1 << 9,
  /** Large segments that were sent again; one segment that was, over and over. */
  largeAgain: 1 << 10,
  resent: 1 << 11,
  wrongChecksums: 1 << 12,
} as const;

/** A flow table, as far as its flows' rows go. */
interface FlowsOfRows {
  readonly flowCount: number;
  readonly rows: RowRecords;
  firstRow(flow: number): number;
}

// Local names: the optimising compiler folds module-local constants, but loads imported ones anew each time.
const M = FLOW_MARK;
/** Four bits of data offset, in words (RFC 9293 section 3.1). */
const LONGEST_TCP_HEADER = 60;
/** With an IPv4 header, whose length is four bits of words too (RFC 791 section 3.1). */
const LONGEST_HEADERS = 120;

export function flowMarks(table: FlowsOfRows): Uint16Array {
  const { rows } = table;
  const marks = new Uint16Array(table.flowCount);
  for (let flow = 0; flow < marks.length; flow++) {
    const first = table.firstRow(flow);
    let bits = rows.next(first) >= 0 ? M.several : 0;
    for (let row = first; row >= 0; row = rows.next(row)) bits |= marksOfRow(rows, row);
    marks[flow] = bits;
  }
  return marks;
}

function marksOfRow(rows: RowRecords, row: number): number {
  let bits = rows.packets(row) > 0 ? M.packets : 0;
  if (rows.requests(row) > 0) bits |= M.requests;
  if (rows.replies(row) > 0) bits |= M.replies;
  if (rows.data(row) > 0) bits |= M.data;
  if (rows.rst(row) > 0) bits |= M.resets;
  if ((rows.bits(row) & BIT.acknowledgementKnown) !== 0) bits |= M.acknowledges;
  if (hasCutData(rows, row)) bits |= M.cutData;
  if (rows.isOuterFragmented(row)) bits |= M.outerFragments;
  if (circles(rows, row)) bits |= M.circles;
  if (rows.largeRetransmissions(row) > 0) bits |= M.largeAgain;
  if (rows.resentTimes(row) > 0) bits |= M.resent;
  if (rows.checksumsWrong(row) > 0) bits |= M.wrongChecksums;
  return bits;
}

function hasCutData(rows: RowRecords, row: number): boolean {
  const headerSeen = (rows.bits(row) & BIT.sequenceKnown) !== 0;
  const longest = rows.largest(row) > LONGEST_HEADERS;
  return !headerSeen && (longest || rows.payloadBytes(row) > LONGEST_TCP_HEADER * rows.packets(row));
}
