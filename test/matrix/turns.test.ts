// That taking turns leaves nothing out: each group meets every variant, name and subset, and over all groups every variant meets every
// name with every subset.
import { describe, expect, it } from 'vitest';
import { captureVariants } from '../support/capture-variants.ts';
import {
  asTheyAre,
  type Combination,
  everyCombination,
  inTurn,
  meetsVariant,
  NAMINGS,
  turnOf,
} from '../support/matrix-turns.ts';
import { edgeSubsetsOf } from '../support/snapshot-subsets.ts';

const SUBSETS = edgeSubsetsOf(['pods', 'ip-link', 'ip-route', 'ip-neigh', 'bridge-fdb']);
const VARIANTS = captureVariants(() => true, false).length;
const text = ([naming, subset]: Combination): string => `${naming} [${subset.join(' ')}]`;

/** What a group of so many files meets, by variant: files alone, then all together. */
function metBy(group: string, files: number): Combination[][] {
  const turn = turnOf(group);
  const alone = files === 1 ? [] : Array.from({ length: files }, (_, index) => ({ index, of: files }));
  const shares = [...alone, null];
  const others = Array.from({ length: VARIANTS - 1 }, (_, i) => i + 1);
  return [
    shares.flatMap((share) => [...asTheyAre(SUBSETS, turn, share)]),
    ...others.map((n) =>
      shares.filter((share) => meetsVariant(turn, share, n)).map((share) => inTurn(SUBSETS, turn, share, n)),
    ),
  ];
}

describe('turns', () => {
  it('have no two subsets that are one', () => {
    expect(new Set(SUBSETS.map((subset) => subset.join())).size).toBe(2 + 2 * 5);
    expect(everyCombination(SUBSETS).length).toBe(3 * SUBSETS.length);
  });

  it.each([1, 2, 3, 10])('let a group of %i captures meet every name and every subset', (files) => {
    for (let group = 0; group < 100; group++) {
      const [original = [], ...variants] = metBy(`group ${group}`, files);
      const own = original.filter(([naming]) => naming === 'own').map(([, subset]) => subset);
      expect(new Set(own)).toEqual(new Set(SUBSETS));
      for (const naming of NAMINGS)
        for (const subset of SUBSETS.slice(0, 2)) expect(original.map(text)).toContain(text([naming, subset]));
      const met = variants.flat();
      expect(new Set(met.map(([naming]) => naming))).toEqual(new Set(NAMINGS));
      expect(new Set(met.map(([, subset]) => subset)).size).toBeGreaterThanOrEqual(SUBSETS.length / 2);
    }
  });

  it('begin each set of captures with their own names and all of the snapshot', () => {
    for (const share of [null, { index: 0, of: 3 }, { index: 2, of: 3 }])
      expect(asTheyAre(SUBSETS, turnOf('any'), share)[0]).toEqual(['own', SUBSETS[0]]);
  });

  it('let all captures of a group together meet one variant, and each of them alone one of the next', () => {
    for (const [n, combinations] of metBy('some group', 3).entries()) if (n > 0) expect(combinations).toHaveLength(1);
    const alone = [0, 1, 2].map((index) => [1, 2, 3, 4, 5, 6].filter((n) => meetsVariant(6 * 64, { index, of: 3 }, n)));
    expect(alone.flat().sort()).toEqual([1, 3, 5]);
    expect(alone.every((met) => met.length === 1)).toBe(true);
  });

  it('leave no variant without any name and subset, over many groups', () => {
    const met = Array.from({ length: VARIANTS }, () => new Set<string>());
    for (let group = 0; group < 500; group++)
      for (const [n, combinations] of metBy(`group ${group}`, 1).entries())
        for (const one of combinations) met[n]?.add(text(one));
    for (const set of met.slice(1)) expect(set.size).toBe(everyCombination(SUBSETS).length);
  });

  it('with nothing that can be left out meet every name', () => {
    const alike = edgeSubsetsOf([]);
    expect(alike).toEqual([[]]);
    expect(asTheyAre(alike, 7, null).map(text)).toEqual(NAMINGS.map((naming) => `${naming} []`));
    expect(new Set([1, 2, 3].map((n) => inTurn(alike, 7, null, n)[0]))).toEqual(new Set(NAMINGS));
  });
});
