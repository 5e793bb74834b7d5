// Tables drawn as SVG, in columns of characters; meanings stand below their values. Roles say what is head, row and cell.

import { escapeXml } from '../text/escape.ts';
import { fitColumns } from '../text/grid.ts';
import { shortenEnd, textWidth, widestPiece, wrapWords } from '../text/text-width.ts';
import type { PageCell, PageRow } from './page-model.ts';
import { type Canvas, COLUMN, COLUMNS, LINE, MARGIN, rect, textAt } from './svg-canvas.ts';

const GAP = 2;
const LEAST_HEAD = 20;
const LEAST_CELL = 14;
/** Pixels of the coloured edge in front of a cell. */
const EDGE = 5;

function edgeAt(column: number): number {
  return MARGIN + column * COLUMN - EDGE - 3;
}

export function drawTable(canvas: Canvas, caption: string, head: readonly string[], rows: readonly PageRow[]): void {
  const columns = Math.max(head.length, ...rows.map((row) => row.cells.length + 1));
  const natural = Array.from({ length: columns }, (_, i) =>
    Math.max(textWidth(head[i] ?? ''), ...rows.map((row) => naturalWidth(row, i))),
  );
  const widths = fitColumns(natural, leastWidths(natural, rows), COLUMNS - GAP * (columns - 1));
  const starts = widths.map((_, i) => widths.slice(0, i).reduce((sum, width) => sum + width + GAP, 0));
  canvas.parts.push(`<g role="table" aria-label="${escapeXml(caption)}">`);
  if (head.some((text) => text !== '')) drawHead(canvas, head, starts, widths);
  for (const row of rows) drawRow(canvas, row, starts, widths);
  canvas.parts.push('</g>');
}

/** No word is broken, unless the page is too narrow for all of them. */
function leastWidths(natural: readonly number[], rows: readonly PageRow[]): number[] {
  const least = natural.map((one, i) => Math.min(one, i === 0 ? LEAST_HEAD : LEAST_CELL));
  const whole = least.map((one, i) => Math.max(one, ...rows.map((row) => pieceWidth(row, i))));
  return whole.reduce((sum, width) => sum + width + GAP, -GAP) <= COLUMNS ? whole : least;
}

function pieceWidth({ head, cells }: PageRow, column: number): number {
  if (column === 0) return widestPiece(head);
  const cell = cells[column - 1];
  return cell == null ? 0 : Math.max(widestPiece(cell.value), widestPiece(cell.meaning ?? ''));
}

function naturalWidth({ head, cells }: PageRow, column: number): number {
  if (column === 0) return textWidth(head);
  const cell = cells[column - 1];
  return cell == null ? 0 : Math.max(textWidth(cell.value) + 2, textWidth(cell.meaning ?? ''));
}

function drawHead(canvas: Canvas, head: readonly string[], starts: readonly number[], widths: readonly number[]): void {
  canvas.y += LINE;
  canvas.parts.push('<g role="row">');
  for (const [i, text] of head.entries()) {
    const fitting = shortenEnd(text, widths[i] ?? LEAST_CELL);
    canvas.parts.push(textAt(starts[i] ?? 0, canvas.y, fitting, { class: 'strong', role: 'columnheader' }));
  }
  const y = canvas.y + 5;
  canvas.parts.push('</g>', `<line x1="${MARGIN}" y1="${y}" x2="${MARGIN + COLUMNS * COLUMN}" y2="${y}"/>`);
  canvas.y += 4;
}

function drawRow(canvas: Canvas, { head, cells }: PageRow, starts: readonly number[], widths: readonly number[]): void {
  const texts = [
    wrapWords(head, widths[0] ?? LEAST_HEAD).map((text) => ({ text, class: 'strong' })),
    ...cells.map((cell, i) => (cell === null ? [] : cellLines(cell, widths[i + 1] ?? LEAST_CELL))),
  ];
  canvas.parts.push('<g role="row">');
  for (const [i, lines] of texts.entries()) {
    canvas.parts.push(`<g role="${i === 0 ? 'rowheader' : 'cell'}">`);
    const hue = cells[i - 1]?.hue;
    if (hue !== undefined)
      canvas.parts.push(rect(edgeAt(starts[i] ?? 0), canvas.y + LINE * 0.3, EDGE, LINE * lines.length, hue));
    for (const [k, line] of lines.entries())
      canvas.parts.push(textAt(starts[i] ?? 0, canvas.y + LINE * (k + 1), line.text, { class: line.class }));
    canvas.parts.push('</g>');
  }
  canvas.parts.push('</g>');
  canvas.y += LINE * Math.max(...texts.map((lines) => lines.length));
}

function cellLines({ value, meaning, tone }: PageCell, width: number): { text: string; class: string }[] {
  const mark = tone === 'wrong' ? '! ' : tone === 'notable' ? '* ' : '';
  const name = tone === 'usual' ? '' : tone;
  const lines = wrapWords(mark + value, width).map((text) => ({ text, class: name }));
  return meaning === null ? lines : [...lines, ...wrapWords(meaning, width).map((text) => ({ text, class: 'soft' }))];
}
