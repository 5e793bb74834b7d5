// `trace -o parquet` and `--resume` on the command line: what is written, what is skipped, what a kill leaves, and bad usage.
import { type ChildProcess, spawn } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Manifest } from '../../src/cli/parquet/manifest.ts';
import { defaultStages, type Stages } from '../../src/cli/stages.ts';
import { PROGRAM } from '../support/built-program.ts';
import { buildPcap } from '../support/capture-builder.ts';
import { runCli } from '../support/run-cli.ts';
import { IS_WHOLE } from '../support/whole-matrix.ts';

const SAMPLE = 'samples/01-vxlan-between-nodes';
const CAPTURE = `${SAMPLE}/ip-10-0-1-20-ens5.pcap`;
const SNAPSHOT = ['-t', `${SAMPLE}/topology`];

const folder = mkdtempSync(join(tmpdir(), 'overlens-parquet-'));
afterAll(() => rmSync(folder, { recursive: true }), 120_000);
let made = 0;
const fresh = (): string => join(folder, `${made++}`);

function filesIn(path: string, ending = '.parquet'): string[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending) && !name.startsWith('_unfinished'))
    .sort();
}

/** Counts the captures that were read. */
function counting(): { stages: Stages; reads: () => number } {
  let reads = 0;
  const traceCaptures: Stages['traceCaptures'] = (options) => {
    reads++;
    return defaultStages.traceCaptures(options);
  };
  return { stages: { ...defaultStages, traceCaptures }, reads: () => reads };
}

/** Small captures, each with other packets. */
function manyCaptures(count: number): string {
  const path = fresh();
  mkdirSync(path);
  const sample = readFileSync(CAPTURE);
  // the third packet, behind two of ARP: an echo request in VXLAN
  let at = 24;
  for (let i = 0; i < 2; i++) at += 16 + sample.readUInt32LE(at + 8);
  const frame = sample.subarray(at + 16, at + 16 + sample.readUInt32LE(at + 8));
  for (let i = 0; i < count; i++)
    writeFileSync(join(path, `${i}.pcap`), buildPcap([{ data: frame, seconds: 1_700_000_000 + i }]));
  return path;
}

describe('--resume', () => {
  it('reads each capture once: a second run finds all of them, and changes nothing', async () => {
    const flows = fresh();
    const argv = ['trace', '--resume', SAMPLE, ...SNAPSHOT, '-w', flows];
    const first = await runCli(argv);
    expect(first.stdout).toMatch(/: 3 captures: 3 files, \d+ rows written\n$/);
    const before = filesIn(flows).map((name) => readFileSync(join(flows, name)).toString('base64'));
    const { stages, reads } = counting();
    const second = await runCli(argv, { stages });
    expect({ reads: reads(), code: second.code }).toEqual({ reads: 0, code: 0 });
    expect(second.stdout).toMatch(/: 3 captures, 3 of them there already: 0 files, 0 rows written\n$/);
    expect(filesIn(flows).map((name) => readFileSync(join(flows, name)).toString('base64'))).toEqual(before);
  });

  it('knows a capture by its bytes, whatever it is called', async () => {
    const [flows, copy] = [fresh(), `${fresh()}.pcap`];
    await runCli(['trace', '--resume', CAPTURE, ...SNAPSHOT, '-w', flows]);
    copyFileSync(CAPTURE, copy);
    const { stdout } = await runCli(['trace', '--resume', copy, ...SNAPSHOT, '-w', flows]);
    expect(stdout).toContain('1 capture, 1 of them there already');
  });

  it('traces it again with another snapshot or other options, in the place of what was there', async () => {
    const flows = fresh();
    const asked = [SNAPSHOT, [], ['--at', `${CAPTURE}=elsewhere`], ['--cluster', 'other']];
    for (const options of asked) {
      const { stages, reads } = counting();
      await runCli(['trace', '--resume', CAPTURE, ...options, '-w', flows], { stages });
      expect({ options, reads: reads(), files: filesIn(flows).length }).toEqual({ options, reads: 1, files: 1 });
    }
    expect(filesIn(flows)[0]).toMatch(/^cluster=other\//);
  });

  it('traces it again where a file of it is gone, or not whole', async () => {
    const flows = fresh();
    const argv = ['trace', '--resume', CAPTURE, ...SNAPSHOT, '-w', flows];
    await runCli(argv);
    const [file = ''] = filesIn(flows);
    const whole = readFileSync(join(flows, file));
    for (const harm of [(path: string) => rmSync(path), (path: string) => truncateSync(path, 100)]) {
      harm(join(flows, file));
      const { stages, reads } = counting();
      await runCli(argv, { stages });
      expect(reads()).toBe(1);
      expect(readFileSync(join(flows, file)).equals(whole)).toBe(true);
    }
  });

  it('takes away what a run that was killed between two renames left', async () => {
    const flows = fresh();
    const argv = ['trace', '--resume', CAPTURE, ...SNAPSHOT, '-w', flows];
    await runCli(argv);
    const [name = ''] = filesIn(flows, '.json');
    const manifest = new Manifest(flows);
    const entry = manifest.entry(/([0-9a-f]{64})\.json$/.exec(name)?.[1] ?? '');
    const left = 'cluster=default/date=2020-01-01/node=n/capture-00000000.parquet';
    mkdirSync(join(flows, left, '..'), { recursive: true });
    writeFileSync(join(flows, left), 'of another snapshot');
    if (entry === null) throw new Error('no entry');
    manifest.write({ ...entry, state: 'begun', files: [...entry.files, { path: left, bytes: 1, rows: 1 }] });
    const { stages, reads } = counting();
    await runCli(argv, { stages });
    expect({ reads: reads(), files: filesIn(flows).length, isLeft: existsSync(join(flows, left)) }).toEqual({
      ...{ reads: 1, files: 1, isLeft: false },
    });
  });

  it('goes on behind what is no capture, says so each time, and exits with 2', async () => {
    const [flows, input] = [fresh(), fresh()];
    mkdirSync(input);
    copyFileSync(CAPTURE, join(input, 'b.pcap'));
    copyFileSync(CAPTURE, join(input, 'a.pcap'));
    truncateSync(join(input, 'a.pcap'), 600);
    appendFileSync(join(input, 'a.pcap'), new Uint8Array(64).fill(0xff));
    const runs = [1, 2].map(() => ['trace', '--resume', input, ...SNAPSHOT, '-w', flows]);
    for (const argv of runs) {
      const { code, stderr } = await runCli(argv);
      expect({ code, names: stderr.includes('a.pcap') }).toEqual({ code: 2, names: true });
    }
    expect(filesIn(flows)).toHaveLength(2);
  });

  it('gives what comes on stdin the name that is asked for, which may tell its node', async () => {
    const flows = fresh();
    const program = spawnProgram([
      'trace',
      '--resume',
      '-',
      ...SNAPSHOT,
      '-w',
      flows,
      '--name',
      'ip-10-0-1-20-ens5.pcap',
    ]);
    program.stdin?.end(readFileSync(CAPTURE));
    expect(await ended(program)).toBe(0);
    const [name = ''] = filesIn(flows, '.json');
    expect(JSON.parse(readFileSync(join(flows, name), 'utf8'))).toMatchObject({ file: 'ip-10-0-1-20-ens5.pcap' });
    expect(filesIn(flows)[0]).toContain('node=ip-10-0-1-20.');
  });
});

/** Ten thousand with `npm run matrix`: some minutes. */
const MANY = IS_WHOLE ? 10_000 : 12;

describe('many captures', () => {
  it(`${MANY} through kills: no half file under a name, none twice, and none missing in the end`, {
    timeout: 1_200_000,
  }, async () => {
    const [input, flows] = [manyCaptures(MANY), fresh()];
    const argv = ['trace', '--resume', input, '-w', flows];
    let kills = 0;
    for (let share = 0.25; share < 1; share += 0.25) {
      const program = spawnProgram(argv);
      await until(() => existsSync(flows) && filesIn(flows, '.json').length >= MANY * share, program);
      program.kill('SIGKILL');
      if ((await ended(program)) === null) kills++;
      for (const name of filesIn(flows)) {
        const file = readFileSync(join(flows, name));
        expect({ name, ends: file.subarray(-4).toString('latin1') }).toEqual({ name, ends: 'PAR1' });
      }
    }
    expect(kills).toBeGreaterThan(0);
    const { code, stdout } = await runCli(argv);
    expect({ code, said: /(\d[\d,]*) captures, (\d[\d,]*) of them there already/.exec(stdout)?.[1] }).toMatchObject({
      code: 0,
    });
    expect(filesIn(flows)).toHaveLength(MANY);
    expect(filesIn(flows, '.json')).toHaveLength(MANY);
  });
});

describe('-o parquet', () => {
  it('writes several captures as one trace, each into the folder of its node', async () => {
    const flows = fresh();
    const { code, stdout } = await runCli(['trace', SAMPLE, ...SNAPSHOT, '-o', 'parquet', '-w', flows]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining(': 3 captures: 3 files, ') });
    expect(filesIn(flows)).toHaveLength(3);
  });

  it('writes nothing of a trace that was stopped', async () => {
    const [flows, stop] = [fresh(), new AbortController()];
    const traceCaptures: Stages['traceCaptures'] = async (options) => {
      const trace = await defaultStages.traceCaptures(options);
      stop.abort();
      return trace;
    };
    const stages = { ...defaultStages, traceCaptures };
    const run = await runCli(['trace', CAPTURE, '-o', 'parquet', '-w', flows], { stages, signal: stop.signal });
    expect({ code: run.code, files: filesIn(flows) }).toEqual({ code: 130, files: [] });
  });

  it.each([
    [['-o', 'parquet'], '-o parquet: no folder to write to'],
    [['-o', 'parquet=x'], '-o parquet=x: a folder is written, not a file'],
    [['--resume'], '--resume: no folder to write to'],
    [['-w', 'x'], '-w: only -o parquet has a use for it'],
    [['--cluster', 'x'], '--cluster: only -o parquet has a use for it'],
    [['--resume', '-w', 'x', '--name', 'y'], '--name y: nothing comes on stdin'],
    [['--resume', '-w', 'x', '-o', 'json'], '-o json: with -o parquet nothing else is written'],
    [['-o', 'parquet', '-w', 'x', '--index', 'y'], '--index: not with -o parquet'],
    [['-o', 'parquet', '-w', 'x', '--follow'], '--follow: not with -o parquet'],
    [['-o', 'parquet', '-w', 'x', '--finding', 'A'], '--finding A: letters are those of one answer'],
  ])('%j is bad usage, and makes no folder', async (options, message) => {
    const { code, stderr } = await runCli(['trace', CAPTURE, ...options]);
    expect({ code, first: stderr.split('\n')[0] }).toEqual({ code: 2, first: `overlens: ${message}` });
    expect(existsSync('x')).toBe(false);
  });

  it('says which folder cannot be written', async () => {
    const { code, stderr } = await runCli(['trace', CAPTURE, '-o', 'parquet', '-w', join(CAPTURE, 'flows')]);
    expect({ code, names: stderr.includes(`${CAPTURE}/flows: cannot be written`) }).toEqual({ code: 2, names: true });
  });
});

function spawnProgram(argv: readonly string[]): ChildProcess {
  return spawn(process.execPath, [PROGRAM, ...argv], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
}

/** The exit code; null: it was killed. */
function ended(program: ChildProcess): Promise<number | null> {
  if (program.exitCode !== null || program.signalCode !== null) return Promise.resolve(program.exitCode);
  return new Promise((resolve) => program.once('exit', (code) => resolve(code)));
}

async function until(isTrue: () => boolean, program: ChildProcess): Promise<void> {
  while (!isTrue() && program.exitCode === null) await new Promise((resolve) => setTimeout(resolve, MANY / 50));
}
