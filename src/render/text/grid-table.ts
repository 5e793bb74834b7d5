// Bounded tables without borders, laid out by cli-table3.
import Table from 'cli-table3';
import { type Align, GAP } from './grid.ts';
import { textWidth } from './text-width.ts';

/** Lines that are laid out at once: cli-table3's work grows with their square. */
const PART = 50;

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
  const lines = rows.flatMap((row) => linesOf(used.map((column) => row[column] ?? '')));
  const look = {
    chars: { ...BORDERLESS, middle: ' '.repeat(GAP) },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colAligns: used.map((column) => aligns[column] ?? 'left'),
    colWidths: used.map((_, i) => lines.reduce((most, line) => Math.max(most, textWidth(line[i] ?? '')), 0)),
  };
  const margin = ' '.repeat(indent);
  const drawn: string[] = [];
  for (let from = 0; from < lines.length; from += PART) {
    const table = new Table(look);
    table.push(...lines.slice(from, from + PART));
    for (const line of table.toString().split('\n')) drawn.push((margin + line).trimEnd());
  }
  return drawn;
}

/** A row of its own for each line: cli-table3's work grows with the third power of the lines of a cell. */
function linesOf(cells: readonly string[]): string[][] {
  const lines = cells.map((cell) => cell.split('\n'));
  const height = lines.reduce((most, { length }) => Math.max(most, length), 1);
  return Array.from({ length: height }, (_, i) => lines.map((cell) => cell[i] ?? ''));
}
