// What `--index` cannot be of.

import { existsSync } from 'node:fs';
import { fileOf, isReadAgain } from '../../bytes/open-path.ts';
import { captureName } from '../../capture/capture-errors.ts';
import { usageError } from '../report-error.ts';

/** Throws bad usage for captures that can be read once only: nobody could tell later whether they are the same. */
export function checkIndexed(index: string | null, captures: readonly string[]): void {
  if (index === null) return;
  // what is not there is told by its reader
  const once = captures.find((path) => path === '-' || (!isReadAgain(path) && existsSync(fileOf(path))));
  if (once === undefined) return;
  throw usageError(
    `--index ${index}: ${captureName(once)} can be read once only`,
    'an index is of files: write the capture into one first (tcpdump -w FILE)',
  );
}
