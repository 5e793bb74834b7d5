// Inputs as they are put into a page: every file of them by name, compressed.
import { readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { PackedFile } from '../../browser/embedded-files.ts';
import { numberedName } from '../../browser/numbered-name.ts';
import { joinErrors, OverlensError } from '../../errors.ts';
import { filesInFolder, isFolder } from '../../input/folders.ts';
import { formatBytes } from '../../render/text/format.ts';
import { usageError } from '../report-error.ts';

/** Bytes of files in a page: with more, browsers take long to open it, or do not. */
export const MOST_EMBEDDED = 128_000_000;

export interface InputFile {
  /** Files of a folder are named by it. */
  name: string;
  path: string;
}

/**
 * The files of all inputs, under names of their own.
 * @param most bytes of all of them
 * @throws OverlensError E_UNREADABLE for what is not there, E_USAGE for more than fit
 */
export function inputFiles(inputs: readonly string[], most = MOST_EMBEDDED): InputFile[] {
  const problems: OverlensError[] = [];
  const taken = new Set<string>();
  const files = [...new Set(inputs)].flatMap((input): InputFile[] => {
    const name = freeName(basename(resolve(input)), taken);
    taken.add(name);
    if (!isFolder(input)) return [{ name, path: input }];
    return [...filesInFolder(input)].map(({ path, below }) => ({ name: `${name}/${below}`, path }));
  });
  let bytes = 0;
  for (const { path } of files) {
    const size = sizeOf(path);
    if (typeof size === 'number') bytes += size;
    else problems.push(size);
  }
  const [first, ...more] = problems;
  if (first !== undefined) throw joinErrors([first, ...more]);
  if (bytes > most)
    throw usageError(
      `${formatBytes(bytes)} are too much for one page, which holds ${formatBytes(most)}`,
      'drop the files on the page itself, which reads them piece by piece: overlens view --open',
    );
  return files;
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let number = 2; taken.has(free); number++) free = numberedName(name, number);
  return free;
}

function sizeOf(path: string): number | OverlensError {
  try {
    return statSync(path).size;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'no such file' : code === 'EACCES' ? 'permission denied' : message;
    return new OverlensError('E_UNREADABLE', `${path}: ${reason}`, { cause: error });
  }
}

/** One after the other: no more than one is in memory. @throws OverlensError E_UNREADABLE */
export function* packedFiles(files: readonly InputFile[]): Generator<PackedFile> {
  for (const { name, path } of files) {
    let bytes: Uint8Array;
    try {
      bytes = readFileSync(path);
    } catch (error) {
      throw new OverlensError('E_UNREADABLE', `${path}: ${(error as Error).message}`, { cause: error });
    }
    // captures shrink to a third at the first level already, and waiting for the next costs more than it saves
    yield { name, base64: gzipSync(bytes, { level: 1 }).toString('base64') };
  }
}
