// All sources of the program, of tests and of samples, each compiled to a module of its own: processes that run much of it load plain
// modules, where a loader would compile them anew in each, be asked again at every `import()`, and name every function that is made.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import type { ViteUserConfig } from 'vitest/config';
import { ownUrls } from './own-urls.ts';

const ROOT = resolve(import.meta.dirname, '../..');
/** Inside node_modules, so that packages are found from it, and Vitest leaves it to Node. */
const CACHE = join(ROOT, 'node_modules/.cache');
const OF_TESTS = join(CACHE, 'overlens-tests/sources');
const FOLDERS = ['src', 'test', 'samples'];

/** A folder for what `compileSources` makes, for one of several runs at once. */
export function compiledFolder(run: string): string {
  return join(CACHE, run, 'sources');
}

/** The compiled module of a source as `npm test` has it. @param source from the project's folder */
export function compiledForTests(source: string): string {
  return compiledIn(OF_TESTS, source);
}

/** The compiled module of a source. @param folder that it was compiled into */
export function compiledIn(folder: string, source: string): string {
  return join(folder, source.replace(/\.ts$/, '.js'));
}

/**
 * Of a source, relative to the project's folder, its compiled module is at the same place below `folder`, and nothing else is there. What is
 * the same as before is not touched: other runs of tests may be reading it.
 */
export async function compileSources(folder: string): Promise<void> {
  const { outputFiles } = await build({
    write: false,
    absWorkingDir: ROOT,
    entryPoints: FOLDERS.flatMap((top) =>
      readdirSync(join(ROOT, top), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts') && !/\.(test|d)\.ts$/.test(name))
        .map((name) => join(top, name)),
    ),
    outdir: folder,
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
  const compiled = new Set(outputFiles.map(({ path }) => path));
  for (const path of modulesIn(folder)) if (!compiled.has(path)) rmSync(path, { force: true });
  for (const { path, contents } of outputFiles) {
    if (existsSync(path) && readFileSync(path).equals(contents)) continue;
    mkdirSync(dirname(path), { recursive: true });
    const own = `${path}.${process.pid}`;
    writeFileSync(own, contents);
    renameSync(own, path);
  }
}

function modulesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter(({ name }) => name.endsWith('.js')).map(({ parentPath, name }) => join(parentPath, name));
}

/** For Vitest's configuration: what tests import is compiled. What changes later is compiled by the next run: a watching one does not see it. */
export function compiledSources(): NonNullable<ViteUserConfig['plugins']>[number] {
  return {
    name: 'compiled-sources',
    enforce: 'pre',
    configResolved: () => compileSources(OF_TESTS),
    resolveId(source: string, importer: string | undefined) {
      if (importer?.endsWith('.test.ts') !== true || !/^\..*(?<!\.test)\.ts$/.test(source)) return null;
      return compiledForTests(relative(ROOT, resolve(dirname(importer), source)));
    },
  };
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
