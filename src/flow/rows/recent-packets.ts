// HOT: per packet. No allocation.
// The packets of the last moments, so that a packet that is captured twice counts once: by a mirror of both directions, on both sides of
// a router, on veth and NIC, tagged and untagged, in a merge of several captures. A table of fixed size: buckets of four packets, one
// cache line each, in which a new packet takes the oldest one's place.

import { AROUND, FACT } from '../../decode/facts.ts';
import type { Links } from '../paths/links.ts';
import type { Paths } from '../paths/paths.ts';
import { CHUNK_SHIFT, RECORD } from './row-layout.ts';
import type { RowOverlaps } from './row-overlaps.ts';
import type { RowRecords } from './row-records.ts';

// Local names: the optimising compiler folds module-local constants, but loads imported ones anew each time.
const F = FACT;
const A = AROUND;
const R = RECORD;
const SHIFT = CHUNK_SHIFT;
const CHUNK_MASK = (1 << CHUNK_SHIFT) - 1;

/** Buckets, as a power of two: 65,536 packets, 1 MiB. */
const BUCKETS = 1 << 14;
/** Words of an entry: fingerprint, AROUND, row + 1, time. */
const [AROUND_AT, ROW, TIME] = [1, 2, 3] as const;
const ENTRY = 4;
const LINE = 16;
/** Time is kept in units of 1/256 s: of 65,536 s, then it repeats. */
const TICKS = 256;
const NANOS_OF_TICK = 1e9 / TICKS;
/** Half a second: clocks of two nodes may differ, and a packet is sent again later than its copies are captured. */
const MOMENTS = TICKS / 2;
/** Where nothing tells a copy from a packet sent again, it takes after the others: copies come this soon, and nearly all have one. */
const SOON = 2;
const ENOUGH = 4;
const NEARLY_ALL = 0.9;

export class RecentPackets {
  readonly slots = new Int32Array(BUCKETS * LINE);
  readonly #rows: RowRecords;
  readonly #paths: Paths;
  readonly #links: Links;
  readonly #overlaps: RowOverlaps;
  /** Of one capture: packets with an identification, and those that were copies of one on their own row. */
  #capture = -1;
  #identified = 0;
  #again = 0;

  constructor(of: { rows: RowRecords; paths: Paths; links: Links; overlaps: RowOverlaps }) {
    this.#rows = of.rows;
    this.#paths = of.paths;
    this.#links = of.links;
    this.#overlaps = of.overlaps;
  }

  /** Place of the bucket that a fingerprint belongs to. */
  bucketOf(fingerprint: number): number {
    return (fingerprint & (BUCKETS - 1)) * LINE;
  }

  /** Packets of another capture follow. */
  begin(capture: number): void {
    if (capture === this.#capture) return;
    this.#capture = capture;
    this.#identified = 0;
    this.#again = 0;
  }

  /**
   * Remembers the packet of `row` with facts at `at`, and `around` it. Whether the row has it already; where another row of the capture
   * has, that is noted.
   */
  hasSeen(words: Int32Array, doubles: Float64Array, at: number, around: number, row: number): boolean {
    const key = words[at + F.fingerprint]!;
    const time =
      (Math.floor(doubles[(at >> 1) + F.seconds]! * TICKS) | 0) + ((words[at + F.nanos]! / NANOS_OF_TICK) | 0);
    const slots = this.slots;
    const bucket = (key & (BUCKETS - 1)) * LINE;
    if (around & A.identified) this.#identified++;
    if (
      (slots[bucket] === key || slots[bucket + 4] === key || slots[bucket + 8] === key || slots[bucket + 12] === key) &&
      this.#isCopy(bucket, key, around, row, time)
    )
      return true;
    let to = bucket;
    let oldest = (time - slots[bucket + TIME]!) | 0;
    for (let entry = bucket + ENTRY; entry < bucket + LINE; entry += ENTRY) {
      const age = (time - slots[entry + TIME]!) | 0;
      if (slots[entry + ROW] === 0 || age > oldest) {
        oldest = age;
        to = entry;
      }
    }
    slots[to] = key;
    slots[to + AROUND_AT] = around;
    slots[to + ROW] = row + 1;
    slots[to + TIME] = time;
    return false;
  }

  /** Rare: whether one of the packets with that fingerprint is this one, on the same row; if on another, it is noted. */
  #isCopy(bucket: number, key: number, around: number, row: number, time: number): boolean {
    let first = -1;
    for (let entry = bucket; entry < bucket + LINE; entry += ENTRY) {
      const other = this.slots[entry + ROW]! - 1;
      if (this.slots[entry] !== key || other < 0 || !this.#mayBe(other, row)) continue;
      const apart = Math.abs((time - this.slots[entry + TIME]!) | 0);
      if (apart > MOMENTS) continue;
      const before = this.slots[entry + AROUND_AT]!;
      if (!this.#isOne(before, around, other, row, apart)) continue;
      if (other === row) {
        if (around & A.identified) this.#again++;
        return true;
      }
      if (first < 0) first = other;
    }
    if (first >= 0) {
      this.#rows.words[row >>> SHIFT]![(row & CHUNK_MASK) * R.words + R.shared]!++;
      this.#overlaps.note(row, first);
    }
    return false;
  }

  /** Rows of one flow in one capture. */
  #mayBe(other: number, row: number): boolean {
    if (other === row) return true;
    return (
      other < this.#rows.count &&
      this.#rows.flow(other) === this.#rows.flow(row) &&
      this.#links.captureOf(this.#linkOf(other)) === this.#links.captureOf(this.#linkOf(row))
    );
  }

  #linkOf(row: number): number {
    return this.#paths.link[this.#rows.path(row)]!;
  }

  /**
   * Whether two packets alike are one. An identification of the packet itself tells, or of what carries it. Without, only what a second
   * place changes does: link addresses, a tag, the hop limit, a tunnel around it.
   */
  #isOne(before: number, around: number, other: number, row: number, apart: number): boolean {
    if (around & A.identified) return true;
    const [one, two] = [before >>> 16, around >>> 16];
    if (one > 0 && two > 0) return one === two;
    if ((before & A.place) !== (around & A.place)) return true;
    if (other === row)
      return apart <= SOON && this.#again >= ENOUGH && this.#again * 2 >= this.#identified * NEARLY_ALL;
    const [path, way] = [this.#rows.path(other), this.#rows.path(row)];
    return (
      this.#paths.tunnel[path] !== this.#paths.tunnel[way] ||
      !this.#links.isSameWay(this.#paths.link[path]!, this.#paths.link[way]!)
    );
  }
}
