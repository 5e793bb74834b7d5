// Which names and subsets of its snapshot each variant of a capture meets. Everything with everything takes minutes (`npm run matrix`); in
// `npm test` each variant meets one name and one subset, and they take turns, so that a group of captures meets each of them, and no
// three of them are never met together in any group. Of a group of
// several captures all together meet one variant, one of them alone the next.
import { createHash } from 'node:crypto';

export const NAMINGS = ['own', 'meaningless', 'misleading'] as const;
export type Naming = (typeof NAMINGS)[number];

export type Combination = readonly [Naming, readonly string[]];

/** Which captures of a group: all together, or the one at `index` of `of`. */
export interface Share {
  index: number;
  of: number;
}

/** Where turns begin for a group: far apart for groups whose names are alike. */
export function turnOf(group: string): number {
  return createHash('sha1').update(group).digest().readUInt32BE();
}

/** Everything with everything. */
export function everyCombination(subsets: readonly (readonly string[])[]): Combination[] {
  return NAMINGS.flatMap((naming) => subsets.map((subset) => [naming, subset] as const));
}

/**
 * What the captures as they are meet, beginning with their own names and all of the snapshot: every subset, and every name with all and
 * with nothing. Files alone meet the other subsets between them.
 * @param subsets everything first, then nothing
 * @param turn of the group
 */
export function asTheyAre(
  subsets: readonly (readonly string[])[],
  turn: number,
  share: Share | null,
): readonly Combination[] {
  const [all = [], none = all] = subsets;
  if (share === null)
    return [
      ...subsets.map((subset) => ['own', subset] as const),
      ...NAMINGS.slice(1).flatMap((naming) => [...new Set([all, none])].map((subset) => [naming, subset] as const)),
    ];
  const own = subsets.filter((_, i) => i > 0 && i % share.of === share.index);
  return [
    ['own', all],
    ...own.map((subset, i) => [NAMINGS[(turn + share.index + i) % NAMINGS.length] ?? 'own', subset] as const),
  ];
}

/** Whether those captures meet the `n`th variant: all of a group together meet each second one, files alone meet the others between them. */
export function meetsVariant(turn: number, share: Share | null, n: number): boolean {
  if (n === 0) return true;
  const at = Math.floor((Math.floor(turn / 64) + n) / 2);
  // another digit of the turn than those of names and subsets
  const isTogether = (Math.floor(turn / 64) + n) % 2 === 0;
  return share === null ? isTogether : !isTogether && at % share.of === share.index;
}

/** What the `n`th variant of those captures meets. */
export function inTurn(
  subsets: readonly (readonly string[])[],
  turn: number,
  share: Share | null,
  n: number,
): Combination {
  const at = n + (share === null ? 0 : share.index + 1);
  const naming = NAMINGS[(turn + at) % NAMINGS.length] ?? 'own';
  // other digits of the turn: over many groups every name meets every subset
  const subset = subsets[(Math.floor(turn / NAMINGS.length) + at) % subsets.length] ?? [];
  return [naming, subset];
}
