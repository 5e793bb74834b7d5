// Tables with lines around their cells, as MySQL's client, web pages, markdown and libraries of tables draw them, or with tabs between -> the columns of
// kubectl's tables, line by line, so that every line keeps its number.

/** Signs between cells. */
const BARS = '|\u2502\u2503\u2551';
/** Lines between rows. */
const RULE = /^[\s|+:=\u2500-\u257f-]+$/;
/** First columns of the tables that are read. */
const FIRST = /^(?:NAMESPACE|NAME|WORKLOAD|CIDR)$/;
/** In the place of a line of a table that is none of its rows. */
export const NO_ROW = '|';
const LONGEST = 4000;

/** Cells of a row; null for any other line. */
function cellsOf(line: string): string[] | null {
  const row = line.trim();
  // copied from a spreadsheet
  if (row.includes('\t') && row.length <= LONGEST) return line.split('\t').map((cell) => cell.trim());
  if (row.length < 3 || row.length > LONGEST || !BARS.includes(row.charAt(0)) || RULE.test(row)) return null;
  if (row.at(-1) !== row.charAt(0)) return null;
  return row
    .slice(1, -1)
    .split(row.charAt(0))
    .map((cell) => cell.trim());
}

function isHeader(cells: readonly string[] | null): cells is string[] {
  return cells !== null && cells.length > 1 && FIRST.test(cells[0] ?? '') && cells.every((cell) => !/[a-z]/.test(cell));
}

/** Draws boxed tables of objects without their boxes. */
export function unboxTables(text: string): string {
  if (
    !/[|\u2502\u2503\u2551][ \t]{0,20}(?:NAMESPACE|NAME|WORKLOAD|CIDR)\b|(?:^|\n)(?:NAMESPACE|NAME|WORKLOAD|CIDR)\t/.test(
      text,
    )
  )
    return text;
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at++) {
    const header = cellsOf(lines[at] ?? '');
    if (isHeader(header)) at = unbox(lines, at, header) - 1;
  }
  return lines.join('\n');
}

/** @returns the first line behind the table */
function unbox(lines: string[], from: number, header: readonly string[]): number {
  const rows = new Map<number, string[]>([[from, [...header]]]);
  let end = from + 1;
  let open: string[] | null = null;
  for (; end < lines.length; end++) {
    const line = lines[end] ?? '';
    const cells = cellsOf(line);
    if (cells === null && !(RULE.test(line) && line.trim() !== '')) break;
    if (cells === null) open = null;
    else if (cells.length !== header.length) break;
    // a cell that did not fit goes on in the next line, which has no name of its own
    else if (open !== null && cells[0] === '')
      for (const [i, cell] of cells.entries()) open[i] = `${open[i] ?? ''}${cell}`;
    else {
      open = cells;
      rows.set(end, cells);
    }
  }
  const all = [...rows.values()];
  const widths = header.map((_, i) => Math.max(...all.map((cells) => (cells[i] ?? '').length)) + 3);
  for (let at = from; at < end; at++) {
    const cells = rows.get(at);
    lines[at] =
      cells === undefined
        ? NO_ROW
        : cells
            .map((cell, i) => cell.padEnd(widths[i] ?? 0))
            .join('')
            .trimEnd();
  }
  return end;
}
