// The smallest set of features with which a world still lies in the same way: one feature after the other is left out.
import { checkSeed, type Outcome } from './check/check-world.ts';
import { FEATURES, type Feature } from './features.ts';
import { makeWorld } from './world.ts';

export async function shrinkFeatures(
  seed: number,
  { lies }: Pick<Outcome, 'lies'>,
  folder: string,
): Promise<Feature[]> {
  const [first] = lies;
  let kept = FEATURES.filter((feature) => makeWorld(seed).features.has(feature));
  for (const feature of [...kept]) {
    const fewer = kept.filter((one) => one !== feature);
    const outcome = await checkSeed(seed, folder, new Set(fewer));
    if (outcome.lies.some(({ rule, kind }) => rule === first?.rule && kind === first.kind)) kept = fewer;
  }
  return kept;
}
