// How fast captures are read: over the last seconds, so that a slow beginning or a silent pipe does not weigh for ever.

interface Moment {
  time: number;
  bytes: number;
  packets: number;
}

/** The pace is that of these last milliseconds; below the least nothing is said. */
const WINDOW = 5000;
const LEAST = 400;

export class Pace {
  readonly #moments: Moment[];

  /** @param now milliseconds of the clock, when the reading begins; what has been read by then counts for no pace */
  constructor(now: number, bytes = 0, packets = 0) {
    this.#moments = [{ time: now, bytes, packets }];
  }

  /** What has been read by now, in all. To be told in the order of time. */
  note(now: number, bytes: number, packets: number): void {
    this.#moments.push({ time: now, bytes, packets });
    while (this.#moments.length > 2 && now - (this.#moments[1] as Moment).time >= WINDOW) this.#moments.shift();
  }

  /** Null while too little is known. */
  get packetsPerSecond(): number | null {
    const { time, packets } = this.#span();
    return time < LEAST ? null : (1000 * packets) / time;
  }

  /** Seconds that so many bytes more will take; null while that cannot be told. */
  secondsFor(bytes: number): number | null {
    const { time, bytes: read } = this.#span();
    return time < LEAST || read <= 0 ? null : (Math.max(0, bytes) * time) / read / 1000;
  }

  #span(): Moment {
    const [first, last] = [this.#moments[0] as Moment, this.#moments.at(-1) as Moment];
    return {
      time: last.time - first.time,
      bytes: last.bytes - first.bytes,
      packets: last.packets - first.packets,
    };
  }
}
