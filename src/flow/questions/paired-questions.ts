// HOT: per packet (echo messages and DNS). No allocation but growth, and the text of a name that is new.
// Questions and their answers, paired by what both carry: ICMP's identifier and sequence number, DNS's identification. A question is one
// however many places and captures saw it, and its answer may be read before it. Memory is bounded: where there are too many questions,
// a part of them is kept, chosen by a hash, so that it is the same part in every capture.

import { FACT, MARK } from '../../decode/fact-layout.ts';
import type { PacketFacts } from '../../decode/facts.ts';
import { areWithin, type Fields, must, type SavedFields } from '../../store/saved.ts';
import { DNS, isDns } from '../../wire/dns.ts';
import { TCP_FLAG } from '../../wire/tcp.ts';
import { WordTable } from '../word-table.ts';
import { DnsStreams } from './dns-streams.ts';
import type { KeptQuestion } from './kept-question.ts';
import { larger } from './larger.ts';
import { beginOfName, QuestionNames } from './question-names.ts';
import { QuestionTurns } from './question-turns.ts';

/** Questions kept at most. */
export const MOST_QUESTIONS = 1 << 17;
/** Words of a key. */
const [ASKER, ASKED, PORTS, PROTOCOL, ID, NAME, TURN] = [0, 1, 2, 3, 4, 5, 6] as const;
/** Bits of a question's state. */
const SENT = 1;
const ANSWERED = 2;
/** Times count from this long before the first packet, so that none is 0. */
const BEFORE = 1e6;
const DNS_HEADER = DNS.headerLength;

// Local names: the optimising compiler folds module-local constants, but loads imported ones anew each time.
const F = FACT;
const M = MARK;
const readId = DNS.id.read;
const isResponse = DNS['flags.response'].read;
const readCode = DNS['flags.rcode'].read;

export class PairedQuestions {
  #table = new WordTable();
  #state = new Uint8Array(256);
  #code = new Int8Array(256);
  #name = new Int32Array(256);
  #capture = new Int32Array(256);
  /** When the question was seen at `#capture`, since `#base`; 0 where it was not. */
  #time = new Float64Array(256);
  #delay = new Float64Array(256);
  readonly #names = new QuestionNames();
  /** By capture: whether it has a question and its answer. */
  readonly #hears: boolean[] = [];
  /** The time of the packet at hand, and what times count from: numbers of 64 bits that no call has to carry are not allocated. */
  readonly #now = new Float64Array(1);
  readonly #base = new Float64Array(1).fill(Number.NaN);
  readonly #turns = new QuestionTurns(this.#now);
  readonly #streams = new DnsStreams();
  #current = 0;
  /** Keys whose hash is below are kept: 2 to the power of this many bits. */
  #bits = 32;
  readonly #most: number;

  constructor(most = MOST_QUESTIONS) {
    this.#most = most;
  }

  get count(): number {
    return this.#table.count;
  }

  /** Whether a part of the questions only was kept. */
  get isPart(): boolean {
    return this.#bits < 32;
  }

  /** Whether a capture has answers behind their questions, so that silence in it means something. */
  hears(capture: number): boolean {
    return this.#hears[capture] ?? false;
  }

  /** Packets of another capture follow. */
  begin(capture: number): void {
    this.#current = capture;
  }

  /** Whether of that row some of what was asked or answered over TCP could not be read. */
  isUnread(row: number): boolean {
    return this.#streams.unread.has(row);
  }

  /**
   * Packet `i` of `row`, whose marks say that it asks or answers; `bytes` are its batch's. One that may be a copy is no question asked
   * anew.
   */
  note(facts: PacketFacts, i: number, row: number, bytes: Uint8Array, mayBeCopy = false): void {
    const words = facts.words;
    this.#turns.isHeld = mayBeCopy;
    const at = i * F.words;
    const second = (at >> 1) + F.seconds;
    if (Number.isNaN(this.#base[0]!)) this.#base[0] = facts.doubles[second]! - BEFORE;
    this.#now[0] = facts.doubles[second]! - this.#base[0]! + words[at + F.nanos]! / 1e9;
    const marks = words[at + F.marks]!;
    if (marks & M.dns && marks & M.tcp) this.#noteSegment(facts, i, row, bytes);
    else if (marks & M.dns) this.#noteDns(words, at, bytes, words[at + F.sequence]!, words[at + F.acknowledgement]!);
    else if (words[at + F.sequence] !== 0) {
      const isAnswer = (marks & M.echoReply) !== 0;
      this.#setKey(words, at, isAnswer, words[at + F.sequence]!, 0);
      this.#put(isAnswer, true);
    }
  }

  #noteSegment({ words, content }: PacketFacts, i: number, row: number, bytes: Uint8Array): void {
    const at = i * F.words;
    const isOpening = ((words[at + F.marks]! >>> 8) & TCP_FLAG.syn) !== 0;
    const [sequence, payload] = [words[at + F.sequence]!, words[at + F.payload]! >>> 0];
    const segment = { row, isOpening, sequence, payload, from: content[2 * i]!, end: content[2 * i + 1]! };
    for (const [message, end] of this.#streams.messages(bytes, segment)) this.#noteDns(words, at, bytes, message, end);
  }

  #noteDns(words: Int32Array, at: number, bytes: Uint8Array, message: number, end: number): void {
    if (!isDns(bytes, message, end)) return;
    const isAnswer = isResponse(bytes, message) === 1;
    this.#setKey(words, at, isAnswer, readId(bytes, message), beginOfName(bytes, message + DNS_HEADER, end));
    const index = this.#put(isAnswer, false);
    if (index < 0) return;
    if (isAnswer) this.#code[index] = readCode(bytes, message);
    if (this.#name[index] === 0) this.#name[index] = this.#names.intern(bytes, message, end) + 1;
  }

  /** Of a question and its answer, the same. */
  #setKey(words: Int32Array, at: number, isAnswer: boolean, id: number, name: number): void {
    const { key } = this.#table;
    const [source, destination] = [words[at + F.source]!, words[at + F.destination]!];
    const ports = words[at + F.ports]!;
    key[ASKER] = isAnswer ? destination : source;
    key[ASKED] = isAnswer ? source : destination;
    key[PORTS] = isAnswer ? (ports << 16) | (ports >>> 16) : ports;
    key[PROTOCOL] = words[at + F.protocol]!;
    key[ID] = id;
    key[NAME] = name;
    key[TURN] = 0;
  }

  /** Index of the question in `key`, -1 if it is not kept. */
  #put(isAnswer: boolean, isEcho: boolean): number {
    const first = this.#intern();
    if (first < 0) return first;
    const turn = this.#turns.of(first, this.#current, isAnswer, isEcho);
    let index = first;
    if (turn > 0) {
      this.#table.key[TURN] = turn;
      index = this.#intern();
      if (index < 0) return index;
    }
    if (isAnswer) this.#answer(index);
    else this.#ask(index);
    return index;
  }

  #intern(): number {
    if (this.#bits < 32 && !this.#isKept(this.#table)) return -1;
    const table = this.#table;
    if (table.count >= this.#most && table.find() < 0) this.#halve();
    if (this.#bits < 32 && !this.#isKept(table)) return -1;
    const index = this.#table.intern();
    if (this.#table.added) this.#begin(index);
    return index;
  }

  #ask(index: number): void {
    const time = this.#now[0]!;
    const isHere = this.#capture[index] === this.#current && this.#time[index]! > 0;
    this.#state[index]! |= SENT;
    if (isHere) {
      // on its way through the places of one capture, or sent again
      if (time < this.#time[index]!) this.#time[index] = time;
      return;
    }
    this.#capture[index] = this.#current;
    this.#time[index] = time;
  }

  #answer(index: number): void {
    this.#state[index]! |= ANSWERED;
    if (this.#capture[index] !== this.#current || this.#time[index] === 0) return;
    const delay = this.#now[0]! - this.#time[index]!;
    this.#hears[this.#current] = true;
    if (delay >= 0 && !(delay <= this.#delay[index]!)) this.#delay[index] = delay;
  }

  #begin(index: number): void {
    if (index === this.#state.length) this.#grow();
    this.#state[index] = 0;
    this.#code[index] = -1;
    this.#name[index] = 0;
    this.#capture[index] = this.#current;
    this.#time[index] = 0;
    this.#delay[index] = Number.NaN;
    this.#turns.begin(index);
  }

  #grow(): void {
    const size = this.#state.length * 2;
    this.#state = larger(this.#state, new Uint8Array(size));
    this.#code = larger(this.#code, new Int8Array(size));
    this.#name = larger(this.#name, new Int32Array(size));
    this.#capture = larger(this.#capture, new Int32Array(size));
    this.#time = larger(this.#time, new Float64Array(size));
    this.#delay = larger(this.#delay, new Float64Array(size));
  }

  #isKept({ key }: WordTable): boolean {
    const mixed = Math.imul(
      Math.imul(key[ID]! ^ key[NAME]!, 0x9e3779b1) ^ Math.imul(key[ASKER]!, 0x85ebca77) ^ key[PORTS]!,
      0xc2b2ae3d,
    );
    return (mixed ^ (mixed >>> 15)) >>> this.#bits === 0;
  }

  /** Keeps half of the questions; the one in `key` is looked up next. */
  #halve(): void {
    const old = this.#table;
    const kept = new WordTable();
    this.#bits--;
    for (let index = 0; index < old.count; index++) {
      kept.copyKey(old, index, kept.key.length);
      if (!this.#isKept(kept)) continue;
      // never ahead of `index`: what is overwritten was moved, or is not kept
      const to = kept.intern();
      this.#state[to] = this.#state[index]!;
      this.#code[to] = this.#code[index]!;
      this.#name[to] = this.#name[index]!;
      this.#capture[to] = this.#capture[index]!;
      this.#time[to] = this.#time[index]!;
      this.#delay[to] = this.#delay[index]!;
      this.#turns.move(index, to);
    }
    kept.key.set(old.key);
    this.#table = kept;
  }

  save(): SavedFields {
    const { count } = this;
    return {
      table: this.#table.save(),
      state: this.#state.subarray(0, count),
      code: this.#code.subarray(0, count),
      name: this.#name.subarray(0, count),
      capture: this.#capture.subarray(0, count),
      time: this.#time.subarray(0, count),
      delay: this.#delay.subarray(0, count),
      names: this.#names.save(),
      hears: Uint8Array.from(this.#hears, (hears) => (hears ? 1 : 0)),
      base: this.#base[0]!,
      bits: this.#bits,
      unread: Int32Array.from(this.#streams.unread),
    };
  }

  /** What was asked, for reading: what tells a question asked anew is not put back. */
  restore(saved: Fields, { rows, captures }: { rows: number; captures: number }): void {
    this.#table.restore(saved.group('table'));
    const { count } = this;
    this.#state = saved.bytes('state', count);
    this.#code = saved.signedBytes('code', count);
    this.#name = saved.words('name', count);
    this.#capture = saved.words('capture', count);
    must(areWithin(this.#capture, 0, captures - 1), 'a question is of a capture that there is not');
    this.#time = saved.doubles('time', count);
    this.#delay = saved.doubles('delay', count);
    this.#names.restore(saved.groups('names'));
    for (const hears of saved.bytes('hears')) this.#hears.push(hears === 1);
    this.#base[0] = saved.number('base');
    this.#bits = saved.whole('bits', 0, 32);
    const unread = saved.words('unread');
    must(areWithin(unread, 0, rows - 1), 'a row asked that there is not');
    for (const row of unread) this.#streams.unread.add(row);
  }

  /** All questions, and answers without one, in order of their first packet. */
  *list(): Generator<KeptQuestion> {
    const table = this.#table;
    for (let index = 0; index < table.count; index++) {
      const state = this.#state[index]!;
      const name = this.#names.of(this.#name[index]! - 1);
      yield {
        asker: table.word(index, ASKER) | 0,
        asked: table.word(index, ASKED) | 0,
        ports: table.word(index, PORTS) | 0,
        protocol: table.word(index, PROTOCOL),
        id: table.word(index, ID),
        turn: table.word(index, TURN),
        isNameCut: table.word(index, PORTS) !== 0 && table.word(index, NAME) === 0,
        isSent: (state & SENT) !== 0,
        isAnswered: (state & ANSWERED) !== 0,
        capture: this.#capture[index]!,
        time: this.#time[index]! + this.#base[0]!,
        delay: this.#delay[index]!,
        code: this.#code[index]!,
        name: name?.name ?? null,
        type: name?.type ?? 0,
      };
    }
  }
}
