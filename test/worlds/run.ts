// `npm run worlds -- --count N --seed S [--features a,b,..] [--without a,b,..] [--keep DIR] [--shrink]`
//
// Random clusters with known truth, put through the program. A seed makes a world (world.ts): a cluster (cluster.ts), what is wrong
// with it (faults.ts), its traffic (conversations.ts, traffic.ts, ebpf.ts) on its way through veths, tunnels and NICs (path.ts), as
// somebody captured it (taps.ts, filters.ts, files.ts) and collected its configuration (snapshot.ts). Frames (frames.ts) and truth
// (calico.ts) are written from the standards and from the reference on Calico, not with the program's code. check-world.ts holds what
// must be true of every answer; lies.ts names the rule that a lie falls under. Prints figures and one line for each lying world;
// Seeds from 1000000000 on are clusters that flannel carries (flannel.ts). `--keep` writes those worlds (captures, topology/, truth.json), to be looked at with the CLI; `--shrink` names the smallest set of
// features that still lies. Exit code 1 when there is a lie.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkSeed, removeFolder, workFolder } from './check/check-world.ts';
import { FEATURES, type FeatureSet, isFeature } from './features.ts';
import { createFigures } from './figures.ts';
import { shrinkFeatures } from './shrink.ts';
import { makeWorld, truthOf, writeWorld } from './world.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    features: { type: 'string' },
    without: { type: 'string' },
    keep: { type: 'string' },
    shrink: { type: 'boolean', default: false },
  },
});

process.exitCode = await run();

async function run(): Promise<number> {
  const only = featuresOf(values.features, values.without);
  const [first, count] = [Number(values.seed), Number(values.count)];
  const figures = createFigures();
  const folder = workFolder();
  for (let seed = first; seed < first + count; seed++) {
    const outcome = await checkSeed(seed, folder, only);
    figures.add(outcome);
    const [lie] = outcome.lies;
    if (lie === undefined) continue;
    const more = outcome.lies.length > 1 ? ` (and ${outcome.lies.length - 1} more)` : '';
    process.stdout.write(`${seed} rule ${lie.rule} ${lie.kind} ${lie.detail}${more}\n`);
    if (values.keep !== undefined) keep(seed, only, outcome);
    if (values.shrink) process.stdout.write(`  with ${(await shrinkFeatures(seed, outcome, folder)).join(' ')}\n`);
  }
  removeFolder(folder);
  process.stdout.write(figures.text());
  return figures.lies() > 0 ? 1 : 0;
}

function featuresOf(wanted: string | undefined, unwanted: string | undefined): FeatureSet | null {
  if (wanted === undefined && unwanted === undefined) return null;
  const named = (text: string | undefined): string[] => (text === undefined || text === '' ? [] : text.split(','));
  for (const name of [...named(wanted), ...named(unwanted)])
    if (!isFeature(name)) throw new RangeError(`there is no feature ${name}; there are ${FEATURES.join(' ')}`);
  const without = new Set(named(unwanted));
  return new Set(
    (wanted === undefined ? FEATURES : named(wanted).filter(isFeature)).filter((name) => !without.has(name)),
  );
}

function keep(seed: number, only: FeatureSet | null, outcome: Awaited<ReturnType<typeof checkSeed>>): void {
  const world = makeWorld(seed, only);
  const folder = join(values.keep ?? '.', String(seed));
  writeWorld(world, folder);
  writeFileSync(join(folder, 'truth.json'), `${JSON.stringify(truthOf(world), null, 1)}\n`);
  writeFileSync(
    join(folder, 'lies.txt'),
    outcome.lies.map((one) => `rule ${one.rule} ${one.kind} ${one.detail}\n`).join(''),
  );
}
