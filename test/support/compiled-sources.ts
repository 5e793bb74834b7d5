// Everything that tests import, compiled once for a run of them: each worker loads it as plain modules, where a loader would compile it
// anew in each, be asked again at every `import()`, and name every function that is made. The test files themselves are Vitest's.
import { readdirSync, rmSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import type { ViteUserConfig } from 'vitest/config';
import { ownUrls } from './own-urls.ts';

const ROOT = resolve(import.meta.dirname, '../..');
// inside node_modules, so that packages are found from it, and Vitest leaves it to Node
const COMPILED = join(ROOT, 'node_modules/.cache/overlens-tests/sources');
const FOLDERS = ['src', 'test', 'samples'];

/** For Vitest's configuration. What changes later is compiled by the next run: a watching one does not see it. */
export function compiledSources(): NonNullable<ViteUserConfig['plugins']>[number] {
  return {
    name: 'compiled-sources',
    enforce: 'pre',
    configResolved: compile,
    resolveId(source: string, importer: string | undefined) {
      if (importer?.endsWith('.test.ts') !== true || !/^\..*(?<!\.test)\.ts$/.test(source)) return null;
      return join(COMPILED, relative(ROOT, resolve(dirname(importer), source)).replace(/\.ts$/, '.js'));
    },
  };
}

async function compile(): Promise<void> {
  rmSync(COMPILED, { recursive: true, force: true });
  await build({
    absWorkingDir: ROOT,
    entryPoints: FOLDERS.flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts') && !/\.(test|d)\.ts$/.test(name))
        .map((name) => join(folder, name)),
    ),
    outdir: COMPILED,
    outbase: '.',
    ...{
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20.19',
      packages: 'external',
      logLevel: 'warning',
    },
    plugins: [oneByOne(), ownUrls(['/start-worker.ts'])],
  });
}

/** Each source is a module of its own, as it is without bundling; only the names of those that it imports are new. */
function oneByOne(): Plugin {
  return {
    name: 'one-by-one',
    setup(build) {
      build.onResolve({ filter: /^\.{1,2}\/.*\.ts$/ }, ({ path, kind }) =>
        kind === 'entry-point' ? undefined : { path: path.replace(/\.ts$/, '.js'), external: true },
      );
    },
  };
}
