// HOT: per packet. No allocation.
// Counts packets in their rows, each once however often it was captured there.

import { FACT, MARK } from '../../decode/fact-layout.ts';
import type { PacketFacts } from '../../decode/facts.ts';
import type { Links } from '../paths/links.ts';
import type { Paths } from '../paths/paths.ts';
import { PairedQuestions } from '../questions/paired-questions.ts';
import { type ChecksumSample, SAMPLED } from './checksum-sample.ts';
import { countCopy, countHeaders, countPacket, countPayload } from './count-facts.ts';
import { countWindow, type PacketWindow } from './count-window.ts';
import { DoubtfulCopies } from './doubtful-copies.ts';
import { RecentPackets, SEEN } from './recent-packets.ts';
import type { RowOverlaps } from './row-overlaps.ts';
import type { RowRecords } from './row-records.ts';

// Local names: the optimising compiler folds module-local constants, but loads imported ones anew each time.
const F = FACT;
const S = SEEN;
const SAMPLES = SAMPLED;
const QUESTION = MARK.echoRequest | MARK.echoReply | MARK.dns;

/** What counts as a frame only. */
export const EXTRA = { copy: 1, laterFragment: 2 } as const;

/** The table, as counting needs it. */
interface CountedTable {
  readonly rows: RowRecords;
  readonly facts: PacketFacts;
  readonly paths: Paths;
  readonly links: Links;
  readonly overlaps: RowOverlaps;
}

export class RowCounter {
  /** Packets inside the one of their capture are counted apart, too: each capture has its own clock. */
  windows: ReadonlyMap<number, PacketWindow> | null = null;
  /** The one of the capture being read. */
  window: PacketWindow | null = null;
  readonly recent: RecentPackets;
  readonly questions = new PairedQuestions();
  /** Bytes of the batch that is being counted. */
  bytes: Uint8Array = new Uint8Array(0);
  /** Which packets of the batch counted last are copies of one on their row, or later fragments: EXTRA; 0: neither. */
  readonly isExtra: Uint8Array;
  readonly #table: CountedTable;
  readonly #checksums: ChecksumSample;
  readonly #doubts: DoubtfulCopies;

  /** @param capacity packets of the largest batch */
  constructor(table: CountedTable, checksums: ChecksumSample, capacity: number) {
    this.#table = table;
    this.#checksums = checksums;
    this.#doubts = new DoubtfulCopies(table);
    this.recent = new RecentPackets(table, this.#doubts);
    this.isExtra = new Uint8Array(capacity);
  }

  /** Packets of another capture follow; -1: none do. */
  begin(capture: number): void {
    this.#doubts.begin(capture, this.window);
    this.window = this.windows?.get(capture) ?? null;
    this.questions.begin(capture);
  }

  /** Counts packet `i` of the batch in its row. */
  count(row: number, i: number, packet: number): void {
    const { window } = this;
    const { rows, facts } = this.#table;
    const { words, doubles } = facts;
    const at = i * F.words;
    this.#doubts.packets++;
    const seen = this.recent.see(facts, i, row);
    this.isExtra[i] = seen === S.copy ? EXTRA.copy : 0;
    if (seen === S.copy) {
      countCopy(rows, row, words, doubles, at, packet);
      return;
    }
    if (words[at + F.marks]! & QUESTION) this.questions.note(facts, i, row, this.bytes, seen === S.perhaps);
    if (countPacket(rows, row, words, doubles, at, packet) < SAMPLES) this.#checksums.note(i);
    if (seen === S.perhaps) {
      this.#countDoubtful(row, i);
      return;
    }
    countPayload(rows, row, words, at);
    countHeaders(rows, row, words, doubles, at);
    if (window !== null) countWindow(rows, row, facts, at, window);
  }

  /** Counts what of packet `i` is taken back if it turns out to be a copy. */
  #countDoubtful(row: number, i: number): void {
    const { window } = this;
    const { rows, facts } = this.#table;
    const at = i * F.words;
    const before = rows.retransmissions(row) + rows.largeRetransmissions(row);
    countPayload(rows, row, facts.words, at);
    countHeaders(rows, row, facts.words, facts.doubles, at);
    if (window !== null) countWindow(rows, row, facts, at, window);
    const resent = rows.retransmissions(row) + rows.largeRetransmissions(row) - before;
    const { other, lag } = this.recent;
    this.#doubts.note(facts, i, row, { other, lag, resent, window });
  }

  /** Whether the row of packet `i`, a later fragment, has it already. */
  hasSeen(i: number, row: number): boolean {
    this.isExtra[i] = EXTRA.laterFragment;
    return this.recent.see(this.#table.facts, i, row) === S.copy;
  }
}
