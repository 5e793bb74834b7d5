// gzip and zip as a browser reads them, against Node's own packers, and against what Node's readers say of the same damage.
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { ArchiveMembers } from '../../src/bytes/archive/archive-member.ts';
import { zipMembers } from '../../src/bytes/archive/web-zip.ts';
import { ChunkBuffer, type StreamFault } from '../../src/bytes/chunk.ts';
import { streamSource } from '../../src/bytes/iterable-source.ts';
import { gunzip } from '../../src/bytes/web-gzip.ts';
import { zipOf } from '../support/zip-builder.ts';

interface Unzipped {
  bytes: Buffer;
  fault: StreamFault | null;
}

async function unzip(bytes: Uint8Array, piece = 4096): Promise<Unzipped> {
  async function* pieces(): AsyncGenerator<Uint8Array, void, void> {
    for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
  }
  const chunks = gunzip(new ChunkBuffer(streamSource(pieces())));
  const parts: Uint8Array[] = [];
  for (;;) {
    const { done, value } = await chunks.next();
    if (done === true) return { bytes: Buffer.concat(parts), fault: value };
    parts.push(value);
  }
}

/** Bytes that do not shrink, the same ones each time. */
function noise(length: number, seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

describe('gzip through DecompressionStream', () => {
  const CONTENTS: [string, Uint8Array][] = [
    ['nothing', new Uint8Array(0)],
    ['a word', Buffer.from('hello')],
    ['what shrinks a thousandfold', new Uint8Array(3_000_000)],
    ['what does not shrink', noise(300_000, 1)],
    // stored as it is, so that the marks stand in the compressed bytes
    [
      'marks of members within',
      Buffer.concat(
        Array.from({ length: 500 }, (_, i) => Buffer.concat([noise(97, i), Buffer.from([0x1f, 0x8b, 8, 0])])),
      ),
    ],
  ];

  it.each(CONTENTS)('is %s', async (_name, content) => {
    for (const piece of [1000, 65_536]) {
      const { bytes, fault } = await unzip(gzipSync(content, { level: content.length > 40_000 ? 0 : 9 }), piece);
      expect(fault).toBeNull();
      expect(bytes.equals(content)).toBe(true);
    }
  });

  it('is several members in a row, wherever the pieces of them end', async () => {
    const parts = [noise(900, 1), Buffer.from('x'), new Uint8Array(0), noise(40_000, 2)];
    const compressed = Buffer.concat(parts.map((part) => gzipSync(part)));
    for (const piece of [1, 7, 911, 65_536]) {
      const { bytes, fault } = await unzip(compressed, piece);
      expect(fault).toBeNull();
      expect(bytes.equals(Buffer.concat(parts))).toBe(true);
    }
  });

  it('is cut off where it ends too early, and what came before is there', async () => {
    const content = noise(200_000, 3);
    const compressed = gzipSync(content, { level: 0 });
    const { bytes, fault } = await unzip(compressed.subarray(0, 150_000));
    expect(fault?.kind).toBe('cut-off');
    expect(bytes.length).toBeGreaterThan(100_000);
    expect(bytes.equals(content.subarray(0, bytes.length))).toBe(true);
  });

  it('is damaged where bytes are, and what came well before is there', async () => {
    const content = Buffer.from(Array.from({ length: 60_000 }, (_, i) => `line ${i}\n`).join(''));
    const compressed = gzipSync(content);
    const at = Math.floor(compressed.length / 2);
    compressed.fill(0xff, at, at + 40);
    const { bytes, fault } = await unzip(compressed);
    // Node's DecompressionStream takes all that is written, and tells only at the end
    expect(['corrupt', 'cut-off']).toContain(fault?.kind);
    expect(bytes.length).toBeGreaterThan(content.length / 10);
  });
});

async function members(
  archive: Uint8Array,
): Promise<{ files: Record<string, string>; faults: (StreamFault | null)[] }> {
  const entries: ArchiveMembers = zipMembers(archive);
  const files: Record<string, string> = {};
  const faults: (StreamFault | null)[] = [];
  for (;;) {
    const { done, value } = await entries.next();
    if (done === true) return { files, faults: [...faults, value] };
    const parts: Uint8Array[] = [];
    for (;;) {
      const chunk = await value.chunks.next();
      if (chunk.done === true) {
        if (chunk.value != null) faults.push(chunk.value);
        break;
      }
      parts.push(chunk.value);
    }
    files[value.name] = Buffer.concat(parts).toString();
  }
}

describe('zip held in memory', () => {
  const FILES = { 'a/b.txt': 'hello', 'empty.txt': '', 'long.txt': 'word '.repeat(100_000), 'ü.txt': 'named in UTF-8' };

  it.each(['stored', 'deflated'] as const)('has its files, %s', async (method) => {
    expect(await members(zipOf(FILES, method))).toEqual({ files: FILES, faults: [null] });
  });

  it('knows when they were last changed', async () => {
    const first = await zipMembers(zipOf(FILES)).next();
    expect(first.value).toMatchObject({ name: 'a/b.txt', modified: new Date(2026, 10, 2, 8, 30).getTime() });
  });

  it('does not climb out of itself', async () => {
    expect((await members(zipOf({ '../../etc/passwd': 'x' }))).files).toEqual({ 'etc/passwd': 'x' });
  });

  it('says what is wrong with it, at every length that it may be cut off at', async () => {
    const whole = zipOf({ 'a.txt': 'hello', 'b.txt': 'there' });
    for (let length = 0; length < whole.length; length++) {
      const { faults } = await members(whole.subarray(0, length));
      expect(faults.at(-1)).toMatchObject({ kind: 'corrupt' });
    }
  });

  it('says which member is damaged, and gives the others', async () => {
    const archive = Buffer.from(
      zipOf({ 'a.txt': Array.from({ length: 500 }, (_, i) => `${i}`).join(' '), 'b.txt': 'there' }),
    );
    archive.fill(0xff, 40, 90);
    const { files, faults } = await members(archive);
    expect(files['b.txt']).toBe('there');
    expect(faults[0]).toMatchObject({ kind: 'corrupt', message: expect.stringContaining('a.txt') });
  });

  it('grows no further than it says', async () => {
    const archive = Buffer.from(zipOf({ 'a.txt': 'x'.repeat(100_000) }));
    const entry = archive.indexOf('PK\x01\x02');
    archive.writeUInt32LE(10, entry + 24);
    const { files, faults } = await members(archive);
    expect((files['a.txt'] ?? '').length).toBeLessThan(11);
    expect(faults[0]).toMatchObject({ kind: 'corrupt', message: expect.stringContaining('more than the 10 bytes') });
  });

  it('leaves out what is encrypted, and says so', async () => {
    const archive = Buffer.from(zipOf({ 'a.txt': 'secret', 'b.txt': 'there' }));
    const entry = archive.indexOf('PK\x01\x02');
    archive.writeUInt16LE(1, entry + 8);
    const { files, faults } = await members(archive);
    expect(files).toEqual({ 'b.txt': 'there' });
    expect(faults).toEqual([
      expect.objectContaining({ kind: 'unsupported', message: expect.stringContaining('a.txt') }),
    ]);
  });
});
