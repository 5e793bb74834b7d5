// `npm run mutants -- [--count N] [--seed S] [--area A]`
//
// How much of a wrong program the tests notice. A sample of single changes (mutations.ts) of the rules on flows, of the sender's decision
// and of the walk, each alone in a copy of the tree, put to 40 random worlds, which take seconds, and what these do not notice to the
// tests of its folder and of those that stand on it. Prints a line for each, with its place, and figures. The tree itself is never changed.
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Mutation, mutated, mutationsOf } from './mutations.ts';

interface Area {
  folder: string;
  tests: readonly string[];
}

const AREAS: Readonly<Record<string, Area>> = {
  rules: { folder: 'src/verdict/flow', tests: ['test/verdict', 'test/trace', 'test/matrix'] },
  sender: { folder: 'src/attribution/sender', tests: ['test/attribution/sender', 'test/verdict', 'test/trace'] },
  walk: { folder: 'src/decode', tests: ['test/decode', 'test/flow', 'test/trace'] },
};

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
/** A test run or forty worlds that take longer hang: the change was noticed. */
const TIME_LIMIT = 240_000;

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    area: { type: 'string' },
  },
});

interface Mutant {
  area: Area;
  path: string;
  mutation: Mutation;
}

type Fate = 'worlds' | 'tests' | 'time' | 'survived';

process.exitCode = await main();

async function main(): Promise<number> {
  const areas = Object.entries(AREAS).filter(([name]) => values.area === undefined || name === values.area);
  if (areas.length === 0)
    throw new RangeError(`there is no area ${values.area}; there are ${Object.keys(AREAS).join(' ')}`);
  const copy = copiedTree();
  try {
    const usual = await worlds(copy);
    if (usual.code === null) throw new Error('the worlds took too long without any change');
    const figures: Record<Fate, number> = { worlds: 0, tests: 0, time: 0, survived: 0 };
    for (const mutant of sample(
      areas.map(([, area]) => area),
      Number(values.count),
      Number(values.seed),
    )) {
      const fate = await fateOf(mutant, copy, usual.text);
      figures[fate]++;
      process.stdout.write(`${fate} ${wordsOf(mutant)}\n`);
    }
    const all = Object.values(figures).reduce((sum, count) => sum + count, 0);
    process.stdout.write(
      `${all} mutants: ${figures.worlds} noticed by worlds, ${figures.tests} by tests, ${figures.time} by time; ${figures.survived} survived\n`,
    );
    return 0;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function copiedTree(): string {
  const copy = mkdtempSync(join(tmpdir(), 'overlens-mutants-'));
  for (const name of COPIED) cpSync(name, join(copy, name), { recursive: true });
  symlinkSync(resolve('node_modules'), join(copy, 'node_modules'));
  return copy;
}

/** A part of all mutants, by a generator with a seed: every area has its share. */
function sample(areas: readonly Area[], count: number, seed: number): Mutant[] {
  const next = numbers(seed);
  return areas.flatMap((area, i) => {
    const all = readdirSync(area.folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.startsWith('view'))
      .sort()
      .flatMap((name) => {
        const path = join(area.folder, name);
        return mutationsOf(readFileSync(path, 'utf8')).map((mutation): Mutant => ({ area, path, mutation }));
      });
    const share = Math.floor(count / areas.length) + (i < count % areas.length ? 1 : 0);
    return Array.from({ length: Math.min(share, all.length) }, () => all.splice(next(all.length), 1)[0]).filter(
      (mutant) => mutant !== undefined,
    );
  });
}

/** Marsaglia's xorshift. */
function numbers(seed: number): (below: number) => number {
  let state = seed >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state = (state ^ (state << 5)) >>> 0;
    return state % below;
  };
}

async function fateOf({ area, path, mutation }: Mutant, copy: string, usual: string): Promise<Fate> {
  const source = readFileSync(path, 'utf8');
  writeFileSync(join(copy, path), mutated(source, mutation));
  try {
    const answer = await worlds(copy);
    if (answer.code === null) return 'time';
    if (answer.text !== usual) return 'worlds';
    const vitest = [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--config',
      'test/vitest.config.ts',
      '--bail=1',
      '--retry=0',
    ];
    const tests = await run(process.execPath, [...vitest, ...area.tests], copy);
    if (tests.code === null) return 'time';
    return tests.code === 0 ? 'survived' : 'tests';
  } finally {
    writeFileSync(join(copy, path), source);
  }
}

/** What forty worlds say: known lies stay, so it is the text that counts, but for the time that it took. */
function worlds(copy: string): Promise<{ code: number | null; text: string }> {
  return run(
    process.execPath,
    ['--import', 'tsx', 'test/worlds/run.ts', '--count', String(WORLDS), '--seed', '1'],
    copy,
  );
}

/** Ends the process and its children after the limit; the code is null then. */
function run(command: string, args: readonly string[], cwd: string): Promise<{ code: number | null; text: string }> {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd, detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    const timer = setTimeout(() => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    }, TIME_LIMIT);
    child.once('close', (code) => {
      clearTimeout(timer);
      done({ code, text: text.replace(/^.* ms of CPU a world\n/m, '') });
    });
  });
}

function wordsOf({ path, mutation }: Mutant): string {
  const line = readFileSync(path, 'utf8').slice(0, mutation.at).split('\n').length;
  const short = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}...` : text).replaceAll('\n', ' ');
  return `${path}:${line}: ${short(mutation.before)} -> ${short(mutation.after)}`;
}
