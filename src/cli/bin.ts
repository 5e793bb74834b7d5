#!/usr/bin/env node
// The executable. `--version` is answered before anything else is loaded: scripts ask for it often.
import { setFlagsFromString } from 'node:v8';

// Results are made, written and forgotten: a small nursery holds them as well as a large one, in 40 MB less. (MiB)
setFlagsFromString('--max-semi-space-size=4');

const argv = process.argv.slice(2);
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
  const { printVersion } = await import('./print-version.ts');
  process.exitCode = await printVersion();
} else {
  const { run } = await import('./run.ts');
  await run(argv);
}
