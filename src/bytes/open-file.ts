// A file by its path: one that the caller gave under this name, else the one on disk.
import { idOnDisk, openOnDisk, openRangesOnDisk, sizeOnDisk } from './disk.ts';
import { givenFile } from './given-files.ts';
import type { OpenedFile, OpenRanges } from './opened-file.ts';

/** Opens a file, a named pipe or a device for reading. Throws E_UNREADABLE. */
export async function openFile(path: string): Promise<OpenedFile> {
  return givenFile(path)?.open() ?? openOnDisk(path);
}

/** Length of a regular file; null for what can be read once only or is not there. Opens nothing: that would wake a pipe. */
export function fileSize(path: string): number | null {
  const given = givenFile(path);
  return given === null ? sizeOnDisk(path) : given.size;
}

/** What tells a file from another one that took its name; null where there is no regular file. */
export function fileId(path: string): string | null {
  const given = givenFile(path);
  return given === null ? idOnDisk(path) : given.id;
}

/** Opens a regular file to read it from several places. Throws E_UNREADABLE. */
export function openRanges(path: string): OpenRanges {
  return givenFile(path)?.ranges() ?? openRangesOnDisk(path);
}

/** The bytes `start .. end-1` of a regular file; fewer when it ends before. Throws E_UNREADABLE. */
export async function readRange(path: string, start: number, end: number): Promise<Uint8Array> {
  const file = openRanges(path);
  try {
    return await file.read(start, end);
  } finally {
    file.close();
  }
}
