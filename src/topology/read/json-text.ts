// JSON text -> documents with line numbers. JSON.parse reads, which is fast; places are found afterwards, by stepping through
// the (by then known to be valid) text as far as they are asked for. Several values one after another are several documents.
import type { DocumentTree, Located, ParseProblem, Path } from './located.ts';

/**
 * Parses a text of one or more JSON values.
 * @param firstLine line number of the text's first line in its file
 */
export function parseJson(
  text: string,
  file: string,
  firstLine: number,
): { trees: DocumentTree[]; problems: ParseProblem[] } {
  const lineAt = lineFinder(text, firstLine);
  const trees: DocumentTree[] = [];
  let at = skipBlanks(text, 0);
  while (at < text.length) {
    const end = skipValue(text, at);
    try {
      trees.push(treeOf(JSON.parse(text.slice(at, end)), { text, at, lineAt, file }));
    } catch (error) {
      return { trees, problems: [problemOf(error, at, end, lineAt)] };
    }
    at = skipBlanks(text, end);
  }
  return { trees, problems: [] };
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
  // Characters, not a regular expression: this walks through most of a large file.
  let depth = 0;
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

/** Line numbers by binary search over the offsets of line breaks, collected on first use. */
function lineFinder(text: string, firstLine: number): (offset: number) => number {
  let breaks: number[] | null = null;
  return (offset) => {
    if (breaks === null) {
      breaks = [];
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) breaks.push(at);
    }
    let low = 0;
    let high = breaks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((breaks[middle] ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return firstLine + low;
  };
}
