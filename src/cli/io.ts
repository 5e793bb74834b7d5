// The world outside a command: streams, environment, terminal, Ctrl-C. Injected, so that tests run commands in-process.
import { setMaxListeners } from 'node:events';
import { fstatSync, openSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { WriteStream } from 'node:tty';
import { OverlensError } from '../errors.ts';
import { endBy, hasTemporaryFolders } from './inputs/temporary-folders.ts';
import { outputError } from './output-error.ts';

export interface Io {
  stdout: Writable;
  stderr: Writable;
  env: Readonly<Record<string, string | undefined>>;
  stdoutIsTTY: boolean;
  stderrIsTTY: boolean;
  /** Whether stdout is a file: nobody reads along. */
  stdoutIsFile?: boolean;
  /** Columns and lines of the terminal, also where stdout is a pipe that ends in one; undefined where there is none. */
  columns: number | undefined;
  rows?: number | undefined;
  /** The same as they are now: a window may be made larger. */
  terminal?(): { columns: number | undefined; rows?: number | undefined };
  /** Lets time pass, but not beyond the stop; without it, as long as it takes. Milliseconds. */
  sleep?(milliseconds: number, stop: AbortSignal): Promise<void>;
  /** stdout past a pager that may come: for what is to be seen before the rest of the answer is there. */
  unpaged?: Writable;
  /** What is written from now on is to be seen at once: never held back for a pager. */
  live?(): void;
  /** Asks on the terminal for a line; null at the end of input. Absent where nobody is there to answer. */
  ask?(prompt: string): Promise<string | null>;
  /** Aborted by the first Ctrl-C: stop reading, print what there is. */
  signal: AbortSignal;
  /** The time of day, for what says when it was made. */
  now(): Date;
}

/** Characters collected before they are handed to the stream. */
const PIECE = 64 * 1024;

/** The process's own streams. The first Ctrl-C is told to the work; the second one ends the process at once. */
export function processIo(): Io {
  const controller = new AbortController();
  // Every capture that is open listens to it; Node would warn of a leak from the eleventh on.
  setMaxListeners(0, controller.signal);
  process.once('SIGINT', () => {
    controller.abort();
    // Without a folder to remove the second one ends the process by itself, however busy it is.
    if (hasTemporaryFolders()) process.once('SIGINT', () => endBy('SIGINT'));
  });
  // A closed pipe is told to each write's callback; without a listener the event would end the process with a stack trace.
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    stdoutIsTTY: process.stdout.isTTY === true,
    stderrIsTTY: process.stderr.isTTY === true,
    stdoutIsFile: isFile(process.stdout.fd),
    ...terminalSize(),
    terminal: terminalSize,
    ...(process.stdin.isTTY === true && process.stdout.isTTY === true ? { ask: asker(controller.signal) } : {}),
    signal: controller.signal,
    now: () => new Date(),
  };
}

function isFile(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isFile();
  } catch {
    return false;
  }
}

/** Of the terminal that stdout is, or else stderr is, or else the process was started from. */
function terminalSize(): Pick<Io, 'columns' | 'rows'> {
  for (const { columns, rows } of [process.stdout, process.stderr]) if (columns > 0) return { columns, rows };
  return controllingTerminal();
}

/** `overlens ... 2>errors | less`: neither stream is the terminal that will show it. */
function controllingTerminal(): Pick<Io, 'columns' | 'rows'> {
  try {
    const terminal = new WriteStream(openSync('/dev/tty', 'w'));
    const { columns, rows } = terminal;
    terminal.destroy();
    return { columns, rows };
  } catch {
    return { columns: undefined };
  }
}

/** Lets time pass, but not beyond the stop. Milliseconds. */
export async function sleep(io: Io, milliseconds: number, stop: AbortSignal): Promise<void> {
  if (io.sleep !== undefined) return io.sleep(milliseconds, stop);
  if (!stop.aborted) await setTimeout(milliseconds, undefined, { signal: stop }).catch(() => {});
}

/**
 * Writes pieces as they are made, never more than 64 KiB ahead of the stream.
 * @param stop ends the writing between two pieces
 * @returns false when the reader went away (EPIPE): stop making more
 * @throws OverlensError E_OUTPUT where the stream failed otherwise (a full disk)
 */
export async function writeAll(stream: Writable, pieces: Iterable<string>, stop?: AbortSignal): Promise<boolean> {
  let pending = '';
  for (const piece of pieces) {
    pending += piece;
    if (pending.length < PIECE) continue;
    if (!(await writePiece(stream, pending))) return false;
    pending = '';
    // Writes to pipes and files are synchronous: signals need a turn of the event loop to be heard.
    await setImmediate();
    if (stop?.aborted) return true;
  }
  return pending === '' || writePiece(stream, pending);
}

/** Writes one piece and waits until the stream took it. False when the reader went away. @throws OverlensError E_OUTPUT */
export function writePiece(stream: Writable, text: string | Uint8Array): Promise<boolean> {
  if (stream.destroyed || stream.writableEnded) return Promise.resolve(false);
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => {
      if (!error) resolve(true);
      else if (isClosedPipe(error)) resolve(false);
      else reject(outputError(error, 'cannot write'));
    });
  });
}

/**
 * The same work, but nobody waits for it once the signal is aborted: a pipe without a writer never answers.
 * @throws OverlensError E_UNREADABLE then
 */
export function untilStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new OverlensError('E_UNREADABLE', 'reading was stopped'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

function isClosedPipe(error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EPIPE' || code === 'ECONNRESET' || code === 'ERR_STREAM_DESTROYED' || code === 'EOF';
}

/** Lines of the terminal, one for each question. */
function asker(signal: AbortSignal): NonNullable<Io['ask']> {
  return async (prompt) => {
    const { createInterface } = await import('node:readline/promises');
    const lines = createInterface({ input: process.stdin, output: process.stdout });
    try {
      const closed = new Promise<null>((resolve) => lines.once('close', () => resolve(null)));
      return await Promise.race([lines.question(prompt, { signal }), closed]);
    } catch {
      // Ctrl-C
      return null;
    } finally {
      lines.close();
    }
  };
}
