// Delays of many packets in little memory: the largest exactly, the others from an even sample.

export interface DelayStats {
  packets: number;
  /** Seconds. */
  median: number;
  p99: number;
  max: number;
}

export class Delays {
  /** Grows by doubling from very little: there may be a hundred thousand of these. */
  #kept = new Array<number>(2);
  #size = 0;
  #every = 1;
  #seen = 0;
  #max = Number.NEGATIVE_INFINITY;
  readonly #room: number;

  /** @param room values kept at most; of more, every second, fourth, ... one */
  constructor(room: number) {
    this.#room = room;
  }

  add(seconds: number): void {
    if (seconds > this.#max) this.#max = seconds;
    if (this.#seen++ % this.#every !== 0) return;
    if (this.#size === this.#kept.length) this.#kept = this.#kept.concat(new Array<number>(this.#size));
    this.#kept[this.#size++] = seconds;
    if (this.#size < this.#room) return;
    for (let i = 0; i < this.#size; i += 2) this.#kept[i >> 1] = this.#kept[i]!;
    this.#size = (this.#size + 1) >> 1;
    this.#every *= 2;
  }

  /** Null without a packet. */
  stats(): DelayStats | null {
    if (this.#seen === 0) return null;
    const sorted = this.#kept.slice(0, this.#size).sort((a, b) => a - b);
    const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? this.#max;
    return { packets: this.#seen, median: at(0.5), p99: at(0.99), max: this.#max };
  }
}
