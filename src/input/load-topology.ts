// Paths -> Topology: files, folders and bundles in any mix. Everything is read, and all problems are told at once.
import { CALICO_CLIENT } from '../cluster/calico/annotations.ts';
import { OverlensError } from '../errors.ts';
import { buildTopology } from '../topology/build.ts';
import type { Topology } from '../topology/model.ts';
import type { SnapshotDocument } from '../topology/read/read-documents.ts';
import type { Problem } from '../topology/read/stated-facts.ts';
import type { TakenAt } from '../topology/time/taken.ts';
import { isNeverRead } from './bundles/never-read.ts';
import { placeFiles } from './bundles/place-files.ts';
import { filesBehind } from './leaves.ts';
import { kindOfFile, readDocument, textBudget } from './read-document.ts';

export interface LoadOptions {
  /** The state of a file that goes through several. */
  step?: number;
  /** When what was given was taken, by the user. */
  takenAt?: readonly TakenAt[];
  /** Told what is in the paths and not used: captures in a bundle. */
  note?: (sentence: string) => void;
  /** Aborted, reading ends between two files and throws its reason. */
  signal?: AbortSignal;
}

interface Reading {
  documents: SnapshotDocument[];
  /** Named paths that cannot be read, or are no snapshots. */
  problems: Problem[];
  unreadable: boolean;
  note: (sentence: string) => void;
  signal: AbortSignal | undefined;
}

/**
 * Reads a snapshot from files, folders and bundles; `-` is standard input. Folders are read recursively, in order of their names;
 * hidden files are left out. What is wrong with one file among others is an issue of the result.
 * @param more documents that were read already
 * @param options `step`: the state of a file that goes through several (buildTopology)
 * @throws OverlensError E_UNREADABLE when paths cannot be read and nothing else is wrong, E_INVALID_SNAPSHOT otherwise; the message
 * has one line per problem
 */
export async function loadTopology(
  paths: readonly string[],
  more: readonly SnapshotDocument[] = [],
  options: LoadOptions = {},
): Promise<Topology> {
  const { note = () => {}, signal } = options;
  const reading: Reading = { documents: [...more], problems: [], unreadable: false, note, signal };
  for (const path of paths) await readPath(path, reading);
  const documents = withTimes(reading.documents, options.takenAt ?? []);
  if (reading.problems.length === 0) return buildTopology(documents, options);
  throw mergeErrors(reading, contentError(reading.documents));
}

/** @throws OverlensError E_USAGE for a time of a path that was not given */
function withTimes(documents: readonly SnapshotDocument[], times: readonly TakenAt[]): readonly SnapshotDocument[] {
  if (times.length === 0) return documents;
  const isOf = ({ given, file, bundle }: SnapshotDocument, path: string): boolean =>
    [given, file, bundle].includes(path);
  for (const { path } of times) {
    if (path === null || documents.some((document) => isOf(document, path))) continue;
    const names = [...new Set(documents.map(({ given, file }) => given ?? file))];
    throw new OverlensError('E_USAGE', `--taken-at ${path}=...: no such part of a snapshot is given`, {
      hint: `The parts are ${names.join(', ')}.`,
    });
  }
  return documents.map((document) => {
    const own = times.findLast(({ path }) => path !== null && isOf(document, path));
    const time = own ?? times.findLast(({ path }) => path === null);
    return time === undefined
      ? document
      : { ...document, taken: { seconds: time.seconds, from: 'option', file: null } };
  });
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

function capturesIn(path: string, captures: number): string {
  return `${path}: ${captures === 1 ? 'a capture in it is' : `${captures} captures in it are`} not used: without -t, ${captures === 1 ? 'it is' : 'they are'}`;
}

async function readPath(path: string, reading: Reading): Promise<void> {
  const { problems } = reading;
  const documents: SnapshotDocument[] = [];
  let unread = 0;
  let captures = 0;
  const budget = textBudget();
  for await (const found of filesBehind(path)) {
    reading.signal?.throwIfAborted();
    if ('unread' in found) {
      const { path: file, named, reason } = found.unread;
      unread++;
      if (!named) documents.push({ file, named, text: '', unread: reason });
      else {
        reading.unreadable = true;
        problems.push({ ref: { file, line: null }, message: reason });
      }
      continue;
    }
    const { bundle, below, chunk } = found.file;
    if (bundle !== null && isNeverRead(below)) continue;
    if (bundle !== null && (await kindOfFile(chunk)) === 'capture') {
      captures++;
      continue;
    }
    const document = await readDocument(found.file, budget);
    const { named, foreign, unread: reason } = document;
    if (named && foreign !== undefined) {
      const message = `is a ${foreign}, expected a snapshot (text of kubectl, ${CALICO_CLIENT}, ip or bridge)`;
      problems.push({ ref: { file: path, line: null }, message });
    } else if (named && reason !== undefined) problems.push({ ref: { file: path, line: null }, message: reason });
    else documents.push(document);
  }
  if (captures > 0) reading.note(capturesIn(path, captures));
  const placed = placeFiles(documents, []);
  for (const document of placed.documents) reading.documents.push({ ...document, given: path });
  if (documents.length === 0 && unread === 0 && problems.every(({ ref }) => ref.file !== path))
    problems.push({ ref: { file: path, line: null }, message: 'no file in it can be part of a snapshot' });
}
