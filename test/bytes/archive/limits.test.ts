// Archives that are damaged, lie or attack: what is sound is read, the rest is said, and nothing grows without bound.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { packTar } from 'modern-tar';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MEMBER_LIMITS, memberBudget } from '../../../src/bytes/archive/member-limits.ts';
import { leavesOf, readAll } from '../../../src/bytes/archive/walk-members.ts';
import { ChunkBuffer } from '../../../src/bytes/chunk.ts';
import { contentOf } from '../../../src/bytes/decompress.ts';
import { openFile } from '../../../src/bytes/open-file.ts';
import { openPath } from '../../../src/bytes/open-path.ts';
import { tarGzOf, tarOf } from '../../support/bundle-builder.ts';
import { zipOf } from '../../support/zip-builder.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'overlens-limits-'));
});
afterAll(() => {
  // nothing but what the tests wrote
  expect(readdirSync(root)).toEqual(['archive']);
  rmSync(root, { recursive: true });
});

/** What is found in an archive: `path: length of its content`, or why not. */
const walk = async (bytes: Uint8Array, limits: Partial<typeof MEMBER_LIMITS> = {}): Promise<string[]> => {
  const file = join(root, 'archive');
  writeFileSync(file, bytes);
  const chunk = new ChunkBuffer((await openFile(file)).source);
  const found: string[] = [];
  const place = { path: 'a', modified: null, file, depth: 0 };
  for await (const leaf of leavesOf(chunk, place, memberBudget({ ...MEMBER_LIMITS, ...limits }))) {
    if ('fault' in leaf) found.push(`${leaf.path}: ${leaf.fault.kind}: ${leaf.fault.message}`);
    else {
      const { chunk: content } = await contentOf(leaf.chunk);
      const all = await readAll(content, 1e9);
      found.push(`${leaf.path}: ${content.fault === null ? all?.length : content.fault.message}`);
    }
  }
  chunk.close();
  return found;
};

const changed = (bytes: Uint8Array, at: number, text: string): Uint8Array => {
  const copy = Buffer.from(bytes);
  copy.write(text, at, 'latin1');
  return copy;
};

/** A tar header's checksum made right again. */
const checked = (bytes: Uint8Array): Uint8Array => {
  const copy = Buffer.from(bytes);
  copy.write('        ', 148);
  const sum = copy.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  copy.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return copy;
};

const TWO = { 'a.txt': 'one\n', 'b.txt': 'two\n' };

describe('a bundle', () => {
  it('of too many members ends there, and what was read counts', async () => {
    expect(await walk(await tarOf({ ...TWO, c: 'three' }), { members: 2 })).toEqual([
      'a!a.txt: 4',
      'a!b.txt: 4',
      'a: unsupported: holds more than 2 files, the last one read is a!c',
    ]);
  });

  it.each([
    ['tar.gz', async () => tarGzOf({ 'zeros.txt': new Uint8Array(2_000_000) })],
    ['tar.gz in a tar', async () => tarOf({ 'x.tgz': await tarGzOf({ 'zeros.txt': new Uint8Array(2_000_000) }) })],
    ['zip', async () => zipOf({ 'zeros.txt': new Uint8Array(2_000_000) })],
    ['zip in a tar', async () => tarOf({ 'x.zip': zipOf({ 'zeros.txt': new Uint8Array(2_000_000) }) })],
  ])('that is a bomb (%s) is read up to its limit', async (_, make) => {
    const found = await walk(await make(), { harmless: 100_000, growth: 10 });
    expect(found.join()).toMatch(/grows to more than 10 times its size: taken for a decompression bomb/);
  });

  it('of archives in archives is opened to a depth', async () => {
    let bytes = await tarOf(TWO);
    for (let i = 0; i < 5; i++) bytes = await tarOf({ x: bytes });
    expect(await walk(bytes)).toEqual(['a!x!x!x!x: unsupported: archives lie in it deeper than any tool nests them']);
  });

  it('that has one name twice is read once there, and says so', async () => {
    const twice = await packTar([
      { header: { name: 'a.txt', size: 4 }, body: 'one\n' },
      { header: { name: '../a.txt', size: 5 }, body: 'other' },
      { header: { name: 'b.txt', size: 4 }, body: 'two\n' },
    ]);
    expect(await walk(twice)).toEqual([
      'a!a.txt: 4',
      'a!a.txt: unsupported: is in the archive twice: the first one is read',
      'a!b.txt: 4',
    ]);
    const { source } = await openPath(join(root, 'archive!a.txt'));
    expect(await readAll(new ChunkBuffer(source), 100)).toEqual(new TextEncoder().encode('one\n'));
    source.close();
  });

  it('never leads outside: links and devices are left out, names neither climb nor are absolute', async () => {
    const odd = await packTar([
      { header: { name: 'link', size: 0, type: 'symlink', linkname: '/etc/passwd' } },
      { header: { name: 'hard', size: 0, type: 'link', linkname: '../../etc/shadow' } },
      { header: { name: 'null', size: 0, type: 'character-device' } },
      { header: { name: 'pipe', size: 0, type: 'fifo' } },
      { header: { name: '/abs/../..\\..\\x', size: 1 }, body: 'x' },
      { header: { name: `${'d/'.repeat(600)}x`, size: 1 }, body: 'x' },
    ]);
    expect(await walk(odd)).toEqual(['a!abs/x: 1']);
  });
});

describe('a tar', () => {
  it.each([2000, 300_000])(
    'that is cut off in a member of %d bytes has what came before, and never half a text',
    async (size) => {
      const tar = await tarOf({ 'a.txt': 'one\n', 'b.txt': 'x'.repeat(size) });
      const [first, ...rest] = await walk(tar.subarray(0, Math.ceil(size / 1024) * 512));
      expect(first).toBe('a!a.txt: 4');
      expect(rest.at(-1)).toMatch(
        /^a: corrupt: the tar archive is cut off or damaged near byte \d+ \(Tar archive is truncated/,
      );
      expect(rest.join()).not.toMatch(/b\.txt: \d/);
    },
  );

  it.each([
    ['more than there is', '77777777777'],
    ['less than there is', '00000000001'],
  ])('that says a member has %s is damaged', async (_, size) => {
    const tar = checked(changed(await tarOf({ 'a.txt': 'x'.repeat(1200), 'b.txt': 'two\n' }), 124, size));
    expect((await walk(tar)).at(-1)).toMatch(/^a: corrupt: the tar archive is cut off or damaged/);
  });

  it('with a name of gigabytes is refused before it is read', async () => {
    const [header] = [await tarOf({ 'a.txt': '' })];
    const long = checked(changed(changed(header, 156, 'L'), 124, '10000000000'));
    expect((await walk(gzipSync(long))).join()).toMatch(/corrupt: .*exceeds maximum size/);
  });
});

it('any member of many small ones is found, whatever was left unread before it', async () => {
  const names = Array.from({ length: 40 }, (_, i) => `${i}.txt`);
  writeFileSync(
    join(root, 'archive'),
    await tarGzOf(Object.fromEntries(names.map((name) => [name, name.repeat(400)]))),
  );
  for (const name of ['0.txt', '7.txt', '39.txt']) {
    const { source } = await openPath(join(root, `archive!${name}`));
    expect((await readAll(new ChunkBuffer(source), 1e6))?.length).toBe(name.length * 400);
    source.close();
  }
});

describe('a zip', () => {
  it('whose sizes lie is damaged, member by member', async () => {
    const zip = Buffer.from(zipOf({ 'a.txt': 'x'.repeat(1000), 'b.txt': 'two\n' }, 'stored'));
    const deflated = Buffer.from(zipOf({ 'a.txt': 'x'.repeat(1000), 'b.txt': 'two\n' }));
    const directory = deflated.indexOf('PK\x01\x02', 0, 'latin1');
    deflated.writeUInt32LE(10, directory + 24);
    const found = await walk(deflated);
    expect(found[0]).toMatch(/^a!a\.txt: .*too many bytes/i);
    expect(found[1]).toBe('a!b.txt: 4');
    zip.writeUInt32LE(5000, zip.indexOf('PK\x01\x02', 0, 'latin1') + 20);
    expect((await walk(zip)).join()).toMatch(/corrupt|damaged/);
  });

  it('with encrypted members has the others', async () => {
    const zip = Buffer.from(zipOf(TWO));
    zip.writeUInt16LE(1, zip.indexOf('PK\x01\x02', 0, 'latin1') + 8);
    expect(await walk(zip)).toEqual(['a!b.txt: 4', 'a: unsupported: a.txt in the zip archive is encrypted']);
  });

  it('without its end is said to be damaged', async () => {
    expect(await walk(zipOf(TWO).subarray(0, 60))).toEqual([
      expect.stringMatching(/^a: corrupt: the zip archive is damaged/),
    ]);
  });
});
