// The program built from the sources that are tested, once for a run of the tests: started as a process of its own it is there at once,
// where compiling the sources each time takes a second.
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

// two folders above the program is a package.json, and above that what it depends on, as where it is installed
const HOME = resolve(import.meta.dirname, '../../node_modules/.cache/overlens-tests');

/** For `spawn(process.execPath, [PROGRAM, ...argv])`. */
export const PROGRAM = `${HOME}/dist/cli/bin.js`;

/** The page beside it. */
export const PAGE = `${HOME}/dist/overlens.html`;

/** Vitest's global setup. */
export async function setup(): Promise<void> {
  mkdirSync(HOME, { recursive: true });
  copyFileSync('package.json', `${HOME}/package.json`);
  const run = (script: string, ...more: string[]): Promise<unknown> =>
    promisify(execFile)('npm', ['run', '--silent', script, '--', ...more]);
  await Promise.all([run('bundle', `--outdir=${HOME}/dist`), run('bundle:page', PAGE)]);
}
