// Test files of a tree as bundles, made anew in a moment when a source changes, and run by plain node (runner.ts): a change that they
// notice is known in a tenth of the time that vitest takes to begin.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BuildContext, context } from 'esbuild';
import { ownUrls } from '../support/own-urls.ts';
import { type Answer, run } from './tree.ts';

const OUT = 'bundled';
const RUNNER = 'test/mutants/runner.ts';

export interface Bundled {
  /** The test files that pass as bundles without any change. */
  files: ReadonlySet<string>;
  /** Makes the bundles anew and runs them until a test fails; `code` is 1 then, or where the changed source is none, and null after `limit` ms. */
  run(files: readonly string[], limit: number | null): Promise<Answer>;
  close(): Promise<void>;
}

/** @param candidates test files, by their paths in the tree */
export async function bundleTests(tree: string, candidates: readonly string[]): Promise<Bundled> {
  const made = await contextOf(tree, candidates);
  await made.rebuild();
  const bundleOf = (file: string): string => join(tree, OUT, file.replace(/\.ts$/, '.js'));
  const call = (script: string, files: readonly string[], limit: number | null): Promise<Answer> => {
    const runner = JSON.stringify(pathToFileURL(bundleOf(RUNNER)).href);
    const module = `const { passes, passing } = await import(${runner}); const files = process.argv.slice(1); ${script}`;
    return run(tree, ['--input-type=module', '-e', module, ...files.map(bundleOf)], limit);
  };
  const script = `process.stdout.write('\\n' + JSON.stringify(await passing(files)), () => process.exit(0));`;
  const { text } = await call(script, candidates, null);
  const passed = new Set(JSON.parse(text.split('\n').at(-1) ?? '[]') as string[]);
  return {
    files: new Set(candidates.filter((file) => passed.has(bundleOf(file)))),
    async run(files, limit) {
      try {
        await made.rebuild();
      } catch {
        return { code: 1, text: '', ms: 0 };
      }
      return call('process.exit((await passes(files)) ? 0 : 1);', files, limit);
    },
    close: () => made.dispose(),
  };
}

function contextOf(tree: string, tests: readonly string[]): Promise<BuildContext> {
  return context({
    absWorkingDir: tree,
    entryPoints: [...tests, RUNNER],
    outdir: OUT,
    outbase: '.',
    ...{ bundle: true, splitting: true, format: 'esm', platform: 'node', packages: 'external', logLevel: 'silent' },
    alias: { vitest: join(tree, RUNNER) },
    plugins: [ownUrls()],
  });
}
