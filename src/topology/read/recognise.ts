// What a file or section holds, by its content alone: names and endings lie. Also says what was handed over by mistake.
import { isRecordLine } from './flow-logs/record-lines.ts';

/** Files that are no text: magic numbers of what people confuse with a snapshot. */
export type Foreign =
  | 'pcap capture'
  | 'pcapng capture'
  | 'gzip-compressed file'
  | 'zstd-compressed file'
  | 'binary file';

/** `records`: one JSON object a line, each by itself. */
export type ContentKind = 'json' | 'yaml' | 'records' | 'lines';

/**
 * Recognises content that cannot be a snapshot from its first bytes.
 * Magic numbers: pcap (also nanoseconds, Kuznetzov; both byte orders), pcapng section header, RFC 1952, RFC 8878.
 */
export function recogniseForeign(bytes: Uint8Array): Foreign | null {
  const magic = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (/^(a1b2c3d4|d4c3b2a1|a1b23c4d|4d3cb2a1|a1b2cd34|34cdb2a1)$/.test(magic)) return 'pcap capture';
  if (magic === '0a0d0d0a') return 'pcapng capture';
  if (magic.startsWith('1f8b')) return 'gzip-compressed file';
  if (magic === '28b52ffd') return 'zstd-compressed file';
  return bytes.subarray(0, 4096).includes(0) ? 'binary file' : null;
}

/** Objects as kubectl and its kin print them; unquoted keys of YAML have a blank behind the colon: `kind:Name` is something else. */
const YAML_LINE =
  /^(?:- )? {0,4}(?:- )?(?:(["'])(?:apiVersion|kind|items)\1\s*:|(?:apiVersion|kind|items)\s*:(?:\s|$))/;
/** `[INFO] ...` and `[root@h ~]#` are no JSON; `{a: b}` is YAML in flow style, read with it. */
const JSON_LINE = /^\s*(?:\[\s*(?:$|[[{\]"\d-]|true|false|null)|\{\s*(?:$|["}]|\w+\s*:))/;
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
