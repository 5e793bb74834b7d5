// What a layout of a diagnosis tool is: which member was taken where and when, by its path and by members beside it. A folder of the
// tool is never a node; a name that cannot be told is no name.
import type { SnapshotDocument } from '../../topology/read/read-documents.ts';

/** What a layout knows of one file. Null: nothing beside what its content says. */
export interface Placement {
  /** The node it was taken on. */
  node: string | null;
  /** It holds nothing that is read: other namespaces, logs, what is there in another form too. */
  skip: boolean;
}

/** One tree of files that one tool wrote. */
export interface Tree {
  /** Its folder, with `/` or `!` behind it; empty for the whole. */
  root: string;
  /** What is said of it: `sosreport`. */
  title: string;
  /** When it was taken, in milliseconds since the epoch; null where it does not say. */
  taken: number | null;
  /** @param below the file's path below the root */
  place(below: string): Placement | null;
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
  const roots = new Set<string>();
  for (const path of paths) {
    const match = file.exec(path);
    if (match !== null) roots.add(path.slice(0, match.index + (/^[/!\\]/.test(match[0]) ? 1 : 0)));
  }
  return [...roots];
}

/** The first word of a small text file, such as `hostname`; null where it is missing, empty or no name. */
export function wordIn(files: Files, path: string): string | null {
  const word = files.documents.get(path)?.text.trim().split(/\s/)[0] ?? '';
  return /^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$/.test(word) ? word : null;
}

/** What `date` printed, in milliseconds since the epoch; null for what is no date, or in a zone that only the machine knows. */
export function dateIn(files: Files, path: string): number | null {
  const line = files.documents.get(path)?.text.trim().split('\n')[0] ?? '';
  // `Mon Nov  2 08:30:00 UTC 2026`, `Mon Nov  2 08:30:00 AM UTC 2026`, RFC 3339
  if (!/\b\d{1,2}:\d\d:\d\d\b/.test(line) || !/\b(UTC|GMT|Z)\b|[+-]\d\d:?\d\d$|\dZ$/.test(line)) return null;
  const time = Date.parse(line.replace(/\s+/g, ' '));
  return Number.isNaN(time) ? null : time;
}
