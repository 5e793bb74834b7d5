// Tables of kubectl that a terminal broke at its width -> whole rows, each in the place of its first line. A cell that was cut would be
// another name or address: a table whose rows cannot be put together again is not read.
import { NO_ROW } from './boxed-table.ts';

const FIRST = /^(?:NAMESPACE|NAME|WORKLOAD|CIDR) {2,}/;
/** The rest of a header. */
const MORE = /^[A-Z][A-Z -]{0,300}$|^ {1,300}[A-Z][A-Z -]{0,300}$/;
/** Lines that one row may have. */
const MOST_PIECES = 6;
const MOST_ROWS = 20_000;
/** In front of the header of a table that is not read. */
const UNREAD = '? ';

/** Puts broken rows together. */
export function unwrapTables(text: string): string {
  if (!/(?:^|\n)(?:NAMESPACE|NAME|WORKLOAD|CIDR) {2}[^a-z\n]{0,1000}\n *[A-Z][A-Z -]*(?:\n|$)/.test(text)) return text;
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at++) {
    const pieces = headerPieces(lines, at);
    if (pieces > 1) at = unwrap(lines, at, pieces) - 1;
  }
  return lines.join('\n');
}

/** How many lines a header has. */
function headerPieces(lines: readonly string[], at: number): number {
  const line = lines[at] ?? '';
  if (!FIRST.test(line) || /[a-z]/.test(line)) return 0;
  let pieces = 1;
  while (pieces < MOST_PIECES && MORE.test(lines[at + pieces] ?? '') && !FIRST.test(lines[at + pieces] ?? '')) pieces++;
  return pieces;
}

/** @returns the first line behind the table */
function unwrap(lines: string[], from: number, pieces: number): number {
  let end = from + pieces;
  while (
    end < lines.length &&
    end - from < MOST_ROWS &&
    (lines[end] ?? '').trim() !== '' &&
    !/^\S*[$#>] /.test(lines[end] ?? '')
  )
    end++;
  const width = Math.max(
    ...lines.slice(from, from + pieces + 1).map((line) => line.length),
    ...lines.slice(from, end).map((line) => line.length),
  );
  const join = (at: number, count: number): string =>
    lines
      .slice(at, at + count)
      .map((line, i) => (i + 1 < count ? line.padEnd(width) : line))
      .join('');
  const header = join(from, pieces);
  const columns = [...header.matchAll(/\S+(?: \S+)*/g)].map((match) => match.index);
  const whole = new Map<number, { row: string; count: number }>([[from, { row: header, count: pieces }]]);
  let at = from + pieces;
  while (at < end) {
    const count = [...Array(pieces).keys()]
      .map((i) => pieces - i)
      .find((many) => at + many <= end && fits(join(at, many), columns));
    if (count === undefined) break;
    whole.set(at, { row: join(at, count), count });
    at += count;
  }
  // a row that is the first of two, or text below the table
  const isCut = whole.size === 1 || (at < end && /^\S+ {2,}\S/.test(lines[at] ?? ''));
  if (isCut) {
    lines[from] = UNREAD + (lines[from] ?? '');
    return end;
  }
  for (const [start, { row, count }] of whole) {
    lines[start] = row;
    for (let i = 1; i < count; i++) lines[start + i] = NO_ROW;
  }
  return at;
}

/** A cell begins at every column, and a blank stands before it. */
function fits(row: string, columns: readonly number[]): boolean {
  return columns.every((at) => row.charAt(at).trim() !== '' && (at === 0 || row.charAt(at - 1) === ' '));
}
