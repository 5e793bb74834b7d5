// A look at the inputs before the work starts: files that are not there, a capture given as snapshot and the reverse.
import { type FileHandle, open, stat } from 'node:fs/promises';
import { OverlensError } from '../errors.ts';
import { usageError } from './report-error.ts';
import { nearest } from './values.ts';

/** First bytes of captures, as hex: classic pcap (micro- and nanoseconds, Kuznetzov's) and pcapng's section header. */
const CAPTURE_MAGIC = ['d4c3b2a1', 'a1b2c3d4', '4d3cb2a1', 'a1b23c4d', '34cdb2a1', 'a1b2cd34', '0a0d0d0a'];

/** gzip (RFC 1952) and zstd (RFC 8878): a capture if its name says so. */
const COMPRESSED_MAGIC = ['1f8b', '28b52ffd'];

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

/** The same for the paths of a snapshot. */
export async function checkSnapshot(paths: readonly string[]): Promise<void> {
  const problems: OverlensError[] = [];
  for (const path of paths) {
    const problem = path === '-' ? null : await snapshotProblem(path);
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
  if (found.start === null || isCapture(path, found.start) || !SNAPSHOT_START.test(textOf(found.start))) return null;
  return usageError(
    `${path}: is a snapshot of a cluster, not a capture`,
    `give it with -t: overlens CAPTURE... -t ${path}`,
  );
}

async function snapshotProblem(path: string): Promise<OverlensError | null> {
  const found = await look(path);
  if (found instanceof Error) return missing(path, found, null);
  if (found.start === null || !isCapture(path, found.start)) return null;
  return usageError(
    `${path}: is a capture, not a snapshot of a cluster`,
    `captures come without -t: overlens ${path} -t SNAPSHOT`,
  );
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

function isCapture(path: string, start: Buffer): boolean {
  const hex = start.subarray(0, 4).toString('hex');
  return CAPTURE_MAGIC.includes(hex) || (/cap/i.test(path) && COMPRESSED_MAGIC.some((magic) => hex.startsWith(magic)));
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
