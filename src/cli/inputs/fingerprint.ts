// Hashes of the files a proof rests on, so that it can be checked later that they are the same.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { fileOf, isReadAgain } from '../../bytes/open-path.ts';
import type { FileHash } from '../../render/verify/evidence.ts';

/** sha256 of each file, of a member of an archive the archive's; null for what cannot be read twice (stdin, pipes) or is not there. One file is open at a time. */
export async function fingerprint(paths: readonly string[]): Promise<FileHash[]> {
  const hashes = new Map<string, string | null>();
  for (const path of paths) if (!hashes.has(path)) hashes.set(path, await hashOf(path));
  return paths.map((path) => ({ path, sha256: hashes.get(path) ?? null }));
}

/** One hash for all: of the lines that `sha256sum` prints of them. */
export function digestOf(files: readonly FileHash[]): string {
  const lines = files.flatMap(({ path, sha256 }) => (sha256 === null ? [] : [`${sha256}  ${path}\n`]));
  return createHash('sha256').update(lines.join('')).digest('hex');
}

async function hashOf(path: string): Promise<string | null> {
  if (path === '-' || !isReadAgain(path)) return null;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(fileOf(path))) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
