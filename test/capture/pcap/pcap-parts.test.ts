import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fileId } from '../../../src/bytes/open-file.ts';
import { type Part, PcapParts } from '../../../src/capture/pcap/pcap-parts.ts';
import { type BuiltPacket, buildPcap, joinBytes, type PcapOptions, pcapRecord } from '../../support/capture-builder.ts';

const folder = mkdtempSync(join(tmpdir(), 'overlens-parts-'));
afterAll(() => rmSync(folder, { recursive: true }));

const PACKETS: BuiltPacket[] = Array.from({ length: 300 }, (_, i) => ({
  data: new Uint8Array(40 + (i % 50)).fill(i),
  seconds: 1_700_000_000 + i,
}));

let files = 0;

async function partsOf(bytes: Uint8Array): Promise<PcapParts> {
  const path = join(folder, `${files++}.pcap`);
  writeFileSync(path, bytes);
  const parts = await PcapParts.open(path, fileId(path) ?? '', bytes.subarray(0, 24));
  if (parts === null) throw new Error('it is the same file');
  return parts;
}

/** Where the records of a built capture begin. */
function offsets(packets: readonly BuiltPacket[], { modified = false }: PcapOptions = {}): number[] {
  let at = 24;
  return packets.map(({ data }) => {
    at += (modified ? 24 : 16) + data.length;
    return at - data.length - (modified ? 24 : 16);
  });
}

async function read(parts: PcapParts, part: Part) {
  const info = parts.newInfo();
  const { batches, end } = parts.read(part, info);
  let packets = 0;
  for await (const { count } of batches) packets += count;
  return { packets, end: end(), info };
}

describe('the place where a record begins', () => {
  it.each<[string, PcapOptions]>([
    ['little-endian', {}],
    ['big-endian', { bigEndian: true }],
    ['with nanoseconds', { precision: 'nano' }],
    ['in the modified format', { modified: true }],
  ])('is guessed from any place of a capture, %s', async (_name, options) => {
    const bytes = buildPcap(PACKETS, options);
    const parts = await partsOf(bytes);
    const records = offsets(PACKETS, options);
    const wrong = [];
    for (let from = 0; from <= records.at(-1)!; from += 7)
      if ((await parts.guess(from)) !== records.find((record) => record >= from)) wrong.push(from);
    expect(wrong).toEqual([]);
    parts.close();
  });

  it('is none where nothing looks like a record', async () => {
    const parts = await partsOf(joinBytes([buildPcap(PACKETS.slice(0, 1)), new Uint8Array(5000).fill(0xff)]));
    expect(await parts.guess(200)).toBeNull();
    parts.close();
  });
});

describe('a part', () => {
  it('has the records that begin in it, the last of them whole', async () => {
    const records = offsets(PACKETS);
    const parts = await partsOf(buildPcap(PACKETS));
    const found = await read(parts, { from: records[10]!, until: records[20]! - 1, packet: 11 });
    expect([found.packets, found.end, found.info.complete]).toEqual([10, records[20], false]);
    expect((await read(parts, { from: records[10]!, until: records[20]! + 1, packet: 11 })).packets).toBe(11);
    parts.close();
  });

  it('to the end of the capture ends it, with packet numbers as they are in the whole', async () => {
    const bytes = joinBytes([buildPcap(PACKETS), pcapRecord({ data: new Uint8Array(9), captured: 0x7fffffff })]);
    const parts = await partsOf(bytes);
    const from = offsets(PACKETS)[250]!;
    const { packets, end, info } = await read(parts, { from, until: Number.POSITIVE_INFINITY, packet: 251 });
    expect([packets, end]).toEqual([50, bytes.length - 25]);
    expect(info.error?.message).toContain(`packet 301 at byte offset ${bytes.length - 25}`);
    parts.close();
  });
});

describe('another file', () => {
  it('is not opened: neither by its id nor by its beginning', async () => {
    const path = join(folder, 'other.pcap');
    const bytes = buildPcap(PACKETS);
    writeFileSync(path, bytes);
    expect(await PcapParts.open(path, '0 0', bytes.subarray(0, 24))).toBeNull();
    expect(await PcapParts.open(path, fileId(path) ?? '', bytes.slice(0, 24).fill(1, 20))).toBeNull();
  });
});
