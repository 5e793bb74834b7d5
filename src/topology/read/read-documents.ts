// Texts -> facts: recognises what each document holds, lets the readers collect, and decides what an unrecognised document means.
// A document is read as a whole or not at all: prose with a route in it adds nothing.

import { dateOutputSeconds } from '../../net/date-text.ts';
import type { Taken } from '../time/taken.ts';
import { addBroken } from './flow-logs/logged-values.ts';
import { parseRecordLines } from './flow-logs/record-lines.ts';
import { foldBundles } from './fold-bundles.ts';
import { readIproute2Element } from './iproute2/iproute2-json.ts';
import { parseJson, SPLIT_ABOVE } from './json-text.ts';
import { type ObjectCounts, READ_KINDS, readObjects } from './kubernetes/objects.ts';
import { readLines } from './lines.ts';
import { type DocumentTree, formatRef, type Located, listNames, type ParseProblem, valueAt } from './located.ts';
import { parseCommand } from './paste/command-line.ts';
import { hintsOfPath } from './paste/heading.ts';
import { plainText } from './paste/markup/markup.ts';
import { composeStates, type Statement } from './paste/states.ts';
import { columnsOf } from './paste/text-columns.ts';
import { unwoven } from './paste/woven.ts';
import type { ContentKind } from './recognise.ts';
import { type Section, splitSections } from './sections.ts';
import { addIssue, emptyFacts, type Facts, moveFacts, type Problem, type TextHint } from './stated-facts.ts';
import { emptyTextFact, finishText } from './text-fact.ts';
import { parseYaml } from './yaml-text.ts';

export interface SnapshotDocument {
  /** As the user named or would find it: every place is told with it. */
  file: string;
  text: string;
  /** The node whose iproute2 texts it holds, if the caller knows. */
  node?: string | null;
  /** Named by the user (not found in a directory): must be recognised. */
  named: boolean;
  /** Path below the directory the user named; its folders may be named like nodes. */
  path?: string;
  /** What it is instead of a snapshot (a capture, a binary); its text is then not looked at. */
  foreign?: string;
  /** Why it could not be read. */
  unread?: string;
  /** The bundle it is a member of. */
  bundle?: string;
  /** False where nobody said that a snapshot is there: nothing is missing where it is none. */
  sought?: boolean;
  /** A text that ends with the name of the node, where nothing tells where the name begins. */
  nodeAtEnd?: string;
  /** The path that names are taken from, where folders of a diagnosis tool are none; empty for none. */
  hintPath?: string;
  /** With the files beside it, it has every object of its kind. */
  isWhole?: boolean;
  /** It holds the error of a command instead of its output: which, where and why. */
  failed?: string;
  /** When it was taken, where that is known. */
  taken?: Taken;
  /** What was named on the command line to get it: a folder, a bundle, the file itself. */
  given?: string;
}

/** What a document was found to hold. */
export interface Tally extends ObjectCounts {
  understood: number;
  unknown: number;
  firstUnknown: number | null;
  /** Lines between fences that nothing was made of. */
  prose: number;
  /** Lines of JSON and YAML. */
  structured: number;
  /** What cannot be parsed. */
  broken: Problem[];
  /** Commands whose output was not looked at. */
  skipped: { command: string; line: number }[];
}

/** Reads all documents. Faults of the input are in `problems` and `issues` of the result, never thrown. */
export function readDocuments(documents: readonly SnapshotDocument[], step: number | null = null): Facts {
  const facts = emptyFacts();
  for (const document of documents) readDocument(document, facts, step);
  facts.issues = foldBundles(documents, facts.issues);
  return facts;
}

function readDocument(document: SnapshotDocument, facts: Facts, step: number | null): void {
  const { file, named, foreign, unread } = document;
  const unusable = unread ?? (foreign === undefined ? null : `is a ${foreign}`);
  if (unusable !== null) {
    addIssue(facts, 'unrecognised-file', 'warning', `${file} ${unusable}: not used`, { refs: [{ file, line: null }] });
    return;
  }
  if (document.failed !== undefined) {
    const refs = [{ file, line: 1 }];
    addIssue(facts, 'failed-command', 'warning', `${document.failed}: its output is missing`, { refs });
    return;
  }
  const text = plainText(document.text);
  if (text.trim() === '') {
    if (readEmptyTable(document, facts)) return;
    if (named) facts.problems.push({ ref: { file, line: null }, message: 'the file is empty, expected a snapshot' });
    else addIssue(facts, 'empty-file', 'warning', `${file} is empty`, { refs: [{ file, line: null }] });
    return;
  }
  const tally = emptyTally();
  const fileHints = hintsOfDocument(document);
  const statements = columnsOf(text)
    .flatMap(splitSections)
    .flatMap(unwoven)
    .map((section): Statement => {
      const own = emptyFacts();
      readSection({ ...section, hints: [...callerHint(document), ...section.hints, ...fileHints] }, file, own, tally);
      return { facts: own, firstLine: section.firstLine, lastLine: lastLineOf(section), time: dateOf(section) };
    });
  const own = composeStates(statements, file, step);
  const recognised = tally.used + tally.understood;
  // Mostly prose, in a directory: a README that quotes a routing table is no snapshot.
  const isProse =
    !named &&
    (tally.used === 0 || tally.prose > 0) &&
    tally.unknown + tally.prose > tally.understood + tally.structured;
  if (own.problems.length === 0 && (recognised === 0 || isProse)) {
    reportUnrecognised(document, tally, facts);
    return;
  }
  own.used.push(file);
  for (const { translations } of own.texts)
    for (const one of translations ?? []) one.time = document.taken?.seconds ?? null;
  own.poolsComplete ||= document.isWhole === true && own.pools.length > 0;
  own.nodesComplete ||= document.isWhole === true && own.nodes.length > 0;
  // Where one of several parts is wrong, the others are used all the same.
  if (statements.length > 1 && recognised > 0) tally.broken.push(...own.problems.splice(0));
  reportRest(document, tally, own);
  moveFacts(own, facts);
}

/** When `date` was typed, if the section is what it printed. */
function dateOf({ command, text }: Section): number | null {
  const isDate = command !== null && parseCommand(command).runs.some(({ words }) => words[0] === 'date');
  return isDate ? dateOutputSeconds(text) : null;
}

function lastLineOf({ text, firstLine }: Section): number {
  let line = firstLine;
  for (let at = text.indexOf('\n'); at >= 0 && at < text.length - 1; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

/** Nothing yet. */
export function emptyTally(): Tally {
  return {
    ...{ used: 0, other: new Map(), understood: 0, unknown: 0, firstUnknown: null },
    ...{ prose: 0, structured: 0, broken: [], skipped: [] },
  };
}

/** `ip-neigh.txt` without a line: the command was run and there is no entry. */
function readEmptyTable(document: SnapshotDocument, facts: Facts): boolean {
  const name = document.file.split(/[\\/]/).at(-1) ?? '';
  const table = /neigh/i.test(name) ? 'neigh' : /fdb/i.test(name) ? 'fdb' : /route/i.test(name) ? 'route' : null;
  if (table === null) return false;
  const hints = [...callerHint(document), ...hintsOfDocument(document)];
  const text = emptyTextFact({ firstLine: 1, hints, command: null }, document.file);
  facts.texts.push({ ...text, has: { ...text.has, [table]: true } });
  facts.used.push(document.file);
  return true;
}

function readSection(section: Section, file: string, facts: Facts, tally: Tally): void {
  const { kind, text } = section;
  if (section.isSkipped === true && text.trim() !== '')
    tally.skipped.push({ command: section.command ?? '', line: section.firstLine });
  if (kind === 'lines') {
    const counts = readLines(section, file, facts);
    tally.understood += counts.understood;
    const isOther = section.isFenced === true && counts.understood === 0;
    if (section.isLoose === true || isOther) tally.prose += counts.unknown;
    else if (section.isSkipped !== true && counts.unknown > 0) {
      tally.unknown += counts.unknown;
      tally.firstUnknown ??= counts.firstUnknown;
    }
    return;
  }
  tally.structured += text.length > SPLIT_ABOVE ? SPLIT_ABOVE : text.split('\n').length;
  const parsed = parseStructured(kind, text, file, section.firstLine);
  for (const tree of parsed.trees) readTree(tree, { section, file, facts, tally });
  // A List that is damaged is not whole.
  if (parsed.problems.length > 0) facts.poolsComplete = false;
  for (const { line, message } of parsed.problems) {
    if (kind === 'records') addBroken(message, { file, line }, facts);
    else
      tally.broken.push({ ref: { file, line }, message: `not valid ${kind === 'json' ? 'JSON' : 'YAML'}: ${message}` });
  }
}

/** The documents of a section of JSON or YAML. */
export function parseStructured(
  kind: Exclude<ContentKind, 'lines'>,
  text: string,
  file: string,
  firstLine: number,
): { trees: Iterable<DocumentTree>; problems: ParseProblem[] } {
  if (kind === 'yaml') return parseYaml(text, file, firstLine);
  if (kind === 'records') return parseRecordLines(text, file, firstLine);
  const json = parseJson(text, file, firstLine);
  // What begins like JSON may be YAML in flow style: tried where that is affordable.
  if (json.problems.length === 0 || text.length > SPLIT_ABOVE) return json;
  const { trees, problems } = parseYaml(text, file, firstLine);
  const yaml = [...trees];
  return problems.length === 0 ? { trees: yaml, problems } : json;
}

/** Reads one document, whatever it holds. */
export function readTree(
  tree: DocumentTree,
  into: { section: Section; file: string; facts: Facts; tally: Tally },
): void {
  const { section, file, facts, tally } = into;
  if (tree.head !== null || tree.items === null) {
    readObjects(tree, facts, tally);
    return;
  }
  // A bare list: objects of Calico's client, or what `ip -j` and `bridge -j` print.
  const text = emptyTextFact(section, file);
  const objects: Located[] = [];
  let elements = 0;
  for (const element of tree.items) {
    const isObject = valueAt(element.value, 'kind') !== undefined || valueAt(element.value, 'spec') !== undefined;
    if (!isObject && readIproute2Element(element, text)) elements++;
    else objects.push(element);
  }
  tally.used += elements;
  const command = section.command === null ? null : parseCommand(section.command);
  finishText(text, facts, { command, isClosed: elements + objects.length === 0, isCut: false });
  // `[]` is what the commands print when there is nothing.
  if (elements === 0 && objects.length === 0) tally.used++;
  readObjects({ head: null, items: objects }, facts, tally);
}

function reportUnrecognised(document: SnapshotDocument, tally: Tally, facts: Facts): void {
  const { file, named } = document;
  const [broken] = tally.broken;
  if (broken !== undefined) {
    if (named) facts.problems.push(...tally.broken);
    else
      addIssue(facts, 'unrecognised-file', 'warning', `${formatRef(broken.ref)}: ${broken.message}: not used`, {
        refs: [broken.ref],
      });
    return;
  }
  const kinds = [...tally.other.keys()].join(', ');
  const what = kinds === '' ? 'nothing that a snapshot is made of' : `no object that is read (found: ${kinds})`;
  const expected = `expected ${READ_KINDS}, -o wide tables, flow logs, or output of ip and bridge`;
  const ref = { file, line: null };
  if (named) facts.problems.push({ ref, message: `holds ${what}, ${expected}` });
  else addIssue(facts, 'unrecognised-file', 'warning', `${file} holds ${what}: not used`, { refs: [ref] });
}

/** What a recognised document held besides. */
function reportRest(document: SnapshotDocument, tally: Tally, facts: Facts): void {
  const { file } = document;
  const [broken] = tally.broken;
  if (broken !== undefined) {
    const more = tally.broken.length === 1 ? '' : ` (and ${tally.broken.length - 1} more)`;
    const message = `${formatRef(broken.ref)}: ${broken.message}${more}: the rest of the file is used`;
    addIssue(facts, 'broken-part', 'warning', message, { refs: [broken.ref] });
  }
  if (tally.other.size > 0) {
    const kinds = [...tally.other].map(([kind, count]) => `${count} ${kind}`).join(', ');
    addIssue(facts, 'unused-object', 'warning', `${file}: not used: ${kinds}`, { refs: [{ file, line: null }] });
  }
  if (tally.unknown > 0) {
    const lines = tally.unknown === 1 ? '1 line was' : `${tally.unknown} lines were`;
    const message = `${file}: ${lines} not understood, the first is line ${tally.firstUnknown}`;
    addIssue(facts, 'unrecognised-lines', 'warning', message, { refs: [{ file, line: tally.firstUnknown }] });
  }
  const [skipped] = tally.skipped;
  if (skipped !== undefined) {
    const commands = listNames([...new Set(tally.skipped.map(({ command }) => command.slice(0, 60)))]);
    const message = `${file}: the output of what prints nothing of a snapshot was not read: ${commands}`;
    addIssue(facts, 'skipped-output', 'warning', message, { refs: [{ file, line: skipped.line }] });
  }
}

function callerHint(document: SnapshotDocument): TextHint[] {
  const { node, nodeAtEnd } = document;
  if (nodeAtEnd !== undefined) return [{ name: nodeAtEnd, from: 'end of name' }];
  return node == null ? [] : [{ name: node, from: 'caller' }];
}

function hintsOfDocument(document: SnapshotDocument): TextHint[] {
  if (document.hintPath !== undefined) return hintsOfPath(document.hintPath);
  const below = document.path ?? (document.file.split(/[\\/]/).at(-1) || document.file);
  const above = document.file.endsWith(below) ? document.file.slice(0, document.file.length - below.length) : '';
  const parents = hintsOfPath(`${above}/x`).filter((hint) => hint.from === 'folder');
  return [...hintsOfPath(below), ...parents.map((hint): TextHint => ({ ...hint, from: 'parent folder' }))];
}
