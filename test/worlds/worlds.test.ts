// Random worlds hold what must hold of every answer, and so do those that once failed; lies of known kinds aside. `npm run matrix` has
// five times as many, and `npm run worlds` as many as one likes.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everyNth, IS_WHOLE } from '../support/whole-matrix.ts';
import { checkSeed, type Outcome, removeFolder, workFolder } from './check/check-world.ts';
import { FLANNEL_SEEDS } from './cluster/flannel.ts';
import { FEATURES } from './features.ts';
import { createFigures } from './figures.ts';
import { isKnown, KNOWN_KINDS } from './known-kinds.ts';
import { NAMED_SEEDS } from './named-seeds.ts';
import { makeWorld } from './world.ts';

const WORLDS = IS_WHOLE ? 300 : 60;
const VARIED = IS_WHOLE ? 60 : 6;
const FLANNEL_WORLDS = IS_WHOLE ? 60 : 6;
/** Share of flows whose count may be in doubt, with a merge among the captures and without. */
const DOUBTS_IN_MERGES = 0.01;
const DOUBTS = 0.001;
/** So few are no share of so few worlds. */
const FEW = 3;
/** Share of faults of delivery that are found, of those that captures could show. */
const FOUND = 0.7;

const WITHOUT_LOSSES = new Set(FEATURES.filter((feature) => feature !== 'delivery'));

let folder = '';
beforeAll(() => {
  folder = workFolder();
});
afterAll(() => removeFolder(folder));

function unknownLies({ seed, lies }: Outcome): string[] {
  return lies.filter((lie) => !isKnown(lie)).map(({ rule, kind, detail }) => `${seed}: rule ${rule} ${kind} ${detail}`);
}

describe('random worlds', () => {
  it('are answered without a lie, and the healthy ones pass', async () => {
    const figures = createFigures();
    const lies: string[] = [];
    for (let seed = 1; seed <= WORLDS; seed++) {
      const outcome = await checkSeed(seed, folder);
      lies.push(...unknownLies(outcome));
      figures.add(outcome);
    }
    expect(lies).toEqual([]);
    const [withPods, without] = [figures.liveness(true), figures.liveness(false)];
    expect(withPods.worlds).toBeGreaterThan(WORLDS / 10);
    expect(without.worlds).toBeGreaterThan(WORLDS / 20);
    expect(withPods.passed / withPods.worlds).toBeGreaterThanOrEqual(0.97);
    expect(without.passed / without.worlds).toBeGreaterThanOrEqual(0.9);
    const [merged, others] = [figures.doubts(true), figures.doubts(false)];
    expect(merged.flows).toBeLessThanOrEqual(Math.max(FEW, DOUBTS_IN_MERGES * merged.all));
    expect(others.flows).toBeLessThanOrEqual(Math.max(FEW, DOUBTS * others.all));
    const { found, shown } = figures.found();
    expect(shown).toBeGreaterThan(WORLDS / 30);
    expect(found + FEW).toBeGreaterThanOrEqual(FOUND * shown);
  });

  it('are answered without a lie with any of their features turned off', async () => {
    const seeds = fc.integer({ min: 1_000_000, max: 9_999_999 });
    const world = fc.record({ seed: seeds, features: fc.subarray([...FEATURES], { minLength: FEATURES.length >> 1 }) });
    await fc.assert(
      fc.asyncProperty(world, async ({ seed, features }) => {
        expect(unknownLies(await checkSeed(seed, folder, new Set(features)))).toEqual([]);
      }),
      { seed: 4789, numRuns: VARIED },
    );
  });
});

describe('worlds that flannel carries', () => {
  it('are answered without a lie, and the healthy ones pass', async () => {
    const figures = createFigures();
    const lies: string[] = [];
    for (let seed = FLANNEL_SEEDS; seed < FLANNEL_SEEDS + FLANNEL_WORLDS; seed++) {
      const outcome = await checkSeed(seed, folder);
      lies.push(...unknownLies(outcome));
      // a world that loses packets need not pass: without the losses it must
      const isLossy = makeWorld(seed).features.has('delivery');
      figures.add(isLossy ? await checkSeed(seed, folder, WITHOUT_LOSSES) : outcome);
    }
    expect(lies).toEqual([]);
    const [withPods, without] = [figures.liveness(true), figures.liveness(false)];
    expect(withPods.worlds + without.worlds).toBeGreaterThan(FLANNEL_WORLDS / 6);
    expect((withPods.passed + without.passed) / (withPods.worlds + without.worlds)).toBeGreaterThanOrEqual(0.95);
  });
});

describe('worlds that once failed', () => {
  const told = new Set<string>();
  const outcomes = new Map<string, Outcome>();

  it.each(everyNth(NAMED_SEEDS, 13))('$seed: $what', async ({ seed, delivery = false }) => {
    const key = `${seed} ${delivery}`;
    const outcome = outcomes.get(key) ?? (await checkSeed(seed, folder, delivery ? null : WITHOUT_LOSSES));
    outcomes.set(key, outcome);
    expect(unknownLies(outcome)).toEqual([]);
    for (const { rule, kind } of outcome.lies) told.add(`${rule} ${kind}`);
  });

  it('still tell every kind of lie that is excused: what is mended is excused no more', () => {
    const excused = KNOWN_KINDS.flatMap(({ rule, kinds }) => kinds.map((kind) => `${rule} ${kind}`));
    expect(excused.filter((one) => !told.has(one))).toEqual([]);
  });
});
