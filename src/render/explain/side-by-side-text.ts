// Outer and inner side by side in a terminal: label, then per column the value and what it means, wrapped inside its column.
import type { Cell, Explanation, Row } from '../../explain/explanation.ts';
import { fitColumns } from '../text/grid.ts';
import type { Paint } from '../text/paint.ts';
import { padRight, shortenMiddle, textWidth, widestPiece, wrapWords } from '../text/text-width.ts';
import { createHuePaint, markOf, paintLook } from './explain-colors.ts';
import { hueAt } from './header-hue.ts';

const GAP = 2;
/** A meaning needs this much room beside its value, else it goes below. */
const LEAST_MEANING = 18;
/** Narrower columns than this stand below each other. */
const LEAST_COLUMN = 26;
/** Longer lines are hard to read. */
const WIDEST_COLUMN = 72;

/** What paints a cell's value: what is wrong with it, else the header it stands in. */
type CellPaint = (cell: Cell, text: string) => string;

export function tableLines(
  { columns, rows, layers }: Pick<Explanation, 'columns' | 'rows' | 'layers'>,
  { width, color }: { width: number; color: boolean },
  paint: Paint,
): string[] {
  const huePaint = createHuePaint(color);
  const paintCell: CellPaint = (cell, text) =>
    cell.look === 'usual' ? huePaint(hueAt(layers, cell.span), text) : paintLook(paint, cell.look, text);
  return gridLines({ columns, rows }, width, paint, paintCell);
}

function gridLines(
  { columns, rows }: Pick<Explanation, 'columns' | 'rows'>,
  width: number,
  paint: Paint,
  paintCell: CellPaint,
): string[] {
  if (rows.length === 0) return [];
  const label = Math.max(...rows.map((row) => textWidth(row.label))) + 1;
  const room = width - label - GAP * columns.length;
  const natural = columns.map((_, i) => naturalWidth(rows, i));
  const least = Math.min(LEAST_COLUMN, Math.floor(room / columns.length));
  const each = fitColumns(
    natural,
    natural.map((one) => Math.min(one, least)),
    room,
  );
  const pieces = columns.map((_, i) => widestValue(rows, i));
  if (columns.length > 1 && (room / columns.length < LEAST_COLUMN || pieces.some((one, i) => one > (each[i] ?? 0)))) {
    return columns.flatMap((column, i) => [
      ...(i > 0 ? [''] : []),
      ...gridLines({ columns: [column], rows: onlyColumn(rows, i) }, width, paint, paintCell),
    ]);
  }
  const values = columns.map((_, i) => valueWidth(rows, i, each[i] ?? 0));
  const head =
    ' '.repeat(label) +
    columns.map(({ title }, i) => ' '.repeat(GAP) + padRight(paint('strong', title), each[i] ?? 0)).join('');
  return [head.trimEnd(), ...rows.flatMap((row) => rowLines(row, label, each, values, paintCell))];
}

/** Columns of the longest address or other piece of a value that must stay whole. */
function widestValue(rows: readonly Row[], column: number): number {
  return Math.max(0, ...rows.map((row) => widestPiece(row.cells[column]?.value ?? '')));
}

function onlyColumn(rows: readonly Row[], i: number): Row[] {
  return rows.flatMap(({ label, cells }) => (cells[i] == null ? [] : [{ label, cells: [cells[i]] }]));
}

/** What the column would take if nothing were wrapped. */
function naturalWidth(rows: readonly Row[], column: number): number {
  const cells = rows.map((row) => row.cells[column]).filter((cell) => cell != null);
  const value = Math.max(0, ...cells.map((cell) => textWidth(cell.value)));
  const meaning = Math.max(0, ...cells.map((cell) => textWidth(cell.meaning ?? '')));
  return Math.min(WIDEST_COLUMN, value + GAP + meaning);
}

/** Room for values: as wide as the widest, if meanings still fit beside them; 0 puts meanings below. */
function valueWidth(rows: readonly Row[], column: number, each: number): number {
  const widths = rows.map((row) => textWidth(row.cells[column]?.value ?? '')).sort((a, b) => a - b);
  const widest = widths.at(-1) ?? 0;
  const most = each - LEAST_MEANING - GAP - 2;
  if (widest <= most) return widest;
  return each >= 36 ? Math.max(...widths.filter((one) => one <= most), 0) : 0;
}

function rowLines(
  row: Row,
  label: number,
  each: readonly number[],
  values: readonly number[],
  paint: CellPaint,
): string[] {
  const cells = row.cells.map((cell, i) => (cell === null ? [] : cellLines(cell, each[i] ?? 0, values[i] ?? 0, paint)));
  const height = Math.max(1, ...cells.map((lines) => lines.length));
  const lines: string[] = [];
  for (let y = 0; y < height; y++) {
    const texts = cells.map((cell, i) => ' '.repeat(GAP - 1) + padRight(cell[y] ?? '', (each[i] ?? 0) + 1));
    lines.push((padRight(y === 0 ? row.label : '', label) + texts.join('')).trimEnd());
  }
  return lines;
}

/** The mark takes the column in front of the value. */
function cellLines(cell: Cell, each: number, value: number, paint: CellPaint): string[] {
  const mark = paint(cell, markOf(cell.look));
  const wide = textWidth(cell.value);
  const shown = paint(cell, shortenMiddle(cell.value, each));
  if (cell.meaning === null || cell.meaning === '') return [mark + shown];
  const longest = Math.max(...cell.meaning.split(' ').map(textWidth));
  if (value > 0 && wide <= value && longest <= each - value - GAP) {
    const beside = wrapWords(cell.meaning, each - value - GAP);
    return beside.map(
      (text, i) => (i === 0 ? mark + padRight(shown, value) : ' '.repeat(value + 1)) + ' '.repeat(GAP) + text,
    );
  }
  if (wide + GAP + textWidth(cell.meaning) <= each) return [`${mark}${shown}${' '.repeat(GAP)}${cell.meaning}`];
  const indent = 3;
  return [mark + shown, ...wrapWords(cell.meaning, each - indent + 1).map((text) => ' '.repeat(indent) + text)];
}
