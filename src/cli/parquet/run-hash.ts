// What rows hang on beside their capture, as one hash: with another snapshot, other options or another version a capture is traced again.
import { createHash } from 'node:crypto';
import type { Topology } from '../../topology/model.ts';
import type { CommonOptions } from '../declare/trace-options.ts';
import { fingerprint, fingerprintBundles } from '../inputs/fingerprint.ts';
import { readVersion } from '../version.ts';

export interface RunFacts {
  cluster: string;
  /** Hashes of the captures that were traced as one; null: each by itself. */
  together: readonly string[] | null;
}

export async function runHash(
  options: CommonOptions,
  topology: Topology | null,
  { cluster, together }: RunFacts,
): Promise<string> {
  const snapshot = await fingerprint(topology?.files ?? []);
  const bundles = await fingerprintBundles(snapshot);
  const hashes = [...snapshot, ...bundles].map(({ sha256 }) => sha256).filter((one) => one !== null);
  const { pipeline, places, filterText, state } = options;
  // how many threads decode changes no result
  const { workers: _workers, ...asked } = pipeline;
  const facts = {
    ...{ version: readVersion(), cluster, together: together === null ? null : [...together].sort() },
    ...{ snapshot: hashes.sort(), state, asked, places, filterText },
  };
  return sha256Of(JSON.stringify(facts));
}

/** Of each capture, by its path: of a file its bytes, of a member of an archive the archive's and its name; null where it cannot be read. */
export async function captureHashes(paths: readonly string[]): Promise<(string | null)[]> {
  const files = await fingerprint(paths);
  const archives = await fingerprintBundles(files);
  return files.map(({ path, sha256, bundle }) => {
    if (bundle === undefined) return sha256;
    const archive = archives.find((one) => one.path === bundle)?.sha256 ?? null;
    return archive === null ? null : sha256Of(`${archive}!${path.slice(bundle.length)}`);
  });
}

function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
