import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';

export async function runHeaders(_protocols: readonly string[], _raw: unknown, _io: Io): Promise<ExitCode> {
  return EXIT.ok;
}
