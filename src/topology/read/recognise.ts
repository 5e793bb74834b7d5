// What a section holds, by its content alone: names and endings lie.
import { isRecordLine } from './flow-logs/record-lines.ts';

/** `records`: one JSON object a line, each by itself. */
export type ContentKind = 'json' | 'yaml' | 'records' | 'lines';

/**
 * How to read a section, by its lines so far; null while all are blank. What begins like JSON is JSON, YAML must look like
 * Kubernetes objects, everything else is read line by line.
 */
export function kindAfter(kind: ContentKind | null, line: string): ContentKind | null {
  if (kind === 'json' || kind === 'yaml' || kind === 'records') return kind;
  if (isRecordLine(line)) return 'records';
  if (kind === null && /^\s*[[{]/.test(line)) return 'json';
  // unquoted keys of YAML have a blank behind the colon: `kind:Name` is something else
  if (/^(?:- )? {0,4}(?:- )?(?:(["'])(?:apiVersion|kind|items)\1\s*:|(?:apiVersion|kind|items)\s*:(?:\s|$))/.test(line))
    return 'yaml';
  return kind ?? (line.trim() === '' ? null : 'lines');
}
