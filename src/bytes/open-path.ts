// Opener: whatever a path leads to: stdin, a file, a pipe, or a member of an archive (`bundle.tar.gz!nodes/n1/ip-route.txt`).
import { OverlensError } from '../errors.ts';
import { memberBudget } from './archive/member-limits.ts';
import { leavesOf, MEMBER_MARK } from './archive/walk-members.ts';
import { type ByteSource, ChunkBuffer, pieceOf } from './chunk.ts';
import { openStdin } from './disk.ts';
import { givenFile } from './given-files.ts';
import { fileSize, openFile } from './open-file.ts';
import type { ByteStream, OpenedFile } from './opened-file.ts';

/** What can be read once and was looked at already, by path: its bytes, not consumed. */
const peeked = new Map<string, ChunkBuffer>();
/** Where the content of `-` and of pipes was put, so that it can be read again, by path. */
const spools = new Map<string, string>();

/** Opens it for reading. Throws E_UNREADABLE; E_USAGE where stdin is a terminal. */
export async function openPath(path: string, stdin?: ByteStream): Promise<OpenedFile> {
  const kept = stdin === undefined ? peeked.get(path) : undefined;
  if (kept !== undefined) {
    peeked.delete(path);
    return { source: restOf(kept), size: null, again: false };
  }
  const spool = stdin === undefined ? spools.get(path) : undefined;
  if (spool !== undefined) return openFile(spool);
  if (path === '-') return openStdin(stdin);
  const place = archiveIn(path);
  return place === null ? openFile(path) : openMember(path, place);
}

/**
 * The bytes at a path, to be looked at and not consumed: what can be read once is kept, and is what `openPath` opens next.
 * A buffer of what can be read again is the caller's to close.
 */
export async function peekPath(path: string): Promise<{ chunk: ChunkBuffer; again: boolean }> {
  const { source, size, again } = await openPath(path);
  const chunk = new ChunkBuffer(source, pieceOf(size));
  if (!again) peeked.set(path, chunk);
  return { chunk, again };
}

/** What was read of `-` or of a pipe and is somebody else's to look at: what `openPath` opens next. */
export function putBack(path: string, bytes: Uint8Array): void {
  if (isReadAgain(path)) return;
  let at = 0;
  const source: ByteSource = {
    read(target, start, end) {
      const count = Math.min(end - start, bytes.length - at);
      target.set(bytes.subarray(at, at + count), start);
      at += count;
      return count;
    },
    fault: null,
    close() {},
  };
  peeked.set(path, new ChunkBuffer(source, pieceOf(bytes.length)));
}

/** From now on `-`, or a pipe, is read from this file; null: from itself. */
export function readPathFrom(path: string, file: string | null): void {
  if (file === null) spools.delete(path);
  else spools.set(path, file);
}

/** Paths that are read from a file of another name, and that file: what another thread must know. */
export function readElsewhere(): ReadonlyMap<string, string> {
  return spools;
}

/** Whether a path can be read again: a file, or in one. */
export function isReadAgain(path: string): boolean {
  if (path === '-' || spools.has(path)) return spools.has(path);
  return fileSize(archiveIn(path)?.file ?? path) !== null;
}

/** The file on disk that a path is in or is. */
export function fileOf(path: string): string {
  return spools.get(path) ?? archiveIn(path)?.file ?? path;
}

/** The file on disk that a path is in or is; null for one that was given. */
export function diskFileOf(path: string): string | null {
  const file = fileOf(path);
  return givenFile(file) === null ? file : null;
}

/** The archive that a path leads into; null for a file by itself, also one with the mark in its name. */
function archiveIn(path: string): { file: string; name: string } | null {
  if (!path.includes(MEMBER_MARK) || fileSize(path) !== null) return null;
  for (let at = path.indexOf(MEMBER_MARK); at > 0; at = path.indexOf(MEMBER_MARK, at + 1)) {
    const name = path.slice(0, at);
    const file = spools.get(name) ?? name;
    if (fileSize(file) !== null) return { file, name };
  }
  return null;
}

async function openMember(path: string, { file, name }: { file: string; name: string }): Promise<OpenedFile> {
  const chunk = new ChunkBuffer((await openFile(file)).source);
  const place = { path: name, modified: null, file: diskFileOf(file), depth: 0 };
  const leaves = leavesOf(chunk, place, memberBudget(), path);
  const close = (): void => {
    leaves.return().catch(() => {});
    chunk.close();
  };
  for (;;) {
    const { done, value } = await leaves.next();
    const reason = done === true ? 'no such file in the archive' : 'fault' in value ? value.fault.message : null;
    if (done === true || 'fault' in value) {
      close();
      throw new OverlensError('E_UNREADABLE', `${path}: ${reason}`);
    }
    if (value.path === path) return { source: restOf(value.chunk, close), size: null, again: true };
  }
}

/** What is in a buffer, then what it is filled from. */
function restOf(chunk: ChunkBuffer, close: () => void = () => chunk.close()): ByteSource {
  const take = (target: Uint8Array, start: number, end: number): number => {
    const count = Math.min(end - start, chunk.available);
    target.set(chunk.bytes.subarray(chunk.at, chunk.at + count), start);
    chunk.at += count;
    return count;
  };
  return {
    read(target, start, end) {
      if (chunk.available > 0) return take(target, start, end);
      const got = chunk.fill(1);
      return typeof got === 'number' ? take(target, start, end) : got.then(() => take(target, start, end));
    },
    get fault() {
      return chunk.fault;
    },
    close,
  };
}
