// What each argument is, by its content: a capture, a part of the snapshot, a folder or a bundle that may hold both.
import type { SnapshotDocument } from '../topology/read/read-documents.ts';
import { isNeverRead } from './bundles/never-read.ts';
import type { CaptureHint } from '../capture/capture-hint.ts';
import { placeFiles } from './bundles/place-files.ts';
import { type FoundFile, filesBehind } from './leaves.ts';
import { kindOfFile, readDocument } from './read-document.ts';

/** What an argument was taken for. */
export interface Taken {
  argument: string;
  as: 'capture' | 'snapshot' | 'folder' | 'bundle';
  /** Tools whose layout it has: `sosreport`. */
  tools: string[];
  captures: number;
  /** Texts that a snapshot may be made of. */
  documents: number;
  /** Files that were left out by their names: logs, other namespaces. */
  skipped: number;
}

export interface SortedArguments {
  /** Paths of captures, in order; what is neither a capture nor a snapshot is among them, for their reader to say so. */
  captures: string[];
  documents: SnapshotDocument[];
  /** What layouts tell of captures, by path. */
  hints: Map<string, CaptureHint[]>;
  taken: Taken[];
}

/** Looks at each argument. Pipes are looked at too, and keep all their bytes. Never throws: what is not there is told by its reader. */
export async function sortArguments(paths: readonly string[]): Promise<SortedArguments> {
  const sorted: SortedArguments = { captures: [], documents: [], hints: new Map(), taken: [] };
  for (const path of paths) await sortOne(path, sorted);
  return sorted;
}

async function sortOne(path: string, sorted: SortedArguments): Promise<void> {
  const taken: Taken = { argument: path, as: 'folder', tools: [], captures: 0, documents: 0, skipped: 0 };
  const captures: string[] = [];
  const documents: SnapshotDocument[] = [];
  for await (const found of filesBehind(path)) {
    if ('unread' in found) {
      const { path: file, named, reason } = found.unread;
      if (named) captures.push(file);
      else documents.push({ file, named, text: '', unread: reason, sought: false });
      if (named) taken.as = 'capture';
      continue;
    }
    const { file } = found;
    if (file.bundle === path) taken.as = 'bundle';
    if (file.named) taken.as = await sortNamed(file, captures, documents);
    else if ((await kindOfFile(file.chunk)) === 'capture') captures.push(file.path);
    else if (file.bundle !== null && isNeverRead(file.below)) taken.skipped++;
    else documents.push({ ...(await readDocument(file)), sought: false });
  }
  const placed = placeFiles(documents, captures);
  taken.tools = placed.titles;
  taken.captures = captures.length;
  taken.documents = placed.documents.length;
  taken.skipped += placed.skipped;
  if (captures.length + documents.length === 0) captures.push(path);
  sorted.captures.push(...captures);
  sorted.documents.push(...placed.documents);
  for (const [capture, hint] of placed.hints) sorted.hints.set(capture, [hint]);
  sorted.taken.push(taken);
}

/** A file that was named by itself: a snapshot only if something in it is one. */
async function sortNamed(
  file: FoundFile,
  captures: string[],
  documents: SnapshotDocument[],
): Promise<'capture' | 'snapshot'> {
  if ((await kindOfFile(file.chunk)) !== 'text') {
    captures.push(file.path);
    return 'capture';
  }
  const document = await readDocument(file);
  const { readDocuments } = await import('../topology/read/read-documents.ts');
  const { used, problems } = readDocuments([document]);
  // a problem without a line is that nothing was recognised
  if (used.length === 0 && problems.every(({ ref }) => ref.line === null)) {
    captures.push(file.path);
    return 'capture';
  }
  documents.push(document);
  return 'snapshot';
}
