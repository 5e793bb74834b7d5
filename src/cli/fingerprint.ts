// Hashes of the files a proof rests on, so that it can be checked later that they are the same.
import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import type { Fingerprints } from '../render/verify/verify-files.ts';

/** sha256 of each capture and each file of the snapshot; null for what cannot be read twice (stdin, pipes). One file is open at a time. */
export async function fingerprint(captures: readonly string[], snapshot: readonly string[]): Promise<Fingerprints> {
  const hashes = new Map<string, string | null>();
  for (const path of [...captures, ...snapshot]) if (!hashes.has(path)) hashes.set(path, await hashOf(path));
  const sha256 = (path: string): string | null => hashes.get(path) ?? null;
  return {
    captures: captures.map((path) => ({ path, sha256: sha256(path) })),
    snapshot: snapshot.map((file) => ({ file, sha256: sha256(file) })),
  };
}

async function hashOf(path: string): Promise<string | null> {
  if (path === '-' || statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return null;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
