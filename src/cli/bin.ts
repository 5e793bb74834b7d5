#!/usr/bin/env node
// The executable. `--version` is answered before anything else is loaded: scripts ask for it often.
import { readVersion } from './version.ts';

const argv = process.argv.slice(2);
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
  process.stdout.write(`${readVersion()}\n`);
} else {
  const { run } = await import('./run.ts');
  await run(argv);
}
