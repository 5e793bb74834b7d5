// HOT: per packet. No allocation.
// The packets of the last moments, so that a packet that is captured twice counts once: by a mirror of both directions, on both sides of
// a router, on veth and NIC, tagged and untagged, in a merge of several captures. A table of fixed size: buckets of four packets, one
// cache line each, in which a new packet takes the oldest one's place.

import { FACT, type PacketFacts } from '../../decode/facts.ts';
import { AROUND } from '../../decode/packet-fingerprint.ts';
import type { Links } from '../paths/links.ts';
import type { Paths } from '../paths/paths.ts';
import type { DoubtfulCopies } from './doubtful-copies.ts';
import type { RowOverlaps } from './row-overlaps.ts';
import type { RowRecords } from './row-records.ts';

/** What a packet is to those before: the first of its kind on its row, a copy of one there, or perhaps one (see `DoubtfulCopies`). */
export const SEEN = { first: 0, copy: 1, perhaps: 2 } as const;

// Local names: the optimising compiler folds module-local constants, but loads imported ones anew each time.
const F = FACT;
const A = AROUND;
const { first: FIRST, copy: COPY, perhaps: PERHAPS } = SEEN;

/** Buckets, as a power of two: 65,536 packets, 1 MiB. */
const BUCKETS = 1 << 14;
/** Words of an entry: fingerprint, AROUND, row + 1, time. */
const [AROUND_AT, ROW, TIME] = [1, 2, 3] as const;
const ENTRY = 4;
const LINE = 16;
/** Time is kept in units of 1/256 s. */
const TICKS = 256;
const NANOS_OF_TICK = 1e9 / TICKS;
/** Copies come this soon (of what comes later, `DoubtfulCopies` decides); a packet is sent again later than that. */
const MOMENTS = 1;
export const MOMENTS_SECONDS = (MOMENTS + 1) / TICKS;

export class RecentPackets {
  readonly slots = new Int32Array(BUCKETS * LINE);
  /** Of the packet that was perhaps a copy: the row of the other one, and how long before it came. */
  other = -1;
  lag = 0;
  readonly #rows: RowRecords;
  readonly #paths: Paths;
  readonly #links: Links;
  readonly #overlaps: RowOverlaps;
  readonly #doubts: DoubtfulCopies;

  constructor(of: { rows: RowRecords; paths: Paths; links: Links; overlaps: RowOverlaps }, doubts: DoubtfulCopies) {
    this.#rows = of.rows;
    this.#paths = of.paths;
    this.#links = of.links;
    this.#overlaps = of.overlaps;
    this.#doubts = doubts;
  }

  /** Place of the bucket that a fingerprint belongs to. */
  bucketOf(fingerprint: number): number {
    return (fingerprint & (BUCKETS - 1)) * LINE;
  }

  /** Remembers packet `i` of a batch, which is of `row`; a SEEN value. Where another row of the capture has it, that is noted. */
  see(facts: PacketFacts, i: number, row: number): number {
    const at = i * F.words;
    const words = facts.words;
    const key = words[at + F.fingerprint]!;
    const seconds = facts.doubles[(at >> 1) + F.seconds]!;
    const time = (Math.floor(seconds * TICKS) | 0) + ((words[at + F.nanos]! / NANOS_OF_TICK) | 0);
    const slots = this.slots;
    const bucket = (key & (BUCKETS - 1)) * LINE;
    let seen: number = FIRST;
    if (slots[bucket] === key || slots[bucket + 4] === key || slots[bucket + 8] === key || slots[bucket + 12] === key) {
      seen = this.#compare(bucket, key, facts.around[i]!, row, time);
      if (seen === COPY) return COPY;
    }
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
    slots[to + AROUND_AT] = facts.around[i]!;
    slots[to + ROW] = row + 1;
    slots[to + TIME] = time;
    return seen;
  }

  /** Rare: what the packets with that fingerprint make of this one. */
  #compare(bucket: number, key: number, around: number, row: number, time: number): number {
    const slots = this.slots;
    let elsewhere = false;
    this.other = -1;
    for (let entry = bucket; entry < bucket + LINE; entry += ENTRY) {
      const other = slots[entry + ROW]! - 1;
      if (slots[entry] !== key || other < 0 || !this.#isOfOneFlow(other, row)) continue;
      const lag = Math.abs((time - slots[entry + TIME]!) | 0);
      const isNear = lag <= MOMENTS;
      const before = slots[entry + AROUND_AT]!;
      if (isNear ? this.isOne(before, around, other, row) : this.#doubts.isLate(lag)) {
        if (other === row) {
          this.#doubts.copies++;
          return COPY;
        }
        this.#overlaps.share(row, other);
        elsewhere = true;
      } else if (
        isNear ? other === row && !areTwo(before, around) : around & A.identified && (this.other < 0 || other === row)
      ) {
        this.other = other;
        this.lag = lag;
      }
    }
    return this.other >= 0 && !elsewhere ? PERHAPS : FIRST;
  }

  /** In one capture. */
  #isOfOneFlow(other: number, row: number): boolean {
    if (other === row) return true;
    if (other >= this.#rows.count || this.#rows.flow(other) !== this.#rows.flow(row)) return false;
    return this.#links.captureOf(this.#linkOf(other)) === this.#links.captureOf(this.#linkOf(row));
  }

  #linkOf(row: number): number {
    return this.#paths.link[this.#rows.path(row)]!;
  }

  /**
   * Whether two packets alike on rows of one flow, with what was around each, are one. An identification of the packet itself tells, or
   * of what carries it. Without, only what a second place changes does: link addresses, a tag, the hop limit, a tunnel around it.
   */
  isOne(before: number, around: number, other: number, row: number): boolean {
    if (around & A.identified) return true;
    if (before >>> 16 > 0 && around >>> 16 > 0) return !areTwo(before, around);
    if ((before & A.place) !== (around & A.place)) return true;
    if (other === row) return false;
    const [path, way] = [this.#rows.path(other), this.#rows.path(row)];
    if (this.#paths.tunnel[path] !== this.#paths.tunnel[way]) return true;
    return !this.#links.isSameWay(this.#paths.link[path]!, this.#paths.link[way]!);
  }
}

/** Whether what carried two packets says that it carried each of them. */
function areTwo(before: number, around: number): boolean {
  return before >>> 16 > 0 && around >>> 16 > 0 && before >>> 16 !== around >>> 16;
}
