// HOT: per packet. No allocation.
// A few packets kept with all that was counted of them, to be taken back once it is known that they are copies: those of which
// that is open, and the first and last ones of a capture.

import { FACT, MARK } from '../../decode/fact-layout.ts';
import type { PacketFacts } from '../../decode/facts.ts';
import { AROUND } from '../../decode/packet-fingerprint.ts';
import { type Fields, must, type SavedFields } from '../../store/saved.ts';
import { countWindow, type PacketWindow } from './count-window.ts';
import { RARE, RECORD } from './row-layout.ts';
import type { RowRecords } from './row-records.ts';
import { areRows } from './saved-rows.ts';

// Local names: the optimising compiler folds module-local constants, but loads imported ones anew each time.
const F = FACT;
const M = MARK;
const R = RECORD;
const X = RARE;
const [FIN, SYN, RST, ACK] = [1, 2, 4, 16] as const;

export class NotedPackets {
  /** Packets held: at most as many as there is room for. */
  count = 0;
  /** Of each packet: its row, what was around it; the row of its like, how long before that was; 1: it counted as sent again, 2: as large too. */
  readonly row: Int32Array;
  readonly around: Int32Array;
  readonly other: Int32Array;
  readonly lag: Int32Array;
  readonly resent: Uint8Array;
  /** Facts of each packet, as PacketFacts has them. */
  readonly words: Int32Array;
  readonly doubles: Float64Array;
  readonly room: number;
  #next = 0;

  /** @param room packets kept: of more, the last ones */
  constructor(room: number) {
    this.room = room;
    this.row = new Int32Array(room);
    this.around = new Int32Array(room);
    this.other = new Int32Array(room);
    this.lag = new Int32Array(room);
    this.resent = new Uint8Array(room);
    this.words = new Int32Array(room * F.words);
    this.doubles = new Float64Array(this.words.buffer);
  }

  /** Keeps packet `i` of a batch. */
  add(facts: PacketFacts, i: number, row: number): number {
    const to = this.#next;
    this.#next = to + 1 === this.room ? 0 : to + 1;
    if (this.count < this.room) this.count++;
    const from = i * F.words;
    for (let word = 0; word < F.words; word++) this.words[to * F.words + word] = facts.words[from + word]!;
    this.row[to] = row;
    this.around[to] = facts.around[i]!;
    this.other[to] = row;
    this.lag[to] = 0;
    this.resent[to] = 0;
    return to;
  }

  /** Leaves out so many packets of which none would be kept, so that the others stand where they would. */
  pass(packets: number): void {
    this.#next = (this.#next + packets) % this.room;
    this.count = Math.min(this.room, this.count + packets);
  }

  /** Keeps packet `i` in place of the one on its row that it is a copy of: what goes in a circle is as near as its last turn. */
  renew(facts: PacketFacts, i: number, row: number): void {
    const from = i * F.words;
    const fingerprint = facts.words[from + F.fingerprint]!;
    for (let to = 0; to < this.count; to++) {
      if (this.row[to] !== row || this.fingerprint(to) !== fingerprint) continue;
      for (let word = 0; word < F.words; word++) this.words[to * F.words + word] = facts.words[from + word]!;
      this.around[to] = facts.around[i]!;
      return;
    }
    this.add(facts, i, row);
  }

  clear(): void {
    this.count = 0;
    this.#next = 0;
  }

  save(): SavedFields {
    const { count, row, around, other, lag, resent, words } = this;
    const next = this.#next;
    return {
      ...{ count, next },
      row: row.subarray(0, count),
      around: around.subarray(0, count),
      other: other.subarray(0, count),
      lag: lag.subarray(0, count),
      resent: resent.subarray(0, count),
      words: words.subarray(0, count * F.words),
    };
  }

  restore(saved: Fields, rows: { readonly count: number }): void {
    const count = saved.whole('count', 0, this.room);
    const [row, other] = [saved.words('row', count), saved.words('other', count)];
    must(areRows(rows, row) && areRows(rows, other), 'a packet is of a row that there is not');
    this.count = count;
    this.#next = saved.whole('next', 0, this.room - 1);
    this.row.set(row);
    this.other.set(other);
    this.around.set(saved.words('around', count));
    this.lag.set(saved.words('lag', count));
    this.resent.set(saved.bytes('resent', count));
    this.words.set(saved.words('words', count * F.words));
  }

  fingerprint(packet: number): number {
    return this.words[packet * F.words + F.fingerprint]!;
  }

  ttl(packet: number): number {
    return this.words[packet * F.words + F.marks]! & 255;
  }

  /** Whether it is the first segment with data of its row. */
  beginsData(rows: RowRecords, packet: number): boolean {
    const at = packet * F.words;
    if (!(this.words[at + F.marks]! & M.tcp) || this.words[at + F.payload]! === 0) return false;
    return (
      rows.since(this.doubles[(at >> 1) + F.seconds]!, this.words[at + F.nanos]!) === rows.dataAt(this.row[packet]!)
    );
  }

  /** TCP's flags; 0 of what is none, or has data. */
  bareFlags(packet: number): number {
    const at = packet * F.words;
    const isBare = (this.words[at + F.marks]! & M.tcp) !== 0 && this.words[at + F.payload] === 0;
    return isBare ? (this.words[at + F.marks]! >>> 8) & 255 : 0;
  }

  /** Whether it is a SYN or SYN-ACK that its row begins with. */
  beginsOpening(rows: RowRecords, packet: number): boolean {
    if ((this.bareFlags(packet) & SYN) === 0) return false;
    const at = packet * F.words;
    const { seconds, nanos } = rows.firstMoment(this.row[packet]!);
    return seconds === this.doubles[(at >> 1) + F.seconds]! && nanos === this.words[at + F.nanos]!;
  }

  isIdentified(packet: number): boolean {
    return (this.around[packet]! & AROUND.identified) !== 0;
  }

  seconds(packet: number): number {
    return this.doubles[(packet * F.words) / 2 + F.seconds]! + this.words[packet * F.words + F.nanos]! / 1e9;
  }

  /** Takes back what was counted of a packet: it is a copy, and leaves its frame only. */
  uncount(rows: RowRecords, packet: number, window: PacketWindow | null): void {
    const { words } = this;
    const at = packet * F.words;
    const row = this.row[packet]!;
    const payload = words[at + F.payload]! >>> 0;
    rows.addCopy(row, words[at + F.original]! >>> 0);
    rows.addDouble(row, R.payloadBytes, -payload);
    rows.addDouble(row, R.overheadBytes, -words[at + F.overhead]!);
    if (window !== null) countWindow(rows, row, this, at, window, -1);
    this.#uncountHeaders(rows, packet);
  }

  /** Leaves a packet counted of which nothing tells whether it is a copy; what its headers say is said only once. */
  doubt(rows: RowRecords, packet: number): void {
    rows.addDoubt(this.row[packet]!);
    this.#uncountHeaders(rows, packet);
  }

  #uncountHeaders(rows: RowRecords, packet: number): void {
    const at = packet * F.words;
    const row = this.row[packet]!;
    const marks = this.words[at + F.marks]!;
    if (marks & (M.echoRequest | M.echoReply)) rows.addRare(row, marks & M.echoRequest ? X.requests : X.replies, -1);
    if (marks & M.transportData) rows.setWord(row, R.data, rows.data(row) - 1);
    if (!(marks & M.tcp)) return;
    const flags = (marks >>> 8) & 255;
    if (flags & RST) rows.addRare(row, X.rst, -1);
    if (flags & FIN) rows.addRare(row, X.fin, -1);
    if (flags & SYN) rows.addRare(row, flags & ACK ? X.replies : X.requests, -1);
    if (this.words[at + F.payload]! !== 0) rows.setWord(row, R.data, rows.data(row) - 1);
    const resent = this.resent[packet]!;
    if (resent > 0) rows.setWord(row, R.retransmissions, rows.retransmissions(row) - 1);
    if (resent > 1) rows.setWord(row, R.largeRetransmissions, rows.largeRetransmissions(row) - 1);
    const isOfRun = resent > 0 && this.words[at + F.payload]! !== 0 && rows.resentTimes(row) > 0;
    if (isOfRun && this.words[at + F.sequence]! >>> 0 === rows.resentSequence(row))
      rows.addRare(row, X.resentTimes, -1);
  }
}
