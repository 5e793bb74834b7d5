// `overlens --version` by itself, without what commands need.
import { EXIT, type ExitCode } from './exit-codes.ts';
import { processIo, writeAll } from './io.ts';
import { reportError } from './report-error.ts';
import { readVersion } from './version.ts';

/** Prints it; answers the exit code. */
export async function printVersion(): Promise<ExitCode> {
  const io = processIo();
  try {
    await writeAll(io.stdout, [`${readVersion()}\n`]);
    return EXIT.ok;
  } catch (error) {
    return reportError(error, io);
  }
}
