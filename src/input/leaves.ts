// A path -> the files behind it: itself, the files of a folder, the members of a bundle, in any nesting.
import { memberBudget } from '../bytes/archive/member-limits.ts';
import { type BrokenArchive, type Leaf, leavesOf } from '../bytes/archive/walk-members.ts';
import { diskFileOf, peekPath } from '../bytes/open-path.ts';
import { OverlensError } from '../errors.ts';
import { filesInFolder, isFolder } from './folders.ts';

/** A file behind a path that was named. */
export interface FoundFile extends Leaf {
  /** The path itself is a file, and no archive. */
  named: boolean;
  /** Path below what was named: below the folder, or in the bundle. */
  below: string;
  /** Of an archive: the outermost. */
  bundle: string | null;
}

export interface UnreadFile {
  path: string;
  /** The path that was named is this one. */
  named: boolean;
  reason: string;
  hint: string | null;
}

export type Found = { file: FoundFile } | { unread: UnreadFile };

/**
 * The files behind a path, in order of their names; hidden ones of folders are left out. A file's bytes are valid until the next is
 * asked for. What is not there, may not be read or is damaged is said in its place; never throws for it.
 */
export async function* filesBehind(path: string): AsyncGenerator<Found, void, void> {
  yield* isFolder(path) ? folderFiles(path) : fileOrMembers(path, { named: true, below: null });
}

async function* folderFiles(folder: string): AsyncGenerator<Found, void, void> {
  for (const { path, below, error } of filesInFolder(folder)) {
    if (error !== undefined) yield unread(path, error, path === folder);
    else yield* fileOrMembers(path, { named: false, below });
  }
}

async function* fileOrMembers(
  path: string,
  place: { named: boolean; below: string | null },
): AsyncGenerator<Found, void, void> {
  let peek: Awaited<ReturnType<typeof peekPath>>;
  try {
    peek = await peekPath(path);
  } catch (error) {
    yield unread(path, error, place.named);
    return;
  }
  const { chunk, again } = peek;
  try {
    // an archive from a pipe can be walked once; where it must be read again, it was put into a file before
    const file = again ? diskFileOf(path) : null;
    let isArchive = false;
    for await (const leaf of leavesOf(chunk, { path, modified: null, file, depth: 0 }, memberBudget())) {
      if ('fault' in leaf) yield broken(leaf, place.named && !isArchive && leaf.path === path);
      else yield { file: found(leaf, path, place) };
      isArchive ||= leaf.path !== path;
    }
  } finally {
    if (again) chunk.close();
  }
}

function found(leaf: Leaf, path: string, place: { named: boolean; below: string | null }): FoundFile {
  if (leaf.path === path) {
    const below = place.below ?? path.split(/[\\/]/).at(-1) ?? path;
    return { ...leaf, named: place.named, below, bundle: null };
  }
  return { ...leaf, named: false, below: leaf.path.slice(path.length + 1), bundle: path };
}

function broken({ path, fault }: BrokenArchive, named: boolean): Found {
  return { unread: { path, named, reason: fault.message, hint: fault.hint ?? null } };
}

function unread(path: string, error: unknown, named: boolean): Found {
  return { unread: { path, named, reason: reasonOf(error), hint: null } };
}

function reasonOf(thrown: unknown): string {
  const error = thrown instanceof OverlensError ? (thrown.cause ?? thrown) : thrown;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'no such file or directory';
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read (permission denied)';
  if (code === 'ELOOP') return 'is a link that leads back to itself';
  return `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}
