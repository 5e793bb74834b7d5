// What each argument is, by its content: a capture, a part of the snapshot, a folder or a bundle that may hold both.
import type { SnapshotDocument } from '../topology/read/read-documents.ts';
import { type FoundFile, filesBehind } from './leaves.ts';
import { kindOfFile, readDocument } from './read-document.ts';

/** What an argument was taken for. */
export interface Taken {
  argument: string;
  as: 'capture' | 'snapshot' | 'folder' | 'bundle';
  captures: number;
  /** Texts that a snapshot may be made of. */
  documents: number;
}

export interface SortedArguments {
  /** Paths of captures, in order; what is neither a capture nor a snapshot is among them, for their reader to say so. */
  captures: string[];
  documents: SnapshotDocument[];
  taken: Taken[];
}

/** Looks at each argument. Pipes are looked at too, and keep all their bytes. Never throws: what is not there is told by its reader. */
export async function sortArguments(paths: readonly string[]): Promise<SortedArguments> {
  const sorted: SortedArguments = { captures: [], documents: [], taken: [] };
  for (const path of paths) await sortOne(path, sorted);
  return sorted;
}

async function sortOne(path: string, sorted: SortedArguments): Promise<void> {
  const taken: Taken = { argument: path, as: 'folder', captures: 0, documents: 0 };
  for await (const found of filesBehind(path)) {
    if ('unread' in found) {
      const { path: file, named, reason } = found.unread;
      if (named) sorted.captures.push(file);
      else sorted.documents.push({ file, named, text: '', unread: reason, sought: false });
      if (named) taken.as = 'capture';
      continue;
    }
    const { file } = found;
    if (file.bundle === path) taken.as = 'bundle';
    if (file.named) taken.as = await sortNamed(file, sorted);
    else if ((await kindOfFile(file.chunk)) === 'capture') {
      sorted.captures.push(file.path);
      taken.captures++;
    } else {
      sorted.documents.push({ ...(await readDocument(file)), sought: false });
      taken.documents++;
    }
  }
  if (taken.as === 'capture') taken.captures = 1;
  if (taken.as === 'snapshot') taken.documents = 1;
  if (taken.captures + taken.documents === 0) sorted.captures.push(path);
  sorted.taken.push(taken);
}

/** A file that was named by itself: a snapshot only if something in it is one. */
async function sortNamed(file: FoundFile, { captures, documents }: SortedArguments): Promise<'capture' | 'snapshot'> {
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
