// In place of disk.ts where there is no disk (package.json, `browser`): every path leads nowhere, and only what was given is there.
import { OverlensError } from '../errors.ts';
import type { OpenedFile, OpenRanges } from './opened-file.ts';

/** Throws E_UNREADABLE, always. */
export async function openOnDisk(path: string): Promise<OpenedFile> {
  throw notGiven(path);
}

export function sizeOnDisk(_path: string): number | null {
  return null;
}

export function idOnDisk(_path: string): string | null {
  return null;
}

/** Throws E_UNREADABLE, always. */
export function openRangesOnDisk(path: string): OpenRanges {
  throw notGiven(path);
}

/** Throws E_UNREADABLE, always. */
export function openStdin(): OpenedFile {
  throw notGiven('-');
}

function notGiven(path: string): OverlensError {
  return new OverlensError('E_UNREADABLE', `${path}: no such file`, {
    hint: 'a browser has no files by path: give { name, content }, or a File',
  });
}
