// A sample of a capture's packets with their times: those with the smallest fingerprints, so that two captures keep the same ones
// of what both hold. Its size does not grow with the capture.

import { type Fields, must, type SavedFields } from '../store/saved.ts';
import { isRow } from './rows/saved-rows.ts';

/** Packets kept. */
const KEPT = 512;
/** Packets that came again, after which half of the kept are given up: they are looked up each time, and tell nothing. */
const REPEATS = KEPT * 8;
/** Copies of one packet at several places of a node come this soon, seconds. */
const AT_ONCE = 1e-3;

export interface SampledPacket {
  row: number;
  seconds: number;
  nanos: number;
  /** False: the capture has it at several times, so that it is not known which of them another capture saw. */
  isOnce: boolean;
  /** Seconds until the capture has it once more, other than at once; null: it does not, NaN: several times. */
  again: number | null;
}

export class PacketSample {
  /** Unsigned fingerprints below this are kept, while there are no KEPT smaller ones. */
  limit = 2 ** 32;
  readonly #kept = new Map<number, SampledPacket>();
  #repeats = 0;

  /** @param fingerprint unsigned; one without a time is no sample: it would take away what other captures have */
  add(fingerprint: number, row: number, seconds: number, nanos: number): void {
    if (fingerprint >= this.limit || Number.isNaN(seconds)) return;
    const known = this.#kept.get(fingerprint);
    if (known !== undefined) {
      const later = seconds - known.seconds + (nanos - known.nanos) / 1e9;
      if (!(Math.abs(later) <= AT_ONCE)) {
        known.isOnce = false;
        known.again = known.again === null || Math.abs(later - known.again) <= AT_ONCE ? later : Number.NaN;
      }
      if (++this.#repeats % REPEATS === 0) this.#keep(this.#kept.size >> 1);
      return;
    }
    this.#kept.set(fingerprint, { row, seconds, nanos, isOnce: true, again: null });
    if (this.#kept.size >= KEPT * 2) this.#keep(KEPT);
  }

  /** Keeps the smallest, and lowers the limit to them: half of the kept are thrown away at once, so that adding costs little. */
  #keep(most: number): void {
    const sorted = Float64Array.from(this.#kept.keys()).sort();
    this.limit = most === 0 ? 0 : (sorted[most - 1] ?? 0) + 1;
    for (const fingerprint of sorted.subarray(most)) this.#kept.delete(fingerprint);
  }

  /** No more packets follow: as little is kept as possible. */
  end(): void {
    if (this.#kept.size > KEPT) this.#keep(KEPT);
  }

  save(): SavedFields {
    const kept = [...this.#kept].map(([fingerprint, packet]) => ({ fingerprint, ...packet }));
    return { limit: this.limit, kept };
  }

  restore(saved: Fields, rows: { readonly count: number }): void {
    this.limit = saved.number('limit');
    for (const one of saved.groups('kept', KEPT * 2)) {
      const row = one.number('row');
      must(isRow(rows, row), 'a packet is of a row that there is not');
      const [seconds, nanos, isOnce] = [one.number('seconds'), one.number('nanos'), one.flag('isOnce')];
      const again = one.nullable('again', () => one.number('again'));
      this.#kept.set(one.number('fingerprint'), { row, seconds, nanos, isOnce, again });
    }
  }

  get packets(): ReadonlyMap<number, SampledPacket> {
    return this.#kept;
  }
}
