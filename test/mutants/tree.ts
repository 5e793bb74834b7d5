// A copy of the tree in which one source after the other is changed, and what the tests and the worlds say of it.
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';

/** What the tests and the worlds read. */
const COPIED = [
  'src',
  'test',
  'samples',
  'docs',
  'package.json',
  'tsconfig.json',
  'README.md',
  'CHANGELOG.md',
  'biome.jsonc',
];
const WORLDS = 40;
/** A changed program may fill the memory of a machine that others use too. */
const HEAP_MIB = 1024;
/** What takes ten times as long as the unchanged program hangs. */
const PATIENCE = 10;
/** The least that is waited for, in ms: a machine that others use may be slow for a while. */
const LEAST_LIMIT = 60_000;

/** What a run said; `code` is null where it was ended because it hung. */
export interface Answer {
  code: number | null;
  text: string;
  ms: number;
}

/** A command in a tree: its arguments to node. */
export type Command = readonly string[];

/** Forty worlds. Known lies stay, so it is the text that counts, without the time that it took. */
export const THE_WORLDS: Command = [
  ...['--import', 'tsx', 'test/worlds/run.ts'],
  ...['--count', String(WORLDS), '--seed', '1'],
];

/** Test files in this order, until one fails. */
export function theTests(files: readonly string[]): Command {
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/mutants/vitest.config.ts'];
  return [...vitest, '--bail=1', ...files];
}

/** The folder of a copy, to be removed by `removeTree`. */
export function copyTree(): string {
  const tree = mkdtempSync(join(tmpdir(), 'overlens-mutants-'));
  for (const name of COPIED) cpSync(name, join(tree, name), { recursive: true });
  // packages by name: what is built for tests lies beside them, and would be that of the unchanged tree
  mkdirSync(join(tree, 'node_modules'));
  for (const name of readdirSync('node_modules'))
    if (name !== '.cache') symlinkSync(resolve('node_modules', name), join(tree, 'node_modules', name));
  return tree;
}

export function removeTree(tree: string): void {
  rmSync(tree, { recursive: true, force: true });
}

/** With another text in place of a source, which is there again afterwards. */
export async function withSource<T>(tree: string, path: string, text: string, work: () => Promise<T>): Promise<T> {
  const place = join(tree, path);
  const source = readFileSync(place, 'utf8');
  writeFileSync(place, text);
  try {
    return await work();
  } finally {
    writeFileSync(place, source);
  }
}

/** How long each test file takes, in ms, by its path. Throws when one fails without any change. */
export async function timesOf(tree: string, folders: readonly string[]): Promise<Map<string, number>> {
  const report = join(tree, 'times.json');
  const answer = await run(tree, [...theTests(folders), '--reporter=json', `--outputFile=${report}`], null);
  if (answer.code !== 0) throw new Error(`tests of ${folders.join(' ')} fail without any change:\n${answer.text}`);
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as {
    testResults: { name: string; startTime: number; endTime: number }[];
  };
  return new Map(testResults.map(({ name, startTime, endTime }) => [relative(tree, name), endTime - startTime]));
}

/**
 * Does something in a changed tree, for ten times as long as it usually takes. What is not done by then hangs only if with the file as it
 * was it is done long before at that very time: else it gets more time.
 */
export async function tryChanged(
  tree: string,
  work: (limit: number | null) => Promise<Answer>,
  usual: number,
  was: { path: string; source: string },
): Promise<Answer> {
  const limit = Math.max(LEAST_LIMIT, PATIENCE * usual);
  const answer = await work(limit);
  if (answer.code !== null) return answer;
  const unchanged = await withSource(tree, was.path, was.source, () => work(null));
  return PATIENCE * unchanged.ms <= limit ? answer : tryChanged(tree, work, unchanged.ms, was);
}

/** Ends the process and its children after `limit` ms. */
export function run(tree: string, command: Command, limit: number | null): Promise<Answer> {
  return new Promise((done) => {
    const began = performance.now();
    const child = spawn(process.execPath, command, {
      ...{ cwd: tree, detached: true, stdio: ['ignore', 'pipe', 'ignore'] },
      env: { ...process.env, NODE_OPTIONS: `--max-old-space-size=${HEAP_MIB}` },
    });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    const end = (): void => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    };
    const timer = limit === null ? undefined : setTimeout(end, limit);
    child.once('close', (code) => {
      clearTimeout(timer);
      done({ code, text: text.replace(/^.* ms of CPU a world\n/m, ''), ms: performance.now() - began });
    });
  });
}
