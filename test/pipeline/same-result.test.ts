// The one promise of the pipeline: who decodes, where a capture is cut, and how much is read at once change no result.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { DecodeSizes } from '../../src/pipeline/decoding.ts';
import { type TraceOptions, traceCaptures } from '../../src/trace.ts';
import { topologyIn } from '../support/loaded-topology.ts';
import { startHere } from '../support/threads-here.ts';
import { everyNth, IS_WHOLE } from '../support/whole-matrix.ts';
import { ODD_CAPTURES } from './odd-captures.ts';

const folder = mkdtempSync(join(tmpdir(), 'overlens-pipeline-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Parts of less than a slot, of some slots, of more than the ring; slots that hold few packets. */
const SIZES: readonly DecodeSizes[] = [
  { piece: 1024, slots: 2, part: 1500 },
  { piece: 4096, slots: 3, part: 9000 },
  { piece: 2048, slots: 2, part: 30_000 },
];

const PATHS = Object.entries(ODD_CAPTURES).map(([name, bytes], i) => {
  const path = join(folder, `${i}.pcap`);
  writeFileSync(path, bytes);
  return { name, path, turn: i };
});
const THREADS = [1, 2, 3];
/** A number of threads with sizes of parts and slots: two of nine for every seventh capture, in turn; all of them in `npm run matrix`. */
const runsFor = (turn: number): [number, DecodeSizes][] => {
  const all = THREADS.flatMap((workers, i) =>
    SIZES.map((_, k) => [workers, SIZES[(i + k) % SIZES.length] as DecodeSizes] as [number, DecodeSizes]),
  );
  return IS_WHOLE ? all : all.filter((_, i) => i % 5 === turn % 5);
};

type Asked = Partial<TraceOptions> & Pick<TraceOptions, 'captures'>;

/** All that a run tells: flows, captures with what was wrong with them, and each word that the table kept of its rows. */
async function told(asked: Asked): Promise<string> {
  const trace = await traceCaptures({ topology: null, ...asked });
  const { table } = trace.index ?? {};
  const rows = [];
  for (let row = 0; row < (table?.rows.count ?? 0); row++) {
    const words = Array.from({ length: 32 }, (_, place) => table?.rows.word(row, place));
    rows.push([...words, table?.rows.packets(row), table?.rows.firstPacket(row), table?.rows.checksumsRight(row)]);
  }
  const errors = trace.captures.map(({ error }) => [error?.code, error?.message, error?.hint]);
  return JSON.stringify([[...trace.flows()], trace.captures, trace.causes, errors, rows], null, 1);
}

describe.each(everyNth(PATHS, 9))('a trace of $name', ({ path, turn }) => {
  it('is the same with any number of threads, parts and slots of any size', async () => {
    const expected = await told({ captures: [path], workers: 0 });
    for (const [workers, sizes] of runsFor(turn)) {
      const found = await told({ captures: [path], workers, decoding: { sizes, start: startHere } });
      expect(found, `${workers} threads, parts of ${sizes.part}`).toBe(expected);
    }
  });
});

describe('several captures', () => {
  const all = everyNth(PATHS, 5).map(({ path }) => path);
  const [sizes] = SIZES;

  it('are one analysis with any number of threads', async () => {
    const expected = await told({ captures: all, workers: 0 });
    for (const workers of IS_WHOLE ? THREADS : [2])
      expect(await told({ captures: all, workers, decoding: { sizes, start: startHere } })).toBe(expected);
  });

  it('of the lab, some read again to count arrivals, are too', async () => {
    const lab = ['control1-ens5', 'worker1-ens5', 'worker2-ens5', 'worker1-vxlan'];
    const captures = lab.map((name) => `test/fixtures/lab/${name}.pcap.gz`);
    const topology = await topologyIn('test/fixtures/lab/topology');
    const expected = await told({ captures, topology, workers: 0 });
    for (const workers of IS_WHOLE ? [1, 2] : [2])
      expect(await told({ captures, topology, workers, decoding: { sizes, start: startHere } })).toBe(expected);
  });

  it('are read between two times alike', async () => {
    const range = { since: '2s', until: '9.5s' };
    const expected = await told({ captures: all.slice(0, 5), ...range, workers: 0 });
    const decoding = { sizes, start: startHere };
    expect(await told({ captures: all.slice(0, 5), ...range, workers: 2, decoding })).toBe(expected);
  });
});

describe('real threads', () => {
  it('decode as none do', async () => {
    const captures = PATHS.slice(0, IS_WHOLE ? 8 : 4).map(({ path }) => path);
    const expected = await told({ captures, workers: 0 });
    const [sizes] = SIZES;
    expect(await told({ captures, workers: 2, decoding: { sizes } })).toBe(expected);
  });
});
