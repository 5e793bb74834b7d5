import { describe, expect, it } from 'vitest';
import { HEAD, RingReader, ringMemory, SLOT, type Slot } from '../../src/pipeline/ring.ts';
import { RingBlocks } from '../../src/pipeline/ring-blocks.ts';

/** A ring whose writer is so quick that a slot that was given back is another one at once: the end of the next part. */
class QuickRing extends RingReader {
  taken = 0;
  readonly #slots: Slot[];

  constructor(kinds: readonly number[]) {
    super(ringMemory({ piece: 1024, slots: 2 }));
    this.#slots = kinds.map((kind) => {
      const head = new Float64Array(HEAD.doubles);
      head[HEAD.kind] = kind;
      return { head, bytes: new Uint8Array(0), block: { batch: {}, numbering: 0 } } as unknown as Slot;
    });
  }

  override ready(): Slot | null {
    return this.#slots[this.taken] ?? null;
  }

  override release(): void {
    const slot = this.#slots[this.taken++] as Slot;
    slot.head[HEAD.kind] = slot.head[HEAD.kind] === SLOT.end ? SLOT.large : SLOT.end;
  }
}

describe('blocks of a part that are passed over', () => {
  it('go to its end, whatever is written into slots that were given back', async () => {
    const ring = new QuickRing([SLOT.large, SLOT.large, SLOT.end, SLOT.end]);
    const blocks = new RingBlocks(ring, null);
    expect(await blocks.drain(ring.ready())).toBe(true);
    expect(ring.taken).toBe(3);
  });
});
