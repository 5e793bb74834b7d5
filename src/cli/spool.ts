// Captures that can be read once only (stdin, pipes) kept in a temporary file: `explain` reads its captures several times.
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isFile } from './inputs.ts';
import { usageError } from './report-error.ts';

export interface Spooled {
  /** Paths that can be read again and again, in the order given. */
  paths: string[];
  /** Removes what was made. */
  remove(): Promise<void>;
}

/** Files stay where they are; pipes and `-` are written to disk first, as they are. */
export async function spoolCaptures(
  captures: readonly string[],
  signal: AbortSignal,
  stdin: Readable = process.stdin,
): Promise<Spooled> {
  if (captures.includes('-') && 'isTTY' in stdin && stdin.isTTY === true)
    throw usageError('-: stdin is a terminal', 'write the packets into a pipe: tcpdump -w - | overlens explain -');
  if (captures.every(staysWhereItIs)) return { paths: [...captures], async remove() {} };
  const folder = await mkdtemp(join(tmpdir(), 'overlens-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const paths: string[] = [];
    for (const [i, path] of captures.entries()) {
      const copy = join(folder, `${i}`);
      if (staysWhereItIs(path)) paths.push(path);
      else {
        await copyTo(copy, path === '-' ? stdin : createReadStream(path), signal);
        paths.push(copy);
      }
    }
    return { paths, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** What is not there is told when it is opened. */
function staysWhereItIs(path: string): boolean {
  return isFile(path) || (path !== '-' && !existsSync(path));
}

/** Ctrl-C ends the copying; what came before it is there. */
async function copyTo(path: string, source: Readable, signal: AbortSignal): Promise<void> {
  try {
    await pipeline(source, createWriteStream(path), { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
