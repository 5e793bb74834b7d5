// `trace --follow`: what a terminal sees while a capture grows, and that the answer at the end is that of a run without it.
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import type { Io } from '../../src/cli/io.ts';
import { LiveTable } from '../../src/cli/progress/live-table.ts';
import { collector, runCli, testIo } from '../support/run-cli.ts';

const SAMPLE = 'samples/08-stale-fdb';
const CAPTURES = readdirSync(SAMPLE).filter((name) => name.endsWith('.pcap'));
const TERMINAL = { stdoutIsTTY: true, columns: 80, rows: 24 };

const folder = mkdtempSync(join(tmpdir(), 'overlens-follow-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Captures that get a piece more whenever time passes; once they are whole and were read, Ctrl-C. */
function growing(names: readonly string[], pieces = 30): { paths: string[]; world: Pick<Io, 'sleep' | 'signal'> } {
  const own = mkdtempSync(join(folder, 'grow-'));
  const files = names.map((name) => ({ path: join(own, name), bytes: readFileSync(join(SAMPLE, name)), at: 24 }));
  for (const { path, bytes } of files) writeFileSync(path, bytes.subarray(0, 24));
  const controller = new AbortController();
  let left = pieces;
  const sleep = async (): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    for (const file of files) {
      const piece = Math.ceil(file.bytes.length / pieces);
      appendFileSync(file.path, file.bytes.subarray(file.at, file.at + piece));
      file.at += piece;
    }
    // all have looked by then
    if (left-- < -20) controller.abort();
  };
  return { paths: files.map(({ path }) => path), world: { sleep, signal: controller.signal } };
}

/** What stood on the terminal: each drawing, and what was written after the last one was taken away. */
function drawings(stdout: string): { frames: string[]; rest: string } {
  const [live = '', rest = ''] = stdout.split('\u001b[K\n\u001b[J\u001b[A');
  const frames = live.split('\u001b[J').slice(0, -1);
  return { frames: frames.map((frame) => frame.replace(/^\r(\u001b\[\d+A)?/, '').replaceAll('\u001b[K', '')), rest };
}

describe('trace --follow on a terminal', () => {
  it.each(['table', 'wide', 'summary'])(
    '-o %s is drawn in its place, marked, and ends with the answer',
    async (output) => {
      const { paths, world } = growing(CAPTURES.slice(0, 1));
      const args = [...paths, '-t', `${SAMPLE}/topology`, '-o', output];
      const { stdout, stderr, code } = await runCli(['trace', '--follow', ...args], { ...TERMINAL, ...world });
      const { frames, rest } = drawings(stdout);
      expect(frames.length).toBeGreaterThan(1);
      for (const frame of frames) {
        expect(frame).toMatch(/^PROVISIONAL: [\d,]+ packets, .*Ctrl-C for the final table\n/);
        expect(frame.split('\n').length).toBeLessThanOrEqual(24);
      }
      expect(rest).toBe((await runCli(['trace', ...args], TERMINAL)).stdout);
      expect(rest).not.toContain('PROVISIONAL');
      expect(stderr).toContain('stopped by Ctrl-C');
      expect(code).toBe(130);
    },
  );

  it('moves up by as many lines as it has drawn: nothing scrolls away', async () => {
    const { paths, world } = growing(CAPTURES);
    const { stdout } = await runCli(['trace', '--follow', ...paths], { ...TERMINAL, ...world });
    let drawn = 0;
    for (const frame of stdout.split('\u001b[J').slice(0, -2)) {
      const up = Number(/^\r\u001b\[(\d+)A/.exec(frame)?.[1] ?? 0);
      expect(up).toBe(drawn);
      drawn = frame.split('\n').length - 1;
    }
    expect(drawn).toBeGreaterThan(5);
  });

  it('-o json shows the answer only', async () => {
    const { paths, world } = growing(CAPTURES.slice(0, 1));
    const args = [...paths, '-o', 'json'];
    const { stdout } = await runCli(['trace', '--follow', ...args], { ...TERMINAL, ...world });
    expect(stdout).toBe((await runCli(['trace', ...args], TERMINAL)).stdout);
  });

  it('a problem that has not shown itself yet is no bad usage', async () => {
    const { paths, world } = growing(CAPTURES.slice(0, 1));
    const args = [...paths, '-t', `${SAMPLE}/topology`, '--finding', 'A'];
    const { stdout, code } = await runCli(['trace', '--follow', ...args], { ...TERMINAL, ...world });
    expect(drawings(stdout).rest).toBe((await runCli(['trace', ...args], TERMINAL)).stdout);
    expect(code).toBe(130);
  });
});

describe('trace --follow into a pipe', () => {
  it('prints nothing but the answer', async () => {
    const { paths, world } = growing(CAPTURES);
    const args = [...paths, '-t', `${SAMPLE}/topology`];
    const { stdout, stderr } = await runCli(['trace', '--follow', ...args], world);
    expect(stdout).toBe((await runCli(['trace', ...args])).stdout);
    expect(stderr).not.toContain('\u001b');
  });

  it('counts captures that have only begun, and are alike by then', async () => {
    const { paths, world } = growing(CAPTURES);
    const { stderr } = await runCli(['trace', '--follow', ...paths], world);
    expect(stderr).not.toContain('counted once');
  });
});

describe('what cannot be followed is bad usage', () => {
  it('a compressed file', async () => {
    const path = join(folder, 'a.pcap.gz');
    writeFileSync(path, gzipSync(readFileSync(join(SAMPLE, CAPTURES[0] ?? ''))));
    const { code, stderr } = await runCli(['trace', '--follow', path]);
    expect(code).toBe(2);
    expect(stderr).toContain('a.pcap.gz: a gzip file cannot be followed while it grows\n');
  });

  it('with the other reader', async () => {
    const { code, stderr } = await runCli(['trace', '--follow', `${SAMPLE}/${CAPTURES[0]}`, '--reader', 'pcap-parser']);
    expect(code).toBe(2);
    expect(stderr).toContain('only the built-in reader waits for more');
  });

  it('with an index, which keeps what does not change', async () => {
    const { code, stderr } = await runCli([
      'trace',
      '--follow',
      `${SAMPLE}/${CAPTURES[0]}`,
      '--index',
      join(folder, 'x'),
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain('what grows while it is read is never kept');
  });

  it('with verify, which proves what is whole', async () => {
    const { code, stderr } = await runCli(['verify', '--follow', `${SAMPLE}/${CAPTURES[0]}`]);
    expect(code).toBe(2);
    expect(stderr).toContain('verify --follow: a proof is of captures that are whole');
  });
});

describe('a table drawn in its place', () => {
  function table(size: { columns: number; rows: number }) {
    const { stream, text } = collector();
    return { table: new LiveTable(testIo({ stdout: stream, ...TERMINAL, terminal: () => size })), text };
  }

  it('is cut to the lines of the screen, and says how many are left out', () => {
    const { table: live, text } = table({ columns: 10, rows: 5 });
    live.draw(['a', 'b'.repeat(15), 'c', 'd', 'e']);
    expect(text().replaceAll('\u001b[K', '')).toBe('\ra\nbbbbbbbbbbbbbbb\n... 3 more lines\n\u001b[J');
  });

  it('is found again after the window became narrower or wider', () => {
    const size = { columns: 80, rows: 24 };
    const { table: live, text } = table(size);
    live.draw(['x'.repeat(70), 'y']);
    size.columns = 40;
    live.draw(['z']);
    expect(text()).toContain('\u001b[3Az');
    size.columns = 200;
    live.clear();
    expect(text().endsWith('\r\u001b[1A\u001b[K\n\u001b[J\u001b[A')).toBe(true);
  });

  it('that was never drawn takes nothing away', () => {
    const { table: live, text } = table({ columns: 80, rows: 24 });
    live.clear();
    expect(text()).toBe('');
  });
});
