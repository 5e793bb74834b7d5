// Opener: files that grow while they are read, as `tail -f` reads them; and pipes, whose end may be the user's.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { ByteSource, StreamFault } from './chunk.ts';
import { unreadable } from './disk.ts';
import { fileId, fileSize } from './open-file.ts';
import { openPath, readElsewhere } from './open-path.ts';
import type { OpenedFile } from './opened-file.ts';
import { stoppable } from './stoppable.ts';
import { turn } from './turn.ts';

/** All that is there so far: what follows it is not there yet, and no damage. */
const SO_FAR: StreamFault = { kind: 'so-far', message: 'reading was stopped at the end of what is there' };
const STOPPED: StreamFault = { kind: 'stopped', message: 'reading was stopped' };
/** Between two looks at a file that had no more. Milliseconds. */
const PAUSE = 200;
/** After so many bytes the event loop gets a turn. */
const TURN = 4 * 1024 * 1024;

export interface FollowOptions {
  /** Aborted: nothing more is waited for. */
  stop: AbortSignal;
  /** Lets time pass, but not beyond the stop. */
  sleep(milliseconds: number, stop: AbortSignal): Promise<void>;
  /** Of a file that will not grow any more, why: null for its true end. Undefined while it may grow. */
  endOf?(path: string): string | null | undefined;
}

/** A file that was opened to be followed, and how far it was read. */
interface Followed {
  path: string;
  descriptor: number;
  id: string | null;
  position: number;
  fault: StreamFault | null;
  isClosed: boolean;
}

/**
 * The files of one run that are followed. They stay open until it is over: what was read of a file can be read again, though another
 * one has taken its name.
 */
export class Follow {
  readonly #options: FollowOptions;
  readonly #files = new Map<string, Followed>();

  constructor(options: FollowOptions) {
    this.#options = options;
  }

  /** Opens a path: waits at its end for more. Opened again, it is what had been read of it. Throws as `openPath`. */
  async open(path: string): Promise<OpenedFile> {
    const known = this.#files.get(path);
    if (known !== undefined) return readOnce(againSource(known));
    const file = readElsewhere().get(path) ?? path;
    if (fileSize(file) !== null) return readOnce(this.#growing(path, file));
    const opened = await openPath(path);
    return readOnce(opened.again ? opened.source : stoppable(opened.source, this.#options.stop, SO_FAR));
  }

  /** Whether it grows: what is no file is a stream, or in an archive. */
  isGrowing(path: string): boolean {
    return this.#files.has(path);
  }

  close(): void {
    for (const file of this.#files.values()) {
      closeSync(file.descriptor);
      // whoever still waits for more of it
      file.fault = STOPPED;
      file.isClosed = true;
    }
    this.#files.clear();
  }

  #growing(name: string, path: string): ByteSource {
    const file: Followed = {
      path,
      descriptor: opened(path),
      id: fileId(path),
      position: 0,
      fault: null,
      isClosed: false,
    };
    this.#files.set(name, file);
    return growingSource(file, this.#options);
  }
}

function readOnce(source: ByteSource): OpenedFile {
  return { source, size: null, again: false };
}

function opened(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function growingSource(file: Followed, { stop, sleep, endOf = () => undefined }: FollowOptions): ByteSource {
  let sinceTurn = 0;
  let isCaughtUp = false;
  let limit = Number.POSITIVE_INFINITY;

  /** Once it is stopped: what had been written by then still counts, but no backlog. */
  function noteStop(): void {
    if (!stop.aborted || Number.isFinite(limit)) return;
    const { size } = fstatSync(file.descriptor);
    limit = isCaughtUp ? size : Math.min(size, file.position);
    if (limit < size) file.fault = STOPPED;
  }

  /** Null: it has no more, now. */
  function readNow(target: Uint8Array, start: number, end: number): number | null {
    if (file.isClosed) return 0;
    noteStop();
    if (file.fault !== null) return 0;
    const most = Math.min(end - start, Math.max(0, limit - file.position));
    const count = most === 0 ? 0 : readSync(file.descriptor, target, start, most, file.position);
    file.position += count;
    sinceTurn += count;
    return count === 0 ? null : count;
  }

  async function readLater(target: Uint8Array, start: number, end: number): Promise<number> {
    for (;;) {
      const over = endOf(file.path);
      const lost = over ?? (file.isClosed ? null : whyLost(file));
      // what came between the last look and this one
      const count = readNow(target, start, end);
      if (count !== null) return count;
      if (over === null) return 0;
      if (lost !== null) file.fault = { kind: 'lost', message: lost };
      else if (stop.aborted) file.fault = SO_FAR;
      else await sleep(PAUSE, stop);
      isCaughtUp = true;
    }
  }

  const guarded = <T>(read: () => T): T | 0 => {
    try {
      return read();
    } catch (cause) {
      file.fault = { kind: 'unreadable', message: cause instanceof Error ? cause.message : String(cause), cause };
      return 0;
    }
  };

  return {
    read(target, start, end) {
      if (sinceTurn >= TURN) {
        sinceTurn = 0;
        return turn().then(() => this.read(target, start, end));
      }
      return guarded(() => readNow(target, start, end)) ?? readLater(target, start, end);
    },
    get fault() {
      return file.fault;
    },
    close() {},
  };
}

/** Why nothing more can come of a file; null where it can. */
function whyLost({ path, descriptor, id, position }: Followed): string | null {
  if (fstatSync(descriptor).size < position)
    return 'the file became shorter while it was followed: it was written anew';
  const now = fileId(path);
  if (now === id) return null;
  return now === null
    ? 'the file was removed while it was followed'
    : 'another file has taken its name while it was followed';
}

/** What was read of a file, from its beginning, ending as it ended. */
function againSource(file: Followed): ByteSource {
  let position = 0;
  let fault: StreamFault | null = null;

  function readNow(target: Uint8Array, start: number, end: number): number {
    const left = file.position - position;
    const count = left === 0 ? 0 : readSync(file.descriptor, target, start, Math.min(end - start, left), position);
    position += count;
    if (count > 0) return count;
    fault = left === 0 ? file.fault : { kind: 'unreadable', message: 'what was read of it is not there any more' };
    return 0;
  }

  return {
    read: (target, start, end) =>
      position % TURN < end - start ? turn().then(() => readNow(target, start, end)) : readNow(target, start, end),
    get fault() {
      return fault;
    },
    close() {},
  };
}
