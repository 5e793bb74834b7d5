// Random clusters in which nothing goes wrong: whatever was captured, wherever, with any clocks, no packet is called lost.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { pathOf } from '../support/path-captures.ts';
import { IS_WHOLE } from '../support/whole-matrix.ts';
import { removeFolder, workFolder } from '../worlds/check/check-world.ts';
import { FEATURES, type FeatureSet } from '../worlds/features.ts';
import { makeWorld, writeWorld } from '../worlds/world.ts';

/** What loses packets, makes captures lose them, or lets a snapshot name the wrong node. */
const TROUBLE = ['fault', 'delivery', 'drops', 'stale'];
const HEALTHY: FeatureSet = new Set(FEATURES.filter((name) => !TROUBLE.includes(name)));
const SEEDS = Array.from({ length: IS_WHOLE ? 24 : 12 }, (_, i) => i + 1);
/** Content behind the snaplen; another NIC; a mirror; clocks of two nodes in one file; a VXLAN header cut in two. */
const NAMED = [143, 272, 215, 33, 218, 664];

const folder = workFolder();
afterAll(() => removeFolder(folder));

it.each([...SEEDS, ...NAMED])('world %i', async (seed) => {
  const own = join(folder, String(seed));
  writeWorld(makeWorld(seed, HEALTHY), own);
  const captures = readdirSync(own).filter((name) => name !== 'topology');
  const report = await pathOf(captures.map((name) => join(own, name)).sort(), join(own, 'topology'));
  expect(report.flows.filter(({ lost }) => lost > 0)).toEqual([]);
});
