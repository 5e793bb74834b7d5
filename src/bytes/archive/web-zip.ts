// zip archives held in memory, where yauzl does not run (in place of zip.ts; package.json, `browser`): by the directory at their end
// (PKWARE's APPNOTE.TXT, sections 4.3 and 4.5.3), stored or deflated.
import type { StreamFault } from '../chunk.ts';
import { type ByteChunks, chunksOf } from '../iterable-source.ts';
import { type ArchiveMembers, encryptedMembers, memberName } from './archive-member.ts';

const END = 0x06054b50;
const END_LENGTH = 22;
const LONGEST_COMMENT = 0xffff;
const ENTRY = 0x02014b50;
const ENTRY_LENGTH = 46;
const LOCAL = 0x04034b50;
const LOCAL_LENGTH = 30;
const STORED = 0;
const DEFLATED = 8;

interface Entry {
  name: string;
  isEncrypted: boolean;
  isLink: boolean;
  method: number;
  modified: number | null;
  /** Bytes as they stand in the archive. */
  compressed: Uint8Array<ArrayBuffer>;
  length: number;
}

/** The files of a zip archive. Encrypted members are left out, and said at the end. */
export async function* zipMembers(archive: string | Uint8Array): ArchiveMembers {
  if (typeof archive === 'string') return damaged('it is not in memory');
  const locked: string[] = [];
  try {
    for (const entry of entriesOf(archive)) {
      const name = memberName(entry.name);
      if (name === null || entry.isLink) continue;
      if (entry.isEncrypted) locked.push(name);
      else yield { name, modified: entry.modified, chunks: contentOf(entry) };
    }
    return locked.length === 0 ? null : encryptedMembers(locked);
  } catch (cause) {
    return damaged(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function* entriesOf(archive: Uint8Array): Generator<Entry, void, void> {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.length);
  const end = endOf(view);
  const entries = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if (entries === 0xffff || at === 0xffffffff) throw new Error('it is a zip64 archive: unpack it first');
  for (let i = 0; i < entries; i++) {
    if (at + ENTRY_LENGTH > view.byteLength || view.getUint32(at, true) !== ENTRY)
      throw new Error(`its directory is cut off at entry ${i + 1} of ${entries}`);
    yield entryAt(archive, view, at);
    at += ENTRY_LENGTH + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
}

/** The record that ends the directory, looked for from the end: a comment may stand behind it. */
function endOf(view: DataView): number {
  const last = view.byteLength - END_LENGTH;
  for (let at = last; at >= 0 && at >= last - LONGEST_COMMENT; at--) {
    if (view.getUint32(at, true) === END && at + END_LENGTH + view.getUint16(at + 20, true) === view.byteLength)
      return at;
  }
  throw new Error('its end is not there');
}

function entryAt(archive: Uint8Array, view: DataView, at: number): Entry {
  const nameLength = view.getUint16(at + 28, true);
  const name = new TextDecoder().decode(archive.subarray(at + ENTRY_LENGTH, at + ENTRY_LENGTH + nameLength));
  const local = view.getUint32(at + 42, true);
  if (local + LOCAL_LENGTH > view.byteLength || view.getUint32(local, true) !== LOCAL)
    throw new Error(`${name} is not where its directory says`);
  const start = local + LOCAL_LENGTH + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  const length = view.getUint32(at + 20, true);
  if (start + length > view.byteLength) throw new Error(`${name} is cut off`);
  return {
    name,
    isEncrypted: (view.getUint16(at + 8, true) & 1) !== 0,
    // Unix file types stand in the upper half of the external attributes
    isLink: view.getUint8(at + 5) === 3 && ((view.getUint32(at + 38, true) >>> 28) & 0xf) === 0xa,
    method: view.getUint16(at + 10, true),
    modified: dosTime(view.getUint16(at + 14, true), view.getUint16(at + 12, true)),
    compressed: archive.slice(start, start + length) as Uint8Array<ArrayBuffer>,
    length: view.getUint32(at + 24, true),
  };
}

/** Local time of who knows where, as everybody reads it: that of the machine that reads. */
function dosTime(date: number, time: number): number | null {
  if (date === 0) return null;
  const day = [(date >> 9) + 1980, ((date >> 5) & 0xf) - 1, date & 0x1f] as const;
  return new Date(...day, time >> 11, (time >> 5) & 0x3f, (time & 0x1f) * 2).getTime();
}

/** What a member was; more than its directory says is damage, so that nothing grows for ever. */
async function* contentOf({
  name,
  method,
  compressed,
  length,
}: Entry): AsyncGenerator<Uint8Array, StreamFault | null, void> {
  if (method === STORED) {
    yield compressed;
    return compressed.length === length ? null : damaged(`${name} is ${compressed.length} bytes, not ${length}`);
  }
  if (method !== DEFLATED) return damaged(`${name} is compressed by method ${method}, which is not read`);
  let got = 0;
  const chunks: ByteChunks = chunksOf(inflated(compressed));
  try {
    for (;;) {
      const { done, value } = await chunks.next();
      if (done === true) break;
      got += value.length;
      if (got > length) break;
      yield value;
    }
  } catch (cause) {
    return damaged(`${name}: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  } finally {
    Promise.resolve(chunks.return?.()).catch(() => {});
  }
  return got === length
    ? null
    : damaged(`${name} is ${got > length ? 'more' : 'less'} than the ${length} bytes it says`);
}

function inflated(compressed: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array> {
  const stream = new DecompressionStream('deflate-raw');
  const writer = stream.writable.getWriter();
  // what is wrong is told to who reads
  writer.write(compressed).catch(() => {});
  writer.close().catch(() => {});
  return stream.readable as ReadableStream<Uint8Array>;
}

function damaged(reason: string, cause?: unknown): StreamFault {
  return {
    kind: 'corrupt',
    message: `the zip archive is damaged (${reason})`,
    hint: 'the members before it were read; copy the archive again to get the rest',
    cause,
  };
}
