// A ring of blocks in shared memory, between one thread that writes facts and one that counts them. Bytes of packets lie in it too: what
// the facts do not tell is read where it was written. Its size is all that decoding ahead may take.

import { BATCH_CAPACITY } from '../capture/batch.ts';
import type { PacketBatch } from '../capture/source.ts';
import { FACT } from '../decode/fact-layout.ts';
import type { FactBlock } from '../flow/fact-block.ts';

/** Bytes asked for at once of a file, and blocks. */
export interface RingShape {
  piece: number;
  slots: number;
}

/** What crosses when a thread starts. */
export interface RingMemory {
  shape: RingShape;
  slots: SharedArrayBuffer;
  control: SharedArrayBuffer;
}

/** Places in the control words: blocks published and taken so far; captures before this number are not wanted any more. */
const [PUBLISHED, TAKEN, WANTED] = [0, 1, 2] as const;
const CONTROL_BYTES = 16;

/** Places in a slot's head, of 64-bit numbers. */
export const HEAD = {
  doubles: 9,
  /** SLOT. */
  kind: 0,
  packets: 1,
  numbering: 2,
  hasComments: 3,
  /** Messages sent before it, which belong to it. */
  messages: 4,
  /** Of a part: where its first record was taken to begin (-1: nowhere). */
  start: 5,
  /** Bytes of the file behind a block; at the end of a part: where the next record begins. */
  end: 6,
  /** At the end of a part: 1, all its records were read and the next one begins in the next part. */
  isRegular: 7,
  /** Offset in the capture of the block's bytes. */
  base: 8,
} as const;

/** A block; a block whose bytes came as a message; the end of a capture or part. */
export const SLOT = { block: 1, large: 2, end: 3 } as const;

export interface Slot {
  head: Float64Array;
  bytes: Uint8Array;
  block: FactBlock;
}

/** Lets time pass until a control word may have changed: blocks the thread, or answers a promise. */
export type Wait = (control: Int32Array, place: number, value: number) => void | Promise<void>;

const CAPACITY = BATCH_CAPACITY;

export function ringMemory(shape: RingShape): RingMemory {
  return {
    shape,
    slots: new SharedArrayBuffer(shape.slots * slotBytes(shape)),
    control: new SharedArrayBuffer(CONTROL_BYTES),
  };
}

function slotBytes({ piece }: RingShape): number {
  const facts = FACT.words * 4 + 4 + 2 * 4 + 2;
  const batch = 5 * 4 + 8;
  return HEAD.doubles * 8 + CAPACITY * (facts + batch) + bytesOf(piece);
}

/** As `ChunkBuffer` has it: half a piece more for what the one before left over. */
function bytesOf(piece: number): number {
  return Math.ceil((piece * 1.5) / 8) * 8;
}

function slotAt({ slots: memory, shape }: RingMemory, index: number): Slot {
  let at = index * slotBytes(shape);
  const take = (bytes: number): number => {
    at += bytes;
    return at - bytes;
  };
  const head = new Float64Array(memory, take(HEAD.doubles * 8), HEAD.doubles);
  const words = new Int32Array(memory, take(CAPACITY * FACT.words * 4), CAPACITY * FACT.words);
  const seconds = new Float64Array(memory, take(CAPACITY * 8), CAPACITY);
  const bytes = new Uint8Array(memory, take(bytesOf(shape.piece)), bytesOf(shape.piece));
  const numbers = (): Uint32Array => new Uint32Array(memory, take(CAPACITY * 4), CAPACITY);
  const batch: PacketBatch = {
    bytes,
    start: numbers(),
    captured: numbers(),
    original: numbers(),
    seconds,
    nanos: numbers(),
    interface: numbers(),
    count: 0,
    hasComments: false,
  };
  const around = new Int32Array(memory, take(CAPACITY * 4), CAPACITY);
  const content = new Int32Array(memory, take(CAPACITY * 8), CAPACITY * 2);
  const ends = new Uint16Array(memory, take(CAPACITY * 2), CAPACITY);
  return { head, bytes, block: { batch, facts: { words, around, content, ends }, numbering: 0 } };
}

class Ring {
  protected readonly control: Int32Array;
  readonly #slots: Slot[];

  constructor(memory: RingMemory) {
    this.control = new Int32Array(memory.control);
    this.#slots = Array.from({ length: memory.shape.slots }, (_, index) => slotAt(memory, index));
  }

  protected get length(): number {
    return this.#slots.length;
  }

  protected slot(number: number): Slot {
    return this.#slots[number % this.#slots.length] as Slot;
  }
}

/** The end of the thread that decodes. */
export class RingWriter extends Ring {
  /** How this thread waits. */
  readonly wait: Wait;
  #published = 0;

  constructor(memory: RingMemory, wait: Wait) {
    super(memory);
    this.wait = wait;
  }

  /** The slot to write next, once at most `most` blocks before it are not taken yet. */
  async free(most = this.length - 1): Promise<Slot> {
    for (;;) {
      const taken = Atomics.load(this.control, TAKEN);
      if (this.#published - taken <= most) return this.slot(this.#published);
      await this.wait(this.control, TAKEN, taken);
    }
  }

  /** Hands over the slot that was written. */
  publish(): void {
    this.#published++;
    Atomics.store(this.control, PUBLISHED, this.#published);
    Atomics.notify(this.control, PUBLISHED);
  }

  /** Whether packets of a capture are still counted. */
  isWanted(capture: number): boolean {
    return capture >= Atomics.load(this.control, WANTED);
  }
}

/** The end of the thread that counts. */
export class RingReader extends Ring {
  #taken = 0;

  /** The next slot; null while there is none. */
  ready(): Slot | null {
    return Atomics.load(this.control, PUBLISHED) > this.#taken ? this.slot(this.#taken) : null;
  }

  /** Lets others run until a slot may be there. */
  async wait(): Promise<void> {
    await waitAsync(this.control, PUBLISHED, this.#taken);
  }

  /** Gives back the slot that was read. A thread that waits for room is woken for half a ring, not for each slot: waking takes long. */
  release(): void {
    this.#taken++;
    Atomics.store(this.control, TAKEN, this.#taken);
    const left = Atomics.load(this.control, PUBLISHED) - this.#taken;
    if (left <= this.length / 2) Atomics.notify(this.control, TAKEN);
  }

  /** Packets of captures up to this one are not counted any more. */
  drop(capture: number): void {
    Atomics.store(this.control, WANTED, capture + 1);
  }
}

/** After so long a waiting thread looks whether it was stopped, or the other one has failed: ms. */
const PATIENCE = 50;

/** Waits for a change without blocking the thread. */
export const waitAsync: Wait = async (control, place, value) => {
  const { waitAsync } = Atomics as unknown as { waitAsync: WaitAsync };
  await waitAsync(control, place, value, PATIENCE).value;
};

/** As in ES2024. */
type WaitAsync = (
  control: Int32Array,
  place: number,
  value: number,
  timeout: number,
) => { value: string | Promise<string> };
