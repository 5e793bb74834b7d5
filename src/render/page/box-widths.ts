// How wide the boxes of nested headers are, in columns of characters: to scale, none narrower than its label. For terminals and
// for SVG alike.
import { textWidth } from '../text/text-width.ts';
import type { FigureLayer } from './page-model.ts';

/** Payload longer than this share of all headers is shortened, and says so. */
const PAYLOAD_SHARE = 0.7;
const LEAST_PAYLOAD = 24;

/** What a box needs to know of its layer. */
export type BoxLayer = Omit<FigureLayer, 'id' | 'title' | 'hue'>;

export interface Box<L extends BoxLayer> {
  layer: L;
  /** Whole columns between its borders. */
  width: number;
  /** Columns before rounding; where borders take no column of their own, of the whole box. */
  exact: number;
  /** Drawn shorter than it is. */
  broken: boolean;
}

/**
 * What a drawing's sizes tell.
 * @param shortened titles of what is drawn shorter than it is
 * @param rows how many rows it takes
 */
export function scaleSentence(shortened: readonly string[], rows: number): string {
  const own = rows > 1 ? ', each row to its own' : '';
  const less = shortened.length === 0 ? '' : ` ${shortened.join(', ')}: drawn shorter than it is.`;
  return `To scale${own}: sizes follow the bytes, but no box is smaller than its name.${less}`;
}

/** Layers row by row: one row if all fit into `width` columns with their labels. */
export function rowsOf<L extends BoxLayer>(layers: readonly L[], width: number): L[][] {
  if (leastWidth(layers) <= width) return [[...layers]];
  const rows: L[][] = [];
  for (const layer of layers) {
    const row = rows.at(-1);
    const startsSide = row !== undefined && row.at(-1)?.side !== layer.side && leastWidth([...row, layer]) > width / 2;
    if (row === undefined || startsSide || leastWidth([...row, layer]) > width) rows.push([layer]);
    else row.push(layer);
  }
  return rows;
}

function leastWidth(layers: readonly BoxLayer[]): number {
  return layers.reduce((sum, layer) => sum + leastInside(layer) + 1, 1);
}

function leastInside({ short, length, offset }: BoxLayer): number {
  return Math.max(textWidth(short), String(length).length, String(offset).length);
}

/**
 * Columns in proportion to bytes, none below what its label needs.
 * @param borders `columns` in a terminal, where a border is a character; `lines` that are drawn on the edge of a box
 */
export function fitBoxes<L extends BoxLayer>(
  layers: readonly L[],
  width: number,
  borders: 'columns' | 'lines' = 'columns',
): Box<L>[] {
  const shown = shownLengths(layers);
  const room = borders === 'lines' ? width : width - layers.length - 1;
  const least = layers.map((layer) => leastInside(layer) + (borders === 'lines' ? 1 : 0));
  const fixed = new Set<number>();
  for (;;) {
    const bytes = shown.reduce((sum, length, i) => sum + (fixed.has(i) ? 0 : length), 0);
    const left = room - least.reduce((sum, columns, i) => sum + (fixed.has(i) ? columns : 0), 0);
    const scale = bytes === 0 ? 0 : left / bytes;
    const narrow = shown.findIndex((length, i) => !fixed.has(i) && length * scale < (least[i] ?? 1));
    if (narrow >= 0) fixed.add(narrow);
    else return boxesAt(layers, shown, least, fixed, scale, room);
  }
}

function boxesAt<L extends BoxLayer>(
  layers: readonly L[],
  shown: readonly number[],
  least: readonly number[],
  fixed: ReadonlySet<number>,
  scale: number,
  room: number,
): Box<L>[] {
  const exact = layers.map((_, i) => (fixed.has(i) ? (least[i] ?? 1) : (shown[i] ?? 0) * scale));
  const widths = exact.map(Math.floor);
  let rest = Math.round(exact.reduce((sum, value) => sum + value, 0)) - widths.reduce((sum, value) => sum + value, 0);
  const byRest = exact.map((value, i) => ({ i, rest: value - Math.floor(value) })).sort((a, b) => b.rest - a.rest);
  for (const { i } of byRest) {
    if (rest <= 0 || widths.reduce((sum, value) => sum + value, 0) >= room) break;
    widths[i] = (widths[i] ?? 0) + 1;
    rest--;
  }
  return layers.map((layer, i) => ({
    layer,
    width: widths[i] ?? 1,
    exact: exact[i] ?? 1,
    broken: (shown[i] ?? 0) < layer.length,
  }));
}

/** Headers as long as they are; a payload no longer than a part of all headers. */
function shownLengths(layers: readonly BoxLayer[]): number[] {
  const headers = layers.reduce((sum, layer) => sum + (layer.kind === 'header' ? layer.length : 0), 0);
  const most = Math.max(LEAST_PAYLOAD, Math.round(headers * PAYLOAD_SHARE));
  return layers.map((layer) => (layer.kind === 'header' ? layer.length : Math.min(layer.length, most)));
}
