// HOT: per packet. No allocation.
// TCP facts of one row: flags, retransmissions by sequence number (RFC 9293 section 3.4), acknowledgements. What counts
// as a retransmission is bytes seen here before: a segment that fills a gap was reordered, or lost before this place.
import { TCP, TCP_FLAG } from '../wire/tcp.ts';
import { BIT, type ObservationColumns, RECORD } from './observation-columns.ts';

/** Payload bytes above which a segment counts as large (a black hole swallows these and lets small ones pass). */
export const LARGE_SEGMENT = 1000;

// Local names: the optimising compiler folds module-local constants, but loads imported ones anew each time.
const R = RECORD;
const B = BIT;
const LARGE = LARGE_SEGMENT;
const { fin: FIN, syn: SYN, rst: RST, ack: ACK } = TCP_FLAG;
const FLAGS = TCP['flags.fin'].bit >> 3;
const SEQUENCE = TCP.seq_raw.bit >> 3;
const ACKNOWLEDGEMENT = TCP.ack_raw.bit >> 3;

/** Counts the segment whose header starts at `at` and that carried `payload` bytes on the wire. */
export function trackTcp(c: ObservationColumns, row: number, view: DataView, at: number, payload: number): void {
  const words = c.words;
  const record = row * R.words;
  const flags = view.getUint8(at + FLAGS);
  const sequence = view.getInt32(at + SEQUENCE);
  if (flags & (SYN | FIN | RST)) trackFlags(c, row, flags, sequence, payload);
  const bits = words[record + R.bits]!;
  if (flags & ACK) {
    const acknowledgement = view.getInt32(at + ACKNOWLEDGEMENT);
    const isNew = ((acknowledgement - words[record + R.acknowledged]!) | 0) > 0;
    if (isNew || !(bits & B.acknowledgementKnown)) {
      words[record + R.acknowledged] = acknowledgement;
      words[record + R.bits] = bits | B.acknowledgementKnown;
    }
  }
  if (payload > 0) words[record + R.data]!++;
  // A reset takes no place in the sequence.
  if (!(flags & RST)) {
    const length = payload + (flags & SYN ? 1 : 0) + (flags & FIN ? 1 : 0);
    const isNext = (bits & B.sequenceKnown) !== 0 && ((sequence - words[record + R.sequenceEnd]!) | 0) === 0;
    if (isNext) words[record + R.sequenceEnd] = sequence + length;
    else trackSequence(c, row, sequence, length, payload);
  }
}

function trackFlags(c: ObservationColumns, row: number, flags: number, sequence: number, payload: number): void {
  if (flags & RST) c.rst[row]!++;
  if (flags & FIN) c.fin[row]!++;
  if (!(flags & SYN)) return;
  if (flags & ACK) c.replies[row]!++;
  else c.requests[row]!++;
  const record = row * R.words;
  const end = (sequence + payload + 1) >>> 0;
  if (!(c.words[record + R.bits]! & B.sequenceKnown) || c.words[record + R.sequenceEnd] === end) return;
  // The ports are used again: another connection with numbers of its own.
  c.words[record + R.bits]! &= ~(B.sequenceKnown | B.acknowledgementKnown);
  c.holeStart[row] = 0;
  c.holeEnd[row] = 0;
}

/** Out of order. `length` counts SYN and FIN, `payload` does not; a bare acknowledgement or keep-alive has neither. */
function trackSequence(c: ObservationColumns, row: number, sequence: number, length: number, payload: number): void {
  const record = row * R.words;
  const reached = c.words[record + R.sequenceEnd]!;
  const end = (sequence + length) >>> 0;
  if (!(c.words[record + R.bits]! & B.sequenceKnown)) {
    c.words[record + R.bits]! |= B.sequenceKnown;
    c.words[record + R.sequenceEnd] = end;
    return;
  }
  if (length === 0) return;
  const gap = (sequence - reached) | 0;
  if (((end - reached) | 0) > 0) {
    c.words[record + R.sequenceEnd] = end;
    if (gap > 0) openHole(c, row, reached, sequence);
    // One byte again is a window probe whose byte was refused.
    if (gap >= -1) return;
  } else if (length === 1 && gap === -1 && payload === 1)
    return; // a keep-alive with its byte
  else if (fillsHole(c, row, sequence, end)) return;
  countAgain(c, row, sequence, payload);
}

function countAgain(c: ObservationColumns, row: number, sequence: number, payload: number): void {
  c.retransmissions[row]!++;
  if (payload <= LARGE) return;
  c.largeRetransmissions[row]!++;
  c.largeSequence[row] = sequence;
}

function openHole(c: ObservationColumns, row: number, from: number, to: number): void {
  c.holeStart[row] = from;
  c.holeEnd[row] = to;
}

/** Whether the segment lies in the last gap, which it then makes smaller: from its start, its end, or to what is below it. */
function fillsHole(c: ObservationColumns, row: number, sequence: number, end: number): boolean {
  const from = c.holeStart[row]!;
  const to = c.holeEnd[row]!;
  if (from === to || ((sequence - from) | 0) < 0 || ((to - end) | 0) < 0) return false;
  if ((sequence | 0) === (from | 0)) c.holeStart[row] = end;
  else c.holeEnd[row] = sequence;
  return true;
}
