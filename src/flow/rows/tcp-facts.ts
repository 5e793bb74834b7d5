// HOT: per packet. No allocation.
// TCP facts of one row beyond the segment that simply follows: flags, retransmissions by sequence number (RFC 9293 section 3.4).
// What counts as a retransmission is bytes seen here before: a segment that fills a gap was reordered, or lost before this place.

import { TCP_FLAG } from '../../wire/tcp.ts';
import { BIT, CHUNK_SHIFT, RARE, RECORD } from './row-layout.ts';
import type { RowRecords } from './row-records.ts';

/** Payload bytes above which a segment counts as large (a black hole swallows these and lets small ones pass). */
export const LARGE_SEGMENT = 1000;

// Local names: the optimising compiler folds module-local constants, but loads imported ones anew each time.
const R = RECORD;
const X = RARE;
const B = BIT;
const SHIFT = CHUNK_SHIFT;
const MASK = (1 << CHUNK_SHIFT) - 1;
const LARGE = LARGE_SEGMENT;
const { fin: FIN, syn: SYN, rst: RST, ack: ACK } = TCP_FLAG;

/** Keeps when something was seen first: once per row. */
export function noteMoment(rows: RowRecords, row: number, place: number, seconds: number, nanos: number): void {
  const record = rows.rareDoubles[row >>> SHIFT]!;
  const at = (row & MASK) * X.doubles + place;
  if (record[at] === 0) record[at] = rows.since(seconds, nanos);
}

/** The first segment with data: whether it was sent again, only a piece of the capture before this one may tell. */
export function noteData(
  rows: RowRecords,
  row: number,
  sequence: number,
  payload: number,
  seconds: number,
  nanos: number,
): void {
  noteMoment(rows, row, X.dataAt, seconds, nanos);
  rows.words[row >>> SHIFT]![(row & MASK) * R.words + R.bits]! |=
    payload > LARGE ? B.dataKnown | B.dataLarge : B.dataKnown;
  rows.rareWords[row >>> SHIFT]![(row & MASK) * X.words + X.dataSequence] = sequence;
}

/** A SYN or SYN-ACK: the last one counts, as long as nothing but it was seen. */
export function noteOpening(rows: RowRecords, row: number, seconds: number, nanos: number, sequence: number): void {
  const record = rows.rareDoubles[row >>> SHIFT]!;
  const at = (row & MASK) * X.doubles;
  if (record[at + X.acknowledgedAt] !== 0 || record[at + X.dataAt] !== 0) return;
  record[at + X.openedAt] = rows.since(seconds, nanos);
  rows.rareWords[row >>> SHIFT]![(row & MASK) * X.words + X.firstSequence] = sequence;
}

/** Counts SYN, FIN and RST; a SYN that does not repeat the last one begins another connection. */
export function trackFlags(rows: RowRecords, row: number, flags: number, sequence: number, payload: number): void {
  if (flags & RST) rows.addRare(row, X.rst);
  if (flags & FIN) rows.addRare(row, X.fin);
  if (!(flags & SYN)) return;
  rows.addRare(row, flags & ACK ? X.replies : X.requests);
  const w = rows.words[row >>> SHIFT]!;
  const x = (row & MASK) * R.words;
  const end = (sequence + payload + 1) | 0;
  if (!(w[x + R.bits]! & B.sequenceKnown) || w[x + R.sequenceEnd] === end) return;
  // The ports are used again: another connection with numbers of its own.
  w[x + R.bits]! &= ~(B.sequenceKnown | B.acknowledgementKnown);
  w[x + R.holeStart] = 0;
  w[x + R.holeEnd] = 0;
  rows.rareWords[row >>> SHIFT]![(row & MASK) * X.words + X.resentTimes] = 0;
}

/** A SYN-ACK, the first one of a side that sent a SYN before: both opened at once (RFC 9293 section 3.5), and this is no SYN sent again. */
export function openToo(rows: RowRecords, row: number, sequence: number): void {
  const w = rows.words[row >>> SHIFT]!;
  const x = (row & MASK) * R.words;
  const isFirst = rows.requests(row) > 0 && rows.replies(row) === 1;
  if (isFirst && w[x + R.sequenceEnd] === ((sequence + 1) | 0)) w[x + R.sequenceEnd] = sequence;
}

/** A segment with data that was sent again, at a moment: one more of its kind, or the first. */
export function noteResent(rows: RowRecords, row: number, sequence: number, seconds: number, nanos: number): void {
  const w = rows.words[row >>> SHIFT]!;
  const x = (row & MASK) * R.words;
  const rare = rows.rareWords[row >>> SHIFT]!;
  const times = (row & MASK) * X.words + X.resentTimes;
  if (rare[times]! > 0 && w[x + R.resentSequence] === sequence) {
    rare[times]!++;
    return;
  }
  w[x + R.resentSequence] = sequence;
  rare[times] = 1;
  rows.rareDoubles[row >>> SHIFT]![(row & MASK) * X.doubles + X.resentAt] = rows.since(seconds, nanos);
}

/**
 * Out of order. `length` counts SYN and FIN, `payload` does not; a bare acknowledgement or keep-alive has neither. Returns whether the
 * segment was sent again.
 */
export function trackSequence(
  rows: RowRecords,
  row: number,
  sequence: number,
  length: number,
  payload: number,
): boolean {
  const w = rows.words[row >>> SHIFT]!;
  const x = (row & MASK) * R.words;
  const reached = w[x + R.sequenceEnd]!;
  const end = (sequence + length) | 0;
  if (!(w[x + R.bits]! & B.sequenceKnown)) {
    w[x + R.bits]! |= B.sequenceKnown;
    w[x + R.sequenceEnd] = end;
    return false;
  }
  if (length === 0) return false;
  const gap = (sequence - reached) | 0;
  if (((end - reached) | 0) > 0) {
    w[x + R.sequenceEnd] = end;
    if (gap > 0) {
      w[x + R.holeStart] = reached;
      w[x + R.holeEnd] = sequence;
    }
    // One byte again is a window probe whose byte was refused.
    if (gap >= -1) return false;
  } else if (length === 1 && gap === -1 && payload === 1)
    return false; // a keep-alive with its byte
  else if (fillsHole(w, x, sequence, end)) return false;
  w[x + R.retransmissions]!++;
  if (payload > LARGE) {
    w[x + R.largeRetransmissions]!++;
    w[x + R.largeSequence] = sequence;
  }
  return true;
}

/** Whether the segment lies in the last gap, which it then makes smaller: from its start, its end, or to what is below it. */
function fillsHole(w: Int32Array, x: number, sequence: number, end: number): boolean {
  const from = w[x + R.holeStart]!;
  const to = w[x + R.holeEnd]!;
  if (from === to || ((sequence - from) | 0) < 0 || ((to - end) | 0) < 0) return false;
  if (sequence === from) w[x + R.holeStart] = end;
  else w[x + R.holeEnd] = sequence;
  return true;
}
