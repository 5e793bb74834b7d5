// What a section holds, by its content alone: names and endings lie.
import { isRecordLine } from './flow-logs/record-lines.ts';

/** `records`: one JSON object a line, each by itself. */
export type ContentKind = 'json' | 'yaml' | 'records' | 'lines';

/** Objects as kubectl and its kin print them; unquoted keys of YAML have a blank behind the colon: `kind:Name` is something else. */
const YAML_LINE =
  /^(?:- )? {0,4}(?:- )?(?:(["'])(?:apiVersion|kind|items)\1\s*:|(?:apiVersion|kind|items)\s*:(?:\s|$))/;
/** `[INFO] ...`, `[12.345] ...` and `[root@h ~]#` are no JSON; `{a: b}` is YAML in flow style, read with it. */
const JSON_LINE =
  /^\s*(?:\[\s*(?:$|[[{\]"]|-?\d{1,30}(?:\.\d{1,30})?\s*(?:,|\]\s{0,9}$|$)|true|false|null)|\{\s*(?:$|["}]|\w+\s*:))/;
/** Says nothing of what follows: comments, the beginning of a document, keys that may stand before the kind. */
const UNDECIDED = /^(?:#|---\s*$|%|(?:metadata|spec|status|data):\s*$)/;

/**
 * How to read a section, by its lines so far; null while that is not told. What begins like JSON is JSON, YAML must look like
 * Kubernetes objects, everything else is read line by line.
 */
export function kindAfter(kind: ContentKind | null, line: string): ContentKind | null {
  if (kind === 'json' || kind === 'yaml' || kind === 'records') return kind;
  if (isRecordLine(line)) return 'records';
  if (kind === null && JSON_LINE.test(line)) return 'json';
  if (YAML_LINE.test(line)) return 'yaml';
  return kind ?? (line.trim() === '' || UNDECIDED.test(line) || /^ {1,40}[\w.-]+:/.test(line) ? null : 'lines');
}

/** Whether a line among others begins something that is read as a whole. */
export function beginsObject(line: string): boolean {
  return /^(?:- )?(?:apiVersion|kind|items)\s*:(?:\s|$)/.test(line) || /^(?:[[{]\s*$|\{\s*"|\[\s*[[{])/.test(line);
}

/** Whether a line at the margin can be part of what is read as a whole. @param before the last line at the margin above it */
export function continues(kind: ContentKind, line: string, before: string): boolean {
  if (line.trim() === '') return true;
  if (kind === 'yaml') return /^(?:["']?[\w./-]+["']?\s*:(?:\s|$)|- |-$|#|---|\.\.\.|%|[\]})[{"'&*?!|>])/.test(line);
  // JSON has ended where its last bracket stands at the margin.
  return kind !== 'json' || !/[\]}]\s*$/.test(before) || !/^[[{]|[\]}]$/.test(before) || /^[[{\]},:"]/.test(line);
}

/** How lines of the tables begin that are read here. */
const ENTRY =
  /^(?:default |(?:unicast|local|broadcast|blackhole|unreachable|prohibit|throw) [\d.:a-f]+[/ ]|\d{1,10}: \S{1,60}[: ]|(?:[0-9a-f]{2}:){5}[0-9a-f]{2} |\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?:\/\d\d?)? {1,40}\S|[0-9a-f]{1,4}:[0-9a-f:]{1,40}(?:\/\d{1,3})? (?:dev|via|proto) |[[{]\s*(?:$|[{"])|(?:NAMESPACE|NAME) {2,}|Kernel IP|Destination {2,}|Address {2,}|\? \(\d)/;

/** Whether a line begins as the lines of those tables do. */
export function beginsEntry(line: string): boolean {
  return ENTRY.test(line);
}

/** Whether a line was broken within an address by a terminal as wide as the longest line: what it holds is a part of another address. */
export function isBroken(line: string, next: string | undefined, longest: number): boolean {
  if (next === undefined || line.length < longest || !/[0-9a-f.:/]$/.test(line)) return false;
  if (!/^[0-9a-f.:/]{1,40}(?:\s|$)/.test(next) || beginsEntry(next)) return false;
  const isAnnotation = /^ {0,60}[a-z.]{3,60}\/[A-Za-z0-9]{1,60}: /.test(line);
  return isAnnotation || /^\s{1,60}inet6? /.test(line) || (beginsEntry(line) && !/^[A-Z[{]/.test(line));
}
