// The process of inputs as a bundle: read as single sources, each command would pay for asking the loader again about what it imports.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { ownUrls } from '../support/own-urls.ts';

// inside node_modules, so that packages are found from it; a folder for each run, since several run at once
const CACHE = resolve(import.meta.dirname, '../../node_modules/.cache/overlens-fuzz');

export interface BundledWorker {
  /** Path of the module to fork. */
  path: string;
  remove(): void;
}

export async function bundleWorker(): Promise<BundledWorker> {
  mkdirSync(CACHE, { recursive: true });
  const outdir = mkdtempSync(join(CACHE, 'run-'));
  await build({
    entryPoints: [resolve(import.meta.dirname, 'worker.ts')],
    outdir,
    ...{ bundle: true, splitting: true, format: 'esm', platform: 'node', packages: 'external', logLevel: 'warning' },
    plugins: [ownUrls()],
  });
  return { path: join(outdir, 'worker.js'), remove: () => rmSync(outdir, { recursive: true, force: true }) };
}
