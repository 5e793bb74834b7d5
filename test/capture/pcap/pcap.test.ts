import { describe, expect, it } from 'vitest';
import { buildPcap, joinBytes, pcapHeader, pcapRecord } from '../../support/capture-builder.ts';
import { readBytes } from '../../support/read-packets.ts';

const PACKETS = [
  { data: Uint8Array.of(1, 2, 3), seconds: 1_700_000_000, nanos: 123_456_000, original: 1500 },
  { data: new Uint8Array(0), seconds: 1_700_000_001, nanos: 0 },
  { data: new Uint8Array(300).fill(7), seconds: 4_294_967_295, nanos: 999_999_000 },
];

const READ = [
  { seconds: 1_700_000_000, nanos: 123_456_000, original: 1500, interface: 0, data: '010203' },
  { seconds: 1_700_000_001, nanos: 0, original: 0, interface: 0, data: '' },
  { seconds: 4_294_967_295, nanos: 999_999_000, original: 300, interface: 0, data: '07'.repeat(300) },
];

describe('classic pcap', () => {
  for (const bigEndian of [false, true]) {
    for (const format of [{}, { precision: 'nano' }, { modified: true }] as const) {
      it(`reads ${JSON.stringify({ bigEndian, ...format })}`, async () => {
        const { info, packets } = await readBytes(buildPcap(PACKETS, { bigEndian, ...format, linkType: 113 }));
        expect(packets).toEqual(READ);
        expect(info).toEqual({
          path: '-',
          format: 'pcap',
          compression: 'none',
          interfaces: [
            {
              index: 0,
              name: null,
              description: null,
              linkType: 113,
              snaplen: 262144,
              filter: null,
              timeDigits: 'precision' in format ? 9 : 6,
              dropped: null,
            },
          ],
          complete: true,
          warnings: [],
          error: null,
        });
      });
    }
  }

  it('keeps all nine digits of nanoseconds', async () => {
    const packet = { data: Uint8Array.of(1), seconds: 1_766_361_926, nanos: 167_647_291 };
    const { packets } = await readBytes(buildPcap([packet], { precision: 'nano', bigEndian: true }));
    expect(packets[0]).toMatchObject({ seconds: 1_766_361_926, nanos: 167_647_291 });
  });

  it('reads a file without packets', async () => {
    const { info, packets } = await readBytes(buildPcap([]));
    expect(packets).toEqual([]);
    expect(info).toMatchObject({ complete: true, warnings: [], error: null });
  });

  it('masks off what stands above the link type: FCS length and class', async () => {
    const { info } = await readBytes(buildPcap([], { linkType: 0x54030001 }));
    expect(info.interfaces[0]?.linkType).toBe(1);
  });

  it('carries a fraction of more than a second, so that nanos stay below 10^9', async () => {
    const { packets } = await readBytes(buildPcap([{ data: Uint8Array.of(1), seconds: 10, nanos: 2_500_000_000 }]));
    expect(packets[0]).toMatchObject({ seconds: 12, nanos: 500_000_000 });
  });

  it('delivers a captured length of exactly the limit', async () => {
    const { info, packets } = await readBytes(buildPcap([{ data: new Uint8Array(262144) }]));
    expect(packets[0]?.data.length).toBe(2 * 262144);
    expect(info.complete).toBe(true);
  });

  it('believes a larger snaplen up to 16 MiB', async () => {
    const packet = { data: new Uint8Array(1_000_000).fill(3) };
    const believed = await readBytes(buildPcap([packet, packet], { snaplen: 1_000_000 }));
    expect(believed.packets.map(({ data }) => data.length)).toEqual([2_000_000, 2_000_000]);
    const unbelieved = await readBytes(buildPcap([packet], { snaplen: 20_000_000 }));
    expect(unbelieved.packets).toEqual([]);
    expect(unbelieved.info.error?.message).toBe(
      'stdin: packet 1 at byte offset 24: its captured length of 1000000 bytes is above the limit of 262144',
    );
  });

  it('stops at a forged length without waiting for its bytes, and keeps what came before', async () => {
    const forged = pcapRecord({ data: new Uint8Array(50), captured: 0xfffffff0 });
    const bytes = joinBytes([buildPcap(PACKETS.slice(0, 2)), forged, new Uint8Array(1000)]);
    const { info, packets } = await readBytes(bytes);
    expect(packets).toEqual(READ.slice(0, 2));
    expect(info.complete).toBe(false);
    expect(info.error).toMatchObject({
      code: 'E_CORRUPT_CAPTURE',
      message:
        'stdin: packet 3 at byte offset 59: its captured length of 4294967280 bytes is above the limit of 262144',
      hint: 'what stands before it was read; copy the file again or capture again to get the rest',
    });
  });

  it('says so when captures were joined with cat', async () => {
    for (const options of [{}, { bigEndian: true }]) {
      const bytes = joinBytes([buildPcap(PACKETS.slice(0, 1)), buildPcap(PACKETS, options)]);
      const { info, packets } = await readBytes(bytes);
      expect(packets).toEqual(READ.slice(0, 1));
      expect(info.error?.message).toBe(
        'stdin: packet 2 at byte offset 43: another pcap file header stands where a packet should be: these are several captures in one file',
      );
      expect(info.error?.hint).toBe('join captures with mergecap -w, or name each of them');
    }
  });

  it('warns of a record that is cut off, at every place it can be cut', async () => {
    const whole = buildPcap(PACKETS.slice(0, 2));
    const last = joinBytes([whole, pcapRecord({ data: new Uint8Array(5) })]);
    for (let length = whole.length + 1; length < last.length; length++) {
      const { info, packets } = await readBytes(last.subarray(0, length));
      const there = length - whole.length;
      const rest =
        there < 16 ? `${there} of the 16 bytes of its record header` : `${there - 16} of its 5 captured bytes`;
      expect(packets).toEqual(READ.slice(0, 2));
      expect(info).toMatchObject({ complete: false, error: null });
      expect(info.warnings).toEqual([
        { code: 'cut-off-record', message: `packet 3 at byte offset 59 is cut off: the capture ends after ${rest}` },
      ]);
    }
  });

  it('refuses versions that nobody is known to have written', async () => {
    for (const [major, minor] of [
      [1, 2],
      [2, 5],
      [3, 0],
      [543, 1],
    ] as const) {
      await expect(readBytes(joinBytes([pcapHeader({ version: [major, minor] })]))).rejects.toMatchObject({
        code: 'E_UNSUPPORTED_CAPTURE',
        message: `stdin: pcap version ${major}.${minor} is not known (2.4 is what tools write)`,
        hint: 'if the file is whole, convert it with Wireshark: editcap FILE new.pcapng',
      });
    }
  });

  it('gives batches that are reused: what is kept changes', async () => {
    const { openCapture } = await import('../../../src/capture/open.ts');
    const many = Array.from({ length: 5000 }, (_, i) => ({ data: Uint8Array.of(i & 255), seconds: i }));
    const capture = await openCapture('-', {
      stdin: (async function* () {
        yield buildPcap(many);
      })(),
    });
    const kept: unknown[] = [];
    const firstSeconds: number[] = [];
    const counts: number[] = [];
    for await (const batch of capture.batches()) {
      kept.push(batch);
      firstSeconds.push(batch.seconds[0] ?? -1);
      counts.push(batch.count);
    }
    expect(kept.length).toBeGreaterThan(1);
    expect(new Set(kept).size).toBe(1);
    expect(firstSeconds[0]).toBe(0);
    const [batch] = kept as [{ seconds: Float64Array; start: Uint32Array }];
    expect(batch.seconds[0]).toBe(firstSeconds.at(-1));
    expect(batch.seconds[0]).toBeGreaterThan(0);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(5000);
  });
});
