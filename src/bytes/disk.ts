// Opener: bytes of a file on disk, a named pipe or stdin (no-disk.ts in a browser). Regular files are read synchronously into the reader's
// buffer, which is several times faster than a stream; the event loop gets its turn now and then so that Ctrl-C works.
import {
  close,
  closeSync,
  constants,
  createReadStream,
  fstatSync,
  open,
  openSync,
  readSync,
  type Stats,
  statSync,
} from 'node:fs';
import { Socket } from 'node:net';
import process from 'node:process';
import { promisify } from 'node:util';
import { OverlensError } from '../errors.ts';
import type { ByteSource, StreamFault } from './chunk.ts';
import { streamSource } from './iterable-source.ts';
import type { ByteStream, OpenedFile, OpenRanges } from './opened-file.ts';
import { turn } from './turn.ts';

/** After so many bytes the event loop gets a turn. */
const TURN = 4 * 1024 * 1024;

/** Opens a file, a named pipe or a device for reading. Throws E_UNREADABLE. */
export async function openOnDisk(path: string): Promise<OpenedFile> {
  try {
    const there = statsOf(path);
    // Files at once: a thread that opens them costs more than what is read of a small one. What is none may be waited for.
    const file = there?.isFile() === true ? openSync(path, 'r') : await promisify(open)(path, readingFlags(there));
    const stats = fstatSync(file);
    if (stats.isFile()) return { source: fileSource(file), size: stats.size, again: true };
    // A pipe read as a file blocks a thread, and the program cannot exit before its writer does.
    if (stats.isFIFO()) return readOnce(streamSource(new Socket({ fd: file, readable: true, writable: false })));
    if (!stats.isDirectory()) return readOnce(streamSource(createReadStream(path, { fd: file })));
    close(file);
  } catch (cause) {
    throw unreadable(path, cause);
  }
  throw new OverlensError('E_UNREADABLE', `${path}: is a directory, not a capture`, {
    hint: 'name the captures in it, for example with DIRECTORY/*.pcap',
  });
}

/**
 * A pipe is not waited for while it is opened: that blocks a thread that nothing ends. Reading it waits for its writer; on systems
 * other than Linux it would find its end instead.
 */
function readingFlags(there: Stats | undefined): number {
  const { O_RDONLY, O_NONBLOCK } = constants;
  const isPipe = process.platform === 'linux' && there?.isFIFO() === true;
  return isPipe ? O_RDONLY | O_NONBLOCK : O_RDONLY;
}

/** Length of a regular file; null for what can be read once only or is not there. Opens nothing: that would wake a pipe. */
export function sizeOnDisk(path: string): number | null {
  const stats = path === '-' ? undefined : statsOf(path);
  return stats?.isFile() === true ? stats.size : null;
}

function readFrom(file: number, start: number, end: number): Uint8Array {
  const bytes = new Uint8Array(end - start);
  let got = 0;
  for (let count = -1; count !== 0 && got < bytes.length; got += count) {
    count = readSync(file, bytes, got, bytes.length - got, start + got);
  }
  return bytes.subarray(0, got);
}

/** Opens a regular file to read it from several places. Throws E_UNREADABLE. */
export function openRangesOnDisk(path: string): OpenRanges {
  try {
    const file = openSync(path, 'r');
    let isOpen = true;
    return {
      id: idOf(fstatSync(file)),
      read: (start, end) => readFrom(file, start, end),
      from: (offset) => fileSource(file, offset, false),
      close() {
        if (isOpen) closeSync(file);
        isOpen = false;
      },
    };
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** What tells a file from another one that took its name; null where there is no regular file. */
export function idOnDisk(path: string): string | null {
  const stats = statsOf(path);
  return stats?.isFile() === true ? idOf(stats) : null;
}

/** Names out of damaged archives hold zero bytes, which no file's name does. */
function statsOf(path: string): Stats | undefined {
  return path.includes('\0') ? undefined : statSync(path, { throwIfNoEntry: false });
}

function idOf({ dev, ino }: Stats): string {
  return `${dev} ${ino}`;
}

/** Stdin, or what stands in for it. Throws E_USAGE when it is a terminal: nobody types a capture. */
export function openStdin(stream?: ByteStream): OpenedFile {
  if (stream !== undefined && stream !== (process.stdin as unknown)) return readOnce(streamSource(stream));
  if (process.stdin.isTTY) {
    throw new OverlensError('E_USAGE', 'stdin: is the terminal, not a capture', {
      hint: 'pipe a capture into it: tcpdump -U -w - | overlens -',
    });
  }
  return readOnce(statsOfStdin()?.isFile() ? fileSource(STDIN) : streamSource(process.stdin));
}

function readOnce(source: ByteSource): OpenedFile {
  return { source, size: null, again: false };
}

/** File descriptor of stdin; it is not ours to close. */
const STDIN = 0;

/** @param isOwn whether the file is closed with the source */
function fileSource(file: number, from = 0, isOwn = true): ByteSource {
  let fault: StreamFault | null = null;
  let closed = file === STDIN || !isOwn;
  // Stdin from where the shell left it; a path from its beginning, also one that names an open file (/dev/fd/3).
  let position = file === STDIN ? null : from;
  let sinceTurn = 0;

  function readNow(target: Uint8Array, start: number, end: number): number {
    try {
      const count = readSync(file, target, start, end - start, position);
      if (position !== null) position += count;
      sinceTurn += count;
      return count;
    } catch (cause) {
      fault = { kind: 'unreadable', message: reason(cause), cause };
      return 0;
    }
  }

  return {
    read(target, start, end) {
      if (sinceTurn < TURN) return readNow(target, start, end);
      sinceTurn = 0;
      return turn().then(() => readNow(target, start, end));
    },
    get fault() {
      return fault;
    },
    close() {
      if (!closed) closeSync(file);
      closed = true;
    },
  };
}

function statsOfStdin(): Stats | null {
  try {
    return fstatSync(STDIN);
  } catch {
    return null;
  }
}

/** The error for a path that cannot be opened, in words. */
export function unreadable(path: string, cause: unknown): OverlensError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : null;
  if (code === 'ENOENT') {
    return new OverlensError('E_UNREADABLE', `${path}: no such file`, { hint: 'check the name and the folder', cause });
  }
  if (code === 'EACCES' || code === 'EPERM') {
    const hint = 'tcpdump run as root writes files that only root may read: sudo chmod a+r FILE';
    return new OverlensError('E_UNREADABLE', `${path}: permission denied`, { hint, cause });
  }
  return new OverlensError('E_UNREADABLE', `${path}: cannot be read: ${reason(cause)}`, { cause });
}

/** `EIO: i/o error, read`: Node's message without the quoted path that some have. */
function reason(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const path = cause.message.indexOf(" '");
  return path >= 0 && cause.message.endsWith("'") ? cause.message.slice(0, path) : cause.message;
}
