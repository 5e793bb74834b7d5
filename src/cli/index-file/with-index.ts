// An index for the time of a command.

import type { CommonOptions } from '../declare/trace-options.ts';
import type { Io } from '../io.ts';
import { printProblem } from '../report-error.ts';
import { readVersion } from '../version.ts';
import { checkIndexed } from './check-indexed.ts';
import type { IndexFile } from './index-file.ts';

/** Runs something with the index that is asked for, null without; then writes it, and says what it could not do. Throws bad usage. */
export async function withIndex<T>(
  { index, captures }: Pick<CommonOptions, 'index' | 'captures'>,
  io: Io,
  run: (kept: IndexFile | null) => Promise<T>,
): Promise<T> {
  if (index === null) return run(null);
  checkIndexed(index, captures);
  const { IndexFile } = await import('./index-file.ts');
  const kept = new IndexFile(index, readVersion());
  try {
    return await run(kept);
  } finally {
    kept.close();
    for (const note of kept.notes) await printProblem(io, `--index ${index}: ${note}`, null);
  }
}
