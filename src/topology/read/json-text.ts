// JSON text -> documents with line numbers. JSON.parse reads, which is fast; places are found afterwards, by stepping through
// the (by then known to be valid) text as far as they are asked for. Several values one after another are several documents.
// The items of a large List are parsed one at a time, so that memory follows the largest item.
import { parseBoundedJson } from '../../net/bounded-json.ts';
import type { DocumentTree, Located, ParseProblem, Path } from './located.ts';

/** Lists in texts above this are parsed item by item. */
export const SPLIT_ABOVE = 1024 * 1024;
/** Problems told per text; the first are the ones that help. */
const MOST_PROBLEMS = 5;

/**
 * Parses a text of one or more JSON values. The items of large lists are parsed while they are walked: `problems` is only final then.
 * @param firstLine line number of the text's first line in its file
 */
export function parseJson(
  text: string,
  file: string,
  firstLine: number,
): { trees: DocumentTree[]; problems: ParseProblem[] } {
  const lineAt = lineFinder(text, firstLine);
  const trees: DocumentTree[] = [];
  const problems: ParseProblem[] = [];
  let at = skipBlanks(text, 0);
  while (at < text.length) {
    const origin = { text, at, lineAt, file };
    const list = text.length > SPLIT_ABOVE ? findList(text, at) : null;
    const end = list?.end ?? skipValue(text, at);
    try {
      if (list === null) trees.push(treeOf(parseBoundedJson(text.slice(at, end)), origin));
      else trees.push({ head: locate(list.head, origin), items: parseElements(list, origin, problems) });
    } catch (error) {
      problems.push(problemOf(error, at, end, lineAt));
      break;
    }
    at = skipBlanks(text, end);
  }
  return { trees, problems };
}

/** An object with a list of `items`: what stands around them, their offsets, and where the object ends. */
interface ListSpan {
  head: unknown;
  starts: readonly number[];
  ends: readonly number[];
  end: number;
}

/** Null for everything that is not plainly an object with a list of items: JSON.parse then says what it is. */
function findList(text: string, at: number): ListSpan | null {
  const list = memberAt(text, at, 'items');
  if (list === null || text[list] !== '[') return null;
  const starts: number[] = [];
  const ends: number[] = [];
  let position = skipBlanks(text, list + 1);
  while (position < text.length && text[position] !== ']') {
    starts.push(position);
    const end = skipValue(text, position);
    ends.push(end);
    const next = skipBlanks(text, end);
    position = text[next] === ',' ? skipBlanks(text, next + 1) : next;
    // `[1 2]` and `[1,]` are no lists.
    if ((text[next] === ',') === (text[position] === ']')) return null;
  }
  const end = skipNested(text, position + 1, 1);
  try {
    return { head: parseBoundedJson(text.slice(at, list + 1) + text.slice(position, end)), starts, ends, end };
  } catch {
    return null;
  }
}

function* parseElements(list: ListSpan, origin: Origin, problems: ParseProblem[]): Generator<Located> {
  for (const [i, at] of list.starts.entries()) {
    const end = list.ends[i] ?? at;
    const value = parseElement(origin, at, end, problems);
    if (value !== undefined) yield locate(value, { ...origin, at });
  }
}

function parseElement({ text, lineAt }: Origin, at: number, end: number, problems: ParseProblem[]): unknown {
  try {
    return parseBoundedJson(text.slice(at, end));
  } catch (error) {
    if (problems.length < MOST_PROBLEMS) problems.push(problemOf(error, at, end, lineAt));
    return undefined;
  }
}

/** V8 tells where it stopped, in characters; a text that ends too early stops at its end. */
function problemOf(error: unknown, at: number, end: number, lineAt: (offset: number) => number): ParseProblem {
  const message = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error);
  const position = /position (\d+)/.exec(message)?.[1];
  const offset = position === undefined ? Math.max(at, end - 1) : at + Number(position);
  return {
    line: lineAt(offset),
    message: message.replace(/ in JSON at position \d+.*| in JSON$/, '').split(', "', 1)[0] ?? message,
  };
}

interface Origin {
  text: string;
  at: number;
  lineAt: (offset: number) => number;
  file: string;
}

function treeOf(value: unknown, origin: Origin): DocumentTree {
  if (Array.isArray(value)) return { head: null, items: locateElements(value, origin) };
  const head = locate(value, origin);
  const items = (value as { items?: unknown } | null)?.items;
  if (!Array.isArray(items)) return { head, items: null };
  const list = memberAt(origin.text, origin.at, 'items') ?? origin.at;
  return { head, items: locateElements(items, { ...origin, at: list }) };
}

/** Steps through the text beside the values, so that all elements together cost one pass. */
function* locateElements(values: readonly unknown[], list: Origin): Generator<Located> {
  let at = skipBlanks(list.text, list.at + 1);
  for (const value of values) {
    const origin = { ...list, at };
    yield locate(value, origin);
    at = skipBlanks(list.text, skipBlanks(list.text, skipValue(list.text, at)) + 1);
  }
}

function locate(value: unknown, origin: Origin): Located {
  const { file, lineAt, text } = origin;
  return {
    value,
    ref: (path = []) => ({ file, line: lineAt(offsetOf(origin, path)) }),
    elementRefs: (path) => elementOffsets(text, offsetOf(origin, path)).map((at) => ({ file, line: lineAt(at) })),
  };
}

/** Offset of the deepest member of `path` that exists. */
function offsetOf(origin: Origin, path: Path): number {
  let at = origin.at;
  for (const key of path) {
    const next =
      typeof key === 'number' ? elementOffsets(origin.text, at, key + 1)[key] : memberAt(origin.text, at, key);
    if (next === undefined || next === null) break;
    at = next;
  }
  return at;
}

/** Offset of the value of a member of the object at `at`; null when it has none. */
function memberAt(text: string, at: number, key: string): number | null {
  if (text[at] !== '{') return null;
  const wanted = JSON.stringify(key);
  let position = skipBlanks(text, at + 1);
  while (text[position] === '"') {
    const keyEnd = skipString(text, position);
    const value = skipBlanks(text, skipBlanks(text, keyEnd) + 1);
    if (keyEnd - position === wanted.length && text.startsWith(wanted, position)) return value;
    position = skipBlanks(text, skipBlanks(text, skipValue(text, value)) + 1);
  }
  return null;
}

/** Offsets of the first `most` elements of the array at `at`; none when it is no array. */
function elementOffsets(text: string, at: number, most = Number.POSITIVE_INFINITY): number[] {
  const offsets: number[] = [];
  if (text[at] !== '[') return offsets;
  let position = skipBlanks(text, at + 1);
  while (offsets.length < most && position < text.length && text[position] !== ']') {
    offsets.push(position);
    position = skipBlanks(text, skipValue(text, position));
    if (text[position] !== ',') break;
    position = skipBlanks(text, position + 1);
  }
  return offsets;
}

const QUOTE = 0x22;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Offset after the value that begins at `at`; the text's end when it never closes. Always moves on. */
function skipValue(text: string, at: number): number {
  const first = text.charCodeAt(at);
  if (first === QUOTE) return skipString(text, at);
  if (first !== OPEN_OBJECT && first !== OPEN_LIST) {
    let end = at + 1;
    while (end < text.length && !' \t\r\n,]}{["'.includes(text[end] ?? '')) end++;
    return end;
  }
  return skipNested(text, at + 1, 1);
}

/** Offset after the bracket that closes the outermost of `open` brackets. */
function skipNested(text: string, at: number, open: number): number {
  // Characters, not a regular expression: this walks through most of a large file.
  let depth = open;
  for (let position = at; position < text.length; position++) {
    const code = text.charCodeAt(position);
    if (code === QUOTE) position = skipString(text, position) - 1;
    else if (code === OPEN_OBJECT || code === OPEN_LIST) depth++;
    else if ((code === CLOSE_OBJECT || code === CLOSE_LIST) && --depth === 0) return position + 1;
  }
  return text.length;
}

function skipString(text: string, at: number): number {
  for (let quote = text.indexOf('"', at + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (text[quote - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
  }
  return text.length;
}

function skipBlanks(text: string, at: number): number {
  let position = at;
  while (position < text.length && ' \t\r\n'.includes(text[position] ?? '')) position++;
  return position;
}

/** Line numbers, counted from the place asked for before: places are asked for in about the order they stand in. */
function lineFinder(text: string, firstLine: number): (offset: number) => number {
  let line = firstLine;
  let at = 0;
  let end = text.indexOf('\n');
  return (offset) => {
    while (end >= 0 && end < offset) {
      at = end + 1;
      end = text.indexOf('\n', at);
      line++;
    }
    while (at > offset) {
      end = at - 1;
      at = end === 0 ? 0 : text.lastIndexOf('\n', end - 1) + 1;
      line--;
    }
    return line;
  };
}
