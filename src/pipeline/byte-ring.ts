// Bytes that can be read once only, on their way to the thread that decodes them: pieces in a ring of shared memory. The thread that counts
// reads them, as it always did: waiting for a silent pipe there is ended by a signal, and nothing blocks in a system call.

import type { ByteSource, StreamFault } from '../bytes/chunk.ts';
import { STOPPED } from '../bytes/stoppable.ts';
import { type Wait, waitAsync } from './ring.ts';

/** What crosses when a thread starts. */
export interface ByteMemory {
  piece: number;
  /** Bytes of each piece; how it ended, where that is none. */
  lengths: SharedArrayBuffer;
  bytes: SharedArrayBuffer;
  control: SharedArrayBuffer;
}

/** Pieces in a ring: what may be read before it is decoded. */
const PIECES = 8;
/** Bytes of a piece, as the readers ask for them. */
const PIECE = 128 * 1024;
/** Places in the control words: pieces put in and taken so far. */
const [PUT, TAKEN] = [0, 1] as const;
/** Lengths of pieces that are the end: the true one, a stop, and a fault whose message is the piece, its length in the next word. */
const END = { whole: 0, stopped: -1, unreadable: -2 } as const;

export function byteMemory(): ByteMemory {
  return {
    piece: PIECE,
    lengths: new SharedArrayBuffer(PIECES * 8),
    bytes: new SharedArrayBuffer(PIECES * PIECE),
    control: new SharedArrayBuffer(8),
  };
}

class ByteRing {
  protected readonly control: Int32Array;
  readonly #lengths: Int32Array;
  readonly #pieces: Uint8Array[];

  constructor({ piece, lengths, bytes, control }: ByteMemory) {
    this.control = new Int32Array(control);
    this.#lengths = new Int32Array(lengths);
    this.#pieces = Array.from({ length: PIECES }, (_, i) => new Uint8Array(bytes, i * piece, piece));
  }

  protected piece(number: number): Uint8Array {
    return this.#pieces[number % PIECES] as Uint8Array;
  }

  /** Two words: length or END, and that of a message. */
  protected lengths(number: number): Int32Array {
    const at = (number % PIECES) * 2;
    return this.#lengths.subarray(at, at + 2);
  }
}

/** The end of the thread that counts: fills the ring whenever there is room. */
export class BytePump extends ByteRing {
  readonly #source: ByteSource;
  #put = 0;
  #isClosed = false;

  /** @param source is closed with it */
  constructor(memory: ByteMemory, source: ByteSource) {
    super(memory);
    this.#source = source;
  }

  /** Ends with the source, or when it is closed. */
  async run(): Promise<void> {
    for (;;) {
      await this.#room();
      if (this.#isClosed) return;
      const target = this.piece(this.#put);
      const got = this.#source.read(target, 0, target.length);
      const count = typeof got === 'number' ? got : await got;
      if (this.#isClosed) return;
      this.lengths(this.#put).set(count > 0 ? [count, 0] : ending(this.#source.fault, target));
      this.#put++;
      Atomics.store(this.control, PUT, this.#put);
      Atomics.notify(this.control, PUT);
      if (count === 0) return this.close();
    }
  }

  close(): void {
    if (!this.#isClosed) this.#source.close();
    this.#isClosed = true;
  }

  async #room(): Promise<void> {
    while (!this.#isClosed) {
      const taken = Atomics.load(this.control, TAKEN);
      if (this.#put - taken < PIECES) return;
      await waitAsync(this.control, TAKEN, taken);
    }
  }
}

/** The faults that bytes can have which nobody has decompressed yet; their messages are a line. */
function ending(fault: StreamFault | null, target: Uint8Array): [end: number, message: number] {
  if (fault === null) return [END.whole, 0];
  if (fault.kind === 'stopped') return [END.stopped, 0];
  const message = new TextEncoder().encode(fault.message).subarray(0, target.length);
  target.set(message);
  return [END.unreadable, message.length];
}

/** The end of the thread that decodes. */
export class ByteRingSource extends ByteRing implements ByteSource {
  readonly #wait: Wait;
  #taken = 0;
  #used = 0;
  #hasEnded = false;
  #fault: StreamFault | null = null;

  /** @param wait for pieces */
  constructor(memory: ByteMemory, wait: Wait) {
    super(memory);
    this.#wait = wait;
  }

  get fault(): StreamFault | null {
    return this.#fault;
  }

  read(target: Uint8Array, start: number, end: number): number | Promise<number> {
    while (!this.#hasEnded && Atomics.load(this.control, PUT) === this.#taken) {
      const waiting = this.#wait(this.control, PUT, this.#taken);
      if (waiting !== undefined) return waiting.then(() => this.read(target, start, end));
    }
    return this.#hasEnded ? 0 : this.#take(target, start, end);
  }

  /** Who fills it learns from the decoded end that no more is wanted. */
  close(): void {
    this.#hasEnded = true;
  }

  #take(target: Uint8Array, start: number, end: number): number {
    const piece = this.piece(this.#taken);
    const [length = 0, message = 0] = this.lengths(this.#taken);
    if (length <= 0) return this.#end(length, piece.slice(0, message));
    const count = Math.min(end - start, length - this.#used);
    target.set(piece.subarray(this.#used, this.#used + count), start);
    this.#used += count;
    if (this.#used < length) return count;
    this.#used = 0;
    this.#taken++;
    Atomics.store(this.control, TAKEN, this.#taken);
    Atomics.notify(this.control, TAKEN);
    return count;
  }

  #end(how: number, message: Uint8Array): number {
    this.#hasEnded = true;
    if (how === END.stopped) this.#fault = STOPPED;
    if (how === END.unreadable) this.#fault = { kind: 'unreadable', message: new TextDecoder().decode(message) };
    return 0;
  }
}
