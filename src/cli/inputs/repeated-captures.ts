// Captures that were given twice: the same file, the same bytes, or what is a copy or cut by its packets.
import { realpathSync } from 'node:fs';
import { fileSize } from '../../bytes/open-file.ts';
import { isReadAgain } from '../../bytes/open-path.ts';
import { addUnder } from '../../net/multi-map.ts';
import { type Repeated, relationOf, repeatedCuts } from '../../packets/repeated-cuts.ts';
import { fingerprint } from './fingerprint.ts';

/**
 * @param places paths that the user says the place of: nothing but the same file is the same there
 * @returns what counts no more
 */
export async function repeatedCaptures(captures: readonly string[], places: readonly string[]): Promise<Repeated[]> {
  const found = sameFiles(captures);
  const left = (): string[] =>
    captures.filter((path) => isReadAgain(path) && !places.includes(path) && !found.some((one) => one.path === path));
  found.push(...(await copies([...new Set(left())])));
  found.push(...(await repeatedCuts(left())));
  return found;
}

function sameFiles(captures: readonly string[]): Repeated[] {
  const known = new Map<string, string>();
  return captures.flatMap((path): Repeated[] => {
    if (fileSize(path) === null) return [];
    const real = realpathSync.native(path);
    const first = known.get(real);
    if (first === undefined) known.set(real, path);
    return first === undefined || first === path ? [] : [{ path, of: first, is: 'the same file as' }];
  });
}

/** The same bytes, with a packet at least. */
async function copies(captures: readonly string[]): Promise<Repeated[]> {
  const bySize = new Map<number, string[]>();
  for (const path of captures) {
    const size = fileSize(path) ?? 0;
    addUnder(bySize, size, path);
  }
  const found: Repeated[] = [];
  for (const paths of bySize.values()) {
    if (paths.length < 2) continue;
    const known = new Map<string, string>();
    for (const { path, sha256 } of await fingerprint(paths)) {
      const first = sha256 === null ? undefined : known.get(sha256);
      if (sha256 !== null && first === undefined) known.set(sha256, path);
      if (first !== undefined && (await relationOf(path, first)) !== null)
        found.push({ path, of: first, is: 'a copy of' });
    }
  }
  return found;
}
