// Hashes of the files a proof rests on, so that it can be checked later that they are the same.
import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import type { Fingerprints } from '../render/verify/verify-files.ts';

/** sha256 of each capture and each file of the snapshot; null for what cannot be read twice (stdin, pipes). */
export async function fingerprint(captures: readonly string[], snapshot: readonly string[]): Promise<Fingerprints> {
  return {
    captures: await Promise.all(captures.map(async (path) => ({ path, sha256: await hashOf(path) }))),
    snapshot: await Promise.all(snapshot.map(async (file) => ({ file, sha256: await hashOf(file) }))),
  };
}

async function hashOf(path: string): Promise<string | null> {
  if (path === '-' || statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return null;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
