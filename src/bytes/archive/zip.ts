// Opener: zip archives through the package yauzl (web-zip.ts in a browser), by the directory at their end: they must be a file, or be held in memory.
import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { inflateRawSync } from 'node:zlib';
import { type Entry, fromBufferPromise, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from 'yauzl';
import type { StreamFault } from '../chunk.ts';
import type { ByteChunks } from '../iterable-source.ts';
import { type ArchiveMembers, encryptedMembers, memberName } from './archive-member.ts';

/** Bytes, packed and unpacked: a smaller member is unpacked here and now, where a stream and threads for it cost more than it does. */
const SMALL = 256 * 1024;
/** How members are packed. APPNOTE.TXT 4.4.5. */
const STORED = 0;
const DEFLATED = 8;

/** The files of a zip archive: of a file by its path, or of bytes. Encrypted members are left out, and said at the end. */
export async function* zipMembers(archive: string | Uint8Array): ArchiveMembers {
  let opened: OpenedZip | null = null;
  const locked: string[] = [];
  try {
    opened = await (typeof archive === 'string' ? openFile(archive) : openBytes(archive));
    const { zip } = opened;
    for await (const entry of zip.eachEntry()) {
      const name = memberName(nameOf(entry));
      if (name === null || isLink(entry)) continue;
      if (entry.isEncrypted()) {
        locked.push(name);
        continue;
      }
      const time = entry.getLastModDate().getTime();
      const modified = Number.isNaN(time) ? null : time;
      const content = await smallContent(entry, opened);
      if (content !== null) {
        yield { name, modified, chunks: only(content) };
        continue;
      }
      const stream = await zip.openReadStreamPromise(entry);
      // errors reach who reads; who does not read must not be hit by them
      stream.on('error', () => {});
      yield { name, modified, chunks: stream[Symbol.asyncIterator]() };
      stream.destroy();
    }
    return locked.length === 0 ? null : encryptedMembers(locked);
  } catch (cause) {
    return damaged(cause);
  } finally {
    opened?.zip.close();
  }
}

interface OpenedZip {
  zip: ZipFile;
  /** Bytes of it, here and now; fewer where it ends. */
  read(position: number, length: number): Uint8Array;
}

// names as bytes: a name that climbs is renamed, not an end of everything
const OPTIONS = { lazyEntries: true, autoClose: false, decodeStrings: false };

async function openBytes(bytes: Uint8Array): Promise<OpenedZip> {
  const zip = await fromBufferPromise(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), OPTIONS);
  return { zip, read: (position, length) => bytes.subarray(position, position + length) };
}

async function openFile(path: string): Promise<OpenedZip> {
  const reader = new FileReader(path);
  try {
    const zip = await fromRandomAccessReaderPromise(reader, reader.size, OPTIONS);
    return { zip, read: (position, length) => reader.readNow(new Uint8Array(length), position) };
  } catch (cause) {
    reader.close();
    throw cause;
  }
}

/** A file as yauzl reads it: its many short reads here and now, others as a stream. Closed by yauzl when nothing reads on. */
class FileReader extends RandomAccessReader {
  readonly size: number;
  readonly #path: string;
  readonly #file: number;

  constructor(path: string) {
    super();
    this.#path = path;
    this.#file = openSync(path, 'r');
    this.size = fstatSync(this.#file).size;
  }

  readNow(target: Uint8Array, position: number): Uint8Array {
    let count = 0;
    for (let got = -1; count < target.length && got !== 0; count += got)
      got = readSync(this.#file, target, count, target.length - count, position + count);
    return target.subarray(0, count);
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, count?: number) => void,
  ): void {
    // not at once: others, and Ctrl-C, have their turn between the entries of a long directory
    setImmediate(() => {
      try {
        callback(null, this.readNow(buffer.subarray(offset, offset + length), position).length);
      } catch (error) {
        callback(error as Error);
      }
    });
  }

  override _readStreamForRange(start: number, end: number): Readable {
    // with a descriptor of its own, which it closes
    return createReadStream(this.#path, { start, end: end - 1 });
  }

  override close(callback?: (error: Error | null) => void): void {
    closeSync(this.#file);
    if (callback !== undefined) setImmediate(callback, null);
  }
}

/** The content of a small member; null for others, and where it is not what the directory says of it: a stream says how far it goes. */
async function smallContent(entry: Entry, { zip, read }: OpenedZip): Promise<Uint8Array | null> {
  const { compressedSize, uncompressedSize, compressionMethod } = entry;
  if (compressedSize > SMALL || uncompressedSize > SMALL) return null;
  if (compressionMethod !== STORED && compressionMethod !== DEFLATED) return null;
  try {
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
    const packed = read(fileDataStart, compressedSize);
    if (packed.length < compressedSize) return null;
    const content =
      compressionMethod === STORED
        ? packed
        : inflateRawSync(packed, { maxOutputLength: Math.max(1, uncompressedSize) });
    return content.length === uncompressedSize ? content : null;
  } catch {
    return null;
  }
}

async function* only(content: Uint8Array): ByteChunks & AsyncGenerator<Uint8Array, null, void> {
  if (content.length > 0) yield content;
  return null;
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
