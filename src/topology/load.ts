// Files and directories -> Topology: the only file of this stage that touches the disk. Reads everything that is named, directories
// recursively, and tells all problems at once.

import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { CALICO_CLIENT } from '../cluster/calico/annotations.ts';
import { OverlensError } from '../errors.ts';
import { buildTopology } from './build.ts';
import type { Topology } from './model.ts';
import type { SnapshotDocument } from './read/read-documents.ts';
import { recogniseForeign } from './read/recognise.ts';
import type { Problem } from './read/stated-facts.ts';

/** A snapshot file larger than this is no snapshot; much longer text would not fit a string either. */
const LARGEST_FILE = 400 * 1024 * 1024;

interface Reading {
  documents: SnapshotDocument[];
  /** Named paths that cannot be read, or are no snapshots. */
  problems: Problem[];
  unreadable: boolean;
  /** Directories on the way, to notice links that lead in circles. */
  visited: Set<string>;
}

/**
 * Reads a snapshot from files and directories, in any mix; `-` is standard input. Directories are read recursively, in order of
 * their names; hidden files are left out.
 * @param options `step`: the state of a file that goes through several (buildTopology)
 * @throws OverlensError E_UNREADABLE when paths cannot be read and nothing else is wrong, E_INVALID_SNAPSHOT otherwise; the message
 * has one line per problem
 */
export async function loadTopology(paths: readonly string[], options: { step?: number } = {}): Promise<Topology> {
  const reading: Reading = { documents: [], problems: [], unreadable: false, visited: new Set() };
  for (const path of paths) await readPath(path, reading);
  if (reading.problems.length === 0) return buildTopology(reading.documents, options);
  throw mergeErrors(reading, contentError(reading.documents));
}

/** What else is wrong, so that the user need not come back for it. */
function contentError(documents: readonly SnapshotDocument[]): OverlensError | null {
  try {
    buildTopology(documents);
    return null;
  } catch (error) {
    if (error instanceof OverlensError) return error;
    throw error;
  }
}

function mergeErrors(reading: Reading, content: OverlensError | null): OverlensError {
  const lines = reading.problems.map(({ ref, message }) => `${ref.file}: ${message}`);
  if (content !== null) lines.push(content.message);
  const capture = reading.problems.some(({ message }) => /capture|compressed/.test(message));
  const hint = capture
    ? 'captures are given without -t: overlens trace CAPTURE... -t SNAPSHOT'
    : (content?.hint ?? 'check the paths that follow -t; overlens snapshot prints the command that makes a snapshot');
  const onlyUnreadable = reading.unreadable && !capture && content === null;
  return new OverlensError(onlyUnreadable ? 'E_UNREADABLE' : 'E_INVALID_SNAPSHOT', lines.join('\n'), { hint });
}

async function readPath(path: string, reading: Reading): Promise<void> {
  if (path === '-') {
    const chunks: Uint8Array[] = [];
    for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
    addBytes(Buffer.concat(chunks), { file: '-', named: true }, reading);
    return;
  }
  try {
    if (!(await stat(path)).isDirectory()) {
      await readOne({ file: path, named: true }, reading);
      return;
    }
    const before = reading.documents.length;
    await readDirectory(path, path, reading);
    if (reading.documents.length === before) {
      reading.problems.push({ ref: { file: path, line: null }, message: 'the directory holds no snapshot files' });
    }
  } catch (error) {
    reading.unreadable = true;
    reading.problems.push({ ref: { file: path, line: null }, message: reasonOf(error) });
  }
}

async function readDirectory(directory: string, root: string, reading: Reading): Promise<void> {
  const real = await realpath(directory);
  if (reading.visited.has(real)) return;
  reading.visited.add(real);
  const entries = (await readdir(directory)).filter((name) => !name.startsWith('.')).sort();
  for (const name of entries) {
    const file = join(directory, name);
    try {
      const kind = await stat(file);
      if (kind.isDirectory()) await readDirectory(file, root, reading);
      else if (kind.isFile()) await readOne({ file, named: false, path: relative(root, file) }, reading);
    } catch (error) {
      reading.unreadable = true;
      reading.problems.push({ ref: { file, line: null }, message: reasonOf(error) });
    }
  }
}

async function readOne(place: Omit<SnapshotDocument, 'text'>, reading: Reading): Promise<void> {
  const { size } = await stat(place.file);
  if (size <= LARGEST_FILE) {
    addBytes(await readFile(place.file), place, reading);
    return;
  }
  const message = `is ${Math.round(size / 1024 / 1024)} MiB large, expected a snapshot of at most ${LARGEST_FILE / 1024 / 1024} MiB`;
  if (place.named) reading.problems.push({ ref: { file: place.file, line: null }, message });
  else reading.documents.push({ ...place, text: '', foreign: 'very large file' });
}

function addBytes(bytes: Uint8Array, place: Omit<SnapshotDocument, 'text'>, reading: Reading): void {
  const text = decodeUtf16(bytes);
  const foreign = text === null ? recogniseForeign(bytes) : null;
  if (foreign === null) reading.documents.push({ ...place, text: text ?? new TextDecoder('utf-8').decode(bytes) });
  else if (!place.named) reading.documents.push({ ...place, text: '', foreign });
  else {
    const message = `is a ${foreign}, expected a snapshot (text of kubectl, ${CALICO_CLIENT}, ip or bridge)`;
    reading.problems.push({ ref: { file: place.file, line: null }, message });
  }
}

/** PowerShell writes redirected output as UTF-16 with a byte order mark; null for everything else. */
function decodeUtf16(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  return bytes[0] === 0xfe && bytes[1] === 0xff ? new TextDecoder('utf-16be').decode(bytes) : null;
}

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'no such file or directory';
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read (permission denied)';
  if (code === 'ELOOP') return 'is a link that leads back to itself';
  return `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}
