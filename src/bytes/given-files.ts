// Files that a caller has in memory or in a browser: bytes, blobs, streams. While they are given, their names are paths like any other.
import { OverlensError } from '../errors.ts';
import type { ByteSource, StreamFault } from './chunk.ts';
import { streamSource } from './iterable-source.ts';
import type { ByteStream, OpenedFile, OpenRanges } from './opened-file.ts';

/** What a Blob or a File of a browser offers, and no more. */
export interface BlobLike {
  readonly size: number;
  slice(start?: number, end?: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

/** A file by name and content. A stream can be read once; everything else as often as it takes. */
export interface NamedContent {
  /** As results and messages call it. */
  name: string;
  content: BlobLike | Uint8Array | ArrayBuffer | string | ByteStream;
}

/** A browser's File is a name and its content in one. */
export type GivenFile = NamedContent | (BlobLike & { readonly name: string });

/** Files whose names are paths until they are closed. */
export interface GivenFiles {
  /** In the order given. */
  readonly names: string[];
  close(): void;
}

interface Given {
  content: unknown;
  /** How many have given it. */
  holders: number;
  file: GivenPath;
}

/** A given file as a path is asked for. */
export interface GivenPath {
  /** Null for a stream. */
  size: number | null;
  id: string | null;
  open(): OpenedFile;
  ranges(): OpenRanges;
}

const given = new Map<string, Given>();
/** How many were ever given: two of one name are two files. */
let count = 0;

/**
 * Makes names of files paths, for every function that takes paths, until they are closed. The same content may be given twice.
 * @throws OverlensError E_USAGE where another content has the name, and nothing is given then
 */
export function giveFiles(files: readonly GivenFile[]): GivenFiles {
  const names: string[] = [];
  const close = (): void => {
    for (const name of names.splice(0)) takeBack(name);
  };
  try {
    for (const file of files) {
      give(file);
      names.push(file.name);
    }
  } catch (error) {
    close();
    throw error;
  }
  return { names: [...names], close };
}

/** The file that was given under this name. */
export function givenFile(path: string): GivenPath | null {
  return given.get(path)?.file ?? null;
}

/** Names of the files that were given as if they lay in this folder (`topology/pools.yaml`), in order; hidden ones are left out. */
export function filesGivenIn(folder: string): string[] {
  const begin = folder.endsWith('/') ? folder : `${folder}/`;
  const names = [...given.keys()].filter((name) => name.startsWith(begin));
  return names.filter((name) => !/(^|\/)\./.test(name.slice(begin.length))).sort();
}

function give(file: GivenFile): void {
  const content = 'content' in file ? file.content : file;
  const there = given.get(file.name);
  if (there === undefined) given.set(file.name, { content, holders: 1, file: pathOf(file.name, content) });
  else if (there.content === content) there.holders++;
  else {
    throw new OverlensError('E_USAGE', `${file.name}: two files are given under this name`, {
      hint: 'give each a name of its own: results call captures by their names',
    });
  }
}

function takeBack(name: string): void {
  const there = given.get(name);
  if (there !== undefined && --there.holders === 0) given.delete(name);
}

function pathOf(name: string, content: NamedContent['content']): GivenPath {
  const blob = blobOf(content);
  return blob === null ? once(name, content as ByteStream) : again(blob);
}

function blobOf(content: NamedContent['content']): BlobLike | null {
  if (typeof content === 'string') return bytesAsBlob(new TextEncoder().encode(content));
  if (content instanceof Uint8Array) return bytesAsBlob(content);
  if (content instanceof ArrayBuffer) return bytesAsBlob(new Uint8Array(content));
  return 'arrayBuffer' in content || 'slice' in content ? (content as BlobLike) : null;
}

function bytesAsBlob(bytes: Uint8Array): BlobLike {
  return {
    size: bytes.length,
    slice: (start, end) => ({ arrayBuffer: async () => bytes.slice(start, end).buffer as ArrayBuffer }),
  };
}

function once(name: string, stream: ByteStream): GivenPath {
  let isRead = false;
  return {
    size: null,
    id: null,
    open() {
      if (isRead) throw readAlready(name);
      isRead = true;
      return { source: streamSource(stream), size: null, again: false };
    },
    ranges() {
      throw readAlready(name);
    },
  };
}

function readAlready(name: string): OverlensError {
  return new OverlensError('E_UNREADABLE', `${name}: a stream can be read once, and was`, {
    hint: 'give a Blob, a File or bytes where a file is read more than once (explain, path, several readings)',
  });
}

function again(blob: BlobLike): GivenPath {
  const id = `given ${++count}`;
  return {
    size: blob.size,
    id,
    open: () => ({ source: blobSource(blob, 0), size: blob.size, again: true }),
    ranges: () => ({
      id,
      read: (start, end) => bytesIn(blob, start, end),
      from: (offset) => blobSource(blob, offset),
      close() {},
    }),
  };
}

async function bytesIn(blob: BlobLike, start: number, end: number): Promise<Uint8Array> {
  return new Uint8Array(await blob.slice(start, Math.min(end, blob.size)).arrayBuffer());
}

/** Bytes asked of a blob at once: each time costs a message to another process of the browser. */
const AT_ONCE = 1024 * 1024;

/** A blob read piece by piece from an offset on. */
function blobSource(blob: BlobLike, offset: number): ByteSource {
  let ahead = new Uint8Array(0);
  let used = 0;
  let next = offset;
  let fault: StreamFault | null = null;
  /** What comes next is on its way while this is worked on. */
  let coming: Promise<Uint8Array> | null = null;

  function take(target: Uint8Array, start: number, end: number): number {
    const taken = Math.min(end - start, ahead.length - used);
    target.set(ahead.subarray(used, used + taken), start);
    used += taken;
    return taken;
  }

  async function readOn(wanted: number): Promise<void> {
    try {
      // a short look at the beginning is no reason to read a MiB
      const isLook = next === offset;
      ahead = (await (coming ?? bytesIn(blob, next, next + (isLook ? wanted : AT_ONCE)))) as Uint8Array<ArrayBuffer>;
      next += ahead.length;
      coming = isLook || next >= blob.size ? null : bytesIn(blob, next, next + AT_ONCE);
      // what it fails with is told when it is asked for
      coming?.catch(() => {});
    } catch (cause) {
      ahead = new Uint8Array(0);
      fault = { kind: 'unreadable', message: cause instanceof Error ? cause.message : String(cause), cause };
    }
    used = 0;
  }

  return {
    read(target, start, end) {
      if (used < ahead.length) return take(target, start, end);
      if (next >= blob.size || fault !== null) return 0;
      return readOn(end - start).then(() => take(target, start, end));
    },
    get fault() {
      return fault;
    },
    close() {},
  };
}
