// Facts in columns: what, its value, by what source, and where it was read. Nothing is cut: what does not fit is folded.
import type { SourceRef } from '../../topology/model.ts';
import { escapeText } from '../text/escape.ts';
import { columnWidth, fitColumns, GAP } from '../text/grid.ts';
import { renderGrid } from '../text/grid-table.ts';
import type { Paint } from '../text/paint.ts';
import type { RenderOptions } from '../text/render-options.ts';
import { textWidth, wrapWords } from '../text/text-width.ts';
import { placeOf } from '../verify/verify-words.ts';

const MARGIN = 2;
/** Columns that label, value, source and place get at least, the first that fit: values hold the longest address while they can. */
const LEAST = [
  [20, 43, 18, 16],
  [12, 24, 8, 8],
];

/** A fact: what it is, its value, by what source, and where. */
export type Fact = readonly [label: string, value: string, source: string, ref: SourceRef | null];

export interface Page {
  options: RenderOptions;
  paint: Paint;
  /** The folder that all files are in. */
  root: string;
}

/** A heading, folded where it must be. */
export function titleLines(title: string, { paint, options }: Page): string[] {
  return wrapWords(title, options.width).map((line) => paint('strong', line));
}

/**
 * Sources and places are folded at slashes too, and give way first; values at blanks only, so that addresses stay whole.
 * @param folder that the title names already: left out of places where room is short
 */
export function factLines(facts: readonly Fact[], { options, paint, root }: Page, folder = ''): string[] {
  const room = options.width - MARGIN - 3 * GAP;
  const whole = columnsOf(facts, root);
  const rows = sumOf(naturalWidths(whole)) <= room ? whole : columnsOf(facts, root, folder);
  const pieces = COLUMNS.map((i) => columnWidth(rows.flatMap((row) => (row[i] ?? []).map((piece) => piece.trimEnd()))));
  const tries = [pieces, ...LEAST.map((least) => pieces.map((width, i) => Math.min(width, least[i] ?? width)))];
  const least = tries.find((widths) => sumOf(widths) <= room) ?? COLUMNS.map(() => 1);
  const widths = fitColumns(naturalWidths(rows), least, room);
  const cells = rows.map((row) => row.map((cell, i) => fold(cell, Math.max(1, widths[i] ?? 1))));
  const toned = cells.map((row) =>
    row.map((lines, i) => lines.map((line) => (i < 2 ? line : paint('dim', line))).join('\n')),
  );
  return renderGrid(toned, ['left', 'left', 'left', 'left'], MARGIN);
}

const COLUMNS = [0, 1, 2, 3];

function sumOf(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0);
}

function naturalWidths(rows: readonly (readonly string[][])[]): number[] {
  return COLUMNS.map((i) => columnWidth(rows.map((row) => (row[i] ?? []).join(''))));
}

/** The cells of every fact, each in the pieces that it may be folded between. */
function columnsOf(facts: readonly Fact[], root: string, folder = ''): string[][][] {
  return facts.map(([label, value, source, ref]) => {
    const place = placeIn(root, ref);
    const short = folder !== '' && place.startsWith(folder) ? place.slice(folder.length) : place;
    return [label, value, source, short].map((cell, i) => piecesOf(escapeText(cell), i));
  });
}

function piecesOf(text: string, column: number): string[] {
  if (column === 0) return [text];
  return text.split(column === 1 ? /(?<= )/ : /(?<=[ /])/);
}

/** As many pieces on a line as fit; one that is too long for a line by itself is broken. */
function fold(pieces: readonly string[], width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const piece of pieces) {
    if (line !== '' && textWidth(`${line}${piece}`.trimEnd()) > width) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += piece;
    if (textWidth(line.trimEnd()) <= width) continue;
    const parts = wrapWords(line.trimEnd(), width);
    lines.push(...parts.slice(0, -1));
    line = `${parts.at(-1) ?? ''}${piece.endsWith(' ') ? ' ' : ''}`;
  }
  return [...lines, line.trimEnd()];
}

/** The place without the folder that all files are in: the closing line names it. */
export function placeIn(root: string, ref: SourceRef | null): string {
  const place = placeOf(ref);
  return place.startsWith(root) ? place.slice(root.length) : place;
}

/** The folder that all files are in, with its slash; empty when there is none. */
export function commonFolder(files: readonly string[]): string {
  const [first = '', ...others] = files;
  let end = first.lastIndexOf('/') + 1;
  while (end > 0 && !others.every((file) => file.startsWith(first.slice(0, end))))
    // Below 0 it would be found at 0 again and again.
    end = end < 2 ? 0 : first.lastIndexOf('/', end - 2) + 1;
  return first.slice(0, end);
}
