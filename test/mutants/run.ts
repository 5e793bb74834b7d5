// `npm run mutants -- [--count N] [--seed S] [--area A] [--jobs N] [--again LOG] [--times FILE] [--near]`
//
// How much of a wrong program the tests notice. A sample of single changes (mutations.ts) of the rules on flows, of the sender's decision
// and of the walk, each alone in a copy of the tree (tree.ts), put first to the tests beside the source, then to 40 random worlds, then to
// the other tests of its area, the quick ones first (stages.ts), until somebody notices it. What tests allow it are run as bundles, which
// take moments to make (bundled.ts), the others by vitest. Prints a line for each, with its place, and figures. The tree itself is never
// changed. `--again` tries only what survived in an earlier output; `--times` keeps how long each test file takes, which takes a minute or
// two to measure, for the next run; `--near` asks only the tests beside the source, so that its survivors are not the last word.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Bundled, bundleTests } from './bundled.ts';
import { type Mutation, mutated, mutationsOf } from './mutations.ts';
import { stagesOf } from './stages.ts';
import {
  type Answer,
  copyTree,
  removeTree,
  run,
  THE_WORLDS,
  theTests,
  timesOf,
  tryChanged,
  withSource,
} from './tree.ts';

interface Area {
  folder: string;
  tests: readonly string[];
}

const AREAS: Readonly<Record<string, Area>> = {
  rules: { folder: 'src/verdict/flow', tests: ['test/verdict/', 'test/attribution/', 'test/trace/', 'test/matrix/'] },
  sender: { folder: 'src/attribution/sender', tests: ['test/attribution/', 'test/verdict/', 'test/trace/'] },
  walk: { folder: 'src/decode', tests: ['test/decode/', 'test/flow/', 'test/trace/'] },
};

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    area: { type: 'string' },
    jobs: { type: 'string', default: '1' },
    again: { type: 'string' },
    times: { type: 'string' },
    near: { type: 'boolean', default: false },
  },
});

interface Mutant {
  area: Area;
  path: string;
  /** The text of the file, which may be another one by the time that it is this mutant's turn. */
  source: string;
  mutation: Mutation;
}

type Fate = 'worlds' | 'tests' | 'time' | 'survived';

/** Where one mutant after the other is tried. */
interface Place {
  tree: string;
  bundled: Bundled;
}

/** What is known of the unchanged program. */
interface Usual {
  worlds: { text: string; ms: number };
  /** Of each test file, in ms. */
  times: ReadonlyMap<string, number>;
}

process.exitCode = await main();

async function main(): Promise<number> {
  const areas = Object.entries(AREAS)
    .filter(([name]) => values.area === undefined || name === values.area)
    .map(([, area]) => area);
  if (areas.length === 0)
    throw new RangeError(`there is no area ${values.area}; there are ${Object.keys(AREAS).join(' ')}`);
  const queue = wanted(areas);
  const trees = Array.from({ length: Number(values.jobs) }, copyTree);
  try {
    const [first] = trees;
    if (first === undefined) throw new RangeError('--jobs asks for one job at least');
    const usual = await usualOf(first, areas);
    const figures: Record<Fate, number> = { worlds: 0, tests: 0, time: 0, survived: 0 };
    const work = async (tree: string): Promise<void> => {
      const bundled = await bundleTests(tree, bundledOf(areas, usual.times));
      for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
        const fate = await fateOf(mutant, { tree, bundled }, usual);
        figures[fate]++;
        process.stdout.write(`${fate} ${wordsOf(mutant)}\n`);
      }
      await bundled.close();
    };
    await Promise.all(trees.map(work));
    const all = Object.values(figures).reduce((sum, count) => sum + count, 0);
    process.stdout.write(
      `${all} mutants: ${figures.worlds} noticed by worlds, ${figures.tests} by tests, ${figures.time} by time; ${figures.survived} survived\n`,
    );
    return 0;
  } finally {
    trees.forEach(removeTree);
  }
}

/** A sample; or of all those that survived in an earlier output, and what reads the same on the same line. */
function wanted(areas: readonly Area[]): Mutant[] {
  if (values.again === undefined) return sample(areas, Number(values.count), Number(values.seed));
  const lines = new Set(readFileSync(values.again, 'utf8').split('\n'));
  return sample(areas, Number.POSITIVE_INFINITY, 1).filter((mutant) => lines.has(`survived ${wordsOf(mutant)}`));
}

/** Near tests are asked for every mutant, the others only for those that these and the worlds do not notice. */
function bundledOf(areas: readonly Area[], times: Usual['times']): string[] {
  const folders = areas.map(({ folder }) => `${folder.replace(/^src/, 'test')}/`);
  return [...times.keys()].filter((file) => folders.some((folder) => file.startsWith(folder)));
}

async function usualOf(tree: string, areas: readonly Area[]): Promise<Usual> {
  const worlds = values.near ? { text: '', ms: 0 } : await run(tree, THE_WORLDS, null);
  const folders = [...new Set(areas.flatMap(({ tests }) => tests))];
  return { worlds, times: await keptTimes(tree, folders) };
}

/** Times of an earlier run where they were kept, 0 of test files that were not there then. */
async function keptTimes(tree: string, folders: readonly string[]): Promise<Map<string, number>> {
  const { times: file } = values;
  if (file === undefined) return timesOf(tree, folders);
  if (!existsSync(file)) writeFileSync(file, JSON.stringify(Object.fromEntries(await timesOf(tree, folders))));
  const kept = JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>;
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => join(folder, name)),
  );
  return new Map(files.map((name) => [name, kept[name] ?? 0]));
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
        const source = readFileSync(path, 'utf8');
        return mutationsOf(source).map((mutation): Mutant => ({ area, path, source, mutation }));
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

function fateOf(
  { area, path, source, mutation }: Mutant,
  { tree, bundled }: Place,
  { worlds, times }: Usual,
): Promise<Fate> {
  const stages = stagesOf(path, area.tests, times);
  const was = { path, source };
  const asked = async (files: readonly string[], work: (limit: number | null) => Promise<Answer>): Promise<Fate> => {
    if (files.length === 0) return 'survived';
    const usual = files.reduce((sum, file) => sum + (times.get(file) ?? 0), 0);
    const { code } = await tryChanged(tree, work, usual, was);
    return code === null ? 'time' : code === 0 ? 'survived' : 'tests';
  };
  const tests = async (files: readonly string[]): Promise<Fate> => {
    const quick = files.filter((file) => bundled.files.has(file));
    const fate = await asked(quick, (limit) => bundled.run(quick, limit));
    if (fate !== 'survived') return fate;
    const others = files.filter((file) => !bundled.files.has(file));
    return asked(others, (limit) => run(tree, theTests(others), limit));
  };
  return withSource(tree, path, mutated(source, mutation), async () => {
    const near = await tests(stages.near);
    if (near !== 'survived' || values.near) return near;
    const answer = await tryChanged(tree, (limit) => run(tree, THE_WORLDS, limit), worlds.ms, was);
    if (answer.code === null) return 'time';
    if (answer.text !== worlds.text) return 'worlds';
    return tests(stages.far);
  });
}

function wordsOf({ path, source, mutation }: Mutant): string {
  const line = source.slice(0, mutation.at).split('\n').length;
  const short = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}...` : text).replaceAll('\n', ' ');
  return `${path}:${line}: ${short(mutation.before)} -> ${short(mutation.after)}`;
}
