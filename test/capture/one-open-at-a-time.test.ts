// However many captures are given, one file is open at a time: opened minus closed is counted, not guessed.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { openCapture, openCaptures } from '../../src/capture/open.ts';
import { walkPorts } from '../../src/decode/walk-ports.ts';
import { readPackets } from '../../src/packets/read-packets.ts';
import { buildPcap, buildPcapng, interfaceBlock, packetBlock, sectionBlock } from '../support/capture-builder.ts';
import { countFiles, files } from '../support/open-files.ts';
import { storedZstd } from '../support/zstd-builder.ts';

countFiles();

const folder = mkdtempSync(join(tmpdir(), 'overlens-handles-'));
afterAll(() => rmSync(folder, { recursive: true }));

const PACKETS = [1, 2, 3].map((i) => ({ data: new Uint8Array(60).fill(i), seconds: 1_700_000_000 + i }));
const PCAP = buildPcap(PACKETS);
const PCAPNG = buildPcapng([
  sectionBlock(),
  interfaceBlock({ name: 'eth0' }),
  ...PACKETS.map(({ data }) => packetBlock({ data })),
]);
const KINDS = [PCAP, gzipSync(PCAP), storedZstd(PCAP), PCAPNG, PCAP.subarray(0, PCAP.length - 7)];
const PATHS = Array.from({ length: 60 }, (_, i) => {
  const path = join(folder, `${i}`);
  writeFileSync(path, KINDS[i % KINDS.length] ?? PCAP);
  return path;
});
const request = { captures: PATHS, ports: walkPorts() };

describe('of many captures', () => {
  it('none is open once all are recognised', async () => {
    const readers = await openCaptures(PATHS);
    expect(readers.map(({ info }) => info.path)).toEqual(PATHS);
    expect(files).toEqual({ open: 0, most: 1, opened: 60 });
  });

  it('one is open while they are read to their ends, cut-off ones too', async () => {
    const { packets } = await readPackets(request, { packet: () => true });
    expect(packets).toBe(48 * 3 + 12 * 2);
    expect(files).toEqual({ open: 0, most: 1, opened: 120 });
  });

  it('none stays open when nobody wants more', async () => {
    await readPackets(request, { packet: ({ capture }) => capture < 7 });
    expect(files).toEqual({ open: 0, most: 1, opened: 68 });
  });

  it('none stays open when the reader throws', async () => {
    const failing = readPackets(request, {
      packet() {
        throw new Error('no more');
      },
    });
    await expect(failing).rejects.toThrow('no more');
    expect(files).toEqual({ open: 0, most: 1, opened: 61 });
  });

  it('none stays open when one is none: it is known before a packet is read, and the others are read', async () => {
    const text = join(folder, 'text');
    writeFileSync(text, 'no capture');
    const { packets, infos } = await readPackets({ ...request, captures: [text, ...PATHS] }, { packet: () => true });
    expect(packets).toBe(48 * 3 + 12 * 2);
    expect(infos[0]).toMatchObject({ format: null, error: { code: 'E_NOT_A_CAPTURE' } });
    expect(files).toEqual({ open: 0, most: 1, opened: 121 });
  });

  it('none stays open when all are refused, and no packet is read before', async () => {
    const texts = ['text1', 'text2'].map((name) => join(folder, name));
    for (const text of texts) writeFileSync(text, 'no capture');
    const packet = vi.fn();
    await expect(readPackets({ ...request, captures: texts }, { packet })).rejects.toMatchObject({
      code: 'E_NOT_A_CAPTURE',
      message: expect.stringMatching(/text1: .*\n.*text2: /),
    });
    expect(packet).not.toHaveBeenCalled();
    expect(files).toEqual({ open: 0, most: 1, opened: 2 });
  });

  it('a pipe that nobody came to read is let go of', async () => {
    const stdin = new PassThrough();
    stdin.write(PCAP);
    const readers = [await openCapture('-', { stdin })];
    expect(stdin.destroyed).toBe(false);
    for (const reader of readers) reader.close();
    expect(stdin.destroyed).toBe(true);
  });
});

describe('a file between recognising and reading', () => {
  it('that went away is an error of the reading', async () => {
    const path = join(folder, 'gone');
    writeFileSync(path, PCAP);
    const reader = await openCapture(path);
    rmSync(path);
    for await (const _ of reader.batches()) expect.unreachable();
    expect(reader.info).toMatchObject({
      complete: false,
      error: { code: 'E_UNREADABLE', message: `${path}: no such file` },
    });
  });

  it('that another took the place of is an error of the reading, not a capture read by the wrong header', async () => {
    const path = join(folder, 'replaced');
    for (const other of [buildPcap(PACKETS, { bigEndian: true }), PCAPNG, new Uint8Array(0), gzipSync('x')]) {
      writeFileSync(path, PCAP);
      const reader = await openCapture(path);
      writeFileSync(path, other);
      for await (const _ of reader.batches()) expect.unreachable();
      expect(reader.info).toMatchObject({
        complete: false,
        error: {
          code: 'E_UNREADABLE',
          message: `${path}: another file has taken its place since it was first read`,
          hint: 'a running capture that writes into a ring does that: copy its files first',
        },
      });
    }
    expect(files.open).toBe(0);
  });

  it('that grew is read as far as it is now', async () => {
    const path = join(folder, 'grown');
    writeFileSync(path, buildPcap(PACKETS.slice(0, 1)));
    const reader = await openCapture(path);
    writeFileSync(path, PCAP);
    let packets = 0;
    for await (const batch of reader.batches()) packets += batch.count;
    expect(packets).toBe(3);
  });
});
