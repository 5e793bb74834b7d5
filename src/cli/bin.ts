#!/usr/bin/env node
// The executable. `--version` is answered before anything else is loaded: scripts ask for it often.
import { keepHeapSmall } from '../pipeline/small-heap.ts';

keepHeapSmall();

const argv = process.argv.slice(2);
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
  const { printVersion } = await import('./print-version.ts');
  process.exitCode = await printVersion();
} else {
  const { run } = await import('./run.ts');
  await run(argv);
}
