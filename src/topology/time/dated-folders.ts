// One argument that holds snapshots of several times, a folder each (`before/`, `after/`): by a file `date` in each of them, or by the times
// of an archive's members. Folders of nodes, and of parts of one snapshot, are taken apart by nobody here: they hold different things.

import { addUnder } from '../../net/multi-map.ts';
import type { SnapshotDocument } from '../read/read-documents.ts';

export interface DatedFolder {
  /** `bundle.tar.gz!before`. */
  name: string;
  documents: SnapshotDocument[];
}

/** What each node has of its own, beside what a snapshot has of the cluster. */
const OF_NODE = /^(first-|last-)?(ip|ipv\d|bridge|nhid|ethtool|conntrack|bpf)[-_]/;

/**
 * The folders, in the order of their names; null where the documents are not snapshots of several times. What stands beside the folders
 * is of no time.
 * @param name of the argument that all documents are in
 */
export function datedFolders(name: string, documents: readonly SnapshotDocument[]): DatedFolder[] | null {
  const { root, folders, beside } = foldersOf(name, documents);
  if (folders.size < 2 || !holdTheSame(folders)) return null;
  const dated = [...folders].map(([folder, own]) => ({
    name: nameOf(own[0], root.length + folder.length),
    documents: own.map(({ document }) => document),
  }));
  if (!areApart(dated)) return null;
  if (beside.length === 0) return dated;
  const undated = beside.map(({ taken: _taken, ...document }) => document);
  return [...dated, { name: `${root}: the files beside its folders`, documents: undated }];
}

/** As its files have it. */
function nameOf(one: Located | undefined, length: number): string {
  return one?.document.file.slice(0, length) ?? '';
}

interface Folders {
  /** What all paths begin with, up to the folders. */
  root: string;
  folders: Map<string, Located[]>;
  beside: SnapshotDocument[];
}

interface Located {
  document: SnapshotDocument;
  /** Its path below the folder. */
  below: string;
}

/** The uppermost folders that are several. */
function foldersOf(name: string, documents: readonly SnapshotDocument[]): Folders {
  const paths = documents.map(({ file }) => file.replaceAll('\\', '/').replaceAll('!', '/'));
  let root = `${name.replaceAll('!', '/').replace(/\/$/, '')}/`;
  for (;;) {
    const inside = paths.filter((path) => path.startsWith(root)).map((path) => path.slice(root.length));
    const tops = new Set(inside.map((path) => path.split('/')[0] ?? ''));
    const [only = ''] = tops;
    if (tops.size !== 1 || inside.length < paths.length || inside.some((path) => !path.includes('/'))) break;
    root += `${only}/`;
  }
  const folders = new Map<string, Located[]>();
  const beside: SnapshotDocument[] = [];
  for (const [i, document] of documents.entries()) {
    const [top = '', ...deeper] = (paths[i] ?? '').slice(root.length).split('/');
    if (!(paths[i] ?? '').startsWith(root) || deeper.length === 0) beside.push(document);
    else addUnder(folders, top, { document, below: deeper.join('/') });
  }
  return { root, folders, beside };
}

/** Whether each holds a file of the cluster that another one has, too. */
function holdTheSame(folders: ReadonlyMap<string, readonly Located[]>): boolean {
  const counts = new Map<string, number>();
  const filesOf = (own: readonly Located[]): string[] => [
    ...new Set(own.map(({ below }) => below).filter((below) => !OF_NODE.test(below.split('/').at(-1) ?? ''))),
  ];
  for (const own of folders.values()) for (const file of filesOf(own)) counts.set(file, (counts.get(file) ?? 0) + 1);
  return [...folders.values()].every((own) => filesOf(own).some((file) => (counts.get(file) ?? 0) > 1));
}

/** All have times, and no two at once. */
function areApart(folders: readonly DatedFolder[]): boolean {
  const spans = folders.map(({ documents }) => {
    const times = documents.flatMap(({ taken }) => (taken === undefined ? [] : [taken.seconds]));
    return { first: Math.min(...times), last: Math.max(...times) };
  });
  const inOrder = spans.toSorted((a, b) => a.first - b.first);
  return inOrder.every(
    ({ first }, i) => Number.isFinite(first) && (i === 0 || (inOrder[i - 1]?.last ?? first) < first),
  );
}
