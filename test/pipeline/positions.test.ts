// How far a reading is, whoever decodes: bytes of the file behind the packets that were counted, up to its end.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { openCapture } from '../../src/capture/open.ts';
import type { ReadingProgress } from '../../src/capture/reading-progress.ts';
import { walkPorts } from '../../src/decode/walk-ports.ts';
import { readPackets } from '../../src/packets/read-packets.ts';
import { traceCaptures } from '../../src/trace.ts';
import { startHere } from '../support/threads-here.ts';

const folder = mkdtempSync(join(tmpdir(), 'overlens-positions-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SAMPLE = 'samples/08-stale-fdb/ip-10-0-1-20-ens5.pcap';
const PLAIN = join(folder, 'long.pcap');
const GZIP = join(folder, 'long.pcap.gz');
const ZSTD = 'test/fixtures/compressed/worker2-vxlan-default.pcap.zst';
const sample = readFileSync(SAMPLE);
const long = Buffer.concat([sample.subarray(0, 24), ...Array.from({ length: 60 }, () => sample.subarray(24))]);
writeFileSync(PLAIN, long);
writeFileSync(GZIP, gzipSync(long));
const SIZES = { piece: 16 * 1024, slots: 3, part: 64 * 1024 };
const FILES = [PLAIN, GZIP, ZSTD];

function expectUpTo(seen: readonly ReadingProgress[], captures: readonly string[]): void {
  for (const [capture, path] of captures.entries()) {
    const positions = seen.filter((one) => one.capture === capture).map(({ position }) => position);
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
    const left = statSync(path).size - (positions.at(-1) ?? Number.NaN);
    // of zstd a block is behind once the next one is asked for
    if (path.endsWith('.zst')) expect(left).toBeGreaterThanOrEqual(0);
    else expect(left).toBe(0);
  }
}

describe('the position in a file', () => {
  it.each([0, 1, 2, 3])('rises to its end, compressed or not, with %i threads', async (workers) => {
    const seen: ReadingProgress[] = [];
    const onProgress = (one: ReadingProgress): number => seen.push(one);
    const decoding = { sizes: SIZES, start: startHere };
    const trace = await traceCaptures({ captures: FILES, topology: null, workers, decoding, onProgress });
    expectUpTo(seen, FILES);
    const packets = FILES.map((_, i) => seen.findLast(({ capture }) => capture === i)?.packets);
    expect(packets).toEqual(trace.captures.map((one) => one.packets));
  });

  it.each([false, true])('rises to its end where packets are read one by one (side by side: %s)', async (merged) => {
    const seen: ReadingProgress[] = [];
    const onProgress = (one: ReadingProgress): number => seen.push(one);
    await readPackets({ captures: FILES, ports: walkPorts(), merged, onProgress }, { packet: () => true });
    expectUpTo(seen, FILES);
  });

  it('stays known when the file is closed', async () => {
    const reader = await openCapture(PLAIN);
    expect(reader.position()).toBe(0);
    for await (const _batch of reader.batches());
    expect(reader.position()).toBe(long.length);
  });
});
