// The other end of a ring: blocks that a thread has decoded, in the order in which it was told to.

import { turn } from '../bytes/turn.ts';
import { ForeignNumbers } from '../flow/foreign-numbers.ts';
import type { DecodeMessage } from './messages.ts';
import { HEAD, type RingReader, SLOT, type Slot } from './ring.ts';

/** After so many bytes the event loop gets a turn: signals, messages. It gets one after each block while bytes for the thread come in there. */
const TURN = 4 * 1024 * 1024;

export class RingBlocks {
  readonly numbers = new ForeignNumbers();
  /** Whether this thread reads what that one decodes. */
  isFed = false;
  readonly #ring: RingReader;
  readonly #signal: AbortSignal | null;
  readonly #waiting: DecodeMessage[] = [];
  #received = 0;
  #taken = 0;
  #sinceTurn = 0;
  #failure: { error: unknown } | null = null;

  constructor(ring: RingReader, signal: AbortSignal | null) {
    this.#ring = ring;
    this.#signal = signal;
  }

  receive(message: DecodeMessage): void {
    this.#waiting.push(message);
    this.#received++;
  }

  fail(error: unknown): void {
    this.#failure ??= { error };
  }

  /** The next slot, with the messages that belong to it received; null where reading was stopped. Throws what ended the thread. */
  async next(): Promise<Slot | null> {
    if (this.#sinceTurn >= TURN || this.isFed) {
      this.#sinceTurn = 0;
      await turn();
    }
    for (;;) {
      if (this.#signal?.aborted) return null;
      const slot = this.#ring.ready();
      if (slot !== null && this.#received >= slot.head[HEAD.messages]!) return this.#opened(slot);
      if (this.#failure !== null) throw this.#failure.error;
      if (slot === null) await this.#ring.wait();
      else await turn();
    }
  }

  /** The messages that belong to a slot. */
  messages({ head }: Slot): DecodeMessage[] {
    const sent = head[HEAD.messages]!;
    const own = this.#waiting.splice(0, sent - this.#taken);
    this.#taken = sent;
    return own;
  }

  release(): void {
    this.#ring.release();
  }

  /** Passes over blocks up to the next end, that of `slot` if it is one. False where reading was stopped. */
  async drain(slot: Slot | null): Promise<boolean> {
    for (let one = slot; one !== null; one = await this.next()) {
      this.messages(one);
      // released, it may be written anew at once
      const isEnd = one.head[HEAD.kind] === SLOT.end;
      this.release();
      if (isEnd) return true;
    }
    return false;
  }

  drop(capture: number): void {
    this.#ring.drop(capture);
  }

  #opened(slot: Slot): Slot {
    const { head, block, bytes } = slot;
    this.#sinceTurn += bytes.length;
    if (head[HEAD.kind] === SLOT.end) return slot;
    const { batch } = block;
    batch.count = head[HEAD.packets]!;
    batch.hasComments = head[HEAD.hasComments] === 1;
    batch.bytes = bytes;
    batch.base = head[HEAD.base]!;
    block.numbering = head[HEAD.numbering]!;
    return slot;
  }
}
