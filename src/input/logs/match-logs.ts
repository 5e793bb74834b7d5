// Which capture a log is of: by the file that its command line writes, by its name, else by its folder, where only one capture is.
import type { CaptureLog } from '../../capture/source.ts';
import { captureStem } from '../capture-name.ts';
import { baseOf, type ReadLog } from './tcpdump-log.ts';

/** The log of each capture, by path; of two logs for one capture neither counts. */
export function matchLogs(logs: readonly ReadLog[], captures: readonly string[]): Map<string, CaptureLog> {
  const found = new Map<string, CaptureLog | null>();
  for (const { written, ...log } of logs)
    for (const capture of capturesOf(log.file, written, captures)) found.set(capture, found.has(capture) ? null : log);
  return new Map([...found].flatMap(([path, log]) => (log === null ? [] : [[path, log] as const])));
}

function capturesOf(file: string, written: string | null, captures: readonly string[]): readonly string[] {
  const beside = captures.filter((capture) => folderOf(capture) === folderOf(file));
  if (written !== null)
    return beside.filter((capture) => isWrittenAs(captureStem(baseOf(capture)), captureStem(written)));
  const name = captureStem(baseOf(file).replace(/\.(log|txt|err|stderr)$/i, ''));
  const named = beside.filter((capture) => captureStem(baseOf(capture)) === name);
  if (named.length > 0) return named;
  const isOne = new Set(beside.map((capture) => captureStem(baseOf(capture)))).size === 1;
  return isOne && /tcpdump/i.test(baseOf(file)) ? beside : [];
}

/** A name that tcpdump -G dated has digits and words where its pattern has `%H`. */
function isWrittenAs(stem: string, pattern: string): boolean {
  const [start = '', ...parts] = pattern.split(/%[A-Za-z]/);
  const end = parts.pop();
  if (end === undefined) return stem === pattern;
  if (!stem.startsWith(start) || !stem.endsWith(end)) return false;
  let at = start.length;
  for (const part of parts) {
    const found = part === '' ? at : stem.indexOf(part, at + 1);
    if (found < at) return false;
    at = found + part.length;
  }
  return at + end.length < stem.length;
}

function folderOf(path: string): string {
  return path.slice(0, path.length - baseOf(path).length);
}
