// Captures that can be read once only (stdin, pipes) kept in a temporary file: `explain` reads its captures several times.
import { createWriteStream, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { baseName } from '../../attribution/points/points-input.ts';
import { isTar, isZip } from '../../bytes/archive/archive-kind.ts';
import { type ByteSource, PIECE } from '../../bytes/chunk.ts';
import { peekContent } from '../../bytes/decompress.ts';
import { isReadAgain, openPath, peekPath, readPathFrom } from '../../bytes/open-path.ts';
import type { ByteStream } from '../../bytes/opened-file.ts';
import { stoppable } from '../../bytes/stoppable.ts';
import { OverlensError } from '../../errors.ts';
import { untilStopped } from '../io.ts';
import { outputError } from '../output-error.ts';
import { usageError } from '../report-error.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from './temporary-folders.ts';

/** More than anybody pipes into a command that keeps it: a mistake, or a capture that never ends. */
const LARGEST_SPOOL = 16 * 1024 ** 3;

export interface Spooled {
  /** Paths that can be read again and again, in the order given. */
  paths: string[];
  /** Removes what was made. */
  remove(): Promise<void>;
}

/**
 * Files stay where they are; pipes and `-` are written to disk first, as they are.
 * @throws OverlensError E_UNREADABLE for more than can be kept, E_OUTPUT where the disk is full
 */
export async function spoolCaptures(
  captures: readonly string[],
  signal: AbortSignal,
  { stdin, most = LARGEST_SPOOL, name = 'stdin' }: { stdin?: ByteStream; most?: number; name?: string } = {},
): Promise<Spooled> {
  const input = stdin ?? process.stdin;
  if (captures.includes('-') && 'isTTY' in input && input.isTTY === true)
    throw usageError('-: stdin is a terminal', 'write the packets into a pipe: tcpdump -w - | overlens explain -');
  if (captures.every(staysWhereItIs)) return { paths: [...captures], async remove() {} };
  const folder = makeTemporaryFolder();
  const remove = async (): Promise<void> => removeTemporaryFolder(folder);
  try {
    const paths: string[] = [];
    for (const [i, path] of captures.entries()) {
      // under its own name, which may say where it was taken
      const called = path === '-' ? name : path;
      const copy = join(folder, `${i}`, baseName(called));
      if (staysWhereItIs(path)) paths.push(path);
      else {
        const { source } = await untilStopped(openPath(path, path === '-' ? stdin : undefined), signal);
        copies.set(copy, called);
        await copyTo(copy, stoppable(source, signal), { name: called, most });
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
export function staysWhereItIs(path: string): boolean {
  return isReadAgain(path) || (path !== '-' && !existsSync(path));
}

function nameOf(path: string): string {
  return path === '-' ? 'stdin' : path;
}

/** What copies were called where they came from. */
const copies = new Map<string, string>();

/** An error as it is told to people: of a copy by the name of what was given. */
export function withGivenNames(error: unknown): unknown {
  if (!(error instanceof OverlensError)) return error;
  const named = [...copies].reduce((message, [copy, called]) => message.replaceAll(copy, called), error.message);
  return named === error.message ? error : new OverlensError(error.code, named, { hint: error.hint, cause: error });
}

/** Folders of archives that came through pipes, by path. */
const spooled = new Map<string, string>();

/** An archive on stdin or in a pipe is walked more than once: it is put into a file. All else stays where it is. */
export async function spoolArchive(path: string, signal: AbortSignal): Promise<void> {
  const isPipe = path === '-' ? process.stdin.isTTY !== true : statSync(path, { throwIfNoEntry: false })?.isFIFO();
  if (isPipe !== true || spooled.has(path)) return;
  const { chunk, again } = await untilStopped(peekPath(path), signal);
  const { head } = await untilStopped(peekContent(chunk), signal);
  if (again || (!isTar(head) && !isZip(head))) return;
  const folder = makeTemporaryFolder();
  spooled.set(path, folder);
  const file = join(folder, 'archive');
  const { source } = await openPath(path);
  await copyTo(file, stoppable(source, signal), { name: nameOf(path), most: LARGEST_SPOOL });
  readPathFrom(path, file);
}

/** A capture on stdin that is put into a file while that is read. */
export interface GrowingSpool {
  file: string;
  /** Why nothing more comes: null at the true end, else what the disk refused; undefined while there may be more. */
  readonly end: string | null | undefined;
  /** Waits for that. */
  ended(): Promise<void>;
}

/** Puts stdin into a file as it comes, so that it can be read once more at its end; from now on `-` is that file. */
export async function spoolStdinAlong(signal: AbortSignal): Promise<GrowingSpool> {
  const { source } = await untilStopped(openPath('-'), signal);
  const folder = spooled.get('-') ?? makeTemporaryFolder();
  spooled.set('-', folder);
  const file = join(folder, 'stdin');
  writeFileSync(file, '');
  readPathFrom('-', file);
  let end: string | null | undefined;
  const copying = copyTo(file, stoppable(source, signal), { name: 'stdin', most: LARGEST_SPOOL }).then(
    () => {
      end = null;
    },
    (error: unknown) => {
      end = error instanceof Error ? error.message : String(error);
    },
  );
  return {
    file,
    get end() {
      return end;
    },
    ended: () => copying,
  };
}

/** Removes what `spoolArchive` and `spoolStdinAlong` made, and forgets what copies were called. */
export function removeSpooled(): void {
  for (const [path, folder] of spooled) {
    removeTemporaryFolder(folder);
    readPathFrom(path, null);
  }
  spooled.clear();
  copies.clear();
}

interface SpoolLimit {
  name: string;
  most: number;
}

/** Ctrl-C ends the copying; what came before it is there. What cannot be read further is as good as its end. */
async function copyTo(path: string, source: ByteSource, limit: SpoolLimit): Promise<void> {
  try {
    mkdirSync(dirname(path), { recursive: true });
    await pipeline(Readable.from(piecesOf(source, limit)), createWriteStream(path));
  } catch (error) {
    if (error instanceof OverlensError) throw error;
    throw outputError(error, `${path}: cannot be written`, 'TMPDIR names another directory for temporary files');
  } finally {
    source.close();
  }
}

async function* piecesOf(source: ByteSource, { name, most }: SpoolLimit): AsyncGenerator<Uint8Array, void, void> {
  let length = 0;
  for (;;) {
    const piece = new Uint8Array(PIECE);
    const count = await source.read(piece, 0, PIECE);
    if (count === 0) return;
    length += count;
    if (length > most)
      throw new OverlensError('E_UNREADABLE', `${name}: is more than ${most / 1024 ** 3} GiB, too much to be kept`, {
        hint: 'write it into a file, and give that',
      });
    yield piece.subarray(0, count);
  }
}
