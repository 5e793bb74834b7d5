// zip archives through the package yauzl (web-zip.ts in a browser), by the directory at their end: they must be a file, or be held in memory.
import { type Entry, fromBufferPromise, openPromise, type ZipFile } from 'yauzl';
import type { StreamFault } from '../chunk.ts';
import { type ArchiveMembers, encryptedMembers, memberName } from './archive-member.ts';

/** The files of a zip archive: of a file by its path, or of bytes. Encrypted members are left out, and said at the end. */
export async function* zipMembers(archive: string | Uint8Array): ArchiveMembers {
  let zip: ZipFile | null = null;
  const locked: string[] = [];
  // names as bytes: a name that climbs is renamed, not an end of everything
  const options = { lazyEntries: true, autoClose: false, decodeStrings: false };
  try {
    zip = await (typeof archive === 'string'
      ? openPromise(archive, options)
      : fromBufferPromise(Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength), options));
    for await (const entry of zip.eachEntry()) {
      const name = memberName(nameOf(entry));
      if (name === null || isLink(entry)) continue;
      if (entry.isEncrypted()) {
        locked.push(name);
        continue;
      }
      const stream = await zip.openReadStreamPromise(entry);
      // errors reach who reads; who does not read must not be hit by them
      stream.on('error', () => {});
      const time = entry.getLastModDate().getTime();
      yield { name, modified: Number.isNaN(time) ? null : time, chunks: stream[Symbol.asyncIterator]() };
      stream.destroy();
    }
    return locked.length === 0 ? null : encryptedMembers(locked);
  } catch (cause) {
    return damaged(cause);
  } finally {
    zip?.close();
  }
}

/** UTF-8, which nearly all names are, whatever the header says of them. */
function nameOf({ fileName }: Entry): string {
  return Buffer.from(fileName as unknown as Uint8Array).toString('utf8');
}

/** Unix file types stand in the upper half of the external attributes. */
function isLink({ externalFileAttributes }: Entry): boolean {
  return ((externalFileAttributes >>> 28) & 0xf) === 0xa;
}

function damaged(cause: unknown): StreamFault {
  return {
    kind: 'corrupt',
    message: `the zip archive is damaged (${cause instanceof Error ? cause.message : String(cause)})`,
    hint: 'the members before it were read; copy the archive again to get the rest',
    cause,
  };
}
