// The walker of folders on disk (no-folders.ts in a browser).
import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { givenFile } from '../bytes/given-files.ts';

/** A file in a folder, or why one, or a folder, cannot be read. */
export interface InFolder {
  path: string;
  /** Path below the folder that was named. */
  below: string;
  error?: unknown;
}

export function isFolder(path: string): boolean {
  if (path === '-' || givenFile(path) !== null) return false;
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** Files of a folder and those in it, in order of their names; hidden ones are left out. */
export function filesInFolder(folder: string): Generator<InFolder, void, void> {
  return filesBelow(folder, folder, new Set());
}

/** @param visited folders on the way, to notice links that lead in circles */
function* filesBelow(folder: string, root: string, visited: Set<string>): Generator<InFolder, void, void> {
  let names: string[];
  try {
    const real = realpathSync.native(folder);
    if (visited.has(real)) return;
    visited.add(real);
    names = readdirSync(folder)
      .filter((name) => !name.startsWith('.'))
      .sort();
  } catch (error) {
    yield { path: folder, below: relative(root, folder), error };
    return;
  }
  for (const name of names) {
    const path = join(folder, name);
    const below = relative(root, path);
    try {
      const kind = statSync(path);
      if (kind.isDirectory()) yield* filesBelow(path, root, visited);
      else if (kind.isFile()) yield { path, below };
    } catch (error) {
      yield { path, below, error };
    }
  }
}
