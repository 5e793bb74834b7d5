// A look at the captures before the work starts: paths that are not there, directories and snapshots given as captures. What a
// snapshot cannot be is told by its loader.
import { statSync } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { OverlensError } from '../errors.ts';
import { boundOf, countsFromEnd, whyOutside } from '../flow/time-range.ts';
import { formatTime } from '../net/time.ts';
import type { TraceOptions } from '../trace.ts';
import { usageError } from './report-error.ts';
import { nearest } from './values.ts';

/** What the text of a snapshot begins with. */
const SNAPSHOT_START =
  /^\s*(---|apiVersion:|kind:|items:|metadata:|[[{]|NAME\b|NAMESPACE\b|default via|blackhole |\d+: [\w.@-]+: <|[\da-f]{2}(:[\da-f]{2}){5} |\d+\.\d+\.\d+\.\d+[/\s]|#)/;

/** Every problem of every capture path at once. Throws bad usage or E_UNREADABLE. */
export async function checkCaptures(paths: readonly string[], commands: readonly string[]): Promise<void> {
  const problems: OverlensError[] = [];
  for (const path of paths) {
    const problem = path === '-' ? null : await captureProblem(path, commands);
    if (problem !== null) problems.push(problem);
  }
  throwAll(problems);
}

async function captureProblem(path: string, commands: readonly string[]): Promise<OverlensError | null> {
  const found = await look(path);
  if (found instanceof Error) return missing(path, found, nearest(path, commands));
  if (found.directory) {
    return usageError(
      `${path}: is a directory, not a capture`,
      `for the snapshot: -t ${path}; for the captures in it: ${path.replace(/\/+$/, '')}/*.pcap`,
    );
  }
  if (found.start === null || !SNAPSHOT_START.test(textOf(found.start))) return null;
  return usageError(
    `${path}: is a snapshot of a cluster, not a capture`,
    `give it with -t: overlens CAPTURE... -t ${path}`,
  );
}

type Times = Pick<TraceOptions, 'since' | 'until' | 'reader'>;

/**
 * Times that count from the last packet, as the times that they are. Throws bad usage where the last packet is not known before
 * all are read.
 */
export async function absoluteTimes<T extends Times>(times: T, captures: readonly string[]): Promise<T> {
  const { since = null, until = null } = times;
  if (!countsFromEnd(since) && !countsFromEnd(until)) return times;
  if (!captures.every(isFile))
    throw usageError(
      `--${countsFromEnd(since) ? 'since' : 'until'} ${countsFromEnd(since) ? since : until}: a pipe tells its last packet when it is too late`,
      'give a time, or a time after the first packet (+10s)',
    );
  const window = await windowOf(captures, times);
  if (window === null) return times;
  const absolute = (option: string, text: string | null): string | null =>
    countsFromEnd(text) ? formatTime(boundOf(option, text ?? '', window.first, window.last), 9) : text;
  return { ...times, since: absolute('--since', since), until: absolute('--until', until) };
}

/** Why the times asked for leave nothing, where they do. */
export async function whyNoTime(times: Times, captures: readonly string[]): Promise<string | null> {
  const { since = null, until = null } = times;
  if ((since === null && until === null) || !captures.every(isFile)) return null;
  const window = await windowOf(captures, times);
  return window === null ? null : whyOutside(since, until, window.first, window.last);
}

async function windowOf(captures: readonly string[], { reader }: Times) {
  const { wholeWindow } = await import('../packets/time-window.ts');
  return wholeWindow({ captures, ...(reader === undefined ? {} : { reader }) });
}

/** Whether a path can be read again: no pipe, not stdin. */
export function isFile(path: string): boolean {
  return path !== '-' && statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

interface Look {
  directory: boolean;
  /** First bytes of a regular file; null for pipes and devices, which can be read once only. */
  start: Buffer | null;
}

async function look(path: string): Promise<Look | Error> {
  let file: FileHandle | null = null;
  try {
    const stats = await stat(path);
    if (!stats.isFile()) return { directory: stats.isDirectory(), start: null };
    file = await open(path, 'r');
    const { buffer, bytesRead } = await file.read(Buffer.alloc(256), 0, 256, 0);
    return { directory: false, start: buffer.subarray(0, bytesRead) };
  } catch (error) {
    return error as Error;
  } finally {
    await file?.close();
  }
}

/** Text without colour sequences and byte order mark. */
function textOf(start: Buffer): string {
  return start
    .toString('utf8')
    .replaceAll(/\u001b\[[\d;]*m/g, '')
    .replace(/^\ufeff/, '');
}

function missing(path: string, error: Error, command: string | null): OverlensError {
  const { code } = error as NodeJS.ErrnoException;
  const reasons: Record<string, string> = {
    ENOENT: 'no such file',
    EACCES: 'permission denied',
    ENOTDIR: 'no such file',
    ELOOP: 'too many symbolic links',
    ENAMETOOLONG: 'name too long',
  };
  const reason = reasons[code ?? ''] ?? error.message;
  const hint =
    command !== null && code === 'ENOENT' && !/[./]/.test(path) ? `did you mean the command ${command}?` : null;
  return new OverlensError('E_UNREADABLE', `${path}: ${reason}`, { hint, cause: error });
}

function throwAll(problems: readonly OverlensError[]): void {
  const [first] = problems;
  if (first === undefined) return;
  if (problems.length === 1) throw first;
  const hints = problems.flatMap((problem) => (problem.hint === null ? [] : [problem.hint]));
  const message = problems.map((problem) => problem.message).join('\n');
  throw new OverlensError(first.code, message, { hint: hints.length === 0 ? null : [...new Set(hints)].join('\n') });
}
