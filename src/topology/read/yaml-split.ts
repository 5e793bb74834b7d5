// A YAML text -> parts that can be read alone: its documents, and the elements of a long list. By the first characters of lines,
// so that a text of any size is passed over twice and copied never.

/** A part of a text, and how many lines stand before it. */
export interface TextPart {
  text: string;
  line: number;
}

/** A list's elements, and the text around them. */
export interface SplitList {
  elements: Generator<TextPart>;
  head: string;
  /** In `head`, lines from this one on stand `removed` lines further down in the text. */
  from: number;
  removed: number;
}

/**
 * The documents of a text. `---` at the left margin begins one wherever it stands, also within a scalar (YAML 1.2 section 9.1.2).
 * A text with directives or explicit document ends stays whole.
 */
export function splitDocuments(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let start = 0;
  let first = 0;
  let line = 0;
  for (let at = 0; at < text.length; line++) {
    const code = text.charCodeAt(at);
    if (code === 0x25 || (code === 0x2e && isMarker(text, at, '...'))) return [{ text, line: 0 }];
    if (code === 0x2d && at > 0 && isMarker(text, at, '---')) {
      parts.push({ text: text.slice(start, at), line: first });
      start = at;
      first = line;
    }
    at = nextLine(text, at);
  }
  parts.push({ text: text.slice(start), line: first });
  return parts;
}

function isMarker(text: string, at: number, marker: string): boolean {
  return text.startsWith(marker, at) && (at + 3 === text.length || ' \t\r\n'.includes(text[at + 3] ?? ''));
}

/**
 * Where the elements of a block style list begin: `items:` at the left margin with its elements below, as kubectl and
 * others print it, or a bare list. Null for everything else (flow style, an anchor of one element that another refers to).
 */
export function splitList(text: string): SplitList | null {
  const items = /(?<![^\n])items:[^\S\n]*(?:\n|$)/.exec(text);
  const before = items === null ? 0 : items.index + items[0].length;
  const first = firstContent(text, before);
  const marker = /^ *- /.exec(text.slice(first, nextLine(text, first)))?.[0];
  if (marker === undefined || (items === null && marker !== '- ') || hasAnchors(text)) return null;
  const starts: number[] = [];
  const lines: number[] = [];
  const from = countLines(text, 0, first);
  let line = from;
  let end = first;
  for (; end < text.length && isInList(text, end, marker); line++) {
    if (text.startsWith(marker, end)) {
      starts.push(end);
      lines.push(line);
    }
    end = nextLine(text, end);
  }
  if (items === null && text.slice(end).trim() !== '') return null;
  const elements = elementsOf(text, [...starts, end], lines);
  return { elements, head: text.slice(0, first) + text.slice(end), from, removed: line - from };
}

function* elementsOf(text: string, starts: readonly number[], lines: readonly number[]): Generator<TextPart> {
  for (const [i, line] of lines.entries()) yield { text: text.slice(starts[i], starts[i + 1]), line };
}

/** The first line from `at` on that is neither blank nor a comment nor the beginning of the document. */
function firstContent(text: string, at: number): number {
  let position = at;
  while (position < text.length) {
    const next = nextLine(text, position);
    const line = text.slice(position, next).trimEnd();
    if (line.trim() !== '' && !line.startsWith('#') && line !== '---') break;
    position = next;
  }
  return position;
}

function isInList(text: string, at: number, marker: string): boolean {
  const code = text.charCodeAt(at);
  if (code === 0x20 || code === 0x0a || text.startsWith(marker, at)) return true;
  const line = text.slice(at, nextLine(text, at));
  return line.trim() === '' || line.trimEnd() === '-';
}

/** True when an alias refers to an anchor, by their looks: where they stand in texts, elements are just not split. */
function hasAnchors(text: string): boolean {
  const anchors = new Set<string>();
  for (let at = text.indexOf('&'); at >= 0; at = text.indexOf('&', at + 1)) {
    const name = nameBehind(text, at);
    if (name !== null) anchors.add(name);
  }
  if (anchors.size === 0) return false;
  for (let at = text.indexOf('*'); at >= 0; at = text.indexOf('*', at + 1)) {
    const name = nameBehind(text, at);
    if (name !== null && anchors.has(name)) return true;
  }
  return false;
}

/** The name after `&` or `*` where a value may begin (YAML 1.2 section 6.9.2). */
function nameBehind(text: string, at: number): string | null {
  if (at > 0 && !' \t\n,[{'.includes(text[at - 1] ?? '')) return null;
  let end = at + 1;
  while (end < text.length && end - at < 200 && !' \t\r\n,[]{}'.includes(text[end] ?? '')) end++;
  return end === at + 1 ? null : text.slice(at + 1, end);
}

/** Offset of the line after the one at `at`; the text's end after the last. */
export function nextLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end + 1;
}

function countLines(text: string, from: number, to: number): number {
  let lines = 0;
  for (let at = from; at < to; at = nextLine(text, at)) lines++;
  return lines;
}
