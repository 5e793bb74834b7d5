// From the process to a command line and back to the process's exit code.
import { EXIT } from './exit-codes.ts';
import { processIo } from './io.ts';
import { NO_PAGER, withoutPagerOption, withPager } from './pager.ts';
import { main } from './program.ts';
import { reportError } from './report-error.ts';

/** Runs the command line on the process's own streams. */
export async function run(argv: readonly string[]): Promise<void> {
  const { io, finish } = withPager(processIo(), !argv.includes(NO_PAGER));
  process.exitCode = await main(withoutPagerOption(argv), io);
  try {
    await finish();
  } catch (error) {
    process.exitCode = await reportError(error, io);
  }
  // Stopped in the middle, stdin may still be open and would keep the process waiting for its writer.
  if (process.exitCode === EXIT.interrupted) process.exit();
}
