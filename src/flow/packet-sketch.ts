// A sketch of which packets a capture holds: the smallest of their fingerprints. Two captures with the same packets keep the same
// ones, two with different packets next to none in common; its size does not grow with the capture.

import { type Fields, must, type SavedFields } from '../store/saved.ts';

/** Fingerprints kept. */
const KEPT = 128;
/** Share of common ones from which two captures hold the same packets: a few datagrams that repeat exactly are not enough. */
const COMMON_SHARE = 0.2;

export class PacketSketch {
  /** Unsigned fingerprints below this are kept, while there are no KEPT smaller ones. */
  limit = 2 ** 32;
  #kept = new Set<number>();

  get size(): number {
    return this.#kept.size;
  }

  /** @param fingerprint unsigned */
  add(fingerprint: number): void {
    if (fingerprint >= this.limit) return;
    this.#kept.add(fingerprint);
    if (this.#kept.size >= KEPT * 2) this.#trim();
  }

  /** Keeps the smallest, and lowers the limit to them: half of the kept are thrown away at once, so that adding costs little. */
  #trim(): void {
    const sorted = [...this.#kept].sort((a, b) => a - b).slice(0, KEPT);
    this.#kept = new Set(sorted);
    this.limit = (sorted.at(-1) ?? 0) + 1;
  }

  save(): SavedFields {
    return { limit: this.limit, kept: Float64Array.from(this.#kept) };
  }

  restore(saved: Fields): void {
    this.limit = saved.number('limit');
    const kept = saved.doubles('kept');
    must(kept.length <= KEPT * 2, 'a sketch is too large');
    this.#kept = new Set(kept);
  }

  /** The sketch of what both hold. */
  joined(other: PacketSketch): PacketSketch {
    const both = new PacketSketch();
    both.limit = Math.min(this.limit, other.limit);
    for (const one of [...this.#kept, ...other.#kept]) both.add(one);
    return both;
  }

  /**
   * Whether the two hold the same packets, as far as the smaller one goes.
   * @param least fewer in common are none
   */
  sharesPackets(other: PacketSketch, least = 1): boolean {
    const below = Math.min(this.limit, other.limit);
    const own = [...this.#kept].filter((one) => one < below);
    const theirs = [...other.#kept].filter((one) => one < below);
    const common = own.filter((one) => other.#kept.has(one)).length;
    return common >= least && common >= Math.min(own.length, theirs.length) * COMMON_SHARE;
  }
}
