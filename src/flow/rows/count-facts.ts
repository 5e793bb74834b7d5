// HOT: per packet. No allocation.
// What one packet's facts add to its row: counters, times, TTL, payload, and by protocol TCP's and ICMP's. Few and rather long
// functions by design: each call that the optimiser does not inline costs as much as ten of the reads in it.

import { FACT, MARK } from '../../decode/fact-layout.ts';
import { BIT, CHUNK_SHIFT, RARE, RECORD } from './row-layout.ts';
import type { RowRecords } from './row-records.ts';
import { noteData, noteMoment, noteOpening, noteResent, openToo, trackFlags, trackSequence } from './tcp-facts.ts';

// Local names: the optimising compiler folds module-local constants, but loads imported ones anew each time.
const F = FACT;
const M = MARK;
const R = RECORD;
const X = RARE;
const B = BIT;
const SHIFT = CHUNK_SHIFT;
const MASK = (1 << CHUNK_SHIFT) - 1;
const FIN = 1;
const SYN = 2;
const RST = 4;
const ACK = 16;
const HIGHEST_TTL = 8;

/**
 * Packets, original bytes, first and last packet and time; `at` is the place of the packet's facts in `words`. Returns how many
 * packets the row had before.
 */
export function countPacket(
  rows: RowRecords,
  row: number,
  words: Int32Array,
  doubles: Float64Array,
  at: number,
  packet: number,
): number {
  const w = rows.words[row >>> SHIFT]!;
  const d = rows.doubles[row >>> SHIFT]!;
  const x = (row & MASK) * R.words;
  const y = (row & MASK) * R.doubles;
  const seconds = doubles[(at >> 1) + F.seconds]!;
  const nanos = words[at + F.nanos]!;
  const before = d[y + R.packets]!;
  d[y + R.packets] = before + 1;
  d[y + R.bytes]! += words[at + F.original]! >>> 0;
  d[y + R.lastPacket] = packet;
  if (words[at + F.marks]! & M.truncated) w[x + R.bits]! |= B.truncated;
  const last = d[y + R.lastSeconds]!;
  if (before === 0) {
    rows.rareDoubles[row >>> SHIFT]![(row & MASK) * X.doubles + X.firstPacket] = packet;
    setFirst(rows, row, seconds, nanos);
  } else if (seconds < last || (seconds === last && nanos <= w[x + R.lastNanos]!)) {
    if (isEarlier(rows, row, seconds, nanos)) setFirst(rows, row, seconds, nanos);
    return before;
  } else if (Number.isNaN(last)) setFirst(rows, row, seconds, nanos);
  // A packet without a time (pcapng's simple packet block) moves nothing.
  else if (Number.isNaN(seconds)) return before;
  d[y + R.lastSeconds] = seconds;
  w[x + R.lastNanos] = nanos;
  return before;
}

/** A copy of a packet that the row has: a frame, and nothing else but how far its TTL has fallen. */
export function countCopy(
  rows: RowRecords,
  row: number,
  words: Int32Array,
  doubles: Float64Array,
  at: number,
  packet: number,
): void {
  countPacket(rows, row, words, doubles, at, packet);
  rows.addCopy(row, words[at + F.original]! >>> 0);
  const ttl = words[at + F.marks]! & 255;
  const bits = rows.bits(row);
  if (ttl >= (bits & 255)) return;
  rows.setWord(row, R.bits, (bits & ~255) | ttl);
  rows.addRare(row, X.fallen);
}

function setFirst(rows: RowRecords, row: number, seconds: number, nanos: number): void {
  rows.rareDoubles[row >>> SHIFT]![(row & MASK) * X.doubles + X.firstSeconds] = seconds;
  rows.rareWords[row >>> SHIFT]![(row & MASK) * X.words + X.firstNanos] = nanos;
}

function isEarlier(rows: RowRecords, row: number, seconds: number, nanos: number): boolean {
  const first = rows.firstSeconds(row);
  return seconds < first || (seconds === first && nanos < rows.firstNanos(row));
}

/** Payload and overhead bytes, and the largest packet. */
export function countPayload(rows: RowRecords, row: number, words: Int32Array, at: number): void {
  const d = rows.doubles[row >>> SHIFT]!;
  const y = (row & MASK) * R.doubles;
  const w = rows.words[row >>> SHIFT]!;
  const x = (row & MASK) * R.words;
  d[y + R.payloadBytes]! += words[at + F.payload]! >>> 0;
  d[y + R.overheadBytes]! += words[at + F.overhead]!;
  const length = words[at + F.length]! >>> 0;
  if (length > w[x + R.largest]! >>> 0) w[x + R.largest] = length;
}

/** TTL, DF, TCP's, ICMP's and WireGuard's facts. */
export function countHeaders(
  rows: RowRecords,
  row: number,
  words: Int32Array,
  doubles: Float64Array,
  at: number,
): void {
  const w = rows.words[row >>> SHIFT]!;
  const x = (row & MASK) * R.words;
  const marks = words[at + F.marks]!;
  const ttl = marks & 255;
  let bits = w[x + R.bits]!;
  if (ttl < (bits & 255)) bits = (bits & ~255) | ttl;
  if (ttl > ((bits >>> HIGHEST_TTL) & 255)) bits = (bits & ~(255 << HIGHEST_TTL)) | (ttl << HIGHEST_TTL);
  if (marks & M.dontFragment) bits |= B.innerDontFragment;
  if (marks & M.orphan) bits |= B.fragmentWithoutFirst;
  if (marks & M.contentCut) bits |= B.contentCut;
  if (marks & M.contentWhole) bits |= B.contentWhole;
  if (marks & M.headerCut) bits |= B.headerCut;
  w[x + R.bits] = bits;
  if (marks & M.tcp) countTcp(rows, row, words, doubles, at);
  else if (marks & M.echoRequest) rows.addRare(row, X.requests);
  else if (marks & M.echoReply) rows.addRare(row, X.replies);
  else if (marks & M.transportData) w[x + R.data]!++;
}

function countTcp(rows: RowRecords, row: number, words: Int32Array, doubles: Float64Array, at: number): void {
  const w = rows.words[row >>> SHIFT]!;
  const x = (row & MASK) * R.words;
  const flags = (words[at + F.marks]! >>> 8) & 255;
  const sequence = words[at + F.sequence]!;
  const payload = words[at + F.payload]! >>> 0;
  if (flags & (SYN | FIN | RST)) {
    if (flags & SYN) noteOpening(rows, row, doubles[(at >> 1) + F.seconds]!, words[at + F.nanos]!, sequence);
    trackFlags(rows, row, flags, sequence, payload);
    if ((flags & (SYN | ACK)) === (SYN | ACK)) openToo(rows, row, sequence);
  }
  const bits = w[x + R.bits]!;
  if (flags & ACK) {
    const acknowledgement = words[at + F.acknowledgement]!;
    if (((acknowledgement - w[x + R.acknowledged]!) | 0) > 0 || !(bits & B.acknowledgementKnown)) {
      w[x + R.acknowledged] = acknowledgement;
      w[x + R.bits] = bits | B.acknowledgementKnown;
      if (!(bits & B.acknowledgementKnown) && !(flags & SYN))
        noteMoment(rows, row, X.acknowledgedAt, doubles[(at >> 1) + F.seconds]!, words[at + F.nanos]!);
    }
  }
  if (payload > 0 && w[x + R.data]!++ === 0)
    noteData(rows, row, sequence, payload, doubles[(at >> 1) + F.seconds]!, words[at + F.nanos]!);
  // A reset takes no place in the sequence.
  if (flags & RST) return;
  const length = payload + (flags & SYN ? 1 : 0) + (flags & FIN ? 1 : 0);
  if (bits & B.sequenceKnown && sequence === w[x + R.sequenceEnd]) w[x + R.sequenceEnd] = sequence + length;
  else if (trackSequence(rows, row, sequence, length, payload) && payload > 0)
    noteResent(rows, row, sequence, doubles[(at >> 1) + F.seconds]!, words[at + F.nanos]!);
}
