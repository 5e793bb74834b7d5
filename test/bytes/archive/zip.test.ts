// Members of zips: small ones at once, large ones as a stream, damaged ones as far as they go; of a file and of bytes.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { ZipFile } from 'yauzl';
import { zipMembers } from '../../../src/bytes/archive/zip.ts';
import { zipOf } from '../../support/zip-builder.ts';

const folder = mkdtempSync(join(tmpdir(), 'overlens-zip-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

/** Of a file, and of bytes in memory. */
const both = (zip: Uint8Array): (string | Uint8Array)[] => {
  const path = join(folder, 'archive.zip');
  writeFileSync(path, zip);
  return [path, zip];
};

/** Each member's content, as far as it goes, and what ended it. */
async function contents(archive: string | Uint8Array): Promise<Map<string, { bytes: Buffer; error: string | null }>> {
  const found = new Map<string, { bytes: Buffer; error: string | null }>();
  const members = zipMembers(archive);
  for (let member = await members.next(); member.done !== true; member = await members.next()) {
    const parts: Uint8Array[] = [];
    let error: string | null = null;
    const { name, chunks } = member.value;
    try {
      for (let part = await chunks.next(); part.done !== true; part = await chunks.next()) parts.push(part.value);
    } catch (cause) {
      error = String(cause);
    }
    found.set(name, { bytes: Buffer.concat(parts), error });
  }
  return found;
}

describe('a zip', () => {
  const texts = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`${i}.txt`, `${i}\n`.repeat(i)]));
  const large = randomBytes(300 * 1024);

  it.each(['deflated', 'stored'] as const)(
    'takes no stream for small members, one for a large one: %s',
    async (way) => {
      for (const archive of both(zipOf({ ...texts, 'large.bin': large }, way))) {
        const opened = vi.spyOn(ZipFile.prototype, 'openReadStream').mockClear();
        const found = await contents(archive);
        expect(opened).toHaveBeenCalledTimes(1);
        expect([...found].map(([name, { bytes, error }]) => [name, bytes.length, error])).toEqual([
          ...Object.entries(texts).map(([name, text]) => [name, text.length, null]),
          ['large.bin', large.length, null],
        ]);
        expect(found.get('299.txt')?.bytes.toString()).toBe(texts['299.txt']);
        expect(found.get('large.bin')?.bytes.equals(large)).toBe(true);
      }
    },
  );

  it('whose packed bytes are damaged has what came before the damage, and the members behind it', async () => {
    const text = Array.from({ length: 9000 }, (_, i) => `line ${(i * 7919) % 10_007}\n`).join('');
    const zip = Buffer.from(zipOf({ 'a.txt': text, 'b.txt': 'two\n' }));
    const begin = zip.indexOf('a.txt') + 5;
    zip.fill(0xff, begin + 20_000, begin + 20_100);
    for (const archive of both(zip)) {
      const found = await contents(archive);
      const { bytes, error } = found.get('a.txt') ?? { bytes: Buffer.alloc(0), error: null };
      expect(error).not.toBeNull();
      expect(bytes.length).toBeGreaterThan(1000);
      expect(text.startsWith(bytes.subarray(0, 1000).toString())).toBe(true);
      expect(found.get('b.txt')).toMatchObject({ bytes: Buffer.from('two\n'), error: null });
    }
  });

  it.skipIf(!existsSync('/proc/self/fd'))('is closed when it is read, left, or none', async () => {
    const open = (): number => readdirSync('/proc/self/fd').length;
    const [path = ''] = both(zipOf(texts)) as string[];
    const before = open();
    await contents(path);
    const left = zipMembers(path);
    await left.next();
    await left.return(null);
    writeFileSync(path, 'PK\x03\x04 no directory');
    await contents(path);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(open()).toBe(before);
  });
});
