// Delays of many packets in little memory: the largest exactly, the others from an even sample.

export interface DelayStats {
  packets: number;
  /** Seconds. */
  median: number;
  p99: number;
  max: number;
}

export class Delays {
  #kept: number[] = [];
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
    this.#kept.push(seconds);
    if (this.#kept.length < this.#room) return;
    this.#kept = this.#kept.filter((_, i) => i % 2 === 0);
    this.#every *= 2;
  }

  /** Null without a packet. */
  stats(): DelayStats | null {
    if (this.#seen === 0) return null;
    const sorted = [...this.#kept].sort((a, b) => a - b);
    const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? this.#max;
    return { packets: this.#seen, median: at(0.5), p99: at(0.99), max: this.#max };
  }
}
