// Which rows of a flow hold the same packets: one place on the way after the other, or a copy of it. Rows that share none hold different
// packets, and add up.

import { RARE, RECORD } from './row-layout.ts';
import type { RowRecords } from './row-records.ts';

/** Share of common packets from which two rows hold the same ones: a datagram that repeats exactly is not enough. */
const COMMON_SHARE = 0.2;

export class RowOverlaps {
  readonly #rows: RowRecords;
  /** Beyond the first, which stands in the row's record. */
  readonly #more = new Map<number, Set<number>>();

  constructor(rows: RowRecords) {
    this.#rows = rows;
  }

  /** A packet of `row` was seen on `other` before. */
  note(row: number, other: number): void {
    const known = this.#rows.rare(row, RARE.overlaps);
    if (known === other + 1) return;
    if (known === 0) {
      this.#rows.setRare(row, RARE.overlaps, other + 1);
      return;
    }
    const more = this.#more.get(row);
    if (more === undefined) this.#more.set(row, new Set([other]));
    else more.add(other);
  }

  /** Whether two rows of one flow hold the same packets. */
  overlap(a: number, b: number): boolean {
    return this.#follows(a, b) || this.#follows(b, a);
  }

  #follows(row: number, other: number): boolean {
    if (this.#rows.rare(row, RARE.overlaps) !== other + 1 && !this.#more.get(row)?.has(other)) return false;
    const fewer = Math.min(this.#rows.distinct(row), this.#rows.distinct(other));
    return this.#rows.word(row, RECORD.shared) >= fewer * COMMON_SHARE;
  }
}
