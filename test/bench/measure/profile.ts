// A CPU profile of the built program, summed by the folders of the data path.
import { basename } from 'node:path';
import { digits } from './spread.ts';
import { markdownTable } from './table.ts';

/** What V8 writes with --cpu-prof, as far as it is read. Times are in microseconds. */
export interface CpuProfile {
  nodes: readonly ProfileNode[];
  samples: readonly number[];
  timeDeltas: readonly number[];
}

interface ProfileNode {
  id: number;
  callFrame: { functionName: string; url: string; lineNumber: number };
  children?: readonly number[];
}

export interface ProfileSum {
  /** Seconds of the main thread by folder of dist/, `start-up`, `garbage collection`, `Node.js`. */
  folders: Map<string, number>;
  /** The same by file, of those within dist/. */
  files: Map<string, number>;
}

const START_UP = 'start-up';
const NODE = 'Node.js';
/** What V8 calls the time in which no function ran; null: none that counts. */
const SPECIAL = new Map<string, string | null>([
  ['(garbage collector)', 'garbage collection'],
  ['(idle)', null],
  ['(program)', NODE],
  ['(root)', NODE],
]);

/**
 * Time goes to the folder whose code ran. What Node.js, V8 and packages did goes to the code of ours that called it; where none
 * did, to start-up (loading and evaluating modules) or to Node.js itself (threads' answers, streams).
 */
export function sumProfile(profile: CpuProfile): ProfileSum {
  const times = new Map<number, number>();
  for (const [i, id] of profile.samples.entries())
    times.set(id, (times.get(id) ?? 0) + (profile.timeDeltas[i] ?? 0) / 1e6);
  const byId = new Map(profile.nodes.map((node) => [node.id, node]));
  const sum: ProfileSum = { folders: new Map(), files: new Map() };
  const [root] = profile.nodes;
  const waiting = root === undefined ? [] : [{ node: root, owner: NODE, file: '' }];
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    const { node } = entry;
    const { owner, file } = ownerOf(node, entry.owner, entry.file);
    const time = times.get(node.id) ?? 0;
    if (owner !== null && time > 0) {
      sum.folders.set(owner, (sum.folders.get(owner) ?? 0) + time);
      if (file !== '') sum.files.set(file, (sum.files.get(file) ?? 0) + time);
    }
    for (const child of node.children ?? []) {
      const next = byId.get(child);
      if (next !== undefined) waiting.push({ node: next, owner: owner ?? NODE, file });
    }
  }
  return sum;
}

function ownerOf({ callFrame }: ProfileNode, owner: string, file: string): { owner: string | null; file: string } {
  const { functionName, url, lineNumber } = callFrame;
  const special = SPECIAL.get(functionName);
  if (special !== undefined) return { owner: special, file: '' };
  const path = url.split('/dist/')[1];
  if (path !== undefined && !url.includes('/node_modules/')) {
    // the body of a module, not a function without a name
    if (functionName === '' && lineNumber === 0) return { owner: START_UP, file: '' };
    const isInFolder = path.includes('/');
    return { owner: isInFolder ? (path.split('/')[0] ?? '') : basename(path, '.js'), file: path };
  }
  const isLoader = /^node:internal\/(modules|bootstrap|main|process)\//.test(url);
  return isLoader && owner === NODE ? { owner: START_UP, file: '' } : { owner, file };
}

const MOST_FILES = 12;

/** Two tables: folders, and the files that took the most. */
export function profileTables({ folders, files }: ProfileSum): string[] {
  const total = [...folders.values()].reduce((sum, seconds) => sum + seconds, 0);
  const rows = (of: Map<string, number>): string[][] =>
    [...of]
      .toSorted(([, a], [, b]) => b - a)
      .map(([name, seconds]) => [name, digits(seconds), `${digits((100 * seconds) / total)} %`]);
  return [
    ...markdownTable(['where', 'seconds', 'share'], rows(folders)),
    '',
    ...markdownTable(['file', 'seconds', 'share'], rows(files).slice(0, MOST_FILES)),
  ];
}
