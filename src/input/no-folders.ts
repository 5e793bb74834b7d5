// In place of folders.ts where there is no disk (package.json, `browser`): folders are what given files are called to lie in.
import { filesGivenIn, givenFile } from '../bytes/given-files.ts';

export function isFolder(path: string): boolean {
  return givenFile(path) === null && filesGivenIn(path).length > 0;
}

export function filesInFolder(folder: string): readonly { path: string; below: string; error?: unknown }[] {
  const length = folder.endsWith('/') ? folder.length : folder.length + 1;
  return filesGivenIn(folder).map((path) => ({ path, below: path.slice(length) }));
}
