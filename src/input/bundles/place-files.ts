// The files of one argument, each told where and when it was taken by the tool that wrote it; and those that nobody reads left out.
import type { CaptureHint } from '../../capture/capture-hint.ts';
import type { SnapshotDocument } from '../../topology/read/read-documents.ts';
import type { Taken } from '../../topology/time/taken.ts';
import { ciliumSysdump, clusterDiags, mustGather } from './cluster-diagnostics.ts';
import { commandOf, failureIn, hasNoTable, printsNothing } from './failed-command.ts';
import { collected, nodeDebugger, nodeDiags, sosReport } from './host-diagnostics.ts';
import { isNeverRead } from './never-read.ts';
import { packetCapture } from './pod-captures.ts';
import { readableText } from './readable-text.ts';
import { retina } from './retina.ts';
import { dateIn, type Files, type Layout, type Placement, type Tree, wordIn } from './tool-layout.ts';

const LAYOUTS: readonly Layout[] = [
  clusterDiags,
  mustGather,
  ciliumSysdump,
  nodeDiags,
  sosReport,
  retina,
  packetCapture,
  collected,
  nodeDebugger,
];

export interface PlacedFiles {
  documents: SnapshotDocument[];
  /** What a layout knows of captures, by their path. */
  hints: ReadonlyMap<string, CaptureHint>;
  /** The tools, each once. */
  titles: string[];
  /** Files that were left out. */
  skipped: number;
}

/** Places the files of one argument. */
export function placeFiles(documents: readonly SnapshotDocument[], captures: readonly string[]): PlacedFiles {
  const byPath = new Map(documents.map((document) => [document.file, document]));
  const files: Files = { documents: byPath, paths: [...byPath.keys(), ...captures] };
  const trees = LAYOUTS.flatMap((layout) => layout.find(files));
  // of trees within trees the innermost knows best
  trees.sort((a, b) => b.root.length - a.root.length);
  const isWhole = wholeFolders(documents, trees);
  const dates = folderDates(files);
  const hosts = folderHosts(files);
  const placed: SnapshotDocument[] = [];
  let skipped = 0;
  for (const document of documents) {
    const tree = treeOf(document.file, trees);
    const below = tree === null ? '' : belowOf(document.file, tree);
    // it says when the files beside it were taken, and is none of them
    if (tree === null && dates.get(folderOf(document.file))?.file === document.file) continue;
    if (tree === null && HOSTNAME.test(document.file) && hosts.has(folderOf(document.file))) continue;
    const placement = tree?.place(below) ?? null;
    const host = tree === null ? hostOf(document.file, hosts) : null;
    const isLost = placement?.isExtra === true && printsNothing(document.text);
    const isSkipped =
      isLost || placement?.skip === true || (tree !== null && (isNeverRead(below) || hasNoTable(document.text)));
    // what cannot be read is told, whatever it is
    if (isSkipped && document.unread === undefined) skipped++;
    else placed.push({ ...placedAs(dated(document, dates), tree, placement, isWhole(document.file)), ...host });
  }
  return { documents: placed, hints: hintsOf(captures, trees), titles: titlesOf(trees), skipped };
}

/** What `date` printed into a file of that name, by the folder that it is in, with the separator. */
function folderDates(files: Files): ReadonlyMap<string, Taken> {
  const found = new Map<string, Taken>();
  for (const path of files.paths) {
    const folder = folderOf(path);
    const taken = path === `${folder}date` ? dateIn(files, path) : null;
    if (taken !== null && folder !== '') found.set(folder, taken);
  }
  return found;
}

/** What `hostname` printed, beside what else was taken on that machine. */
const HOSTNAME = /(?:^|[/!\\])hostname(?:\.txt)?$/;

/** The machine's name in a file of that name, by the folder that it is in, with the separator. */
function folderHosts(files: Files): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const path of files.paths) {
    const name = HOSTNAME.test(path) && folderOf(path) !== '' ? wordIn(files, path) : null;
    if (name !== null) found.set(folderOf(path), name);
  }
  return found;
}

/** As if the file stood in a folder of that name: the machine of the innermost folder around it that has one. Prompts in it say more. */
function hostOf(path: string, hosts: ReadonlyMap<string, string>): Pick<SnapshotDocument, 'hintPath'> | null {
  if (hosts.size === 0) return null;
  for (let folder = folderOf(path); folder !== ''; folder = folderOf(folder.slice(0, -1))) {
    const node = hosts.get(folder);
    if (node !== undefined) return { hintPath: `${node}/${path.slice(folderOf(path).length)}` };
  }
  return null;
}

/** With the time that the innermost folder around it says: it was written on the machine, and an archive's members may be copies. */
function dated(document: SnapshotDocument, dates: ReadonlyMap<string, Taken>): SnapshotDocument {
  if (dates.size === 0) return document;
  for (let folder = folderOf(document.file); folder !== ''; folder = folderOf(folder.slice(0, -1))) {
    const taken = dates.get(folder);
    if (taken !== undefined) return { ...document, taken };
  }
  return document;
}

function folderOf(path: string): string {
  return /^.*[/!\\]/.exec(path)?.[0] ?? '';
}

function treeOf(path: string, trees: readonly Tree[]): Tree | null {
  return trees.find(({ root }) => path.startsWith(root)) ?? null;
}

function belowOf(path: string, { root }: Tree): string {
  return path.slice(root.length).replaceAll('\\', '/');
}

function placedAs(
  document: SnapshotDocument,
  tree: Tree | null,
  placement: Placement | null,
  isWhole: boolean,
): SnapshotDocument {
  const text = document.text === '' ? '' : readableText(document.text);
  const taken = placement?.taken ?? tree?.taken ?? null;
  return {
    ...document,
    text,
    ...(taken === null ? {} : { taken }),
    ...(isWhole ? { isWhole } : {}),
    ...(placement === null ? {} : placeOf(placement)),
    ...(tree === null ? {} : failedIn(document, placement)),
  };
}

/** A folder of the tool names no node. */
function placeOf({ node, nodeAtEnd }: Placement): Partial<SnapshotDocument> {
  return { hintPath: '', ...(node === null ? {} : { node }), ...(nodeAtEnd === undefined ? {} : { nodeAtEnd }) };
}

function failedIn({ file, text }: SnapshotDocument, placement: Placement | null): Partial<SnapshotDocument> {
  const failure = failureIn(text);
  if (failure === null) return {};
  const where = placement?.node == null ? '' : ` on ${placement.node}`;
  return { failed: `${commandOf(file)} failed${where}: ${failure}` };
}

/** Folders that hold every object of a kind, one a file: only where nothing of the tree could not be read. */
function wholeFolders(documents: readonly SnapshotDocument[], trees: readonly Tree[]): (path: string) => boolean {
  const whole = new Set(trees.flatMap(({ root, whole = [] }) => whole.map((folder) => `${root}${folder}/`)));
  for (const { file, unread, text } of documents) {
    const isLost = unread !== undefined || text.trim() === '';
    for (const folder of whole)
      if (isLost && (file.startsWith(folder) || folder.startsWith(file))) whole.delete(folder);
  }
  return (path) => whole.has(path.replaceAll('\\', '/').replace(/[^/]*$/, ''));
}

function hintsOf(captures: readonly string[], trees: readonly Tree[]): PlacedFiles['hints'] {
  const hints = new Map<string, CaptureHint>();
  for (const path of captures) {
    const tree = treeOf(path, trees);
    const hint = tree?.captured?.(belowOf(path, tree)) ?? null;
    if (hint !== null) hints.set(path, hint);
  }
  return hints;
}

function titlesOf(trees: readonly Tree[]): string[] {
  return [...new Set(trees.map(({ title }) => title))];
}
