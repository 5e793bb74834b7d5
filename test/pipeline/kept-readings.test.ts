// The one promise of an index: an answer from a reading that was kept is the answer that reading gives, word by word.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { KeptReadings } from '../../src/pipeline/kept-readings.ts';
import { decode, encode } from '../../src/store/form.ts';
import type { Column, Saved, SavedFields } from '../../src/store/saved.ts';
import type { Topology } from '../../src/topology/model.ts';
import { type TraceOptions, traceCaptures } from '../../src/trace.ts';
import { commentedCapture } from '../support/commented-capture.ts';
import { KeptInMemory } from '../support/kept-in-memory.ts';
import { topologyIn } from '../support/loaded-topology.ts';
import { ethernet, ipv4, udp } from '../support/packet-builder.ts';
import { splitCapture } from '../support/split-capture.ts';
import { everyNth, IS_WHOLE } from '../support/whole-matrix.ts';
import { FEW_PACKETS, ODD_CAPTURES } from './odd-captures.ts';

const folder = mkdtempSync(join(tmpdir(), 'overlens-kept-'));
afterAll(() => rmSync(folder, { recursive: true }));

const PATHS = Object.entries(ODD_CAPTURES).map(([name, bytes], i) => {
  const path = join(folder, `${i}.pcap`);
  writeFileSync(path, bytes);
  return { name, path };
});
const LAB = 'test/fixtures/lab';

type Asked = Partial<TraceOptions> & Pick<TraceOptions, 'captures'>;

/** All that a run tells: flows, captures with what was wrong with them, names, and each word that the table kept of its rows. */
async function told(asked: Asked): Promise<string> {
  const trace = await traceCaptures({ topology: null, ...asked });
  const { table, clocks } = trace.index ?? {};
  const rows = [];
  for (let row = 0; row < (table?.rows.count ?? 0); row++) {
    const words = Array.from({ length: 32 }, (_, place) => table?.rows.word(row, place));
    const link = table?.links.record(table.linkOf(row));
    rows.push([...words, table?.rows.packets(row), table?.rows.windows.packets(row), link, table?.tunnelOf(row)]);
  }
  const errors = trace.captures.map(({ error }) => [error?.code, error?.message, error?.hint]);
  const all = [[...trace.flows()], trace.captures, trace.causes, trace.clocks, trace.window, errors, rows, clocks];
  return JSON.stringify(all, null, 1);
}

/** Expects that the second run reads nothing, and that all three tell the same: without an index, the first and the second with one. */
async function expectSame(asked: Asked, readings = 1): Promise<void> {
  const expected = await told(asked);
  const kept = new KeptInMemory();
  expect(await told({ ...asked, kept })).toBe(expected);
  const onProgress = vi.fn();
  expect(await told({ ...asked, kept, onProgress })).toBe(expected);
  expect([kept.kept.length, kept.found, kept.refused]).toEqual([readings, readings, []]);
  expect(onProgress).not.toHaveBeenCalled();
}

describe('a trace from a reading that was kept', () => {
  it.each(everyNth(PATHS, 13))('of $name is the same', async ({ path }) => {
    await expectSame({ captures: [path] });
  });

  it('of several captures is the same', async () => {
    await expectSame({ captures: everyNth(PATHS, 13).map(({ path }) => path) });
  });

  it('of a part of the time is the same', async () => {
    await expectSame({ captures: PATHS.slice(0, 2).map(({ path }) => path), since: '2s', until: '9.5s' });
  });

  it('of both ends is the same, where captures are read again to count arrivals', async () => {
    const captures = ['control1-ens5', 'worker1-ens5', 'worker2-ens5', 'worker1-vxlan'].map(
      (name) => `${LAB}/${name}.pcap.gz`,
    );
    await expectSame({ captures, topology: await topologyIn(`${LAB}/topology`) }, 2);
  });

  it('of a ring is the same', async () => {
    const captures = splitCapture(`${LAB}/worker1-ens5.pcap.gz`, 300, folder, (i) => `ring.pcap${i === 0 ? '' : i}`);
    await expectSame({ captures, topology: await topologyIn(`${LAB}/topology`) });
  });

  it('of commented packets has their names', async () => {
    const path = join(folder, 'commented.pcapng');
    const frame = ethernet({}, ipv4({ src: '10.48.1.2', dst: '10.48.2.3' }, udp({ srcport: 4000, dstport: 53 })));
    const comments = ['PodName: cart-1\nPodNamespace: shop\nProcess: curl'];
    writeFileSync(path, commentedCapture([{ data: frame, comments, direction: 'outbound' }]));
    await expectSame({ captures: [path] });
  });

  const cases = everyNth(
    readdirSync('test/fixtures/cases').filter((name) => !name.endsWith('.gz')),
    40,
  );
  it.each(cases)('of the case %s is the same', async (name) => {
    const place = join('test/fixtures/cases', name);
    const files = readdirSync(place).filter((file) => /\.pcap(ng)?(\.gz)?$/.test(file));
    if (files.length === 0) return;
    const captures = files.map((file) => join(place, file));
    const topology = readdirSync(place).includes('topology') ? await topologyIn(join(place, 'topology')) : null;
    const expected = await told({ captures, topology });
    const kept = new KeptInMemory();
    await told({ captures, topology, kept });
    expect(await told({ captures, topology, kept })).toBe(expected);
    expect(kept.found).toBe(kept.kept.length);
  });
});

describe('another question about the same captures', () => {
  const captures = [`${LAB}/worker1-ens5.pcap.gz`];
  const read = async (kept: KeptReadings, asked: Partial<TraceOptions>): Promise<string> =>
    told({ captures, ...asked, kept });

  it('is answered from the reading, whatever is filtered', async () => {
    const kept = new KeptInMemory();
    const topology = await topologyIn(`${LAB}/topology`);
    await read(kept, { topology });
    const filter = { protocol: ['icmp'] };
    expect(await read(kept, { topology, filter })).toBe(await told({ captures, topology, filter }));
    expect(kept.kept).toHaveLength(1);
  });

  it('by a snapshot that answers all that packets asked alike is answered from it too', async () => {
    const kept = new KeptInMemory();
    await read(kept, { topology: await topologyIn(`${LAB}/topology`) });
    await read(kept, { topology: await topologyIn(`${LAB}/topology`) });
    expect([kept.kept.length, kept.found]).toEqual([1, 1]);
  });

  it.each<[string, Partial<TraceOptions>]>([
    ['with other ports', { vxlanPorts: [4000] }],
    ['with another VNI', { vxlanVNI: 77 }],
    ['of another time', { since: '1s' }],
    ['by another reader', { reader: 'pcap-parser' }],
    ['without a snapshot', { topology: null }],
  ])('%s is read anew', async (_name, asked) => {
    const plain = join(folder, 'plain.pcap');
    writeFileSync(plain, FEW_PACKETS);
    const kept = new KeptInMemory();
    const topology: Topology = await topologyIn(`${LAB}/topology`);
    await told({ captures: [plain], topology, kept });
    const other = { captures: [plain], topology, ...asked };
    expect(await told({ ...other, kept })).toBe(await told(other));
    expect([kept.kept.length, kept.found]).toEqual([2, 0]);
  });
});

describe('a reading that holds what no reading does', () => {
  const captures = [`${LAB}/worker1-ens5.pcap.gz`, PATHS[0]?.path ?? ''];

  const first = new KeptInMemory();
  let expected = '';
  beforeAll(async () => {
    expected = await told({ captures, kept: first });
    expect(expected).toBe(await told({ captures }));
  });

  /** A reading after something in it was changed. */
  function after(change: (saved: SavedFields) => void): KeptInMemory {
    const kept = new KeptInMemory();
    kept.kept.push(...first.kept.map((one) => ({ ...one })));
    const [one] = kept.kept;
    if (one === undefined) throw new Error('nothing was kept');
    const saved = decode(one.bytes.slice()) as SavedFields;
    change(saved);
    one.bytes = encode(saved).slice();
    return kept;
  }

  const column = (saved: Saved | undefined, ...names: (string | number)[]): Int32Array => {
    let at: unknown = saved;
    for (const name of names) at = (at as Record<string, unknown>)[name];
    return at as Int32Array;
  };

  it.each<[string, (saved: SavedFields) => void]>([
    ['a row on no path', (saved) => column(saved, 'rows', 'records', 0).fill(1 << 30, 4, 5)],
    ['a path on no link', (saved) => column(saved, 'paths', 'link').fill(-1)],
    ['a tunnel in itself', (saved) => column(saved, 'tunnels', 'keys').fill(1, 15, 16)],
    ['a key twice', (saved) => column(saved, 'links', 'entries', 'keys').fill(0)],
    ['overlaps of rows that there are not', (saved) => column(saved, 'overlaps', 'pairs').fill(1 << 30)],
    ['a table that is full', (saved) => column(saved, 'overlaps', 'pairs').fill(1)],
    ['too few rows', (saved) => Object.assign(saved['rows'] as object, { count: 1e9 })],
    ['a packet of no row', (saved) => column(saved, 'captures', 0, 'edges', 'first', 'row').fill(-1)],
    ['a text for a number', (saved) => Object.assign(saved['rows'] as object, { base: 'x' })],
    ['nothing of a capture', (saved) => Object.assign(saved, { captures: [] })],
  ])('(%s) is refused, and the captures are read', async (_name, change) => {
    const kept = after(change);
    expect(await told({ captures, kept })).toBe(expected);
    expect(kept.refused).toHaveLength(1);
  });
});

it('numbers that are changed anywhere are refused, or give an answer in time', async () => {
  const captures = ['packets of every kind', 'pcapng, two sections, late interfaces'].map(
    (name) => PATHS.find((one) => one.name === name)?.path ?? '',
  );
  const kept = new KeptInMemory();
  const topology = await topologyIn(`${LAB}/topology`);
  await told({ captures, topology, kept });
  const [one] = kept.kept;
  if (one === undefined) throw new Error('nothing was kept');
  const whole = one.bytes.slice();
  let seed = 1;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return seed % below;
  };
  for (let turn = 0; turn < (IS_WHOLE ? 96 : 3); turn++) {
    const saved = decode(whole.slice());
    const columns = columnsIn(saved).filter(({ length }) => length > 0);
    for (let i = 0; i <= turn % 4; i++) {
      const column = columns[random(columns.length)];
      if (column !== undefined)
        column[random(column.length)] = [-1, 0, 3, 1e9, 2 ** 31 - 1, random(300)][random(6)] ?? 0;
    }
    one.bytes = encode(saved).slice();
    kept.kept.length = 1;
    const trace = await traceCaptures({ captures, topology, kept });
    for (const _flow of trace.flows());
  }
  expect(kept.refused.length).toBeGreaterThan(0);
}, 60_000);

function columnsIn(saved: Saved): Column[] {
  if (ArrayBuffer.isView(saved)) return [saved as Column];
  if (typeof saved !== 'object' || saved === null) return [];
  return (Object.values(saved) as Saved[]).flatMap(columnsIn);
}

it('nothing is kept of a reading that was stopped', async () => {
  const kept = new KeptInMemory();
  const stop = new AbortController();
  const captures = [PATHS[0]?.path ?? ''];
  await traceCaptures({ captures, topology: null, kept, signal: stop.signal, onProgress: () => stop.abort() });
  expect(kept.kept).toEqual([]);
});

it('columns are written before the table changes', () => {
  const words = Int32Array.of(1, 2, 3);
  const bytes = encode({ words });
  words.fill(9);
  expect(decode(bytes)).toMatchObject({ words: Int32Array.of(1, 2, 3) });
});
