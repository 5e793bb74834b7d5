import { describe, expect, it } from 'vitest';
import type { ByteSource, StreamFault } from '../../src/bytes/chunk.ts';
import { Rewindable } from '../../src/bytes/rewindable.ts';

/** Pieces that come at once, or when they are let go of. */
function pieces(
  lengths: readonly number[],
  { fault = null, gate }: { fault?: StreamFault | null; gate?: Promise<void> },
) {
  let [next, byte, isClosed] = [0, 0, false];
  const read: ByteSource['read'] = (target, start, end) => {
    const count = Math.min(lengths[next++] ?? 0, end - start);
    for (let i = 0; i < count; i++) target[start + i] = byte++ % 251;
    return gate === undefined ? count : gate.then(() => count);
  };
  return { read, fault, close: () => (isClosed = true), isClosed: () => isClosed, reads: () => next };
}

/** Reads to the end, `most` bytes at a time; the pieces' lengths, and whether the bytes are those of `pieces`. */
async function rest(source: ByteSource, from = 0, most = 1 << 20): Promise<number[]> {
  const [buffer, lengths] = [new Uint8Array(most), [] as number[]];
  for (let byte = from; ; ) {
    const count = await source.read(buffer, 0, most);
    if (count === 0) return lengths;
    const wrong = buffer.subarray(0, count).findIndex((one, i) => one !== (byte + i) % 251);
    expect(wrong).toBe(-1);
    byte += count;
    lengths.push(count);
  }
}

describe('what can be read once only', () => {
  it('is read from its beginning again, in the pieces in which it came', async () => {
    const source = new Rewindable(pieces([700, 20, 3000], {}));
    expect(await source.read(new Uint8Array(800), 0, 500)).toBe(500);
    expect(await source.read(new Uint8Array(800), 0, 800)).toBe(200);
    expect(await source.read(new Uint8Array(10), 0, 10)).toBe(10);
    expect(await rest(source.rewind())).toEqual([700, 20, 3000]);
    expect(await source.read(new Uint8Array(10), 0, 10)).toBe(0);
  });

  it('goes on where it was once its beginning is forgotten', async () => {
    const source = new Rewindable(pieces([700, 20, 3000], {}));
    await source.read(new Uint8Array(800), 0, 500);
    source.forget();
    expect(source.canRewind).toBe(false);
    expect(await rest(source, 500)).toEqual([200, 20, 3000]);
  });

  it('keeps no more than 1 MiB of what was read', async () => {
    const source = new Rewindable(pieces(Array(12).fill(100_000), {}));
    await rest(source);
    expect(source.canRewind).toBe(false);
  });

  it('has the fault of its source behind what is kept of it, not before', async () => {
    const fault: StreamFault = { kind: 'unreadable', message: 'EIO: i/o error, read' };
    const source = new Rewindable(pieces([10, 10], { fault }));
    expect(await source.readAhead(1000, 1000)).toBe(true);
    expect(source.fault).toBeNull();
    expect(await rest(source)).toEqual([10, 10]);
    expect(source.fault).toBe(fault);
  });
});

describe('reading ahead', () => {
  it('tells what is all there from what is more, and loses nothing', async () => {
    const short = new Rewindable(pieces([50, 60], {}));
    expect(await short.readAhead(1000, 1000)).toBe(true);
    expect(await rest(short)).toEqual([50, 60]);
    const inner = pieces([50, 60, 70, 80], {});
    const long = new Rewindable(inner);
    expect(await long.readAhead(100, 1000)).toBe(false);
    expect(inner.reads()).toBe(2);
    expect(await rest(long)).toEqual([50, 60, 70, 80]);
  });

  it('does not wait for what is slow, and what comes later is read then', async () => {
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const source = new Rewindable(pieces([50, 60], { gate }));
    expect(await source.readAhead(1000, 5)).toBe(false);
    const found = rest(source.rewind());
    open();
    expect(await found).toEqual([50, 60]);
  });

  it('takes nothing from who reads it from the beginning, whatever was waited for before', async () => {
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const source = new Rewindable(pieces([50, 60], { gate }));
    const early = source.read(new Uint8Array(100), 0, 100);
    const found = rest(source.rewind());
    open();
    expect(await early).toBe(0);
    expect(await found).toEqual([50, 60]);
  });

  it('leaves the reader where it was', async () => {
    const source = new Rewindable(pieces([50, 60], {}));
    await source.read(new Uint8Array(30), 0, 30);
    await source.readAhead(1000, 1000);
    source.forget();
    expect(await rest(source, 30)).toEqual([20, 60]);
  });
});
