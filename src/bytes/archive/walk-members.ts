// Files within a file: archives in archives, compressed or not, walked as a stream. Nothing is unpacked to disk; a member is read
// when it comes by, and a later reading walks again, through the archives on its way only.
import { ChunkBuffer, type StreamFault } from '../chunk.ts';
import { contentOf, peekContent } from '../decompress.ts';
import { type ByteChunks, iterableSource } from '../iterable-source.ts';
import { fileSize } from '../open-file.ts';
import { isTar, isZip } from './archive-kind.ts';
import type { ArchiveMembers } from './archive-member.ts';
import { LARGEST_ZIP_IN_MEMORY, type MemberBudget, meter } from './member-limits.ts';

/** Between the path of an archive and the path of a member in it: `bundle.tar.gz!nodes/n1/ip-route.txt`. */
export const MEMBER_MARK = '!';

/** A file, wherever it is. */
export interface Leaf {
  /** With the archives it is in. */
  path: string;
  /** Milliseconds since the epoch; null where the archive does not say, and for a file that is in none. */
  modified: number | null;
  /** Its bytes, not consumed; of a compressed file as it is. Valid until the next leaf is asked for. */
  chunk: ChunkBuffer;
}

/** What ended the reading of an archive before its end; what was read before counts. */
export interface BrokenArchive {
  path: string;
  fault: StreamFault;
}

export type Leaves = AsyncGenerator<Leaf | BrokenArchive, void, void>;

interface Place {
  path: string;
  modified: number | null;
  /** The path of a file on disk that the bytes are of: zip archives need it. */
  file: string | null;
  depth: number;
}

/**
 * The files in `chunk`: itself, where it is no archive.
 * @param wanted path of the only leaf that is asked for: archives that are not on its way are not opened
 */
export async function* leavesOf(
  chunk: ChunkBuffer,
  place: Place,
  budget: MemberBudget,
  wanted: string | null = null,
): Leaves {
  const members = await archiveOf(chunk, place, budget);
  if (members === null) {
    yield { path: place.path, modified: place.modified, chunk };
    return;
  }
  if ('fault' in members) {
    yield members;
    return;
  }
  const names = new Set<string>();
  for (;;) {
    const result = await members.next();
    if (result.done === true) {
      if (result.value !== null && result.value.kind !== 'trailing') yield { path: place.path, fault: result.value };
      return;
    }
    const { name, modified, chunks } = result.value;
    const path = `${place.path}${MEMBER_MARK}${name}`;
    const spent = budget.takeMember(path);
    if (spent !== null) {
      await members.return(null);
      yield { path: place.path, fault: spent };
      return;
    }
    // what follows has one path, and would be read as the first
    if (names.has(name)) {
      if (wanted === null) yield { path, fault: { kind: 'unsupported', message: TWICE } };
      continue;
    }
    names.add(name);
    if (wanted !== null && wanted !== path && !wanted.startsWith(`${path}${MEMBER_MARK}`)) continue;
    const inner = new ChunkBuffer(
      iterableSource(chunks, () => {}),
      SMALL_PIECE,
    );
    yield* leavesOf(inner, { path, modified, file: null, depth: place.depth + 1 }, budget, wanted);
  }
}

const TWICE = 'is in the archive twice: the first one is read';

/** Members come in small pieces: a bundle has thousands. */
const SMALL_PIECE = 64 * 1024;

/** The members of an archive, compressed or not; null for what is none: nothing of it is consumed then. */
async function archiveOf(
  chunk: ChunkBuffer,
  place: Place,
  budget: MemberBudget,
): Promise<ArchiveMembers | BrokenArchive | null> {
  const { compression, head } = await peekContent(chunk);
  if (!isTar(head) && !isZip(head)) return null;
  if (!budget.allows(place.depth)) return tooDeep(place);
  if (compression === 'none') return isTar(head) ? tarOf(chunk) : zipOf(chunk, place, budget);
  const { chunk: content } = await contentOf(chunk, SMALL_PIECE);
  const metered = new ChunkBuffer(
    meter(content, () => chunk.offset, budget),
    SMALL_PIECE,
  );
  return isTar(head) ? tarOf(metered) : zipOf(metered, { ...place, file: null }, budget);
}

async function tarOf(chunk: ChunkBuffer): Promise<ArchiveMembers> {
  return (await import('./tar.ts')).tarMembers(chunk);
}

async function zipOf(chunk: ChunkBuffer, place: Place, budget: MemberBudget): Promise<ArchiveMembers | BrokenArchive> {
  const { zipMembers } = await import('./zip.ts');
  if (place.file !== null) return metered(zipMembers(place.file), fileSize(place.file) ?? 0, budget);
  const bytes = await readAll(chunk, LARGEST_ZIP_IN_MEMORY);
  if (bytes !== null) return metered(zipMembers(bytes), bytes.length, budget);
  const message = `the zip archive is larger than ${LARGEST_ZIP_IN_MEMORY / 1024 / 1024} MiB and not a file by itself`;
  return { path: place.path, fault: { kind: 'unsupported', message, hint: 'unpack what it is in first' } };
}

async function* metered(members: ArchiveMembers, compressed: number, budget: MemberBudget): ArchiveMembers {
  for (;;) {
    const result = await members.next();
    if (result.done === true) return result.value;
    const { chunks } = result.value;
    const counted: ByteChunks = {
      async next() {
        const piece = await chunks.next();
        if (piece.done === true) return piece;
        const spent = budget.takeBytes(piece.value.length, compressed);
        return spent === null ? piece : { done: true, value: spent };
      },
    };
    yield { ...result.value, chunks: counted };
  }
}

/** All bytes; null when there are more than `most`. */
export async function readAll(chunk: ChunkBuffer, most: number): Promise<Uint8Array | null> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  while (chunk.available > 0 || (await chunk.fill(1)) > 0) {
    length += chunk.available;
    if (length > most) return null;
    pieces.push(chunk.bytes.slice(chunk.at, chunk.end));
    chunk.at = chunk.end;
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

function tooDeep({ path }: Place): BrokenArchive {
  const message = 'archives lie in it deeper than any tool nests them';
  return { path, fault: { kind: 'unsupported', message, hint: 'unpack the outer ones first' } };
}
