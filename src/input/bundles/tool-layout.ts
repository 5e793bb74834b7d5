// What a layout of a diagnosis tool is: which member was taken where and when, by its path and by members beside it. A folder of the
// tool is never a node; a name that cannot be told is no name.
import type { CaptureHint } from '../../capture/capture-hint.ts';
import { dateOutputSeconds } from '../../net/date-text.ts';
import type { SnapshotDocument } from '../../topology/read/read-documents.ts';
import type { Taken } from '../../topology/time/taken.ts';

/** What a layout knows of one text. */
export interface Placement {
  /** The node it was taken on. */
  node: string | null;
  /** A text that ends with the node's name, where nothing tells where the name begins. */
  nodeAtEnd?: string;
  /** It holds nothing that is read: other namespaces, logs, what is there in another form too. */
  skip: boolean;
  /** Nobody misses it: where the command printed nothing of the kind, nothing is said. */
  isExtra?: true;
  /** When it was taken, where that is another time than the tree's. */
  taken?: Taken;
}

/** Nothing of it is read. */
export const NOT_READ: Placement = { node: null, skip: true };

/** One tree of files that one tool wrote. */
export interface Tree {
  /** Its folder, with `/` or `!` behind it; empty for the whole. */
  root: string;
  /** What is said of it: `sosreport`. */
  title: string;
  /** When it was taken; null where it does not say. */
  taken: Taken | null;
  /**
   * Null: nothing beside what its content says.
   * @param below the text's path below the root, with `/` between its parts
   */
  place(below: string): Placement | null;
  /** Where a capture was taken; null where the layout does not tell. */
  captured?(below: string): CaptureHint | null;
  /** Folders below the root that hold every object of a kind, one file each: `ippools`. */
  whole?: readonly string[];
}

/** Paths and texts of one argument's files. */
export interface Files {
  /** Path as shown -> document; captures are not among them. */
  documents: ReadonlyMap<string, SnapshotDocument>;
  /** All paths, captures' too. */
  paths: readonly string[];
}

export interface Layout {
  /** The trees of this tool among the files. */
  find(files: Files): Tree[];
}

/** The folders that hold a file which fits, each once: what stands before it, with its separator. */
export function rootsOf(paths: readonly string[], file: RegExp): string[] {
  return matchesOf(paths, file, (path, match) => path.slice(0, match.index + (/^[/!\\]/.test(match[0]) ? 1 : 0)));
}

/** The folders whose own names fit, each once, with the separator behind them: the expression ends with it. */
export function foldersOf(paths: readonly string[], folder: RegExp): string[] {
  return matchesOf(paths, folder, (path, match) => path.slice(0, match.index + match[0].length));
}

function matchesOf(
  paths: readonly string[],
  pattern: RegExp,
  rootIn: (path: string, match: RegExpExecArray) => string,
): string[] {
  const roots = new Set<string>();
  for (const path of paths) {
    const match = pattern.exec(path);
    if (match !== null) roots.add(rootIn(path, match));
  }
  return [...roots];
}

/** The last part of a root, without its separator. */
export function folderName(root: string): string {
  return /([^/!\\]*)[/!\\]$/.exec(root)?.[1] ?? '';
}

/** The first word of a small text file, such as `hostname`; null where it is missing, empty or no name. */
export function wordIn(files: Files, path: string): string | null {
  const [word = '', ...more] = files.documents.get(path)?.text.trim().split(/\s+/) ?? [];
  // more than a word is the error of a command that failed
  return more.length === 0 && /^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$/.test(word) && word !== 'localhost' ? word : null;
}

/** When `date` printed that file; null where it is missing or says nothing. */
export function dateIn(files: Files, path: string): Taken | null {
  const line = files.documents.get(path)?.text.trim().split('\n')[0] ?? '';
  const seconds = dateOutputSeconds(line);
  return seconds === null ? null : { seconds, from: 'date file', file: path };
}
