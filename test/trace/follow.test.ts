// Captures that are followed while they grow: the answer at the end is that of a run on what they hold by then, to the byte, whatever was
// asked of them before.
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { Follow } from '../../src/bytes/open-growing.ts';
import { followCaptures } from '../../src/follow-trace.ts';
import { loadTopology } from '../../src/input/load-topology.ts';
import { renderJson } from '../../src/render/trace/trace-json.ts';
import { renderTable } from '../../src/render/trace/trace-table.ts';
import { type TraceOptions, traceCaptures } from '../../src/trace.ts';
import type { Trace } from '../../src/verdict/trace-types.ts';
import { everyNth } from '../support/whole-matrix.ts';

const folder = mkdtempSync(join(tmpdir(), 'overlens-follow-'));
afterAll(() => rmSync(folder, { recursive: true }));

const LOOK = { width: 100, fit: true, height: 30, color: false, all: false, top: null, sort: 'problem' } as const;

function answer(trace: Trace): string {
  return [...renderJson(trace, []), ...renderTable(trace, { ...LOOK, all: true })].join('');
}

interface Growing {
  paths: string[];
  /** Packets of what was shown in between. */
  shown: number[];
  follow: Follow;
  onBegin: NonNullable<TraceOptions['onBegin']>;
}

/**
 * Files that get a piece more each time somebody waits for them, while all that can be said so far is said; with the last piece the
 * following is stopped.
 */
function growing(contents: readonly { name: string; bytes: Buffer }[], pieces: number): Growing {
  const stop = new AbortController();
  const own = mkdtempSync(join(folder, 'grow-'));
  const files = contents.map(({ name, bytes }) => ({ path: join(own, name), bytes, at: 0 }));
  const grow = (): void => {
    for (const file of files) {
      const piece = Math.ceil(file.bytes.length / pieces);
      appendFileSync(file.path, file.bytes.subarray(file.at, file.at + piece));
      file.at += piece;
    }
    // what came just before the stop counts too
    if (files.every(({ at, bytes }) => at >= bytes.length)) stop.abort();
  };
  for (const { path } of files) writeFileSync(path, '');
  grow();
  let soFar: (() => Trace) | null = null;
  const shown: number[] = [];
  const sleep = async (): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    if (soFar !== null) {
      const trace = soFar();
      answer(trace);
      shown.push(trace.summary.packets);
    }
    grow();
  };
  return {
    paths: files.map(({ path }) => path),
    shown,
    follow: new Follow({ stop: stop.signal, sleep }),
    onBegin: (begun) => {
      soFar = begun;
    },
  };
}

function sample(name: string): { name: string; bytes: Buffer }[] {
  const files = readdirSync(`samples/${name}`).filter((file) => file.endsWith('.pcap'));
  return files.map((file) => ({ name: file, bytes: readFileSync(`samples/${name}/${file}`) }));
}

describe('captures that are followed', () => {
  it.each(everyNth(['01-vxlan-between-nodes', '08-stale-fdb', '09-mtu-black-hole', '10-missing-neighbour'], 2))(
    '%s: several, counted side by side, answer as without',
    async (name) => {
      const topology = await loadTopology([`samples/${name}/topology`]);
      const { paths, follow, onBegin, shown } = growing(sample(name), 17);
      const trace = await followCaptures({ captures: paths, topology, onBegin }, follow);
      expect(answer(trace)).toBe(answer(await traceCaptures({ captures: paths, topology })));
      expect(shown.length).toBeGreaterThan(10);
      expect(shown.at(-1)).toBeGreaterThan(shown[0] ?? 0);
    },
  );

  it.each(everyNth(['08-stale-fdb', '01-vxlan-between-nodes', '04-overlay-bypassed'], 3))(
    '%s: each alone, with what is asked in between, answers as without',
    async (name) => {
      const topology = await loadTopology([`samples/${name}/topology`]);
      for (const one of sample(name)) {
        const { paths, follow, onBegin, shown } = growing([one], 23);
        const trace = await followCaptures({ captures: paths, topology, onBegin }, follow);
        expect(answer(trace)).toBe(answer(await traceCaptures({ captures: paths, topology })));
        expect([...shown].sort((a, b) => a - b)).toEqual(shown);
      }
    },
  );

  it('are not held up by one whose beginning has not come', async () => {
    const [late, ...others] = sample('01-vxlan-between-nodes');
    const bytes = late?.bytes.subarray(0, 20) ?? Buffer.alloc(0);
    const { paths, follow, onBegin, shown } = growing([{ name: 'late.pcap', bytes }, ...others], 9);
    const trace = await followCaptures({ captures: paths, topology: null, onBegin }, follow);
    expect(shown.at(-1)).toBeGreaterThan(0);
    expect(answer(trace)).toBe(answer(await traceCaptures({ captures: paths, topology: null })));
    expect(trace.captures[0]?.error?.message).toContain('it ends inside its file header, after 20 of 24 bytes');
  });

  it('have no damage where the last record is not whole yet', async () => {
    const [one] = sample('08-stale-fdb');
    const bytes = one?.bytes.subarray(0, one.bytes.length - 7) ?? Buffer.alloc(0);
    const { paths, follow } = growing([{ name: 'cut.pcap', bytes }], 5);
    const { captures } = await followCaptures({ captures: paths, topology: null }, follow);
    expect(captures[0]).toMatchObject({ complete: true, warnings: [], error: null });
    const whole = await traceCaptures({ captures: paths, topology: null });
    expect(whole.captures[0]?.warnings).toEqual([expect.stringContaining('cut off')]);
    expect(captures[0]?.packets).toBe(whole.captures[0]?.packets);
  });
});

/** Follows one capture of which a half is there; something happens to it then, and is over. */
async function during(happens: (path: string, rest: Buffer) => void): Promise<Trace> {
  const [one] = sample('08-stale-fdb');
  const bytes = one?.bytes ?? Buffer.alloc(0);
  const path = join(mkdtempSync(join(folder, 'during-')), 'a.pcap');
  const half = Math.floor(bytes.length / 2);
  writeFileSync(path, bytes.subarray(0, half));
  const stop = new AbortController();
  let looks = 0;
  const sleep = async (): Promise<void> => {
    if (looks++ === 0) happens(path, bytes.subarray(half));
    // what ends the following by itself does it before
    else if (looks > 3) stop.abort();
  };
  const trace = await followCaptures({ captures: [path], topology: null }, new Follow({ stop: stop.signal, sleep }));
  expect(stop.signal.aborted).toBe(false);
  return trace;
}

describe('the following ends, and says why, where a file', () => {
  it('becomes shorter', async () => {
    const { captures } = await during((path) => truncateSync(path, 24));
    expect(captures[0]?.warnings).toEqual([
      'the file became shorter while it was followed: it was written anew; packets up to there were read',
    ]);
    expect(captures[0]?.packets).toBeGreaterThan(0);
  });

  it('is replaced by another, once what the first one got has been read', async () => {
    const { captures } = await during((path, rest) => {
      appendFileSync(path, rest);
      renameSync(path, `${path}.1`);
      writeFileSync(path, rest);
    });
    expect(captures[0]?.warnings).toEqual([
      'another file has taken its name while it was followed; packets up to there were read',
    ]);
    const whole = await traceCaptures({
      captures: [`samples/08-stale-fdb/${sample('08-stale-fdb')[0]?.name}`],
      topology: null,
    });
    expect(captures[0]?.packets).toBe(whole.captures[0]?.packets);
  });

  it('is removed', async () => {
    const { captures } = await during((path) => rmSync(path));
    expect(captures[0]?.warnings[0]).toMatch(/^the file was removed/);
  });
});

describe('a file that does not grow any more', () => {
  it.each([
    ['at its true end is whole, or cut off', null, 'cut off'],
    ['for a reason says that', 'the disk is full', 'the disk is full; packets up to there were read'],
  ])('%s', async (_name, end, warning) => {
    const [one] = sample('08-stale-fdb');
    const path = join(mkdtempSync(join(folder, 'end-')), 'a.pcap');
    writeFileSync(path, one?.bytes.subarray(0, -7) ?? '');
    const sleep = (): Promise<void> => Promise.reject(new Error('nothing is waited for'));
    const follow = new Follow({ stop: new AbortController().signal, sleep, endOf: () => end });
    const { captures } = await followCaptures({ captures: [path], topology: null }, follow);
    expect(captures[0]?.warnings).toEqual([expect.stringContaining(warning)]);
  });
});

describe('a file that is followed', () => {
  it('is read again as it was read, though another has taken its name', async () => {
    const all = sample('01-vxlan-between-nodes');
    const { paths, follow, onBegin } = growing(all, 3);
    const before = await traceCaptures({
      captures: all.map(({ name }) => `samples/01-vxlan-between-nodes/${name}`),
      topology: null,
    });
    const stopped = followCaptures({ captures: paths, topology: null, onBegin }, follow);
    const trace = await stopped;
    expect(trace.captures.map(({ packets }) => packets)).toEqual(before.captures.map(({ packets }) => packets));
  });

  it('cannot be compressed', async () => {
    const [one] = sample('08-stale-fdb');
    const bytes = gzipSync(one?.bytes ?? Buffer.alloc(0));
    const { paths, follow } = growing([{ name: 'a.pcap.gz', bytes }], 2);
    await expect(followCaptures({ captures: paths, topology: null }, follow)).rejects.toMatchObject({
      code: 'E_USAGE',
      message: `${paths[0]}: a gzip file cannot be followed while it grows`,
    });
  });
});
