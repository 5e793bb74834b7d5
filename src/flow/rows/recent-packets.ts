// HOT: per packet. No allocation.
// The packets of the last moments, so that a packet that is captured twice counts once: by a mirror of both directions, on both sides of
// a router, on veth and NIC, tagged and untagged, in a merge of several captures. Two tables of fixed size: a ring, written in order, and
// an index that a usual packet alone looks at, so that it stays near the processor: buckets of four words, each half of a fingerprint and
// a place in the ring, in which a new packet takes the oldest one's place.

import { FACT } from '../../decode/fact-layout.ts';
import type { PacketFacts } from '../../decode/facts.ts';
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

/** Packets in the ring (1 MiB), and words of the index (256 KiB). */
const PACKETS = 1 << 16;
/** Room in the ring at first: a capture that has fewer packets needs no more. */
const FIRST_PACKETS = 1 << 11;
/** Words of a packet in the ring: fingerprint, AROUND, row + 1, time. */
const [AROUND_AT, ROW, TIME] = [1, 2, 3] as const;
const ENTRY = 4;
/** Words of a bucket, newest first: the upper half of a fingerprint, whose lower half chose the bucket, above a place in the ring. */
const BUCKET = 4;
const FIRST_WORD = PACKETS - BUCKET;
const HALF = 16;
const PLACE = PACKETS - 1;
/** Time is kept in units of 1/256 s. */
const TICKS = 256;
const NANOS_OF_TICK = 1e9 / TICKS;
/** Copies come this soon (of what comes later, `DoubtfulCopies` decides); a packet is sent again later than that. */
const MOMENTS = 1;
export const MOMENTS_SECONDS = (MOMENTS + 1) / TICKS;
/** In another tunnel, or in none, it may come by again as late as networks delay it: a mirror's copy that travels on. */
const TRAVELLED = TICKS;

export class RecentPackets {
  readonly index = new Int32Array(PACKETS);
  /** Grows by doubling before it is full for the first time; then it is written over. */
  #ring = new Int32Array(FIRST_PACKETS * ENTRY);
  /** Place in the ring of the packet that comes next. */
  #next = 0;
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

  /** Place in the index of the bucket that a fingerprint belongs to. */
  bucketOf(fingerprint: number): number {
    return (fingerprint << 2) & FIRST_WORD;
  }

  /** Remembers packet `i` of a batch, which is of `row`; a SEEN value. Where another row of the capture has it, that is noted. */
  see(facts: PacketFacts, i: number, row: number): number {
    const at = i * F.words;
    const words = facts.words;
    const key = words[at + F.fingerprint]!;
    const time =
      (Math.imul(facts.doubles[(at >> 1) + F.seconds]!, TICKS) + ((words[at + F.nanos]! / NANOS_OF_TICK) | 0)) | 0;
    const index = this.index;
    const bucket = this.bucketOf(key);
    const [a, b, c, d] = [index[bucket]!, index[bucket + 1]!, index[bucket + 2]!, index[bucket + 3]!];
    let seen: number = FIRST;
    if ((a ^ key) >>> HALF === 0 || (b ^ key) >>> HALF === 0 || (c ^ key) >>> HALF === 0 || (d ^ key) >>> HALF === 0) {
      seen = this.#compare(bucket, key, facts.around[i]!, row, time);
      if (seen === COPY) return COPY;
    }
    const place = this.#next;
    if (place * ENTRY === this.#ring.length) this.#grow();
    this.#next = (place + 1) & PLACE;
    index[bucket + 3] = c;
    index[bucket + 2] = b;
    index[bucket + 1] = a;
    index[bucket] = (key & ~PLACE) | place;
    const ring = this.#ring;
    const to = place * ENTRY;
    ring[to] = key;
    ring[to + AROUND_AT] = facts.around[i]!;
    ring[to + ROW] = row + 1;
    ring[to + TIME] = time;
    return seen;
  }

  #grow(): void {
    const grown = new Int32Array(2 * this.#ring.length);
    grown.set(this.#ring);
    this.#ring = grown;
  }

  /** Rare: what the packets with that fingerprint make of this one. */
  #compare(bucket: number, key: number, around: number, row: number, time: number): number {
    const ring = this.#ring;
    this.other = -1;
    for (let word = bucket + BUCKET - 1, last = -1; word >= bucket; word--) {
      const place = this.index[word]! & PLACE;
      const entry = place * ENTRY;
      const other = ring[entry + ROW]! - 1;
      // words that were never written are alike
      if (ring[entry] !== key || other < 0 || place === last || !this.#isOfOneFlow(other, row)) continue;
      last = place;
      const lag = Math.abs((time - ring[entry + TIME]!) | 0);
      const isNear = lag <= MOMENTS;
      const before = ring[entry + AROUND_AT]!;
      if (isNear ? this.isOne(before, around, other, row) : this.#isLate(lag, around, other, row)) {
        if (other === row) {
          this.#doubts.copies++;
          // what goes in a circle comes again within moments of the last time
          if (isNear) ring[entry + TIME] = time;
          return COPY;
        }
        this.#overlaps.share(row, other);
      } else if (
        isNear
          ? other === row && !areTwo(before, around)
          : (around & A.identified || this.#doubts.asksLate) && (this.other < 0 || other === row)
      ) {
        this.other = other;
        this.lag = lag;
      }
    }
    return this.other >= 0 ? PERHAPS : FIRST;
  }

  /** One in an other tunnel has the same identification: nothing is sent again in it with that. */
  #isLate(lag: number, around: number, other: number, row: number): boolean {
    if (this.#doubts.isLate(lag)) return true;
    if (lag > TRAVELLED || !(around & A.identified)) return false;
    const { tunnel } = this.#paths;
    return tunnel[this.#rows.path(other)] !== tunnel[this.#rows.path(row)];
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
