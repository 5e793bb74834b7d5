// Only batches with comments say so: what reads them costs captures without nothing.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openToRead } from '../../../src/capture/open.ts';
import { commentedPacket } from '../../../src/capture/pcapng/packet-comments.ts';
import {
  buildPcapng,
  interfaceBlock,
  obsoletePacketBlock,
  type PcapngBlock,
  type PcapngOption,
  packetBlock,
  sectionBlock,
} from '../../support/capture-builder.ts';

const folder = mkdtempSync(join(tmpdir(), 'overlens-batches-'));
afterAll(() => rmSync(folder, { recursive: true }));

const data = new Uint8Array(61).fill(7);

async function read(bigEndian: boolean, ...blocks: PcapngBlock[]) {
  const path = join(folder, 'x');
  writeFileSync(path, buildPcapng([sectionBlock({ bigEndian }), interfaceBlock(), ...blocks]));
  const found: { hasComments: boolean | undefined; packets: ReturnType<typeof commentedPacket>[] }[] = [];
  for await (const batch of (await openToRead(path)).batches()) {
    const packets = Array.from({ length: batch.count }, (_, i) =>
      commentedPacket({
        bytes: batch.bytes,
        start: batch.start[i] ?? 0,
        captured: batch.captured[i] ?? 0,
        original: batch.original[i] ?? 0,
      }),
    );
    found.push({ hasComments: batch.hasComments, packets });
  }
  return found;
}

/** epb_flags in the section's byte order. */
const flags = (bits: number, bigEndian: boolean): PcapngOption => [
  2,
  bigEndian ? Uint8Array.of(0, 0, 0, bits) : Uint8Array.of(bits, 0, 0, 0),
];

it.each([false, true])('comments and direction of a packet (big-endian: %s)', async (bigEndian) => {
  const inbound = packetBlock({ data, options: [[1, 'a'], flags(1, bigEndian), [1, 'b']] });
  const outbound = packetBlock({ data, options: [flags(2, bigEndian)] });
  const undirected = packetBlock({ data, options: [flags(4, bigEndian)] });
  expect(await read(bigEndian, inbound, outbound, undirected)).toEqual([
    {
      hasComments: true,
      packets: [
        { comments: ['a', 'b'], direction: 'inbound' },
        { comments: [], direction: 'outbound' },
        { comments: [], direction: null },
      ],
    },
  ]);
});

it('batches without comments say so, whatever other options there are', async () => {
  const blocks = [
    packetBlock({ data, options: [flags(1, false)] }),
    packetBlock({ data }),
    obsoletePacketBlock({ data }),
  ];
  const hidden = packetBlock({
    data,
    options: [
      [0, ''],
      [1, 'behind the end of the options'],
    ],
  });
  expect((await read(false, ...blocks, hidden)).map(({ hasComments }) => hasComments)).toEqual([false]);
});
