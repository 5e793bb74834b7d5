// What was counted of each journey at each of its stops: numbers in typed arrays, so that very many flows need little.
import { Delays } from './delays.ts';
import type { Journey, Sight, Stop } from './journey.ts';
import type { PacketRef } from './path-model.ts';

/** Delays that a stop of a journey keeps for its quantiles; less where there are so many stops that all need more than this. */
const MOST_KEPT = 256;
const LEAST_KEPT = 16;
const ALL_KEPT = 1 << 21;

export class StopCounts {
  readonly packets: Uint32Array;
  /** Frames that they came in. */
  readonly frames: Uint32Array;
  readonly lost: Uint32Array;
  readonly unknown: Uint32Array;
  /** Packets at moments at which its captures ran: of places where none of the flow's was seen. */
  readonly due: Uint32Array;
  readonly #firstCapture: Int32Array;
  readonly #firstNumber: Float64Array;
  readonly #delays: (Delays | null)[];
  readonly #kept: number;

  /** @param slots stops of all journeys */
  constructor(slots: number) {
    this.packets = new Uint32Array(slots);
    this.frames = new Uint32Array(slots);
    this.lost = new Uint32Array(slots);
    this.unknown = new Uint32Array(slots);
    this.due = new Uint32Array(slots);
    this.#firstCapture = new Int32Array(slots).fill(-1);
    this.#firstNumber = new Float64Array(slots);
    this.#delays = new Array<Delays | null>(slots).fill(null);
    this.#kept = Math.max(LEAST_KEPT, Math.min(MOST_KEPT, Math.floor(ALL_KEPT / Math.max(1, slots))));
  }

  pass(slot: number, frames: number): void {
    this.packets[slot]!++;
    this.frames[slot]! += frames;
  }

  delay(slot: number, seconds: number): void {
    const known = this.#delays[slot] ?? new Delays(this.#kept);
    this.#delays[slot] = known;
    known.add(seconds);
  }

  /** @param last where the packet was seen last */
  lose(slot: number, last: Sight): void {
    if (this.lost[slot]!++ > 0) return;
    this.#firstCapture[slot] = last.capture;
    this.#firstNumber[slot] = last.number;
  }

  delays(slot: number): Delays | null {
    return this.#delays[slot] ?? null;
  }

  firstLost(slot: number): PacketRef | null {
    const capture = this.#firstCapture[slot] ?? -1;
    return capture < 0 ? null : { capture, number: this.#firstNumber[slot] ?? 0 };
  }
}

export function slotOf({ firstSlot }: Journey, { index }: Stop): number {
  return firstSlot + index;
}
