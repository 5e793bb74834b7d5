// What captures are called in a report: a file's name, or its path below the folder of all where others are named alike.
import { escapeText } from '../text/escape.ts';
import { baseName } from '../text/format.ts';

/** By path, escaped. */
export function captureNames(paths: readonly string[]): ReadonlyMap<string, string> {
  const unique = [...new Set(paths)];
  const many = new Map<string, number>();
  for (const path of unique) many.set(baseName(path), (many.get(baseName(path)) ?? 0) + 1);
  const shared = sharedFolder(unique);
  const nameOf = (path: string): string =>
    many.get(baseName(path)) === 1 ? baseName(path) : escapeText(path.slice(shared.length));
  return new Map(unique.map((path) => [path, nameOf(path)]));
}

/** With its slash; empty: none. */
function sharedFolder(paths: readonly string[]): string {
  const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);
  let shared = folderOf(paths[0] ?? '');
  while (shared !== '' && !paths.every((path) => path.startsWith(shared))) shared = folderOf(shared.slice(0, -1));
  return shared;
}
