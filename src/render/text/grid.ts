// Columns without borders: how wide they are, and one row of an endless table to widths known beforehand (grid-table.ts needs all rows at
// once, and about 0.1 ms a cell).
import { padLeft, padRight, textWidth } from './text-width.ts';

export type Align = 'left' | 'right';

/** Blanks between two columns. */
export const GAP = 2;

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
