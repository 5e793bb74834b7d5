// docs/sql.md: its examples print what it shows, in their order, with folders of their own; the recipes for many machines run.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { PROGRAM } from './support/built-program.ts';
import { runCli } from './support/run-cli.ts';

const PAGE = 'docs/sql.md';
const folder = mkdtempSync(join(tmpdir(), 'overlens-sql-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Words of a command line: `"..."` is one, `*` stands for files, and the page's folders are ours. */
function wordsOf(command: string): string[] {
  const words = command.match(/"[^"]*"|\S+/g) ?? [];
  return words.flatMap((word) => {
    if (word.startsWith('"')) return [word.slice(1, -1)];
    if (/^(flows|faults)\/$/.test(word)) return [join(folder, word)];
    if (!word.endsWith('/*.pcap')) return [word];
    const names = readdirSync(dirname(word)).filter((name) => name.endsWith('.pcap'));
    return names.sort().map((name) => `${dirname(word)}/${name}`);
  });
}

async function outputOf(command: string): Promise<string> {
  const { stdout, stderr } = await runCli(wordsOf(command).slice(1));
  return (stdout + stderr).replaceAll(`${folder}/`, '').replaceAll(folder, '');
}

describe(PAGE, () => {
  it('shows what its commands print', { timeout: 120_000 }, async () => {
    const page = readFileSync(PAGE, 'utf8');
    let asked = 0;
    const shown: string[] = [];
    for (const [whole, block = ''] of page.matchAll(/```sh-session\n([\s\S]*?)```/g)) {
      const commands = block.split('\n').filter((line) => line.startsWith('$ '));
      let text = '';
      for (const line of commands) text += `${line}\n${await outputOf(line.slice(2))}`;
      asked += commands.length;
      shown.push(whole.replace(block, () => text));
    }
    let next = 0;
    const now = page.replaceAll(/```sh-session\n[\s\S]*?```/g, () => shown[next++] ?? '');
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(PAGE, now);
    else expect(now).toBe(page);
    expect(asked).toBeGreaterThan(12);
  });

  it('asks ten questions', () => {
    const [, questions = ''] = readFileSync(PAGE, 'utf8').split('## Ten questions');
    expect(questions.split('## Beyond')[0]?.match(/^\$ overlens query/gm)).toHaveLength(10);
  });
});

const SAMPLE = 'samples/01-vxlan-between-nodes';
/** Two are enough to be traced apart. */
const CAPTURES = readdirSync(SAMPLE)
  .filter((one) => one.endsWith('.pcap'))
  .slice(0, 2);
const bin = join(folder, 'bin');
const ENV = { ...process.env, PATH: `${bin}:${process.env['PATH']}` };

/** A folder as the recipes have it: `captures/`, `topology/`, and the program by its name. */
function homeOf(name: string): string {
  const home = mkdtempSync(join(folder, name));
  mkdirSync(join(home, 'captures'), { recursive: true });
  for (const file of CAPTURES) copyFileSync(join(SAMPLE, file), join(home, 'captures', file.replace('ip', 'an ip')));
  symlinkSync(resolve(SAMPLE, 'topology'), join(home, 'topology'));
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'overlens'), `#!/bin/sh\nexec "${process.execPath}" "${PROGRAM}" "$@"\n`);
  chmodSync(join(bin, 'overlens'), 0o755);
  return home;
}

/** How much is in a folder, and of how many captures. */
async function heldBy(flows: string): Promise<string> {
  const count = 'SELECT count(DISTINCT capture_sha), count(*), sum(packets)::BIGINT FROM observations';
  const { code, stdout } = await runCli(['query', count, flows, '-o', 'csv']);
  expect(code).toBe(0);
  return stdout.split('\n')[1] ?? '';
}

let one: Promise<string> | null = null;

/** The same of one run over all captures. */
function oneRun(): Promise<string> {
  const flows = join(folder, 'one-run');
  const captures = CAPTURES.map((file) => join(SAMPLE, file));
  one ??= runCli(['trace', '--resume', ...captures, '-t', `${SAMPLE}/topology`, '-w', flows]).then(() => heldBy(flows));
  return one;
}

const hasParallel = spawnSync('parallel', ['--version']).status === 0;

describe('the recipe', () => {
  const page = readFileSync(PAGE, 'utf8');
  const name = hasParallel ? '' : ' (skipped: there is no parallel here; apt-get install parallel)';

  it.skipIf(!hasParallel)(`for GNU parallel writes what one run would write${name}`, { timeout: 300_000 }, async () => {
    const home = homeOf('parallel');
    const recipe = /```sh\n(find .*parallel.*)\n```/.exec(page)?.[1] ?? '';
    execFileSync('sh', ['-c', recipe], { cwd: home, env: { ...ENV, HOME: home } });
    expect(await heldBy(join(home, 'flows'))).toBe(await oneRun());
  });

  it('for Slurm does so over its tasks, and those that have no capture succeed', { timeout: 300_000 }, async () => {
    const home = homeOf('slurm');
    const [, script = '', last = ''] = /```sh\n(#!\/bin\/sh\n#SBATCH --array=0-(\d+)\n[\s\S]*?)```/.exec(page) ?? [];
    // what sbatch would start, one after the other
    const captures = readdirSync(join(home, 'captures')).length;
    expect(Number(last)).toBeGreaterThan(captures);
    for (const task of [...Array(captures + 1).keys(), Number(last)])
      execFileSync('sh', ['-c', script], { cwd: home, env: { ...ENV, SLURM_ARRAY_TASK_ID: `${task}` } });
    expect(await heldBy(join(home, 'flows'))).toBe(await oneRun());
  });

  it('for Kubernetes is an indexed Job whose pods do so together', { timeout: 300_000 }, async () => {
    const home = homeOf('kubernetes');
    const job = parse(/```yaml\n(apiVersion: batch\/v1\n[\s\S]*?)```/.exec(page)?.[1] ?? '');
    expect(job).toMatchObject({ apiVersion: 'batch/v1', kind: 'Job', spec: { completionMode: 'Indexed' } });
    const { containers, volumes, restartPolicy } = job.spec.template.spec;
    const [{ command, args, volumeMounts }] = containers;
    expect({ restartPolicy, mounted: volumeMounts[0].name }).toEqual({
      restartPolicy: 'OnFailure',
      mounted: volumes[0].name,
    });
    const line = args[0].replaceAll('/captures/topology', 'topology').replaceAll('/captures', 'captures');
    for (let index = 0; index < job.spec.completions; index++)
      execFileSync(command[0], [command[1], line], { cwd: home, env: { ...ENV, JOB_COMPLETION_INDEX: `${index}` } });
    expect(await heldBy(join(home, 'captures/flows'))).toBe(await oneRun());
  });
});
