// What can be read once only, decoded by threads: the same results, the same ends, and no further read than there is room.
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { type FileHandle, mkdtemp, open, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { openCaptures } from '../../src/capture/open.ts';
import type { CaptureReader } from '../../src/capture/source.ts';
import { walkPorts } from '../../src/decode/walk-ports.ts';
import { type DecodeOptions, type Decoding, startDecoding } from '../../src/pipeline/decoding.ts';
import { cores } from '../../src/pipeline/start-worker.ts';
import { type TraceOptions, traceCaptures } from '../../src/trace.ts';
import { pcapHeader, pcapRecord } from '../support/capture-builder.ts';
import { startHere } from '../support/threads-here.ts';
import { everyNth, IS_WHOLE } from '../support/whole-matrix.ts';
import { storedZstd } from '../support/zstd-builder.ts';
import { ODD_CAPTURES } from './odd-captures.ts';

const folder = await mkdtemp(join(tmpdir(), 'overlens-pipes-'));
afterAll(() => rmSync(folder, { recursive: true }));

const sizes = { piece: 2048, slots: 3, part: 4000 };
const PACKETS = ODD_CAPTURES['packets of every kind'] ?? new Uint8Array(0);
let pipes = 0;

function newPipe(): string {
  const path = join(folder, `pipe-${pipes++}`);
  execFileSync('mkfifo', [path]);
  return path;
}

/** Who goes away before the end of a damaged capture leaves its writer with EPIPE. */
function written(path: string, bytes: Uint8Array): Promise<void> {
  return writeFile(path, bytes).catch(() => {});
}

async function told(captures: readonly string[], options: Partial<TraceOptions>): Promise<string> {
  const trace = await traceCaptures({ topology: null, captures, ...options });
  const errors = trace.captures.map(({ error }) => [error?.code, error?.message, error?.hint]);
  return JSON.stringify([[...trace.flows()], trace.captures, trace.causes, errors], null, 1);
}

async function toldOfPipe(path: string, bytes: Uint8Array, options: Partial<TraceOptions>): Promise<string> {
  const [found] = await Promise.all([told([path], options), written(path, bytes)]);
  return found;
}

const ZIPPED = gzipSync(PACKETS);
const HURT = Buffer.from(ZIPPED);
HURT.fill(0xff, HURT.length / 2, HURT.length / 2 + 50);
const COMPRESSED = {
  'gzip that is damaged': HURT,
  'gzip with something behind it': Buffer.concat([ZIPPED, Buffer.from('log')]),
  zstd: storedZstd(PACKETS, { blockLength: 8000 }),
  'zstd cut off': storedZstd(PACKETS, { blockLength: 8000 }).subarray(0, 40_000),
};

describe('a capture in a pipe', () => {
  it.each([...everyNth(Object.entries(ODD_CAPTURES), 13), ...Object.entries(COMPRESSED)])(
    'is the same with threads: %s',
    async (_, bytes) => {
      const path = newPipe();
      const expected = await toldOfPipe(path, bytes, { workers: 0 });
      expect(expected).toContain(path);
      for (const workers of IS_WHOLE ? [1, 2] : [2])
        expect(await toldOfPipe(path, bytes, { workers, decoding: { start: startHere } })).toBe(expected);
      if (Object.values(COMPRESSED).includes(bytes)) return;
      expect(await toldOfPipe(path, bytes, { workers: 1, decoding: { sizes, start: startHere } })).toBe(expected);
    },
  );

  it.each(everyNth([0, 1, 2], 2))('is one of several, in place %i', async (place) => {
    const path = newPipe();
    const files = ['big-endian, nanoseconds', 'pcapng, two sections, late interfaces'].map((name, i) => {
      const file = join(folder, `${place}-${i}.pcap`);
      return { file, written: writeFile(file, ODD_CAPTURES[name] ?? '') };
    });
    await Promise.all(files.map(({ written }) => written));
    const all = files.map(({ file }) => file).toSpliced(place, 0, path);
    const run = async (options: Partial<TraceOptions>): Promise<string> =>
      (await Promise.all([told(all, options), written(path, PACKETS)]))[0];
    const expected = await run({ workers: 0 });
    for (const workers of IS_WHOLE ? [1, 2, 3] : [1 + place])
      expect(await run({ workers, decoding: { sizes, start: startHere } })).toBe(expected);
  });

  it('is decoded by a real thread alike', async () => {
    const path = newPipe();
    const expected = await toldOfPipe(path, PACKETS, { workers: 0 });
    expect(await toldOfPipe(path, PACKETS, { workers: 1 })).toBe(expected);
  });

  it('is no further read than there is room, while nobody counts', async () => {
    const path = newPipe();
    let [taken, isDone] = [0, false];
    const writing = (async () => {
      const pipe = await open(path, 'w');
      await pipe.write(pcapHeader());
      for (let i = 0; i < 400 && !isDone; i++) taken += (await pipe.write(LARGE)).bytesWritten;
      await pipe.close();
    })();
    const run = await started(path, { workers: 1 });
    await pause(300);
    expect(taken).toBeLessThan(4 << 20);
    isDone = true;
    let packets = 0;
    for await (const { block } of run.decoding.blocksOf(0)) packets += block.batch.count;
    await Promise.all([writing, run.decoding.close()]);
    expect(packets * LARGE.length).toBe(taken);
  });
});

describe('a thread for a pipe', () => {
  it('is none where what is in it ends soon', async () => {
    const path = newPipe();
    const done = written(path, PACKETS);
    const start = vi.fn(startHere);
    const run = await started(path, { workers: null, start });
    expect([run.decoding.workers, start.mock.calls.length]).toEqual([0, 0]);
    expect(await counted(run)).toBe(900);
    await done;
  });

  it('is none where nothing is to be decompressed: handing bytes over takes as long', async () => {
    const path = newPipe();
    const [pipe, run] = await begun(path, { workers: null });
    expect(run.decoding.workers).toBe(0);
    const packets = counted(run);
    await pipe.write(PACKETS.subarray(5000));
    await pipe.close();
    expect(await packets).toBe(900);
  });

  it.skipIf(cores() < 2)('is one where what is compressed is slow, which loses nothing', async () => {
    const path = newPipe();
    const [pipe, run] = await begun(path, { workers: null }, ZIPPED);
    expect(run.decoding.workers).toBe(1);
    const packets = counted(run);
    await pipe.write(ZIPPED.subarray(5000));
    await pipe.close();
    expect(await packets).toBe(900);
    await run.decoding.close();
  });

  it('that cannot be started is done without', async () => {
    const path = newPipe();
    const done = written(path, PACKETS);
    const start = (): never => {
      throw new Error('ERR_ACCESS_DENIED');
    };
    const run = await started(path, { workers: 1, start });
    expect(run.decoding.workers).toBe(0);
    expect(await counted(run)).toBe(900);
    await done;
  });

  it.each([startHere, undefined])(
    'ends at once when it is stopped while the pipe is silent, with what came by then',
    async (start) => {
      const path = newPipe();
      const stop = new AbortController();
      const [pipe, run] = await begun(path, { workers: 1, start, signal: stop.signal });
      let [packets, stopped] = [0, 0];
      for await (const { block } of run.decoding.blocksOf(0)) {
        packets += block.batch.count;
        if (stopped > 0) continue;
        stopped = performance.now();
        setTimeout(() => stop.abort(), 30);
      }
      await run.decoding.close();
      run.readers[0]?.close();
      expect(packets).toBeGreaterThan(20);
      expect(performance.now() - stopped).toBeLessThan(3000);
      expect(run.readers[0]?.info).toMatchObject({ complete: false, error: null, warnings: [] });
      await pipe.close();
    },
  );
});

const LARGE = pcapRecord({ data: new Uint8Array(60_000), seconds: 1 });
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Started {
  readers: CaptureReader[];
  decoding: Decoding;
}

async function started(path: string, options: Partial<DecodeOptions>): Promise<Started> {
  const { signal } = options;
  const readers = await openCaptures([path], signal ? { signal } : {});
  return {
    readers,
    decoding: await startDecoding(readers, { ports: walkPorts(), workers: 1, start: startHere, ...options }),
  };
}

/** A pipe that is silent after 5000 bytes. */
async function begun(
  path: string,
  options: Partial<DecodeOptions>,
  bytes: Uint8Array = PACKETS,
): Promise<[FileHandle, Started]> {
  const opened = open(path, 'w');
  const run = started(path, options);
  const pipe = await opened;
  await pipe.write(bytes.subarray(0, 5000));
  return [pipe, await run];
}

async function counted({ decoding }: Started): Promise<number> {
  let packets = 0;
  for await (const { block } of decoding.blocksOf(0)) packets += block.batch.count;
  return packets;
}
