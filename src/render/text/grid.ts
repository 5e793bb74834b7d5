// Aligned columns without borders. `renderGrid` lays out bounded tables with cli-table3; `alignRow` prints one row of an
// endless one to widths known beforehand (cli-table3 needs all rows at once, and about 0.1 ms a cell).
import Table from 'cli-table3';
import { padLeft, padRight, textWidth } from './text-width.ts';

export type Align = 'left' | 'right';

/** Blanks between two columns. */
export const GAP = 2;

/** cli-table3's border characters: none, and `GAP` blanks between columns. */
const BORDERLESS = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
    ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'],
  ].map((place) => [place, '']),
);

/**
 * Lines of a table; columns without any text take no room. Cells may hold several lines (`\n`) and colours; they are expected to be escaped and to fit.
 * @param indent blanks in front of every line
 */
export function renderGrid(rows: readonly (readonly string[])[], aligns: readonly Align[], indent = 0): string[] {
  const used = aligns
    .map((_, column) => column)
    .filter((column) => rows.some((row) => (row[column] ?? '').trim() !== ''));
  if (rows.length === 0 || used.length === 0) return [];
  const table = new Table({
    chars: { ...BORDERLESS, middle: ' '.repeat(GAP) },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colAligns: used.map((column) => aligns[column] ?? 'left'),
  });
  for (const row of rows) table.push(...linesOf(used.map((column) => row[column] ?? '')));
  const margin = ' '.repeat(indent);
  return table
    .toString()
    .split('\n')
    .map((line) => (margin + line).trimEnd());
}

/** A row of its own for each line: cli-table3's work grows with the third power of the lines of a cell. */
function linesOf(cells: readonly string[]): string[][] {
  const lines = cells.map((cell) => cell.split('\n'));
  const height = lines.reduce((most, { length }) => Math.max(most, length), 1);
  return Array.from({ length: height }, (_, i) => lines.map((cell) => cell[i] ?? ''));
}

/** One line of a table whose widths are known. */
export function alignRow(cells: readonly string[], widths: readonly number[], aligns: readonly Align[]): string {
  const padded = cells.map((cell, i) => (aligns[i] === 'right' ? padLeft : padRight)(cell, widths[i] ?? 0));
  return padded.join(' '.repeat(GAP)).trimEnd();
}

/**
 * Widths that fit: columns take what they need; if that is too much, the widest of those that may shrink give way first,
 * equally, none below its minimum.
 * @param natural columns each one would take
 * @param minimum the least each can live with; equal to `natural` for columns that never shrink
 * @param available columns for all of them, gaps not counted
 */
export function fitColumns(natural: readonly number[], minimum: readonly number[], available: number): number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, width) => sum + width, 0) - available;
  while (excess > 0) {
    const room = widths.map((width, i) => width - Math.min(minimum[i] ?? 0, width));
    const widest = Math.max(0, ...widths.filter((_, i) => (room[i] ?? 0) > 0));
    if (widest === 0) break;
    const at = widths.findIndex((width, i) => width === widest && (room[i] ?? 0) > 0);
    widths[at] = widest - 1;
    excess--;
  }
  return widths;
}

/** The widest line of all cells of a column. */
export function columnWidth(cells: Iterable<string>): number {
  let width = 0;
  for (const cell of cells) for (const line of cell.split('\n')) width = Math.max(width, textWidth(line));
  return width;
}
