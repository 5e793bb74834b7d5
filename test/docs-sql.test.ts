// docs/sql.md: its examples print what it shows, in their order, with folders of their own; the recipe for GNU parallel runs.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
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

const hasParallel = spawnSync('parallel', ['--version']).status === 0;

describe('the recipe for GNU parallel', () => {
  const name = hasParallel ? '' : ' (skipped: there is no parallel here; apt-get install parallel)';
  it.skipIf(!hasParallel)(`writes the folder that one run would write${name}`, { timeout: 300_000 }, async () => {
    const recipe = /```sh\n(find .*parallel.*)\n```/.exec(readFileSync(PAGE, 'utf8'))?.[1] ?? '';
    const [home, bin] = [join(folder, 'home'), join(folder, 'bin')];
    mkdirSync(join(home, 'captures'), { recursive: true });
    mkdirSync(bin);
    const sample = 'samples/01-vxlan-between-nodes';
    for (const file of readdirSync(sample).filter((one) => one.endsWith('.pcap')))
      copyFileSync(join(sample, file), join(home, 'captures', file));
    const program = `#!/bin/sh\nexec "${process.execPath}" "${PROGRAM}" "$@"\n`;
    writeFileSync(join(bin, 'overlens'), program);
    chmodSync(join(bin, 'overlens'), 0o755);
    const line = recipe.replace('-t topology/', `-t ${resolve(sample, 'topology')}`);
    execFileSync('sh', ['-c', line], {
      cwd: home,
      env: { ...process.env, HOME: home, PATH: `${bin}:${process.env['PATH']}` },
    });
    const here = join(folder, 'one-run');
    await runCli(['trace', '--resume', join(home, 'captures'), '-t', `${sample}/topology`, '-w', here]);
    const count = 'SELECT count(*) AS n, sum(packets)::BIGINT AS packets FROM observations';
    const both = await Promise.all([here, join(home, 'flows')].map((at) => runCli(['query', count, at, '-o', 'csv'])));
    expect(both[1]?.stdout).toBe(both[0]?.stdout);
    expect(both[0]?.code).toBe(0);
  });
});
