// Whatever follows a valid header: batches() never throws, always ends, stays within its buffer, and every packet lies
// inside the bytes that it says it lies in.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openCapture } from '../../src/capture/open.ts';
import type { CaptureInfo } from '../../src/capture/source.ts';
import {
  buildPcap,
  buildPcapng,
  interfaceBlock,
  joinBytes,
  packetBlock,
  pcapHeader,
  sectionBlock,
} from '../support/capture-builder.ts';
import { inChunks } from '../support/read-packets.ts';
import { IS_WHOLE } from '../support/whole-matrix.ts';

/** The buffer's first size, grown at most to the longest sane record and one more piece. */
const LARGEST_BUFFER = 2 * 1024 * 1024;

async function readAll(bytes: Uint8Array, chunkLength: number): Promise<{ info: CaptureInfo; packets: number }> {
  const reader = await openCapture('-', { stdin: inChunks(bytes, chunkLength) });
  let packets = 0;
  for await (const batch of reader.batches()) {
    expect(batch.bytes.length).toBeLessThanOrEqual(LARGEST_BUFFER);
    for (let i = 0; i < batch.count; i++) {
      const end = (batch.start[i] ?? 0) + (batch.captured[i] ?? 0);
      if (end > batch.bytes.length) throw new Error(`packet ${packets + i + 1} ends behind the buffer`);
      if ((batch.nanos[i] ?? 0) > 999_999_999) throw new Error(`packet ${packets + i + 1} has ${batch.nanos[i]} ns`);
      if ((batch.interface[i] ?? 0) >= reader.info.interfaces.length) throw new Error('no such interface');
    }
    packets += batch.count;
  }
  return { info: reader.info, packets };
}

/** Exactly one of: read whole, cut off (warning), corrupt (error). */
function expectOneEnd({ complete, error, warnings }: CaptureInfo): void {
  const cutOff = warnings.some(({ code }) => code.startsWith('cut-off'));
  expect([complete, error !== null, cutOff].filter(Boolean).length).toBe(1);
}

const noise = fc.uint8Array({ maxLength: 3000 });
const chunkLengths = fc.constantFrom(1, 16, 1000, 65536);
const words = fc.array(
  fc.oneof(fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 12, 16, 28, 32, 36, 0x0a0d0d0a, 0x1a2b3c4d), fc.nat(0xffffffff)),
  { maxLength: 300 },
);

function wordBytes(values: readonly number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(values).buffer);
}

describe('random bytes', () => {
  it('behind a pcap header', async () => {
    const headers = [
      {},
      { bigEndian: true },
      { modified: true },
      { precision: 'nano' },
      { snaplen: 1_000_000 },
    ] as const;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...headers), noise, chunkLengths, async (options, bytes, chunkLength) => {
        expectOneEnd((await readAll(joinBytes([pcapHeader(options), bytes]), chunkLength)).info);
      }),
      { numRuns: IS_WHOLE ? 300 : 150 },
    );
  });

  it('behind a pcapng section and interface', async () => {
    const start = buildPcapng([sectionBlock(), interfaceBlock()]);
    await fc.assert(
      fc.asyncProperty(fc.oneof(noise, words.map(wordBytes)), chunkLengths, async (bytes, chunkLength) => {
        expectOneEnd((await readAll(joinBytes([start, bytes]), chunkLength)).info);
      }),
      { numRuns: IS_WHOLE ? 500 : 250 },
    );
  });

  it('in the middle of good packets', async () => {
    const data = new Uint8Array(90).fill(1);
    const captures = [
      buildPcap(Array.from({ length: 20 }, () => ({ data }))),
      buildPcapng([
        sectionBlock({ bigEndian: true }),
        interfaceBlock({ name: 'eth0', resolution: 9 }),
        ...Array.from({ length: 20 }, () => packetBlock({ data, options: [[1, 'text']] })),
      ]),
    ];
    const flips = fc.array(fc.tuple(fc.nat(1500), fc.nat(255)), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...captures), flips, chunkLengths, async (capture, changes, chunkLength) => {
        const bytes = Uint8Array.from(capture);
        // The first 28 bytes decide whether it is a capture at all.
        for (const [at, value] of changes) bytes[28 + at] = value;
        const { info, packets } = await readAll(bytes, chunkLength);
        expectOneEnd(info);
        expect(packets).toBeLessThan(200);
      }),
      { numRuns: IS_WHOLE ? 500 : 250 },
    );
  });

  it('as a whole file: refused or read, never anything else', async () => {
    await fc.assert(
      fc.asyncProperty(noise, async (bytes) => {
        const code = await readAll(bytes, 65536).then(
          () => null,
          (error: { code: string }) => error.code,
        );
        if (code !== null) expect(code).toMatch(/^E_(NOT_A|CORRUPT|UNSUPPORTED)_CAPTURE$/);
      }),
    );
  });
});
