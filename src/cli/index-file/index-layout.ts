// The file of `--index`: a head that says what it is, the readings one after another, and at the end the directory with the place and hash of
// each. Written into another file that takes its name when it is whole. Nothing in it is believed without its hash and its bounds.

import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, realpathSync, renameSync, rmSync, writeSync } from 'node:fs';
import { decode, encode } from '../../store/form.ts';
import { DamagedStore, Fields, type Saved, type SavedFields } from '../../store/saved.ts';
import { keepAfterEnd, removeAtEnd } from '../inputs/temporary-folders.ts';
import { type CaptureIdentity, readAll } from './capture-identity.ts';

/** Raised when the layout changes: files of another one are written anew. */
const FORM = 1;
const MAGIC = 'overlens index\r\n';
/** Magic, form and byte order. */
const HEAD_BYTES = 24;
const BYTE_ORDER = 0x01020304;
/** Place, length and hash of the directory. */
const TAIL_BYTES = 48;
const MOST_DIRECTORY = 256 * 1024 * 1024;
export const MOST_READINGS = 8;

/** A reading in the file. */
export interface KeptEntry {
  key: string;
  captures: CaptureIdentity[];
  nodes: Saved;
  at: number;
  length: number;
  hash: string;
}

/** An index that is open; what it holds is read when it is asked for. */
export interface OpenIndex {
  file: number;
  entries: KeptEntry[];
}

/** Why a file is not read: it is none of ours, and not to be written over; it is another program's, or damaged. */
export class UnusableIndex extends Error {
  readonly isForeign: boolean;

  constructor(message: string, isForeign = false) {
    super(message);
    this.isForeign = isForeign;
  }
}

/** Opens an index for reading; null where there is no file, or nothing in it. Throws UnusableIndex, and the file system's errors. */
export function openLayout(path: string, program: string): OpenIndex | null {
  const file = openIfThere(path);
  if (file === null) return null;
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) throw new UnusableIndex('it is no file', true);
    if (stats.size === 0) {
      closeSync(file);
      return null;
    }
    return { file, entries: entriesIn(file, stats.size, program) };
  } catch (error) {
    closeSync(file);
    throw error instanceof DamagedStore ? new UnusableIndex(`it is damaged (${error.message})`) : error;
  }
}

function openIfThere(path: string): number | null {
  try {
    // a pipe without a writer is not waited for
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function entriesIn(file: number, size: number, program: string): KeptEntry[] {
  const head = bytesAt(file, 0, HEAD_BYTES, size);
  const magic = Buffer.from(head.subarray(0, MAGIC.length)).toString('latin1');
  if (magic !== MAGIC) throw new UnusableIndex('it is no index of overlens', true);
  const view = new DataView(head.buffer);
  if (
    head.length < HEAD_BYTES ||
    view.getUint32(16, true) !== FORM ||
    new Uint32Array(head.buffer, 20, 1)[0] !== BYTE_ORDER
  )
    throw new UnusableIndex('another version of overlens wrote it');
  if (size < HEAD_BYTES + TAIL_BYTES) throw new UnusableIndex('it is cut off');
  const tail = bytesAt(file, size - TAIL_BYTES, TAIL_BYTES, size);
  const place = new Float64Array(tail.buffer, 0, 2);
  const [at = 0, length = 0] = place;
  if (!isPlace(at, length, size) || length > MOST_DIRECTORY) throw new UnusableIndex('it is cut off');
  const bytes = bytesAt(file, at, length, size);
  if (hashOf(bytes) !== Buffer.from(tail.subarray(16)).toString('hex')) throw new UnusableIndex('it is damaged');
  const directory = new Fields(decode(bytes));
  if (directory.text('program') !== program) throw new UnusableIndex('another version of overlens wrote it');
  return directory.groups('readings', MOST_READINGS).map((one) => entryOf(one, size));
}

function entryOf(saved: Fields, size: number): KeptEntry {
  const [at, length] = [saved.whole('at'), saved.whole('length')];
  if (!isPlace(at, length, size)) throw new DamagedStore('a reading lies outside');
  const captures = saved.groups('captures').map((one) => {
    return { path: one.text('path'), file: one.text('file'), sample: one.text('sample') };
  });
  return { key: saved.text('key'), captures, nodes: saved.value('nodes'), at, length, hash: saved.text('hash') };
}

function isPlace(at: number, length: number, size: number): boolean {
  return Number.isInteger(at) && Number.isInteger(length) && at >= HEAD_BYTES && length >= 0 && at + length <= size;
}

/** The bytes of a reading, as they were written. Throws UnusableIndex. */
export function readEntry({ file }: OpenIndex, { at, length, hash }: KeptEntry): Uint8Array<ArrayBuffer> {
  const bytes = bytesAt(file, at, length, Number.POSITIVE_INFINITY);
  if (bytes.length !== length || hashOf(bytes) !== hash) throw new UnusableIndex('a reading is not as it was written');
  return bytes;
}

function bytesAt(file: number, at: number, length: number, size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.max(0, Math.min(length, size - at)));
  return bytes.subarray(0, readAll(file, bytes, bytes.length, at));
}

export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Where a file stands that a link may name: its place is taken, not the link's. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** An index being written, beside the one that it will take the place of. Its owner alone may read it. */
export class IndexWriter {
  readonly entries: KeptEntry[] = [];
  readonly #path: string;
  readonly #written: string;
  readonly #file: number;
  #at = 0;

  /** Throws what the file system says. */
  constructor(path: string) {
    this.#path = realPath(path);
    this.#written = `${this.#path}.${process.pid}.tmp`;
    rmSync(this.#written, { force: true });
    this.#file = openSync(this.#written, 'wx', 0o600);
    removeAtEnd(this.#written);
    const head = new Uint8Array(HEAD_BYTES);
    head.set(Buffer.from(MAGIC, 'latin1'));
    new DataView(head.buffer).setUint32(16, FORM, true);
    new Uint32Array(head.buffer, 20, 1)[0] = BYTE_ORDER;
    this.#write(head);
  }

  /** Bytes written so far. */
  get size(): number {
    return this.#at;
  }

  add(entry: Omit<KeptEntry, 'at' | 'length' | 'hash'>, bytes: Uint8Array): void {
    const at = this.#at;
    this.#write(bytes);
    this.entries.push({ ...entry, at, length: bytes.length, hash: hashOf(bytes) });
  }

  /** Writes the directory, and takes the name. */
  finish(program: string): void {
    const readings = this.entries.map(({ captures, ...entry }): SavedFields => {
      return { ...entry, captures: captures.map((one) => ({ ...one })) };
    });
    const bytes = encode({ program, readings });
    const at = this.#at;
    this.#write(bytes);
    const tail = new Uint8Array(TAIL_BYTES);
    new Float64Array(tail.buffer, 0, 2).set([at, bytes.length]);
    tail.set(Buffer.from(hashOf(bytes), 'hex'), 16);
    this.#write(tail);
    closeSync(this.#file);
    renameSync(this.#written, this.#path);
    keepAfterEnd(this.#written);
  }

  /** Leaves everything as it was. */
  drop(): void {
    try {
      closeSync(this.#file);
    } catch {
      // it may be closed
    }
    rmSync(this.#written, { force: true });
    keepAfterEnd(this.#written);
  }

  #write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at, bytes.length - at);
    this.#at += bytes.length;
  }
}
