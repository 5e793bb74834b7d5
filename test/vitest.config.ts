import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { compiledSources } from './support/compiled-sources.ts';
import { ENGINE_FLAGS } from './support/engine-flags.ts';

export default defineConfig({
  plugins: [compiledSources()],
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/built-program.ts', 'test/support/temporary-folder.ts'],
    // measures the heap, so it runs in a process of its own: npm run allocation
    exclude: process.env['OVERLENS_ALLOCATION'] === '1' ? [] : ['test/allocation.test.ts'],
    execArgv: [...ENGINE_FLAGS],
    testTimeout: 60_000,
    // a busy machine may starve a child process or a browser once
    retry: 1,
    // files share nothing but modules without state of their own: loading them once per worker halves the time
    isolate: false,
    // the default leaves one core idle, which is half of a small machine; more than there are cores, each compiling what the others compile too, take a tenth longer
    maxWorkers: availableParallelism(),
  },
});
