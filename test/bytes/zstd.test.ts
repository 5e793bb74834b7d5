import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ChunkBuffer } from '../../src/bytes/chunk.ts';
import { iterableSource } from '../../src/bytes/iterable-source.ts';
import { unzstd } from '../../src/bytes/zstd.ts';
import { joinBytes } from '../support/capture-builder.ts';
import { mixedContent } from '../support/mixed-content.ts';
import { zstdBlock } from '../support/zstd-builder.ts';

const BLOCKS = 'test/fixtures/compressed/blocks';

async function decompress(bytes: Uint8Array, piece = 1000): Promise<{ content: Uint8Array; problem: string | null }> {
  async function* pieces(): AsyncGenerator<Uint8Array, null, void> {
    for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
    return null;
  }
  const parts: Uint8Array[] = [];
  const chunks = unzstd(new ChunkBuffer(iterableSource(pieces(), () => {})), async () => {});
  for (;;) {
    const { done, value } = await chunks.next();
    if (done === true) return { content: joinBytes(parts), problem: value?.message ?? null };
    parts.push(value.slice());
  }
}

/** A frame with a window of 128 KiB and one compressed block. */
function frame(...block: number[]): Uint8Array {
  const head = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0x38);
  return joinBytes([head, zstdBlock(2, block.length, true), Uint8Array.from(block)]);
}

describe('compressed blocks', () => {
  it('are read as zstd wrote them', async () => {
    const content = mixedContent();
    for (const level of ['level-1', 'level-19']) {
      const read = await decompress(readFileSync(`${BLOCKS}/${level}.zst`));
      expect(read.problem).toBeNull();
      expect(Buffer.compare(read.content, content)).toBe(0);
    }
  });

  it('read weights of four bits: the codes 0 and 1 of two symbols', async () => {
    // 4 literals in 3 bytes and one stream; weight 1 for symbol 0, so 1 for symbol 1; bits 0110 behind the mark; no sequences
    const block = [0x42, 0xc0, 0x00, 0x80, 0x10, 0b1_0110, 0];
    expect(await decompress(frame(...block))).toEqual({ content: Uint8Array.of(0, 1, 1, 0), problem: null });
  });

  it.each([
    // accuracy 5, one symbol with all 32 shares: its states take no bits
    ['weights of a tree that take no bits', [0x52, 0xc0, 0x01, 4, 0xf0, 0x03, 0, 4, 1, 1, 0]],
    // 98,047 sequences of 65,536 literals and a match of 65,539 each
    ['sequences that need no bits', [0x08, 0x41, 255, 255, 255, 0x54, 35, 0, 52, 1]],
    ['shares of a table that never add up', [0x08, 0x41, 1, 0x80, 0, 0, 0, 0, 0, 0, 1]],
    ['an offset before the beginning', [0x08, 0x41, 1, 0x54, 0, 20, 0, 0xff, 0xff, 0xff]],
    ['literals longer than the block', [0xf8, 0x41]],
  ])('end with damage for %s', async (_name, block) => {
    const { content, problem } = await decompress(frame(...block));
    expect(content.length).toBe(0);
    expect(problem).toMatch(/^the zstd stream is damaged near compressed byte 6 \(/);
  });

  it('end, whatever is changed in them', async () => {
    const bytes = readFileSync(`${BLOCKS}/level-19.zst`).subarray(0, 12_000);
    let damaged = 0;
    for (let i = 0; i < 24; i++) {
      const changed = Uint8Array.from(bytes);
      // a byte in the head of the first block's tables and further in, each to another value
      changed[9 + i * (i % 3 === 0 ? 2 : 400)] = (i * 37 + 11) & 255;
      const { content, problem } = await decompress(changed, 20_000);
      expect(content.length).toBeLessThanOrEqual(128 * 1024);
      if (problem?.includes('damaged')) damaged++;
    }
    expect(damaged).toBeGreaterThan(0);
  });
});
