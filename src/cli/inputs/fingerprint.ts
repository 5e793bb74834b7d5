// Hashes of the files a proof rests on, so that it can be checked later that they are the same.
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { MEMBER_MARK } from '../../bytes/archive/walk-members.ts';
import { fileOf, isReadAgain } from '../../bytes/open-path.ts';
import type { BundleHash, FileHash } from '../../render/verify/evidence.ts';
import { staysWhereItIs } from './spool.ts';

/**
 * sha256 of each file; null for what cannot be read twice (stdin, pipes), is not there, or is in an archive: that has the hash
 * (`fingerprintBundles`). One file is open at a time.
 */
export async function fingerprint(paths: readonly string[]): Promise<FileHash[]> {
  const hashes = new Map<string, string | null>();
  const bundles = new Map(paths.map((path) => [path, bundleOf(path)]));
  for (const path of paths)
    if (!hashes.has(path)) hashes.set(path, bundles.get(path) === null ? await hashOf(path) : null);
  return paths.map((path) => {
    const [sha256, bundle] = [hashes.get(path) ?? null, bundles.get(path) ?? null];
    if (bundle !== null) return { path, sha256, bundle };
    return { path, sha256, ...(sha256 === null && staysWhereItIs(path) ? { unread: true } : {}) };
  });
}

/** The archives that files are in, each once, with what of it was read. */
export async function fingerprintBundles(files: readonly FileHash[]): Promise<BundleHash[]> {
  const members = new Map<string, Set<string>>();
  for (const { path, bundle } of files) {
    if (bundle === undefined) continue;
    members.set(bundle, (members.get(bundle) ?? new Set()).add(path.slice(bundle.length + MEMBER_MARK.length)));
  }
  const hashes: BundleHash[] = [];
  for (const [path, used] of members) hashes.push({ path, sha256: await hashOf(path), members: [...used].sort() });
  return hashes;
}

/** The archive that a path leads into; null for a file by itself. Of stdin there is no file to hash later. */
function bundleOf(path: string): string | null {
  if (path.startsWith(`-${MEMBER_MARK}`)) return '-';
  const file = fileOf(path);
  return file === path ? null : file;
}

/** Bytes hashed at a time. */
const PIECE = 1 << 20;
/** The place for them, kept: a new one for each file would keep the garbage collector busy. */
let spare: Uint8Array | null = null;

/** One hash for all: of the lines that `sha256sum` prints of them. */
export function digestOf(files: readonly FileHash[]): string {
  const lines = files.flatMap(({ path, sha256 }) => (sha256 === null ? [] : [`${sha256}  ${path}\n`]));
  return createHash('sha256').update(lines.join('')).digest('hex');
}

async function hashOf(path: string): Promise<string | null> {
  if (path === '-' || !isReadAgain(path)) return null;
  const hash = createHash('sha256');
  const piece = spare ?? new Uint8Array(PIECE);
  spare = null;
  try {
    const file = await open(fileOf(path));
    try {
      for (let count = -1; count !== 0; ) {
        count = (await file.read(piece, 0, PIECE)).bytesRead;
        hash.update(piece.subarray(0, count));
      }
    } finally {
      await file.close();
    }
  } catch {
    // what may not be read is told by its reader
    return null;
  } finally {
    spare = piece;
  }
  return hash.digest('hex');
}
