// Aligned columns of cells that hold several lines, to widths known beforehand. For long cells: the table package takes seconds for
// a few hundred characters (it measures each cell anew for every line, character by character).
import { columnWidth, GAP } from '../text/grid.ts';
import { padRight } from '../text/text-width.ts';

/** Lines of rows whose cells are lists of lines, already wrapped; each column as wide as its widest line. */
export function columnLines(rows: readonly (readonly (readonly string[])[])[]): string[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, i) => columnWidth(rows.flatMap((row) => row[i] ?? [])));
  return rows.flatMap((row) => {
    const height = Math.max(1, ...row.map((cell) => cell.length));
    return Array.from({ length: height }, (_, y) =>
      row
        .map((cell, i) => padRight(cell[y] ?? '', widths[i] ?? 0))
        .join(' '.repeat(GAP))
        .trimEnd(),
    );
  });
}
