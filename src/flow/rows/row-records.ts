// HOT: per packet. No allocation.
// What is known of every row (flow x path): one record of 128 bytes, two neighbouring cache lines, that nearly every packet
// touches, and one of 112 bytes beside it for what is rare. They grow by chunks (row-chunks.ts).

import type { Moment } from '../../net/time.ts';
import { makeRoom } from './row-chunks.ts';
import { BIT, CHUNK_SHIFT, RARE, RECORD } from './row-layout.ts';
import { RowWindows } from './row-windows.ts';

// Local names: the optimising compiler folds module-local constants, but loads imported ones anew each time.
const R = RECORD;
const X = RARE;
const CHUNK_MASK = (1 << CHUNK_SHIFT) - 1;
const LOWEST_TTL_OF_NONE = 255;
/** Moments count from so many seconds before the first one. */
const LONG_BEFORE = 1e6;

export class RowRecords {
  count = 0;
  /** The records of rows `n << CHUNK_SHIFT` and on: two views of the same bytes. */
  readonly words: Int32Array[] = [];
  readonly doubles: Float64Array[] = [];
  readonly rareWords: Int32Array[] = [];
  readonly rareDoubles: Float64Array[] = [];
  /** Rows that there is room for. */
  room = 0;
  /** What moments count from, epoch seconds. */
  base = Number.NaN;
  readonly windows = new RowWindows();

  /** A new row, all zero but for the end of its chain and the lowest TTL; returns its index. */
  add(): number {
    const row = this.count++;
    if (row === this.room) this.room = makeRoom(row, this);
    const words = this.words[row >>> CHUNK_SHIFT]!;
    const at = (row & CHUNK_MASK) * R.words;
    words[at + R.next] = -1;
    words[at + R.bits] = LOWEST_TTL_OF_NONE;
    return row;
  }

  /** A word of a row's record: `place` is one of RECORD's. Signed. */
  word(row: number, place: number): number {
    return this.words[row >>> CHUNK_SHIFT]![(row & CHUNK_MASK) * R.words + place]!;
  }

  setWord(row: number, place: number, value: number): void {
    this.words[row >>> CHUNK_SHIFT]![(row & CHUNK_MASK) * R.words + place] = value;
  }

  #double(row: number, place: number): number {
    return this.doubles[row >>> CHUNK_SHIFT]![(row & CHUNK_MASK) * R.doubles + place]!;
  }

  #rare(row: number, place: number): number {
    return this.rareWords[row >>> CHUNK_SHIFT]![(row & CHUNK_MASK) * X.words + place]!;
  }

  #rareDouble(row: number, place: number): number {
    return this.rareDoubles[row >>> CHUNK_SHIFT]![(row & CHUNK_MASK) * X.doubles + place]!;
  }

  addRare(row: number, place: number, value = 1): void {
    this.rareWords[row >>> CHUNK_SHIFT]![(row & CHUNK_MASK) * X.words + place]! += value;
  }

  addDouble(row: number, place: number, value: number): void {
    this.doubles[row >>> CHUNK_SHIFT]![(row & CHUNK_MASK) * R.doubles + place]! += value;
  }

  /** One more copy, with the original length of its frame. */
  addCopy(row: number, bytes: number): void {
    this.addRare(row, X.copies);
    this.rareDoubles[row >>> CHUNK_SHIFT]![(row & CHUNK_MASK) * X.doubles + X.copyBytes]! += bytes;
  }

  addDoubt(row: number): void {
    this.addRare(row, X.doubts);
  }

  /** A moment as one number that is precise enough to subtract, and never 0. */
  since(seconds: number, nanos: number): number {
    if (Number.isNaN(this.base)) this.base = seconds - LONG_BEFORE;
    return seconds - this.base + nanos / 1e9;
  }

  // ---- reading ----

  flow(row: number): number {
    return this.word(row, R.flow);
  }

  /** Next row of the same flow, -1 at the end. */
  next(row: number): number {
    return this.word(row, R.next);
  }

  path(row: number): number {
    return this.word(row, R.path);
  }

  /** Frames, copies among them. */
  packets(row: number): number {
    return this.#double(row, R.packets);
  }

  /** Packets: copies and later outer fragments count with the frame that was there first. */
  distinct(row: number): number {
    return this.packets(row) - this.copies(row) - this.outerFragments(row);
  }

  /** Frames that are copies of one of the same row. Of them nothing is counted but frames, bytes and times. */
  copies(row: number): number {
    return this.#rare(row, X.copies);
  }

  /** Packets counted of which nothing tells whether they are copies of others. */
  doubts(row: number): number {
    return this.#rare(row, X.doubts);
  }

  /** Copies that came with a lower TTL than any before. */
  fallen(row: number): number {
    return this.#rare(row, X.fallen);
  }

  /** Original lengths of the frames. */
  bytes(row: number): number {
    return this.#double(row, R.bytes);
  }

  /** The same without copies. */
  distinctBytes(row: number): number {
    return this.bytes(row) - this.copyBytes(row);
  }

  copyBytes(row: number): number {
    return this.#rareDouble(row, X.copyBytes);
  }

  /** From the outer IP header to the inner one. */
  overheadBytes(row: number): number {
    return this.#double(row, R.overheadBytes);
  }

  /** Bytes that the flow carried: above TCP's header, else above IP's. The same on both ends, however segmented. */
  payloadBytes(row: number): number {
    return this.#double(row, R.payloadBytes);
  }

  firstPacket(row: number): number {
    return this.#rareDouble(row, X.firstPacket);
  }

  lastPacket(row: number): number {
    return this.#double(row, R.lastPacket);
  }

  /** Earliest packet's time; NaN seconds where no packet has one. */
  firstMoment(row: number): Moment {
    return { seconds: this.firstSeconds(row), nanos: this.firstNanos(row) };
  }

  lastMoment(row: number): Moment {
    return { seconds: this.lastSeconds(row), nanos: this.lastNanos(row) };
  }

  firstSeconds(row: number): number {
    return this.#rareDouble(row, X.firstSeconds);
  }

  firstNanos(row: number): number {
    return this.#rare(row, X.firstNanos);
  }

  lastSeconds(row: number): number {
    return this.#double(row, R.lastSeconds);
  }

  lastNanos(row: number): number {
    return this.word(row, R.lastNanos);
  }

  /** The largest inner packet, bytes from its IP header on: above the MTU it is a super-frame of GSO or GRO. */
  largest(row: number): number {
    return this.word(row, R.largest) >>> 0;
  }

  /** BIT values; other bits of the word are the TTLs. */
  bits(row: number): number {
    return this.word(row, R.bits);
  }

  /** 255 and 0 where only later fragments were seen. */
  ttlMin(row: number): number {
    return this.word(row, R.bits) & 255;
  }

  ttlMax(row: number): number {
    return (this.word(row, R.bits) >>> 8) & 255;
  }

  /** TCP segments with payload; WireGuard's messages with a packet in them. */
  data(row: number): number {
    return this.word(row, R.data);
  }

  /** Highest sequence number reached (exclusive), and highest acknowledgement sent. */
  sequenceEnd(row: number): number {
    return this.word(row, R.sequenceEnd) >>> 0;
  }

  acknowledged(row: number): number {
    return this.word(row, R.acknowledged) >>> 0;
  }

  retransmissions(row: number): number {
    return this.word(row, R.retransmissions);
  }

  largeRetransmissions(row: number): number {
    return this.word(row, R.largeRetransmissions);
  }

  /** First byte of the last large segment that was sent again. */
  largeSequence(row: number): number {
    return this.word(row, R.largeSequence) >>> 0;
  }

  /** First byte of the segment with data that was sent again last, how often one after another, and when first (see `openedAt`). */
  resentSequence(row: number): number {
    return this.word(row, R.resentSequence) >>> 0;
  }
  resentTimes(row: number): number {
    return this.#rare(row, X.resentTimes);
  }
  resentAt(row: number): number {
    return this.#rareDouble(row, X.resentAt);
  }

  /** Whether a first or later outer fragment was seen. */
  isOuterFragmented(row: number): boolean {
    return (this.word(row, R.bits) & BIT.outerFragmented) !== 0 || this.outerFragments(row) > 0;
  }

  outerFragments(row: number): number {
    return this.#rare(row, X.outerFragments);
  }

  /** TCP SYN without ACK; ICMP echo requests. */
  requests(row: number): number {
    return this.#rare(row, X.requests);
  }

  /** TCP SYN with ACK; ICMP echo replies. */
  replies(row: number): number {
    return this.#rare(row, X.replies);
  }

  fin(row: number): number {
    return this.#rare(row, X.fin);
  }
  rst(row: number): number {
    return this.#rare(row, X.rst);
  }

  /** Of TCP, sequence number of the SYN or SYN-ACK. */
  firstSequence(row: number): number {
    return this.#rare(row, X.firstSequence);
  }

  /** Of a TCP connection, as `since` gives them; 0: never. */
  openedAt(row: number): number {
    return this.#rareDouble(row, X.openedAt);
  }
  acknowledgedAt(row: number): number {
    return this.#rareDouble(row, X.acknowledgedAt);
  }
  dataAt(row: number): number {
    return this.#rareDouble(row, X.dataAt);
  }
  /** First byte of the first segment with data: of no meaning without BIT.dataKnown. */
  dataSequence(row: number): number {
    return this.#rare(row, X.dataSequence) >>> 0;
  }

  /** Of the sampled packets: those with a wrong checksum, and those whose checksums are right. */
  checksumsWrong(row: number): number {
    return this.#rare(row, X.checksumsWrong);
  }
  checksumsRight(row: number): number {
    return this.#rare(row, X.checksumsRight);
  }
}
