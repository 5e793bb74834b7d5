// HOT: per packet, where it is asked for. No allocation but growth.
// The first few packets of each row by what tells them: a fingerprint that is the same wherever the packet was captured, and its time. With
// them two captures can be compared long after both are gone.

import type { PacketBatch } from '../capture/source.ts';
import { FACT, FLOW_BIT, MARK } from '../decode/fact-layout.ts';
import type { PacketFacts } from '../decode/facts.ts';
import { CHUNK_SHIFT } from './rows/row-layout.ts';

// Local names: the optimising compiler folds module-local constants, but loads imported ones anew each time.
const F = FACT;
const CUT = MARK.contentCut | MARK.headerCut;
const PORTS_CUT = FLOW_BIT.portsCut;
const SHIFT = CHUNK_SHIFT;
const MASK = (1 << CHUNK_SHIFT) - 1;

/** Packets kept of a row. */
export const KEPT_FIRST = 8;
/**
 * Words of a record: fingerprints, nanoseconds, the second of the first one, how many there are, the first frame's place as a 64-bit
 * number; seconds after the first one are half a word each.
 */
const KEPT = KEPT_FIRST;
const [NANOS, SECOND, COUNT, OFFSET] = [KEPT, 2 * KEPT, 2 * KEPT + 1, (2 * KEPT + 2) / 2] as const;
const HALVES = 2 * (2 * KEPT + 4);
const WORDS = (HALVES + KEPT) / 2;
/** Packets that come later than 18 hours after the first one are not kept, nor those before it, nor times before 1970. */
const LATEST = 0xffff;
const SECONDS_END = 2 ** 32;

export class FirstPackets {
  readonly #words: Int32Array[] = [];
  readonly #doubles: Float64Array[] = [];
  readonly #halves: Uint16Array[] = [];

  /**
   * @param rowOf row of each packet of the batch, -1: none
   * @param isExtra which of them are copies on their row, or later fragments; 0: neither
   */
  note(batch: PacketBatch, facts: PacketFacts, rowOf: Int32Array, isExtra: Uint8Array): void {
    const { words, doubles } = facts;
    const { base = -1, start, count } = batch;
    for (let i = 0, at = 0; i < count; i++, at += F.words) {
      const row = rowOf[i]!;
      if (row < 0) continue;
      if (row >>> SHIFT >= this.#words.length) this.#grow(row);
      const record = this.#words[row >>> SHIFT]!;
      const x = (row & MASK) * WORDS;
      const kept = record[x + COUNT]!;
      if (kept > KEPT) continue;
      // one more than are kept, so that zero is a row that has none
      if (kept === 0) {
        this.#doubles[row >>> SHIFT]![x / 2 + OFFSET] = base < 0 ? -1 : base + start[i]!;
        record[x + COUNT] = 1;
      }
      const seconds = doubles[(at >> 1) + F.seconds]!;
      const isTold = !(words[at + F.marks]! & CUT) && !(words[at + F.protocol]! & PORTS_CUT);
      if (isExtra[i]! !== 0 || !isTold || !(seconds >= 0 && seconds < SECONDS_END)) continue;
      const place = record[x + COUNT]! - 1;
      if (place === 0) record[x + SECOND] = seconds | 0;
      const later = seconds - (record[x + SECOND]! >>> 0);
      if (later < 0 || later > LATEST) continue;
      record[x + place] = words[at + F.fingerprint]!;
      this.#halves[row >>> SHIFT]![2 * x + HALVES + place] = later;
      record[x + NANOS + place] = words[at + F.nanos]!;
      record[x + COUNT] = place + 2;
    }
  }

  #grow(row: number): void {
    while (row >>> SHIFT >= this.#words.length) {
      const buffer = new ArrayBuffer(4 * WORDS * (MASK + 1));
      this.#words.push(new Int32Array(buffer));
      this.#doubles.push(new Float64Array(buffer));
      this.#halves.push(new Uint16Array(buffer));
    }
  }

  /** How many packets of the row are kept. */
  count(row: number): number {
    const kept = this.#words[row >>> SHIFT]?.[(row & MASK) * WORDS + COUNT] ?? 0;
    return kept === 0 ? 0 : kept - 1;
  }

  /** Of packet `i` of those that are kept. Signed. */
  fingerprint(row: number, i: number): number {
    return this.#words[row >>> SHIFT]![(row & MASK) * WORDS + i]!;
  }

  /** Whole seconds since the epoch. */
  seconds(row: number, i: number): number {
    const x = (row & MASK) * WORDS;
    return (this.#words[row >>> SHIFT]![x + SECOND]! >>> 0) + this.#halves[row >>> SHIFT]![2 * x + HALVES + i]!;
  }

  nanos(row: number, i: number): number {
    return this.#words[row >>> SHIFT]![(row & MASK) * WORDS + NANOS + i]!;
  }

  /** Where the first frame of the row begins in the capture (what it decompresses to); -1 where its reader does not know that. */
  offset(row: number): number {
    return this.#doubles[row >>> SHIFT]?.[((row & MASK) * WORDS) / 2 + OFFSET] ?? -1;
  }
}
