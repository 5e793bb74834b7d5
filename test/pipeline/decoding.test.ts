import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { openCaptures } from '../../src/capture/open.ts';
import type { CaptureReader } from '../../src/capture/source.ts';
import { walkPorts } from '../../src/decode/walk-ports.ts';
import { type DecodeOptions, type DecodeSizes, type Decoding, startDecoding } from '../../src/pipeline/decoding.ts';
import { ringMemory } from '../../src/pipeline/ring.ts';
import { startHere } from '../support/threads-here.ts';
import { ODD_CAPTURES } from './odd-captures.ts';

const folder = mkdtempSync(join(tmpdir(), 'overlens-decoding-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SIZES: DecodeSizes = { piece: 2048, slots: 3, part: 4000 };

function written(name: string): string {
  const path = join(folder, `${name.replaceAll(/\W/g, '-')}.pcap`);
  writeFileSync(path, ODD_CAPTURES[name] ?? new Uint8Array(0));
  return path;
}

interface Started {
  readers: CaptureReader[];
  decoding: Decoding;
}

async function started(paths: readonly string[], options: Partial<DecodeOptions>): Promise<Started> {
  const readers = await openCaptures(paths);
  const decoding = await startDecoding(readers, {
    ports: walkPorts(),
    workers: 2,
    sizes: SIZES,
    start: startHere,
    ...options,
  });
  return { readers, decoding };
}

/** Packets of each capture. */
async function counted({ readers, decoding }: Started): Promise<number[]> {
  const counts: number[] = [];
  for (const [capture] of readers.entries()) {
    let packets = 0;
    for await (const { block } of decoding.blocksOf(capture)) packets += block.batch.count;
    counts.push(packets);
  }
  return counts;
}

async function redone(name: string): Promise<number> {
  const run = await started([written(name)], {});
  await counted(run);
  await run.decoding.close();
  return run.decoding.redone;
}

describe('a part that was begun at the wrong place', () => {
  it('is decoded again from where the one before ended', async () => {
    expect(await redone('payloads that are captures')).toBeGreaterThan(0);
    expect(await redone('payloads that are chains of record headers')).toBeGreaterThan(0);
  });

  it('is rare: of usual packets every guess is right', async () => {
    expect(await redone('packets of every kind')).toBe(0);
    expect(await redone('big-endian, nanoseconds')).toBe(0);
    expect(await redone('the modified format')).toBe(0);
  });
});

describe('the threads', () => {
  it('are none for small captures, where nobody asks for any', async () => {
    const start = vi.fn(startHere);
    const run = await started([written('packets of every kind')], { workers: null, start });
    expect([run.decoding.workers, start.mock.calls.length]).toEqual([0, 0]);
    expect(await counted(run)).toEqual([900]);
  });

  it('are no more than there are jobs', async () => {
    const run = await started([written('gzip of a pcapng')], { workers: 5 });
    expect(run.decoding.workers).toBe(1);
    expect(await counted(run)).toEqual([402]);
    await run.decoding.close();
  });

  it('that cannot be started are done without', async () => {
    const start = (): never => {
      throw new Error('ERR_ACCESS_DENIED');
    };
    const run = await started([written('packets of every kind')], { start });
    expect(run.decoding.workers).toBe(0);
    expect(await counted(run)).toEqual([900]);
  });

  it('that fail end the reading with what failed', async () => {
    const start: typeof startHere = (_memory, _orders, events) => {
      setImmediate(() => events.onFailure(new Error('out of memory')));
      return { stop: async () => {} };
    };
    const run = await started([written('packets of every kind')], { start });
    await expect(counted(run)).rejects.toThrow('out of memory');
  });

  it('have a ring of 2 to 4 MiB each, whatever the capture', () => {
    const { slots } = ringMemory({ piece: 128 * 1024, slots: 8 });
    expect(slots.byteLength).toBeGreaterThan(2 << 20);
    expect(slots.byteLength).toBeLessThan(4 << 20);
  });
});

describe('a reading that is stopped', () => {
  it.each([1, 2])('ends, with %i threads, also while it waits for one', async (workers) => {
    const stop = new AbortController();
    const start: typeof startHere = () => ({ stop: async () => {} });
    const run = await started([written('packets of every kind')], { workers, start, signal: stop.signal });
    setTimeout(() => stop.abort(), 20);
    expect(await counted(run)).toEqual([0]);
    expect(run.readers[0]?.info).toMatchObject({ complete: false, error: null });
  });

  it('leaves what was counted before', async () => {
    const stop = new AbortController();
    const run = await started([written('packets of every kind')], { signal: stop.signal });
    let packets = 0;
    for await (const { block } of run.decoding.blocksOf(0)) {
      packets += block.batch.count;
      stop.abort();
    }
    await run.decoding.close();
    expect(packets).toBeGreaterThan(0);
    expect(packets).toBeLessThan(900);
  });
});

describe('another file in the place of a capture', () => {
  it.each([1, 2])('is no capture that was opened, with %i threads', async (workers) => {
    const path = written('packets of every kind');
    const run = await started([path], {
      workers,
      start: (memory, orders, events) => {
        writeFileSync(`${path}.new`, ODD_CAPTURES['big-endian, nanoseconds'] ?? '');
        renameSync(`${path}.new`, path);
        return startHere(memory, orders, events);
      },
    });
    expect(await counted(run)).toEqual([0]);
    expect(run.readers[0]?.info.error?.message).toBe(
      `${path}: another file has taken its place since it was first read`,
    );
    await run.decoding.close();
  });
});
