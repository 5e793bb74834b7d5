// Tables of kubectl that a terminal broke at its width -> whole rows, each in the place of its first line. A cell that was cut would be
// another name or address: a table whose rows cannot be put together again is not read.
import { NO_ROW } from './boxed-table.ts';

const FIRST = /^(?:NAMESPACE|NAME|WORKLOAD|CIDR) {2,}/;
/** The rest of a header. */
const MORE = /^[A-Z][A-Z -]{0,300}$|^ {1,300}[A-Z][A-Z -]{0,300}$/;
/** Lines that one row may have. */
const MOST_PIECES = 6;
const MOST_ROWS = 20_000;
/** Blanks that a column may end with. */
const MOST_LOST = 24;
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
    !/^\S+[$#>] \S/.test(lines[end] ?? '')
  )
    end++;
  const width = widthOf(lines, { from, end, pieces });
  const join = (at: number, count: number): string => joined(lines, { at, count, width });
  const header = join(from, pieces);
  const columns = columnsOf(header).map(({ at }) => at);
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
  const isCut = width === 0 || whole.size === 1 || (at < end && /^\S+ {2,}\S/.test(lines[at] ?? ''));
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

/** Columns of kubectl's and Calico's client's tables. */
const COLUMNS = new Set(
  (
    'NAMESPACE|NAME|READY|STATUS|RESTARTS|AGE|IP|NODE|NOMINATED NODE|READINESS GATES|LABELS|ROLES|VERSION|INTERNAL-IP|EXTERNAL-IP|OS-IMAGE|' +
    'KERNEL-VERSION|CONTAINER-RUNTIME|TYPE|CLUSTER-IP|PORT(S)|SELECTOR|CIDR|NAT|IPIPMODE|VXLANMODE|DISABLED|DISABLEBGPEXPORT|ASSIGNMENTMODE|' +
    'WORKLOAD|NETWORKS|INTERFACE|ASN|IPV4|IPV6|CREATED|IPS|HOSTIP|HOSTNETWORK'
  ).split('|'),
);

function columnsOf(header: string): { name: string; at: number }[] {
  return [...header.matchAll(/\S+(?: \S+)*/g)].map((match) => ({ name: match[0], at: match.index }));
}

function joined(lines: readonly string[], { at, count, width }: { at: number; count: number; width: number }): string {
  return lines
    .slice(at, at + count)
    .map((line, i) => (i + 1 < count ? line.padEnd(width) : line))
    .join('');
}

/** The terminal's width, at which the header is one of known columns; 0 for none. Blanks at the ends of lines may be lost. */
function widthOf(
  lines: readonly string[],
  { from, end, pieces }: { from: number; end: number; pieces: number },
): number {
  const longest = (to: number): number => Math.max(...lines.slice(from, to).map((line) => line.length));
  const least = longest(Math.min(end, from + pieces * 2));
  const widths = [longest(end), ...Array.from({ length: MOST_LOST }, (_, i) => least + i)];
  const isKnown = (width: number): boolean =>
    columnsOf(joined(lines, { at: from, count: pieces, width })).every(({ name }) => COLUMNS.has(name));
  return widths.find(isKnown) ?? 0;
}

/** A cell begins at every column, and a blank stands before it. */
function fits(row: string, columns: readonly number[]): boolean {
  return columns.every((at) => row.charAt(at).trim() !== '' && (at === 0 || row.charAt(at - 1) === ' '));
}
