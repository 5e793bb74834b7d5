// Whatever the pieces in which a capture arrives, the packets are the same.
import { readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  buildPcap,
  buildPcapng,
  interfaceBlock,
  otherBlock,
  packetBlock,
  pcapngTwin,
  sectionBlock,
  simplePacketBlock,
  statisticsBlock,
} from '../support/capture-builder.ts';
import { readBytes } from '../support/read-packets.ts';
import { IS_WHOLE } from '../support/whole-matrix.ts';
import { storedZstd } from '../support/zstd-builder.ts';

const PACKETS = Array.from({ length: 120 }, (_, i) => ({
  data: Uint8Array.from({ length: (i * 37) % 300 }, (_, k) => (i + k) & 255),
  original: 9000,
  seconds: 1_700_000_000 + i,
  nanos: i * 1000,
}));

const MIXED = buildPcapng([
  sectionBlock({ options: [[4, 'test']] }),
  interfaceBlock({ name: 'eth0' }),
  ...PACKETS.slice(0, 40).map(({ data }, i) => packetBlock({ data, units: BigInt(i) })),
  otherBlock(10, new Uint8Array(3000)),
  sectionBlock({ bigEndian: true }),
  interfaceBlock({ name: 'eth1', resolution: 0x8a }),
  statisticsBlock({ ifdrop: 7n }),
  ...PACKETS.slice(40).map(({ data }, i) => packetBlock({ data, units: BigInt(i), options: [[1, 'x']] })),
  simplePacketBlock(Uint8Array.of(1, 2, 3)),
]);

const LONG_BLOCK = buildPcapng([
  sectionBlock(),
  interfaceBlock({ name: 'eth0' }),
  otherBlock(10, new Uint8Array(70_000)),
  ...PACKETS.map(({ data }, i) => packetBlock({ data, units: BigInt(i) })),
]);

const LITTLE = buildPcap(PACKETS);
const CAPTURES: Readonly<Record<string, Uint8Array>> = {
  'pcap, little-endian': LITTLE,
  'pcap, big-endian': buildPcap(PACKETS, { bigEndian: true }),
  'pcap, modified': buildPcap(PACKETS, { modified: true }),
  'pcap, cut off': LITTLE.subarray(0, LITTLE.length - 3),
  pcapng: pcapngTwin(PACKETS),
  'pcapng, mixed': MIXED,
  'pcapng, a block longer than what is read at once': LONG_BLOCK,
  'pcapng, cut off': MIXED.subarray(0, MIXED.length - 3),
  'pcap in gzip': gzipSync(LITTLE),
  'pcapng in two gzip members': Buffer.concat([gzipSync(MIXED.subarray(0, 999)), gzipSync(MIXED.subarray(999))]),
  'gzip, cut off': gzipSync(LITTLE).subarray(0, -4),
  'pcap in zstd': storedZstd(LITTLE, { blockLength: 1000 }),
  'pcap in two zstd frames': Buffer.concat([
    storedZstd(LITTLE.subarray(0, 10), { checksum: true }),
    storedZstd(LITTLE.subarray(10), { blockLength: 3333, checksum: true }),
  ]),
  'zstd, cut off': storedZstd(LITTLE, { blockLength: 1000 }).subarray(0, -3),
  'a capture of the lab': gunzipSync(readFileSync('test/fixtures/lab/worker2-ens5.pcap.gz')),
};

/** Of a long capture no single bytes, but in `npm run matrix`: each is a turn of the event loop. */
function lengthsFor(bytes: Uint8Array): number[] {
  const lengths = [1, 2, 3, 15, 16, 17, 65536];
  if (IS_WHOLE) return lengths;
  return bytes.length < 10_000 ? lengths : [3, 17, 65536].filter((length) => length > 3 || bytes.length < 30_000);
}

describe('chunk independence', () => {
  for (const [name, bytes] of Object.entries(CAPTURES)) {
    it(name, async () => {
      const whole = await readBytes(bytes, { chunkLength: bytes.length });
      expect(whole.packets.length).toBeGreaterThan(90);
      for (const chunkLength of lengthsFor(bytes)) {
        expect(await readBytes(bytes, { chunkLength })).toEqual(whole);
      }
    });
  }

  it('little-endian, big-endian and modified files give the same packets, compressed or not', async () => {
    const { packets } = await readBytes(LITTLE);
    const names = [
      'pcap, big-endian',
      'pcap, modified',
      'pcapng',
      'pcap in gzip',
      'pcap in zstd',
      'pcap in two zstd frames',
    ];
    for (const name of names) {
      expect((await readBytes(CAPTURES[name] ?? new Uint8Array(0))).packets, name).toEqual(packets);
    }
  });
});
