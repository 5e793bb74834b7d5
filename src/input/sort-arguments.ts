// What each argument is, by its content: a capture, a part of the snapshot, a folder or a bundle that may hold both.
import { peekContent } from '../bytes/decompress.ts';
import { putBack } from '../bytes/open-path.ts';
import { describeContent, unreadCompression } from '../bytes/sniff.ts';
import type { CaptureHint } from '../capture/capture-hint.ts';
import type { CaptureLog } from '../capture/source.ts';
import type { SnapshotDocument } from '../topology/read/read-documents.ts';
import { isNeverRead } from './bundles/never-read.ts';
import { placeFiles } from './bundles/place-files.ts';
import { isCaptureName } from './capture-name.ts';
import { type FoundFile, filesBehind } from './leaves.ts';
import { matchLogs } from './logs/match-logs.ts';
import { type ReadLog, tcpdumpLog } from './logs/tcpdump-log.ts';
import { kindOfFile, readDocument, type TextBudget, textBudget } from './read-document.ts';

/** A file that cannot be read, or only in part. */
export interface Unread {
  path: string;
  reason: string;
  hint: string | null;
}

/** What an argument was taken for. */
export interface Taken {
  argument: string;
  /** `unreadable` is named and cannot be read at all: the others can. */
  as: 'capture' | 'snapshot' | 'log' | 'folder' | 'bundle' | 'unreadable';
  /** Tools whose layout it has: `sosreport`. */
  tools: string[];
  captures: number;
  /** Texts that a snapshot may be made of. */
  documents: number;
  /** Files that were left out by their names: logs, other namespaces. */
  skipped: number;
  unread: Unread[];
  /** Captures of it that are others given again, and do not count: `a copy of`. */
  repeated?: readonly { path: string; of: string; is: string }[];
}

export interface SortedArguments {
  /** Paths of captures, in order; what is neither a capture nor a snapshot is among them, for their reader to say so. */
  captures: string[];
  documents: SnapshotDocument[];
  /** What layouts tell of captures, by path. */
  hints: Map<string, CaptureHint[]>;
  /** tcpdump's logs, by the paths of the captures that they are of. */
  logs: Map<string, CaptureLog>;
  taken: Taken[];
}

/**
 * Looks at each argument. Pipes are looked at too, and keep all their bytes. What is not there is told by its reader. Throws the signal's
 * reason, and nothing else.
 */
export async function sortArguments(paths: readonly string[], signal?: AbortSignal): Promise<SortedArguments> {
  const sorted: SortedArguments = { captures: [], documents: [], hints: new Map(), logs: new Map(), taken: [] };
  const logs: ReadLog[] = [];
  for (const path of paths) await sortOne(path, sorted, logs, signal);
  sorted.logs = matchLogs(logs, sorted.captures);
  return sorted;
}

/** The files of one argument so far. */
interface Sorting {
  taken: Taken;
  captures: string[];
  documents: SnapshotDocument[];
  logs: ReadLog[];
  budget: TextBudget;
}

async function sortOne(
  path: string,
  sorted: SortedArguments,
  logs: ReadLog[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const counts = { captures: 0, documents: 0, skipped: 0, unread: [] };
  const sorting: Sorting = {
    taken: { argument: path, as: 'folder', tools: [], ...counts },
    captures: [],
    documents: [],
    logs,
    budget: textBudget(),
  };
  for await (const found of filesBehind(path)) {
    signal?.throwIfAborted();
    if ('file' in found) await sortFile(path, found.file, sorting);
    else sortUnread(found.unread, sorting);
  }
  const { taken, captures, documents } = sorting;
  const placed = placeFiles(documents, captures);
  taken.tools = placed.titles;
  taken.captures = captures.length;
  taken.documents = placed.documents.filter(
    ({ unread, foreign }) => unread === undefined && foreign === undefined,
  ).length;
  taken.skipped += placed.skipped;
  sorted.captures.push(...captures);
  for (const document of placed.documents) sorted.documents.push({ ...document, given: path });
  for (const [capture, hint] of placed.hints) sorted.hints.set(capture, [hint]);
  sorted.taken.push(taken);
}

function sortUnread(
  { path, named, reason, hint }: Unread & { named: boolean },
  { taken, captures, documents }: Sorting,
): void {
  if (named) {
    captures.push(path);
    taken.as = 'capture';
    return;
  }
  taken.unread.push({ path, reason, hint });
  documents.push({ file: path, named, text: '', unread: reason, sought: false });
}

async function sortFile(argument: string, file: FoundFile, sorting: Sorting): Promise<void> {
  const { taken, captures, logs, budget } = sorting;
  const documents = sorting.documents;
  if (file.bundle === argument) taken.as = 'bundle';
  const unread = unreadCompression((await peekContent(file.chunk)).head);
  if (unread !== null) {
    // its reader says the same of it, as of whatever is no capture
    if (file.named) {
      taken.as = 'unreadable';
      captures.push(file.path);
    }
    taken.unread.push({ path: file.path, reason: `is ${unread.looks}, which is not read`, hint: unread.hint });
    if (!file.named) documents.push({ ...(await readDocument(file)), sought: false });
  } else if (file.named) taken.as = await sortNamed(file, sorting);
  else if ((await kindOfFile(file.chunk)) === 'capture') captures.push(file.path);
  else if (file.bundle !== null && isNeverRead(file.below)) taken.skipped++;
  else {
    const head = isCaptureName(file.below) ? (await peekContent(file.chunk)).head.slice() : null;
    const document = await readDocument(file, budget);
    const log = tcpdumpLog(document.file, document.text);
    if (log !== null) logs.push(log);
    else if (head !== null && !(await isOfSnapshot(document))) taken.unread.push(noCapture(file.path, head));
    else documents.push({ ...document, sought: false });
  }
}

/** What a file that is called as captures are is instead. */
function noCapture(path: string, head: Uint8Array): Unread {
  if (head.length === 0)
    return {
      path,
      reason: 'is called as a capture, and empty',
      hint: 'nothing was written to it yet, or it was not copied: copy it again',
    };
  const { looks, hint } = describeContent(head);
  return {
    path,
    reason: `is called as a capture, and is none${looks === null ? '' : `: it looks like ${looks}`}`,
    hint,
  };
}

/** Whether something of a text is recognised, or known to be wrong. */
async function isOfSnapshot(document: SnapshotDocument): Promise<boolean> {
  if (document.foreign !== undefined) return false;
  const { readDocuments } = await import('../topology/read/read-documents.ts');
  const { used, problems } = readDocuments([document]);
  // a problem without a line is that nothing was recognised
  return used.length > 0 || problems.some(({ ref }) => ref.line !== null);
}

/** A file that was named by itself: a snapshot only if something in it is one. */
async function sortNamed(
  file: FoundFile,
  { captures, documents, logs }: Sorting,
): Promise<'capture' | 'snapshot' | 'log'> {
  if ((await kindOfFile(file.chunk)) !== 'text') {
    captures.push(file.path);
    return 'capture';
  }
  const document = await readDocument(file);
  const log = tcpdumpLog(document.file, document.text);
  if (log !== null) {
    logs.push(log);
    return 'log';
  }
  if (!(await isOfSnapshot(document))) {
    // its reader says what it is instead of a capture
    putBack(file.path, new TextEncoder().encode(document.text));
    captures.push(file.path);
    return 'capture';
  }
  documents.push(document);
  return 'snapshot';
}
