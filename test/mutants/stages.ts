// In which order test files are asked about a changed source: the likely and the quick ones first. The order changes nothing of the
// answer, since all are asked until one fails.
import { basename, dirname } from 'node:path';

export interface Stages {
  /** The test that mirrors the source, and those of the same folder that take a second at most. */
  near: string[];
  /** All others, the quickest first. */
  far: string[];
}

/** Of a test file, in ms. */
const QUICK = 1000;

/**
 * The test files under `folders` (each with `/` at its end) for a source, by how long each takes (`times`, in ms, by path).
 */
export function stagesOf(source: string, folders: readonly string[], times: ReadonlyMap<string, number>): Stages {
  const folder = dirname(source).replace(/^src/, 'test');
  const mirror = `${folder}/${basename(source, '.ts')}.test.ts`;
  const files = [...times]

    .filter(([file]) => folders.some((name) => file.startsWith(name)))
    .sort(([, a], [, b]) => a - b);
  const isNear = ([file, ms]: [string, number]): boolean =>
    file === mirror || (dirname(file) === folder && ms <= QUICK);
  const near = files.filter(isNear).map(([file]) => file);
  return {
    near: [...near.filter((file) => file === mirror), ...near.filter((file) => file !== mirror)],
    far: files.filter((file) => !isNear(file)).map(([file]) => file),
  };
}
