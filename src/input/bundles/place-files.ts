// The files of one argument, each told where and when it was taken by the tool that wrote it; and those that nobody reads left out.
import type { SnapshotDocument } from '../../topology/read/read-documents.ts';
import { clusterDiags, nodeDiags, sosReport } from './host-diagnostics.ts';
import type { Files, Layout, Tree } from './layout.ts';
import { readableText } from './readable-text.ts';
import { retina } from './retina.ts';

const LAYOUTS: readonly Layout[] = [clusterDiags, nodeDiags, sosReport, retina];

/** Whose capture it is, and how that is known. */
export interface CaptureNode {
  node: string;
  because: string;
}

export interface PlacedFiles {
  documents: SnapshotDocument[];
  /** Captures whose node a layout knows: by their path. */
  captureNodes: ReadonlyMap<string, CaptureNode>;
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
  const placed: SnapshotDocument[] = [];
  let skipped = 0;
  for (const document of documents) {
    const tree = trees.find(({ root }) => document.file.startsWith(root));
    const placement = tree?.place(document.file.slice(tree.root.length)) ?? null;
    if (placement?.skip === true) {
      skipped++;
      continue;
    }
    placed.push(placedAs(document, tree ?? null, placement?.node ?? null));
  }
  return { documents: placed, captureNodes: captureNodes(captures, trees), titles: titlesOf(trees), skipped };
}

function placedAs(document: SnapshotDocument, tree: Tree | null, node: string | null): SnapshotDocument {
  const text = document.text === '' ? '' : readableText(document.text);
  const modified = tree?.taken ?? null;
  return { ...document, text, ...(node === null ? {} : { node }), ...(modified === null ? {} : { modified }) };
}

function captureNodes(captures: readonly string[], trees: readonly Tree[]): PlacedFiles['captureNodes'] {
  const nodes = new Map<string, CaptureNode>();
  for (const path of captures) {
    const tree = trees.find(({ root }) => root !== '' && path.startsWith(root));
    // texts of the tree know its node; a capture beside them is of the same one
    const node = tree?.place('ip-resources.txt')?.node ?? null;
    if (tree !== undefined && node !== null) nodes.set(path, { node, because: `the ${tree.title} is of ${node}` });
  }
  return nodes;
}

function titlesOf(trees: readonly Tree[]): string[] {
  return [...new Set(trees.map(({ title }) => title))];
}
