import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/support/built-program.ts',
    // measures the heap, so it runs in a process of its own: npm run allocation
    exclude: process.env['OVERLENS_ALLOCATION'] === '1' ? [] : ['test/allocation.test.ts'],
    // Node itself loads what is no test: every module is compiled once for all workers to come, and faster than by vite
    execArgv: ['--import', 'tsx'],
    server: { deps: { external: [/\/src\/.*\.ts$/, /\/test\/.*(?<!\.test|built-program)\.ts$/] } },
    testTimeout: 60_000,
    // a busy machine may starve a child process or a browser once
    retry: 1,
    // files share nothing but modules without state of their own: loading them once per worker halves the time
    isolate: false,
    // the default leaves one core idle, which is half of a small machine
    maxWorkers: '100%',
  },
});
