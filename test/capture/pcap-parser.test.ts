// The second reader: the same packets as the built-in one on every classic capture there is, and guarded where the
// package is not.
import { existsSync, readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openCapture } from '../../src/capture/open.ts';
import { buildPcap, joinBytes, pcapHeader, pcapngTwin, pcapRecord } from '../support/capture-builder.ts';
import { inChunks, readBytes, readCapture } from '../support/read-packets.ts';

const PACKETS = Array.from({ length: 3000 }, (_, i) => ({
  data: new Uint8Array((i * 13) % 1700).fill(i),
  original: 2000,
  seconds: 1_700_000_000 + i,
  nanos: i * 1000,
}));

const CRAFTED: Readonly<Record<string, Uint8Array>> = {
  'little-endian': buildPcap(PACKETS),
  'big-endian': buildPcap(PACKETS, { bigEndian: true, linkType: 113, snaplen: 96 }),
  'without packets': buildPcap([]),
  'packets without bytes': buildPcap(
    Array.from({ length: 9000 }, (_, i) => ({ data: new Uint8Array(0), seconds: i + 1 })),
  ),
  'packets of 256 KiB': buildPcap([1, 2, 3].map((byte) => ({ data: new Uint8Array(262144).fill(byte) }))),
  'a fraction of more than a second': buildPcap([{ data: Uint8Array.of(1), nanos: 2_500_000_000 }]),
  'cut off in a packet': buildPcap(PACKETS).subarray(0, -5),
  'cut off in a record header': joinBytes([buildPcap(PACKETS), new Uint8Array(9)]),
  'forged length': joinBytes([
    buildPcap(PACKETS.slice(0, 9)),
    pcapRecord({ data: new Uint8Array(400_000), captured: 300_000 }),
  ]),
  'zero-filled end': joinBytes([buildPcap(PACKETS.slice(0, 9)), new Uint8Array(5000)]),
  'joined with cat': joinBytes([buildPcap(PACKETS.slice(0, 9)), buildPcap(PACKETS)]),
  'joined with cat, other byte order': joinBytes([
    buildPcap(PACKETS.slice(0, 9)),
    buildPcap(PACKETS, { bigEndian: true }),
  ]),
  compressed: gzipSync(buildPcap(PACKETS)),
  'compressed and cut off': gzipSync(buildPcap(PACKETS)).subarray(0, -500),
};

function captureFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.pcap(\.gz|\.zst)?$/.test(entry.name))
    .map((entry) => `${entry.parentPath}/${entry.name}`)
    .sort();
}

/** What a reader makes of a file, or what it throws. */
async function outcome(path: string, reader: 'builtin' | 'pcap-parser') {
  return readCapture(path, { reader }).catch((error: { code: string; message: string }) => error);
}

describe('both readers agree', () => {
  // What the package would misread is refused: test/capture/pcap/variants.test.ts.
  const captures = ['samples', 'test/fixtures']
    .flatMap(captureFiles)
    .filter((path) => !path.includes('/pcap-variants/'));
  for (const path of captures) {
    it(path, async () => {
      expect(await outcome(path, 'pcap-parser')).toEqual(await outcome(path, 'builtin'));
    });
  }

  for (const [name, bytes] of Object.entries(CRAFTED)) {
    it(`crafted: ${name}`, async () => {
      const builtin = await readBytes(bytes);
      for (const chunkLength of [1000, 65536]) {
        const second = await readBytes(bytes, { reader: 'pcap-parser', chunkLength });
        expect(second.info).toEqual(builtin.info);
        expect(second.packets).toEqual(builtin.packets);
      }
    });
  }
});

describe('pcap-parser, guarded', () => {
  it('refuses what it does not know, and names the reader that does', async () => {
    const cases = [
      [buildPcap([], { precision: 'nano' }), 'pcap with nanoseconds'],
      [buildPcap([], { modified: true }), 'the modified pcap format'],
      [pcapngTwin([]), 'pcapng'],
    ] as const;
    for (const [bytes, what] of cases) {
      await expect(readBytes(bytes, { reader: 'pcap-parser' })).rejects.toMatchObject({
        code: 'E_UNSUPPORTED_CAPTURE',
        message: `stdin: the reader pcap-parser does not know ${what}`,
        hint: 'the built-in reader does: leave out --reader pcap-parser',
      });
    }
  });

  it('refuses versions that the package would accept', async () => {
    await expect(readBytes(pcapHeader({ version: [9, 4] }), { reader: 'pcap-parser' })).rejects.toMatchObject({
      message: 'stdin: pcap version 9.4 is not known (2.4 is what tools write)',
    });
  });

  it('stops feeding after a forged length, and lets the source go', async () => {
    let asked = 0;
    let closed = false;
    const bytes = joinBytes([
      buildPcap(PACKETS.slice(0, 2)),
      pcapRecord({ data: new Uint8Array(9), captured: 0xffffffff }),
    ]);
    async function* endless() {
      try {
        for (asked = 1; ; asked++) yield asked === 1 ? bytes : new Uint8Array(65536);
      } finally {
        closed = true;
      }
    }
    const { info, packets } = await readCapture('-', { stdin: endless(), reader: 'pcap-parser' });
    expect(packets.length).toBe(2);
    expect(info.error?.code).toBe('E_CORRUPT_CAPTURE');
    expect(asked).toBe(1);
    await Promise.resolve();
    expect(closed).toBe(true);
  });

  it('reads on only when the batch has been taken', async () => {
    const bytes = buildPcap(PACKETS);
    let given = 0;
    async function* counted() {
      for await (const chunk of inChunks(bytes, 50_000)) {
        given += chunk.length;
        yield chunk;
      }
    }
    const reader = await openCapture('-', { stdin: counted(), reader: 'pcap-parser' });
    for await (const batch of reader.batches()) {
      expect(batch.count).toBeGreaterThan(0);
      expect(given).toBeLessThan(200_000);
      break;
    }
    expect(bytes.length).toBeGreaterThan(2_000_000);
  });
});
