// An explanation made fit for people's eyes: every text from outside escaped, node names without the domain they share, places
// without the folder they share. Guarantee: no renderer of `explain` sees a raw text.
import type { SourceRef } from '../../topology/model.ts';
import { createNameFitter } from '../text/endpoint-names.ts';
import { escapeText } from '../text/escape.ts';

/** Texts that are pasted into a shell or name files: escaped, never shortened. */
const IN_FULL = new Set(['next', 'path', 'commands', 'chosenText']);
/** What is no text: bytes, and definitions of headers. */
const UNTOUCHED = new Set(['bytes', 'parts']);

export interface Shown {
  nodeNames: readonly string[];
  snapshotRoot: string;
}

/** The same object with all its texts escaped and brief; bytes and header definitions stay. */
export function forPeople<T extends Shown>(value: T): T {
  const names = createNameFitter(value.nodeNames);
  return mapTexts(value, '', (text, key) => {
    const safe = escapeText(text);
    return IN_FULL.has(key) ? safe : names.fitSentence(safe, 0);
  }) as T;
}

function mapTexts(value: unknown, key: string, change: (text: string, key: string) => string): unknown {
  if (typeof value === 'string') return change(value, key);
  if (UNTOUCHED.has(key) || value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, key, change));
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mapTexts(item, name, change)]));
}

/** `control1/ip-route.txt:6`: a place without the folder that all files of the snapshot are in. */
export function placeText(ref: SourceRef | null, root: string): string {
  if (ref === null) return '';
  const file = root !== '' && ref.file.startsWith(root) ? ref.file.slice(root.length) : ref.file;
  return ref.line === null ? file : `${file}:${ref.line}`;
}

/** `bytes 50-55`, `byte 12`. */
export function spanText({ offset, length }: { offset: number; length: number }): string {
  return length <= 1 ? `byte ${offset}` : `bytes ${offset}-${offset + length - 1}`;
}
