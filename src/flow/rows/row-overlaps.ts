// HOT: per packet that was seen on another row. No allocation but growth.
// Which rows of a flow hold the same packets: one place on the way after the other, or a copy of it. Rows that share none hold different
// packets, and add up. Pairs of rows, found by open addressing (see row-index.ts).

import { addUnder } from '../../net/multi-map.ts';
import { type Fields, must, type SavedFields } from '../../store/saved.ts';
import type { RowRecords } from './row-records.ts';

/** Share of common packets from which two rows hold the same ones: a datagram that repeats exactly is not enough. */
const COMMON_SHARE = 0.2;
/** Words of a pair: row + 1 (0: empty), the other row, packets. */
const WORDS = 3;

export class RowOverlaps {
  readonly #rows: RowRecords;
  #pairs = new Int32Array(256 * WORDS);
  #mask = 255;
  #count = 0;
  /** Made when it is asked for first; none while pairs are still found. */
  #partners: Map<number, number[]> | null = null;

  constructor(rows: RowRecords) {
    this.#rows = rows;
  }

  /** One more packet of `row` is one that `other` has. */
  share(row: number, other: number): void {
    let at = this.#find(row, other);
    if (this.#pairs[at] === 0) {
      if (++this.#count * 2 > this.#mask) {
        this.#grow();
        at = this.#find(row, other);
      }
      this.#pairs[at] = row + 1;
      this.#pairs[at + 1] = other;
      this.#partners = null;
    }
    this.#pairs[at + 2]!++;
  }

  /** All pairs: a row, one that had packets of it before, and how many. */
  forEach(visit: (row: number, other: number, packets: number) => void): void {
    for (let at = 0; at < this.#pairs.length; at += WORDS)
      if (this.#pairs[at] !== 0) visit(this.#pairs[at]! - 1, this.#pairs[at + 1]!, this.#pairs[at + 2]!);
  }

  /** Rows that have a packet in common with this one. The first question takes a walk over all pairs: for rows among very many. */
  partners(row: number): readonly number[] {
    if (this.#partners === null) {
      const found = new Map<number, number[]>();
      this.forEach((one, other) => {
        const isThereTwice = this.#pairs[this.#find(other, one)] !== 0;
        if (isThereTwice && one > other) return;
        addUnder(found, one, other);
        addUnder(found, other, one);
      });
      this.#partners = found;
    }
    return this.#partners.get(row) ?? [];
  }

  /** Packets that two rows both have. */
  common(a: number, b: number): number {
    return this.#pairs[this.#find(a, b) + 2]! + this.#pairs[this.#find(b, a) + 2]!;
  }

  /** Whether two rows of one flow hold the same packets. */
  overlap(a: number, b: number): boolean {
    const common = this.common(a, b);
    return common > 0 && common >= Math.min(this.#rows.distinct(a), this.#rows.distinct(b)) * COMMON_SHARE;
  }

  save(): SavedFields {
    return { pairs: this.#pairs };
  }

  restore(saved: Fields): void {
    const pairs = saved.words('pairs');
    const mask = pairs.length / WORDS - 1;
    let count = 0;
    for (let at = 0; at < pairs.length; at += WORDS) {
      const [row, other] = [pairs[at]! - 1, pairs[at + 1]!];
      const isThere = (one: number): boolean => one >= 0 && one < this.#rows.count;
      if (pairs[at] === 0) continue;
      must(isThere(row) && isThere(other), 'rows overlap that there are not');
      count++;
    }
    // at most half full: else a search would not end
    must(Number.isInteger(mask) && mask > 0 && (mask & (mask + 1)) === 0 && 2 * count <= mask, 'a table is overfull');
    this.#pairs = pairs;
    this.#mask = mask;
    this.#count = count;
    this.#partners = null;
  }

  /** Place of a pair, or of the empty one where it belongs. */
  #find(row: number, other: number): number {
    const mixed = Math.imul(row, 0x9e3779b1) ^ Math.imul(other, 0x85ebca77);
    let slot = (mixed ^ (mixed >>> 15)) & this.#mask;
    for (;;) {
      const at = slot * WORDS;
      const held = this.#pairs[at]!;
      if (held === 0 || (held === row + 1 && this.#pairs[at + 1] === other)) return at;
      slot = (slot + 1) & this.#mask;
    }
  }

  #grow(): void {
    const old = this.#pairs;
    this.#mask = this.#mask * 2 + 1;
    this.#pairs = new Int32Array((this.#mask + 1) * WORDS);
    for (let from = 0; from < old.length; from += WORDS) {
      if (old[from] === 0) continue;
      const to = this.#find(old[from]! - 1, old[from + 1]!);
      for (let word = 0; word < WORDS; word++) this.#pairs[to + word] = old[from + word]!;
    }
  }
}
