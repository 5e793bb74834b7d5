// First reading: an even sample of packets, each with all the flows that had it, in bounded memory. Translations of addresses come from it.
import { areWithin, type Fields, must, type SavedFields } from '../store/saved.ts';
import type { Frame } from './frame.ts';

/** When the packets of a capture were captured, by its own clock. */
export interface Span {
  first: number;
  last: number;
}

export interface SampledSight {
  flow: number;
  /** Epoch seconds, by the capture's clock. */
  time: number;
}

const ROOM = 1 << 16;
/** A packet is seen at a handful of places; more is a loop. */
const MOST_SIGHTS = 24;

export class PacketSample {
  readonly #kept = new Map<number, SampledSight[]>();
  /** Keys that are no multiple of it are left out: the same ones in every capture. */
  #every = 1;

  /** @param key the same number wherever the packet is seen */
  add(key: number, frame: Frame): void {
    if (key % this.#every !== 0) return;
    const sights = this.#kept.get(key);
    if (sights === undefined) {
      this.#kept.set(key, [sightOf(frame)]);
      if (this.#kept.size > ROOM) this.#thin();
    } else if (sights.length < MOST_SIGHTS) sights.push(sightOf(frame));
  }

  /** Sights of each packet that was seen more than once. */
  *packets(): Generator<readonly SampledSight[]> {
    for (const sights of this.#kept.values()) if (sights.length > 1) yield sights;
  }

  save(): SavedFields {
    const [keys, counts, flows, times]: number[][] = [[], [], [], []];
    for (const [key, sights] of this.#kept) {
      keys?.push(key);
      counts?.push(sights.length);
      for (const { flow, time } of sights) {
        flows?.push(flow);
        times?.push(time);
      }
    }
    return {
      every: this.#every,
      keys: Float64Array.from(keys ?? []),
      counts: Uint8Array.from(counts ?? []),
      flows: Int32Array.from(flows ?? []),
      times: Float64Array.from(times ?? []),
    };
  }

  /** @param flows how many there are */
  restore(saved: Fields, flows: number): void {
    const keys = saved.doubles('keys');
    const counts = saved.bytes('counts', keys.length);
    const seen = saved.words('flows');
    const times = saved.doubles('times', seen.length);
    must(keys.length <= ROOM && areWithin(seen, -1, flows - 1), 'a sample is of flows that there are not');
    this.#every = saved.whole('every', 1);
    let at = 0;
    for (let i = 0; i < keys.length; i++) {
      const sights = Array.from({ length: counts[i]! }, () => ({
        flow: seen[at] ?? -1,
        time: times[at++] ?? Number.NaN,
      }));
      this.#kept.set(keys[i]!, sights);
    }
    must(at === seen.length, 'a sample is cut off');
  }

  #thin(): void {
    this.#every *= 2;
    for (const key of this.#kept.keys()) if (key % this.#every !== 0) this.#kept.delete(key);
  }
}

function sightOf({ flow, seconds, nanos }: Frame): SampledSight {
  return { flow, time: seconds + nanos / 1e9 };
}
