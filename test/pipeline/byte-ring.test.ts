import { describe, expect, it } from 'vitest';
import type { ByteSource, StreamFault } from '../../src/bytes/chunk.ts';
import { BytePump, ByteRingSource, byteMemory } from '../../src/pipeline/byte-ring.ts';
import { waitAsync } from '../../src/pipeline/ring.ts';

/** So many pieces of `length` bytes, each of one value. */
function counting(most: number, length: number, fault: StreamFault | null = null) {
  let [reads, isClosed] = [0, false];
  const source: ByteSource = {
    read(target, start) {
      if (reads === most) return 0;
      target.fill(reads++ % 251, start, start + length);
      return reads % 3 === 0 ? Promise.resolve(length) : length;
    },
    fault,
    close: () => {
      isClosed = true;
    },
  };
  return { source, reads: () => reads, isClosed: () => isClosed };
}

async function readAll(source: ByteSource, most: number): Promise<number[]> {
  const found: number[] = [];
  const buffer = new Uint8Array(most);
  for (;;) {
    const count = await source.read(buffer, 0, most);
    if (count === 0) return found;
    found.push(...buffer.subarray(0, count));
  }
}

describe('bytes on their way to a thread', () => {
  it('arrive as they were read, also where they are taken in smaller pieces', async () => {
    const memory = byteMemory();
    const { source, isClosed } = counting(40, 100);
    const done = new BytePump(memory, source).run();
    const found = await readAll(new ByteRingSource(memory, waitAsync), 30);
    expect(found).toEqual(Array.from({ length: 4000 }, (_, i) => Math.floor(i / 100)));
    await done;
    expect(isClosed()).toBe(true);
  });

  it('are read no further ahead than eight pieces', async () => {
    const memory = byteMemory();
    const { source, reads } = counting(40, 100);
    const pump = new BytePump(memory, source);
    const done = pump.run();
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect(reads()).toBe(8);
    await new ByteRingSource(memory, waitAsync).read(new Uint8Array(100), 0, 100);
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect(reads()).toBe(9);
    pump.close();
    await done;
  });

  it.each([
    null,
    { kind: 'stopped', message: 'reading was stopped' } as const,
    { kind: 'unreadable', message: 'EIO: i/o error, read «ü»' } as const,
  ])('end as their source does: %o', async (fault) => {
    const memory = byteMemory();
    void new BytePump(memory, counting(2, 10, fault).source).run();
    const source = new ByteRingSource(memory, waitAsync);
    expect((await readAll(source, 100)).length).toBe(20);
    expect(source.fault).toEqual(fault);
  });

  it('are asked for no more once nobody wants them', async () => {
    const { source, reads, isClosed } = counting(40, 100);
    const pump = new BytePump(byteMemory(), source);
    const done = pump.run();
    await new Promise((resolve) => setTimeout(resolve, 20));
    pump.close();
    await done;
    expect([reads(), isClosed()]).toEqual([8, true]);
  });
});
