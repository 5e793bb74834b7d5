import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { packTar } from 'modern-tar';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAll } from '../../src/bytes/archive/walk-members.ts';
import { ChunkBuffer } from '../../src/bytes/chunk.ts';
import { isReadAgain, openPath } from '../../src/bytes/open-path.ts';
import { sortArguments } from '../../src/input/sort-arguments.ts';
import { zipOf } from '../support/zip-builder.ts';
import { LAB_NODES, LAB_POOLS } from '../topology/documents.ts';

const CAPTURE = readFileSync('samples/01-vxlan-between-nodes/ip-10-0-1-20-ens5.pcap');

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'overlens-sort-'));
});
afterAll(() => rmSync(root, { recursive: true }));

const write = (name: string, content: string | Uint8Array): string => {
  const path = join(root, name);
  writeFileSync(path, content);
  return path;
};

const tar = (files: Record<string, string | Uint8Array>): Promise<Uint8Array> =>
  packTar(
    Object.entries(files).map(([name, body]) => ({
      header: { name, size: Buffer.from(body).length, mtime: new Date('2026-11-02T08:30:00Z') },
      body,
    })),
  );

const sorted = async (...paths: string[]) => {
  const { captures, documents, taken } = await sortArguments(paths);
  const short = (path: string): string => path.replace(`${root}/`, '');
  return {
    captures: captures.map(short),
    documents: documents.map(({ file }) => short(file)),
    taken: taken.map(({ as }) => as),
  };
};

const contentOf = async (path: string): Promise<Buffer> => {
  const chunk = new ChunkBuffer((await openPath(path)).source);
  const bytes = await readAll(chunk, 1e9);
  chunk.close();
  return Buffer.from(bytes ?? []);
};

const MEMBERS = { 'b/nodes.yaml': LAB_NODES, 'b/n1.pcap': CAPTURE, 'b/n2.pcap.gz': gzipSync(CAPTURE) };
const SORTED = { captures: ['b/n1.pcap', 'b/n2.pcap.gz'], documents: ['b/nodes.yaml'] };

describe('a bundle is sorted by what its files hold', () => {
  it.each([
    ['x.tar', () => tar(MEMBERS)],
    ['x.tgz', async () => gzipSync(await tar(MEMBERS))],
    ['x.zip', async () => zipOf(MEMBERS)],
    ['named.pcap', async () => gzipSync(await tar(MEMBERS))],
  ])('%s', async (name, make) => {
    const path = write(name, await make());
    const found = await sorted(path);
    expect(found).toEqual({
      captures: SORTED.captures.map((member) => `${name}!${member}`),
      documents: SORTED.documents.map((member) => `${name}!${member}`),
      taken: ['bundle'],
    });
    expect(isReadAgain(join(root, `${name}!b/n1.pcap`))).toBe(true);
    expect(await contentOf(join(root, `${name}!b/n1.pcap`))).toEqual(CAPTURE);
    // a second time, after another member
    expect(await contentOf(join(root, `${name}!b/nodes.yaml`))).toEqual(Buffer.from(LAB_NODES));
  });

  it('archives within archives, and the times that they know', async () => {
    const path = write(
      'all.tar.gz',
      gzipSync(await tar({ 'n1.tar.gz': gzipSync(await tar(MEMBERS)), 'p.yaml': LAB_POOLS })),
    );
    const { captures, documents } = await sortArguments([path]);
    expect(captures).toEqual([`${path}!n1.tar.gz!b/n1.pcap`, `${path}!n1.tar.gz!b/n2.pcap.gz`]);
    expect(documents.map(({ path: below, taken }) => [below, (taken?.seconds ?? 0) * 1000])).toEqual([
      ['n1.tar.gz!b/nodes.yaml', Date.parse('2026-11-02T08:30:00Z')],
      ['p.yaml', Date.parse('2026-11-02T08:30:00Z')],
    ]);
    expect(await contentOf(captures[0] ?? '')).toEqual(CAPTURE);
  });

  it('names that climb or are absolute stay within it', async () => {
    const path = write('climbs.tar', await tar({ '../../etc/n1.pcap': CAPTURE, '/abs/n2.pcap': CAPTURE }));
    expect((await sorted(path)).captures).toEqual(['climbs.tar!etc/n1.pcap', 'climbs.tar!abs/n2.pcap']);
  });

  it('what was read before damage counts, and the damage is said', async () => {
    const whole = gzipSync(await tar({ 'n1.pcap': CAPTURE, 'zz.bin': crypto.getRandomValues(new Uint8Array(50_000)) }));
    const path = write('cut.tgz', whole.subarray(0, whole.length - 20_000));
    const { captures, documents } = await sortArguments([path]);
    expect(captures).toEqual([`${path}!n1.pcap`]);
    expect(documents.map(({ unread, foreign }) => unread ?? foreign).join()).toMatch(/cut off|binary/);
  });
});

describe('a file of a folder that is called as a capture and is none', () => {
  it('is said, unless something of a snapshot is in it', async () => {
    const folder = join(root, 'ring');
    mkdirSync(folder);
    const files = {
      'x.pcap0': CAPTURE,
      'x.pcap1': '',
      'x.pcap2.gz': gzipSync(''),
      'y_00001_20261122095005.pcapng': 'copied from n1\n',
      'z.cap': new Uint8Array([0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 9]),
      'pools.cap': LAB_POOLS,
      'notes.txt': 'captured on control1\n',
    };
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    const { captures, documents, taken } = await sortArguments([folder]);
    expect(captures).toEqual([join(folder, 'x.pcap0')]);
    expect(documents.map(({ path }) => path)).toEqual(['notes.txt', 'pools.cap']);
    expect(taken[0]?.unread.map(({ path, reason }) => `${path.slice(folder.length + 1)} ${reason}`)).toEqual([
      'x.pcap1 is called as a capture, and empty',
      'x.pcap2.gz is called as a capture, and empty',
      'y_00001_20261122095005.pcapng is called as a capture, and is none: it looks like text',
      'z.cap is called as a capture, and is none',
    ]);
  });
});

describe('an argument is what its content is', () => {
  it('captures, texts of a snapshot and folders in one line', async () => {
    cpSync('samples/01-vxlan-between-nodes', join(root, 'folder'), { recursive: true });
    const found = await sorted(write('a.txt', CAPTURE), write('b.pcap', LAB_POOLS), join(root, 'folder'));
    expect(found.taken).toEqual(['capture', 'snapshot', 'folder']);
    expect(found.captures.slice(0, 2)).toEqual(['a.txt', 'folder/ip-10-0-1-20-ens5.pcap']);
    expect(found.documents[0]).toBe('b.pcap');
    expect(found.documents.length).toBeGreaterThan(5);
  });

  it('what is neither is left to the reader of captures, which says what it looks like', async () => {
    const found = await sorted(write('notes.txt', 'captured on control1\n'), write('empty', ''), join(root, 'nowhere'));
    expect(found).toEqual({
      captures: ['notes.txt', 'empty', 'nowhere'],
      documents: [],
      taken: ['capture', 'capture', 'capture'],
    });
  });
});
