import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { writeAll } from '../../src/cli/io.ts';
import { collector, fakeStages, runCli } from '../support/run-cli.ts';
import { staleFdb } from '../support/scenarios.ts';
import { flow, pod, syntheticTrace } from '../support/trace-builder.ts';

const CAPTURE = join(mkdtempSync(join(tmpdir(), 'overlens-io-')), 'a.pcap');
writeFileSync(CAPTURE, '');

/** A reader that goes away after some bytes, as `head` does. */
function closingPipe(limit: number): { stream: Writable; taken: () => number } {
  let taken = 0;
  const stream = new Writable({
    highWaterMark: 1,
    write(chunk: Buffer, _encoding, done) {
      taken += chunk.length;
      if (taken > limit) done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
      else done();
    },
  });
  stream.on('error', () => {});
  return { stream, taken: () => taken };
}

/** Counts how many flows were made. */
function countedTrace(count: number): { trace: ReturnType<typeof syntheticTrace>; made: () => number } {
  let made = 0;
  const trace = syntheticTrace(count, (id) => {
    made++;
    return flow(pod('10.48.0.130', 'shop/cart', 'control1', id), pod('10.48.0.200', 'shop/db', 'worker1', 80), {
      id,
      conversation: id,
    });
  });
  return { trace, made: () => made };
}

describe('writing', () => {
  test('hands over everything, in pieces of about 64 KiB', async () => {
    const sizes: number[] = [];
    const stream = new Writable({
      write(chunk: Buffer, _encoding, done) {
        sizes.push(chunk.length);
        done();
      },
    });
    const line = `${'x'.repeat(999)}\n`;
    expect(
      await writeAll(
        stream,
        Array.from({ length: 200 }, () => line),
      ),
    ).toBe(true);
    expect(sizes).toEqual([66_000, 66_000, 66_000, 2000]);
  });

  test('waits for a slow reader: no more than one piece is ahead of it', async () => {
    const waiting: (() => void)[] = [];
    const stream = new Writable({ write: (_chunk, _encoding, done) => waiting.push(done) });
    let made = 0;
    const written = writeAll(
      stream,
      (function* () {
        for (; made < 200; made++) yield 'x'.repeat(1024);
      })(),
    );
    const seen: number[] = [];
    while (seen.length < 4) {
      await new Promise(setImmediate);
      const done = waiting.shift();
      if (done === undefined) continue;
      seen.push(made);
      done();
    }
    expect(seen).toEqual([63, 127, 191, 200]);
    expect(await written).toBe(true);
  });

  test('other failures are errors: a full disk is no closed pipe', async () => {
    const stream = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('ENOSPC: write'), { code: 'ENOSPC' })),
    });
    stream.on('error', () => {});
    await expect(writeAll(stream, ['x'])).rejects.toMatchObject({
      code: 'E_OUTPUT',
      message: 'cannot write: no space left on device',
    });
  });

  test('to a stream that is gone already is no error', async () => {
    const { stream } = collector();
    stream.destroy();
    expect(await writeAll(stream, ['x'])).toBe(false);
  });
});

describe('a closed pipe', () => {
  test('ends quietly, early, with the exit code of the work', async () => {
    const pipe = closingPipe(100_000);
    const { trace, made } = countedTrace(20_000);
    const { code, stderr } = await runCli([CAPTURE, '-o', 'jsonl'], { stages: fakeStages(trace), stdout: pipe.stream });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(made()).toBeLessThan(1000);
  });

  test('keeps the verdict of verify', async () => {
    const { code, stderr } = await runCli(['verify', CAPTURE], {
      stages: fakeStages(staleFdb('short')),
      stdout: closingPipe(0).stream,
    });
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
  });
});

describe('Ctrl-C', () => {
  test('while reading: what was read is printed, whole, and the exit code is 130', async () => {
    const controller = new AbortController();
    const stages = fakeStages(() => {
      controller.abort();
      return staleFdb('short');
    });
    const { code, stdout, stderr } = await runCli([CAPTURE, '-o', 'json'], { stages, signal: controller.signal });
    expect(code).toBe(130);
    expect((JSON.parse(stdout) as { flows: object[] }).flows.length).toBe(17);
    expect(stderr).toBe('overlens: stopped by Ctrl-C: this is what had been read by then\n');
  });

  test('while printing: the printing stops', async () => {
    const controller = new AbortController();
    const { trace, made } = countedTrace(50_000);
    const stdout = new Writable({
      write(_chunk, _encoding, done) {
        controller.abort();
        done();
      },
    });
    const { code } = await runCli([CAPTURE, '-o', 'jsonl'], {
      stages: fakeStages(trace),
      stdout,
      signal: controller.signal,
    });
    expect(code).toBe(130);
    expect(made()).toBeLessThan(1000);
  });
});

describe('Ctrl-C', () => {
  test('while JSON is printed: it is printed to its end', async () => {
    const controller = new AbortController();
    const { trace } = countedTrace(500);
    const texts: string[] = [];
    const stdout = new Writable({
      write(chunk: Buffer, _encoding, done) {
        texts.push(chunk.toString());
        controller.abort();
        done();
      },
    });
    const world = { stages: fakeStages(trace), stdout, signal: controller.signal };
    expect((await runCli([CAPTURE, '-o', 'json'], world)).code).toBe(130);
    expect(texts.length).toBeGreaterThan(1);
    expect((JSON.parse(texts.join('')) as { flows: object[] }).flows.length).toBe(500);
  });

  test.each([
    ['as a capture', (pipe: string) => [pipe]],
    ['as a snapshot', (pipe: string) => [CAPTURE, '-t', pipe]],
    ['of topology', (pipe: string) => ['topology', pipe]],
  ])('ends the waiting for a pipe without a writer %s', async (_name, argv) => {
    const pipe = join(mkdtempSync(join(tmpdir(), 'overlens-pipe-')), 'pipe');
    execFileSync('mkfifo', [pipe]);
    const { code, stdout, stderr } = await runCli(argv(pipe), { signal: AbortSignal.timeout(30) });
    expect({ code, stdout, stderr }).toEqual({
      code: 130,
      stdout: '',
      stderr: 'overlens: stopped by Ctrl-C before anything was read\n',
    });
  });
});

describe('what the system refuses', () => {
  test.each([
    ['files', Object.assign(new Error('EMFILE: too many open files, open'), { code: 'EMFILE', syscall: 'open' })],
    ['memory', new RangeError('Array buffer allocation failed')],
  ])('is no bug of the program: %s', async (_name, error) => {
    const stages = fakeStages(() => {
      throw error;
    });
    const { code, stderr } = await runCli([CAPTURE], { stages });
    expect(code).toBe(2);
    expect(stderr).toContain(error.message);
    expect(stderr).not.toContain('bug');
  });

  test('help on a full disk', async () => {
    const stdout = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('ENOSPC: write'), { code: 'ENOSPC' })),
    });
    stdout.on('error', () => {});
    const { code, stderr } = await runCli(['--help'], { stdout });
    expect({ code, stderr }).toEqual({ code: 2, stderr: 'overlens: cannot write: no space left on device\n' });
  });
});

describe('colours', () => {
  const colored = async (
    argv: readonly string[],
    env: Record<string, string>,
    stdoutIsTTY: boolean,
  ): Promise<boolean> =>
    (
      await runCli([CAPTURE, ...argv], { stages: fakeStages(staleFdb('short')), env, stdoutIsTTY, columns: 100 })
    ).stdout.includes('\u001b[');

  test.each<[string, readonly string[], Record<string, string>, boolean, boolean]>([
    ['on a terminal', [], {}, true, true],
    ['not in a pipe', [], {}, false, false],
    ['not with NO_COLOR', [], { NO_COLOR: '1' }, true, false],
    ['with an empty NO_COLOR', [], { NO_COLOR: '' }, true, true],
    ['in a pipe with FORCE_COLOR', [], { FORCE_COLOR: '1' }, false, true],
    ['not with FORCE_COLOR=0', [], { FORCE_COLOR: '0' }, true, false],
    ['NO_COLOR outranks FORCE_COLOR', [], { NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
    ['not on a dumb terminal', [], { TERM: 'dumb' }, true, false],
    ['--color always outranks NO_COLOR', ['--color', 'always'], { NO_COLOR: '1' }, false, true],
    ['--color never outranks FORCE_COLOR', ['--color', 'never'], { FORCE_COLOR: '1' }, true, false],
    ['never in JSON', ['-o', 'json', '--color', 'always'], {}, true, false],
    ['never in CSV', ['-o', 'csv', '--color', 'always'], {}, true, false],
  ])('%s', async (_name, argv, env, tty, expected) => {
    expect(await colored(argv, env, tty)).toBe(expected);
  });
});

describe('width', () => {
  const widest = async (world: Parameters<typeof runCli>[1]): Promise<number> => {
    const { stdout } = await runCli([CAPTURE], { stages: fakeStages(staleFdb('long')), ...world });
    const lines = stdout.split('\n').filter((line) => !line.startsWith('   settle it'));
    return Math.max(...lines.map((line) => line.length));
  };

  test('is the terminal’s; in a pipe COLUMNS, else that of the terminal around it', async () => {
    const terminal = { stdoutIsTTY: true, columns: 80, env: { COLUMNS: '200', NO_COLOR: '1' } };
    expect(await widest(terminal)).toBeLessThanOrEqual(80);
    expect(await widest({ columns: 100, env: { COLUMNS: '80' } })).toBeLessThanOrEqual(80);
    expect(await widest({ columns: 80, env: { COLUMNS: '200' } })).toBeGreaterThan(100);
    expect(await widest({ env: { COLUMNS: '120' } })).toBeLessThanOrEqual(120);
  });

  test.each([
    ['without any terminal', {}, 100],
    ['in a terminal', { columns: 80 }, 80],
    ['with COLUMNS that is no number', { columns: 80, env: { COLUMNS: 'many' } }, 80],
  ])('in a pipe %s: sentences keep to the width, rows have whole names on one line', async (_name, world, width) => {
    const { stdout } = await runCli([CAPTURE], { stages: fakeStages(staleFdb('long')), ...world });
    const isRow = (line: string): boolean => line.includes('yaobank/') || / FROM /.test(line);
    const lines = stdout.split('\n').filter((line) => !/^ {3}settle it|-ens5\.pcap /.test(line));
    expect(Math.max(...lines.filter((line) => !isRow(line)).map((line) => line.length))).toBeLessThanOrEqual(width);
    expect(lines.find(isRow)?.length).toBeGreaterThan(140);
  });
});

describe('progress', () => {
  test('is shown on a terminal only when the work is long, and taken away', async () => {
    const stages = fakeStages((options) => {
      options.onProgress?.({ captures: [CAPTURE], capture: 0, position: 1, packets: 1 });
      return staleFdb('short');
    });
    expect((await runCli([CAPTURE], { stages, stderrIsTTY: true, columns: 80 })).stderr).toBe('');
    expect((await runCli([CAPTURE], { stages })).stderr).toBe('');
  });
});
