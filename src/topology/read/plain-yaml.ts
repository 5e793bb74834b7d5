// The part of YAML that kubectl and its kin print: block mappings and sequences, scalars on one line. Read by hand, because a
// cluster has tens of thousands of pods. Guarantee: what is returned is what the `yaml` package would read; whatever is not
// surely that (anchors, tags, block scalars, flow style, folded text, a key twice) is null, and the package reads it.
import type { Located, Path } from './located.ts';

/** Where a value stands: the line of its key in a mapping, its own in a sequence. */
interface Place {
  line: number;
  inside: ReadonlyMap<string, Place> | readonly Place[] | null;
}

interface Node {
  value: unknown;
  inside: Place['inside'];
}

interface Reading {
  lines: readonly string[];
  /** The line that is read next, and where its unread part begins; -1 after the last. */
  at: number;
  column: number;
  odd: boolean;
}

/** Deeper than any object of Kubernetes, and far less than what the stack holds. */
const DEEPEST_COLUMN = 200;
const KEY = /(?:([A-Za-z_][\w./-]*)|"([\w./-]+)"|'([\w./-]+)') *:(?: +|$)/y;
/** Keys that are no text as YAML reads them, or none of the object's own as JavaScript does. */
const ODD_KEY = /^(?:null|true|false|__proto__)$/i;
const ODD_PLAIN = /^[-?:,[\]{}#&*!|>'"%@`.+]|: |:$| #|[^\x20-\x7e]/;
const WHOLE_NUMBER = /^(?:0|-?[1-9]\d{0,14})$/;
/** Every other number of YAML 1.2 section 10.3.2 that does not begin with a sign or a point. */
const OTHER_NUMBER = /^(?:\d+|0o[0-7]+|0x[\dA-Fa-f]+|\d+\.\d*|\d+(?:\.\d*)?[eE][-+]?\d+)$/;
const WORDS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ...['null', 'Null', 'NULL', '~'].map((word) => [word, null] as const),
  ...['true', 'True', 'TRUE'].map((word) => [word, true] as const),
  ...['false', 'False', 'FALSE'].map((word) => [word, false] as const),
]);
const ODD = Symbol('odd');

/**
 * Reads one document in plain block style.
 * @param lineAt line number in the file of a line of `lines` (counted from 0)
 */
export function readPlainYaml(
  lines: readonly string[],
  file: string,
  lineAt: (line: number) => number,
): Located | null {
  const reading: Reading = { lines, at: -1, column: -1, odd: false };
  advance(reading);
  if (lines[reading.at] === '---') advance(reading);
  const line = reading.at;
  const root = reading.column < 0 ? null : readBlock(reading);
  if (root === null || reading.odd || reading.column >= 0) return null;
  const place: Place = { line, inside: root.inside };
  return {
    value: root.value,
    ref: (path = []) => ({ file, line: lineAt(placeOf(place, path).line) }),
    elementRefs: (path) => elementsOf(place, path).map((element) => ({ file, line: lineAt(element.line) })),
  };
}

/** The deepest member of `path` that exists. */
function placeOf(root: Place, path: Path): Place {
  let place = root;
  for (const key of path) {
    const next = memberOf(place, key);
    if (next === undefined) break;
    place = next;
  }
  return place;
}

function elementsOf(root: Place, path: Path): readonly Place[] {
  let place: Place | undefined = root;
  for (const key of path) place = place === undefined ? undefined : memberOf(place, key);
  return Array.isArray(place?.inside) ? place.inside : [];
}

function memberOf({ inside }: Place, key: string | number): Place | undefined {
  if (inside === null) return undefined;
  return inside instanceof Map ? inside.get(String(key)) : (inside as readonly Place[])[Number(key)];
}

/** Moves to the next line that is neither blank nor a comment. */
function advance(reading: Reading): void {
  for (reading.at++; reading.at < reading.lines.length; reading.at++) {
    const line = reading.lines[reading.at] ?? '';
    const column = indentOf(line, 0);
    if (column < line.length && line[column] !== '#') {
      reading.column = column;
      return;
    }
  }
  reading.column = -1;
}

function indentOf(line: string, from: number): number {
  let column = from;
  while (line.charCodeAt(column) === 0x20) column++;
  return column;
}

function isElement({ lines, at, column }: Reading): boolean {
  return lines[at]?.startsWith('- ', column) ?? false;
}

function readBlock(reading: Reading): Node {
  return isElement(reading) ? readSequence(reading) : readMapping(reading);
}

function readSequence(reading: Reading): Node {
  const { column } = reading;
  const value: unknown[] = [];
  const inside: Place[] = [];
  while (!reading.odd && reading.column === column && isElement(reading)) {
    const line = reading.lines[reading.at] ?? '';
    reading.column = indentOf(line, column + 1);
    KEY.lastIndex = reading.column;
    inside.push({ line: reading.at, inside: null });
    const element = KEY.test(line) ? readMapping(reading) : readScalar(reading, line.slice(reading.column));
    value.push(element.value);
    (inside.at(-1) as Place).inside = element.inside;
  }
  reading.odd ||= reading.column > column;
  return { value, inside };
}

function readMapping(reading: Reading): Node {
  const { column } = reading;
  const value: Record<string, unknown> = {};
  const inside = new Map<string, Place>();
  reading.odd ||= column > DEEPEST_COLUMN;
  while (!reading.odd && reading.column === column && !isElement(reading)) {
    const line = reading.lines[reading.at] ?? '';
    KEY.lastIndex = column;
    const match = KEY.exec(line);
    const key = match?.[1] ?? match?.[2] ?? match?.[3] ?? '';
    reading.odd = match === null || ODD_KEY.test(key) || inside.has(key);
    if (reading.odd) break;
    const place: Place = { line: reading.at, inside: null };
    const node =
      KEY.lastIndex < line.length ? readScalar(reading, line.slice(KEY.lastIndex)) : readBelow(reading, column);
    inside.set(key, place);
    value[key] = node.value;
    place.inside = node.inside;
  }
  reading.odd ||= reading.column > column;
  return { value, inside };
}

/** What stands below a key: kubectl does not indent the elements of a list. */
function readBelow(reading: Reading, column: number): Node {
  advance(reading);
  const isBelow = reading.column > column || (reading.column === column && isElement(reading));
  return isBelow ? readBlock(reading) : { value: null, inside: null };
}

function readScalar(reading: Reading, written: string): Node {
  let end = written.length;
  while (end > 0 && written.charCodeAt(end - 1) === 0x20) end--;
  const text = written.slice(0, end);
  advance(reading);
  if (text === '{}') return { value: {}, inside: new Map() };
  if (text === '[]') return { value: [], inside: [] };
  const value = text.startsWith('"') || text.startsWith("'") ? quotedText(text) : plainValue(text);
  reading.odd ||= value === ODD;
  return { value, inside: null };
}

function quotedText(text: string): unknown {
  if (/^"[^"\\\x00-\x1f]*"$/.test(text)) return detached(text.slice(1, -1));
  if (/^"(?:[^"\\\x00-\x1f]|\\["\\/bfnrt])*"$/.test(text)) return JSON.parse(text);
  return /^'(?:[^'\x00-\x1f]|'')*'$/.test(text) ? detached(text.slice(1, -1).replaceAll("''", "'")) : ODD;
}

function plainValue(text: string): unknown {
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  if (WHOLE_NUMBER.test(text)) return Number(text);
  return text === '' || ODD_PLAIN.test(text) || OTHER_NUMBER.test(text) ? ODD : detached(text);
}

/** A copy: a slice would keep the text of the whole file in memory for as long as a pod's name is known. */
function detached(text: string): string {
  return ` ${text}`.slice(1);
}
