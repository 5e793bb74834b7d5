// A parsed value that still knows its lines, whatever it was parsed from. Readers for untrusted objects: nothing here throws,
// and a field of the wrong type is absent.
import type { SourceRef } from '../model.ts';

export type Path = readonly (string | number)[];

/** A value with its place in a file. */
export interface Located {
  value: unknown;
  /** The line of the member at `path`, else of the deepest one on the way that exists. */
  ref(path?: Path): SourceRef;
  /** The lines of all elements of the list at `path`, found in one pass. */
  elementRefs(path: Path): SourceRef[];
}

/** One document of a file. */
export interface DocumentTree {
  /** The mapping at the top, `items` left out where they were split off; null for a bare list. */
  head: Located | null;
  /** Elements of a bare list or of `items`, in order, **to be walked once**; null for a single object. */
  items: Iterable<Located> | null;
}

/** What a parser could not read. */
export interface ParseProblem {
  line: number | null;
  message: string;
}

/** The member at `path`; undefined when there is none. Own members only, so `__proto__` leads nowhere. */
export function valueAt(value: unknown, ...path: (string | number)[]): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined;
    current = (current as Record<string | number, unknown>)[key];
  }
  return current;
}

/** The member at `path` as text; whole numbers and booleans as they print, other numbers were written otherwise; null when absent, null or no scalar. */
export function textAt(value: unknown, ...path: (string | number)[]): string | null {
  const member = valueAt(value, ...path);
  if (typeof member === 'string') return member;
  return Number.isSafeInteger(member) || typeof member === 'boolean' ? String(member) : null;
}

/** The member at `path` as a list; empty when it is none. */
export function listAt(value: unknown, ...path: (string | number)[]): readonly unknown[] {
  const member = valueAt(value, ...path);
  return Array.isArray(member) ? member : [];
}

/** The texts of a list, other elements left out. */
export function textsAt(value: unknown, ...path: (string | number)[]): string[] {
  return listAt(value, ...path).filter((element) => typeof element === 'string');
}

/** The member at `path` as boolean; `"true"` counts (stored objects have some booleans as text). */
export function flagAt(value: unknown, ...path: (string | number)[]): boolean | null {
  const member = valueAt(value, ...path);
  if (member === true || member === 'true') return true;
  return member === false || member === 'false' ? false : null;
}

/** The texts of a mapping, others left out; null when it is none. */
export function mappingAt(value: unknown, ...path: (string | number)[]): Record<string, string> | null {
  const member = valueAt(value, ...path);
  if (typeof member !== 'object' || member === null || Array.isArray(member)) return null;
  return Object.fromEntries(
    Object.entries(member).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** A located member. */
export function locatedAt(parent: Located, ...path: (string | number)[]): Located {
  return {
    value: valueAt(parent.value, ...path),
    ref: (rest = []) => parent.ref([...path, ...rest]),
    elementRefs: (rest) => parent.elementRefs([...path, ...rest]),
  };
}

/** `file:line`, as messages name places. */
export function formatRef(ref: SourceRef): string {
  return ref.line === null ? ref.file : `${ref.file}:${ref.line}`;
}

/** `a, b and c`, shortened after a few. */
export function listNames(names: readonly string[]): string {
  const shown = names.slice(0, 5);
  if (names.length > shown.length) return `${shown.join(', ')} and ${names.length - shown.length} more`;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** `1 route`, `2 routes`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** A value as a message repeats it: JSON, and the numbers that JSON has no words for. */
export function writtenText(value: unknown): string {
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}
