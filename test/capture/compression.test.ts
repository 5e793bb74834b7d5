import { readdirSync, readFileSync } from 'node:fs';
import { deflateRawSync, gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildPcap, joinBytes } from '../support/capture-builder.ts';
import { inChunks, readBytes, readCapture } from '../support/read-packets.ts';
import { skippableFrame, storedZstd, zstdBlock } from '../support/zstd-builder.ts';

const PACKETS = Array.from({ length: 50 }, (_, i) => ({ data: new Uint8Array(100).fill(i), seconds: i }));
const PLAIN = buildPcap(PACKETS);
const ZSTD = 'test/fixtures/compressed';

describe('zstd', () => {
  for (const name of readdirSync(ZSTD).filter((file) => file.endsWith('.zst'))) {
    it(`reads ${name}`, async () => {
      const original = name.startsWith('n20') ? 'cases/n20-any1' : 'lab/worker2-vxlan';
      const plain = await readBytes(gunzipSync(readFileSync(`test/fixtures/${original}.pcap.gz`)));
      const { info, packets } = await readCapture(`${ZSTD}/${name}`);
      expect(packets).toEqual(plain.packets);
      expect(info).toMatchObject({ compression: 'zstd', format: 'pcap', complete: true, warnings: [], error: null });
    });

    it(`says where ${name} is cut off, and keeps what came before`, async () => {
      const bytes = readFileSync(`${ZSTD}/${name}`);
      const length = Math.floor(bytes.length * 0.9);
      const cut = readBytes(bytes.subarray(0, length));
      if (name.startsWith('worker2')) {
        // The whole capture is one block, and zstd gives blocks whole.
        await expect(cut).rejects.toMatchObject({
          code: 'E_NOT_A_CAPTURE',
          message: `stdin: not a capture: the zstd stream is cut off after ${length} bytes, before anything could be decompressed`,
        });
        return;
      }
      const { info, packets } = await cut;
      expect(packets.length).toBeGreaterThan(10);
      expect(info).toMatchObject({ complete: false, error: null });
      expect(info.warnings.map(({ code }) => code)).toEqual(['cut-off-stream']);
      expect(info.warnings[0]?.message).toMatch(new RegExp(`^the zstd stream is cut off after ${length} bytes`));
    });
  }

  it('steps over skippable frames and empty frames', async () => {
    const bytes = joinBytes([
      skippableFrame(new Uint8Array(300)),
      storedZstd(new Uint8Array(0)),
      storedZstd(PLAIN.subarray(0, 1000)),
      skippableFrame(new Uint8Array(0)),
      storedZstd(PLAIN.subarray(1000), { checksum: true }),
    ]);
    const { info, packets } = await readBytes(bytes);
    expect(packets).toEqual((await readBytes(PLAIN)).packets);
    expect(info).toMatchObject({ compression: 'zstd', complete: true, warnings: [] });
  });

  it('reads the smallest frames', async () => {
    const frames = Array.from(PLAIN, (byte) => storedZstd(Uint8Array.of(byte)));
    expect((await readBytes(joinBytes(frames))).packets).toEqual((await readBytes(PLAIN)).packets);
  });

  it('warns when the checksum at the end is missing', async () => {
    const { info, packets } = await readBytes(storedZstd(PLAIN, { checksum: true }).subarray(0, -2));
    expect(packets.length).toBe(50);
    expect(info.warnings).toEqual([
      { code: 'cut-off-stream', message: `the zstd stream is cut off after ${PLAIN.length + 13 - 2} bytes` },
    ]);
  });

  it('refuses blocks that would grow beyond what a block may hold', async () => {
    const start = storedZstd(PLAIN, { blockLength: 1224 }).subarray(0, 6 + 3 + 1224);
    const { info, packets } = await readBytes(joinBytes([start, zstdBlock(1, 128 * 1024 + 1, true), Uint8Array.of(0)]));
    expect(packets.length).toBe(10);
    expect(info.error?.message).toBe(
      'stdin: the zstd stream is damaged near compressed byte 1233 (a block header makes no sense)',
    );
  });

  it('never throws from batches and never hangs, whatever is flipped', async () => {
    const bytes = readFileSync(`${ZSTD}/worker2-vxlan-default.pcap.zst`);
    const place = fc.integer({ min: 20, max: bytes.length - 1 });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(place, fc.nat(255)), { minLength: 1, maxLength: 4 }), async (flips) => {
        const damaged = Uint8Array.from(bytes);
        for (const [at, value] of flips) damaged[at] = value;
        const result = await readBytes(damaged).catch((error: { code: string }) => error.code);
        if (typeof result === 'string') expect(result).toMatch(/^E_(NOT_A|CORRUPT|UNSUPPORTED)_CAPTURE$/);
      }),
      { numRuns: 100 },
    );
  });
});

describe('gzip', () => {
  it('reads one member, several, and zero padding behind them', async () => {
    const plain = await readBytes(PLAIN);
    const forms = [
      gzipSync(PLAIN),
      gzipSync(PLAIN, { level: 0 }),
      joinBytes([gzipSync(PLAIN.subarray(0, 7)), gzipSync(new Uint8Array(0)), gzipSync(PLAIN.subarray(7))]),
      joinBytes([gzipSync(PLAIN), new Uint8Array(100_000)]),
      gzipWithName(PLAIN),
    ];
    for (const bytes of forms) {
      const { info, packets } = await readBytes(bytes);
      expect(packets).toEqual(plain.packets);
      expect(info).toMatchObject({ compression: 'gzip', complete: true, warnings: [], error: null });
    }
  });

  it('warns wherever it is cut off, and loses nothing that could be decompressed', async () => {
    const bytes = gzipSync(PLAIN, { level: 0 });
    for (const length of [bytes.length - 1, bytes.length - 7, bytes.length - 8, 1000, 200]) {
      const { info, packets } = await readBytes(bytes.subarray(0, length));
      // Stored: 10 bytes of gzip header, 5 of the block's, then the capture as it is.
      expect(packets.length).toBe(Math.min(50, Math.floor((length - 15 - 24) / 116)));
      expect(info).toMatchObject({ complete: false, error: null });
      expect(info.warnings[0]?.message).toMatch(new RegExp(`^the gzip stream is cut off after ${length} bytes`));
    }
  });

  it('stops a stream that expands a thousandfold at its forged length, without unpacking the rest', async () => {
    const bomb = gzipSync(joinBytes([PLAIN, new Uint8Array(16).fill(0xff), new Uint8Array(64 * 1024 * 1024)]));
    let given = 0;
    async function* counted() {
      for await (const chunk of inChunks(bomb, 1000)) {
        given += chunk.length;
        yield chunk;
      }
    }
    const { info, packets } = await readCapture('-', { stdin: counted() });
    expect(packets.length).toBe(50);
    expect(info.error?.code).toBe('E_CORRUPT_CAPTURE');
    expect(bomb.length).toBeGreaterThan(50_000);
    expect(given).toBeLessThan(5000);
  });
});

/** A member with every optional header field (RFC 1952 section 2.3). */
function gzipWithName(content: Uint8Array): Uint8Array {
  const flags = 4 | 8 | 16;
  const head = Uint8Array.of(0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 3, 2, 0, 9, 9, 0x61, 0, 0x62, 0);
  return joinBytes([head, deflateRawSync(content), gzipSync(content).subarray(-8)]);
}
