// Captures that can be read once only (stdin, pipes) kept in a temporary file: `explain` reads its captures several times.
import { createReadStream, createWriteStream, existsSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isTar, isZip } from '../../bytes/archive/archive-kind.ts';
import { type ByteSource, PIECE } from '../../bytes/chunk.ts';
import { peekContent } from '../../bytes/decompress.ts';
import { isReadAgain, openPath, peekPath, readStdinFrom } from '../../bytes/open-path.ts';
import { OverlensError } from '../../errors.ts';
import { usageError } from '../report-error.ts';

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
  return isReadAgain(path) || (path !== '-' && !existsSync(path));
}

/** Ctrl-C ends the copying; what came before it is there. */
async function copyTo(path: string, source: Readable, signal: AbortSignal): Promise<void> {
  try {
    await pipeline(source, createWriteStream(path), { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** More than any bundle of captures that somebody pipes: a mistake, or /dev/zero. */
const LARGEST_SPOOL = 64 * 1024 ** 3;
let spooledStdin: string | null = null;

/** An archive on stdin is walked more than once: it is put into a file. All else stays where it is. */
export async function spoolStdinArchive(signal: AbortSignal): Promise<void> {
  if (spooledStdin !== null || process.stdin.isTTY === true) return;
  const { chunk, again } = await peekPath('-');
  const { head } = await peekContent(chunk);
  if (again || (!isTar(head) && !isZip(head))) return;
  spooledStdin = await mkdtemp(join(tmpdir(), 'overlens-'));
  const file = join(spooledStdin, 'stdin');
  const { source } = await openPath('-');
  await copyTo(file, Readable.from(piecesOf(source)), signal);
  readStdinFrom(file);
}

/** Removes what `spoolStdinArchive` made. */
export function removeStdinSpool(): void {
  if (spooledStdin !== null) rmSync(spooledStdin, { recursive: true, force: true });
  spooledStdin = null;
  readStdinFrom(null);
}

async function* piecesOf(source: ByteSource): AsyncGenerator<Uint8Array, void, void> {
  let length = 0;
  for (;;) {
    const piece = new Uint8Array(PIECE);
    const count = await source.read(piece, 0, PIECE);
    if (count === 0) return;
    length += count;
    if (length > LARGEST_SPOOL)
      throw new OverlensError('E_UNREADABLE', `stdin: is an archive of more than ${LARGEST_SPOOL / 1024 ** 3} GiB`, {
        hint: 'unpack it and give the files that matter',
      });
    yield piece.subarray(0, count);
  }
}
