// Which file a reading is of: what the file system says of it (device, number, size, when it was changed), and a hash of its content, of all
// of it or of blocks at fixed places. A change that keeps size and both times and touches no such block is not seen; docs/captures.md says so.

import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { fileOf } from '../../bytes/open-path.ts';

/** Files up to so many bytes are hashed whole. */
const WHOLE = 4 * 1024 * 1024;
/** Of larger ones so many blocks of that many bytes: the first, the last, and evenly between. */
const BLOCKS = 64;
const BLOCK = 64 * 1024;
/** A file that was changed so long before it was read may be changed again with the same times, ms: some file systems count in 2 s. */
const MOMENTS = 2000;

export interface CaptureIdentity {
  path: string;
  /** Device, number, size and times, and the member where it is in an archive. */
  file: string;
  /** Hash of the content, as far as it is looked at. */
  sample: string;
}

/** What the file system says; null where there is no regular file. */
export function fileText(path: string): string | null {
  const file = fileOf(path);
  const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
  if (stats?.isFile() !== true) return null;
  const { dev, ino, size, mtimeNs, ctimeNs } = stats;
  return [dev, ino, size, mtimeNs, ctimeNs, path.slice(file.length)].join(' ');
}

/** Whether the file may have been changed within the same moment since: only the whole content would tell. */
export function isFresh(path: string, now: number): boolean {
  const stats = statSync(fileOf(path), { throwIfNoEntry: false });
  return stats === undefined || (stats.size > WHOLE && Math.max(stats.mtimeMs, stats.ctimeMs) > now - MOMENTS);
}

/** Hash of all bytes of a file, or of blocks of it; null where it cannot be read. */
export function sampleOf(path: string): string | null {
  try {
    const file = openSync(fileOf(path), 'r');
    try {
      return hashOf(file, statSync(fileOf(path)).size);
    } finally {
      closeSync(file);
    }
  } catch {
    return null;
  }
}

function hashOf(file: number, size: number): string {
  const hash = createHash('sha256').update(`${size}\n`);
  const block = new Uint8Array(size <= WHOLE ? Math.max(size, 1) : BLOCK);
  const blocks = size <= WHOLE ? 1 : BLOCKS;
  for (let i = 0; i < blocks; i++) {
    const at = blocks === 1 ? 0 : Math.floor(((size - BLOCK) / (BLOCKS - 1)) * i);
    hash.update(block.subarray(0, readAll(file, block, Math.min(block.length, size), at)));
  }
  return hash.digest('hex');
}

/** Bytes read, up to `length`. */
export function readAll(file: number, to: Uint8Array, length: number, at: number): number {
  let got = 0;
  for (let count = -1; count !== 0 && got < length; got += count)
    count = readSync(file, to, got, length - got, at + got);
  return got;
}
