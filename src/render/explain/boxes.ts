// The nested headers drawn to scale: a box per layer, its offset above, its length inside, and under them whose they are.
import type { ExplainedLayer, Side } from '../../explain/explanation.ts';
import { textWidth } from '../text/text-width.ts';
import type { LayerPaint } from './explain-colors.ts';

/** Payload longer than this share of all headers is shortened, and says so. */
const PAYLOAD_SHARE = 0.7;
const LEAST_PAYLOAD = 24;

export interface SideText {
  side: Side;
  /** Longest first: the first that fits is written. */
  texts: readonly string[];
}

/** What a box needs to know of its layer. */
export type BoxLayer = Pick<ExplainedLayer, 'id' | 'title' | 'short' | 'offset' | 'length' | 'kind'> & { side: string };

export interface Box<L extends BoxLayer = ExplainedLayer> {
  layer: L;
  /** Columns between its borders. */
  width: number;
  /** Drawn shorter than it is. */
  broken: boolean;
}

/** Lines of the drawing; layers that do not fit one row go to a second one, at the border between outer and inner. */
export function drawLayers(
  layers: readonly ExplainedLayer[],
  sides: readonly SideText[],
  width: number,
  paint: LayerPaint,
): string[] {
  return rowsOf(layers, width).flatMap((row, i) => [
    ...(i > 0 ? [''] : []),
    ...drawRow(fitBoxes(row, width), sides, paint),
  ]);
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

/** Columns in proportion to bytes, none below what its label needs. */
export function fitBoxes<L extends BoxLayer>(layers: readonly L[], width: number): Box<L>[] {
  const shown = shownLengths(layers);
  const room = width - layers.length - 1;
  const least = layers.map(leastInside);
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
  return layers.map((layer, i) => ({ layer, width: widths[i] ?? 1, broken: (shown[i] ?? 0) < layer.length }));
}

/** Headers as long as they are; a payload no longer than a part of all headers. */
export function shownLengths(layers: readonly BoxLayer[]): number[] {
  const headers = layers.reduce((sum, layer) => sum + (layer.kind === 'header' ? layer.length : 0), 0);
  const most = Math.max(LEAST_PAYLOAD, Math.round(headers * PAYLOAD_SHARE));
  return layers.map((layer) => (layer.kind === 'header' ? layer.length : Math.min(layer.length, most)));
}

function drawRow(boxes: readonly Box[], sides: readonly SideText[], paint: LayerPaint): string[] {
  const line = (left: string, middle: string, right: string, inside: (box: Box) => string): string =>
    left + boxes.map((box, i) => inside(box) + (i === boxes.length - 1 ? right : middle)).join('');
  return [
    offsetLine(boxes),
    line('┌', '┬', '┐', ({ width }) => '─'.repeat(width)),
    line('│', '│', '│', (box) => paint(box.layer.id, centred(titleFor(box), box.width))),
    line('│', '│', '│', (box) => centred(lengthFor(box), box.width)),
    line('└', '┴', '┘', ({ width, broken }) => (broken ? brokenEdge(width) : '─'.repeat(width))),
    sideLine(boxes, sides),
  ];
}

function offsetLine(boxes: readonly Box[]): string {
  let text = '';
  let column = 0;
  for (const { layer, width } of boxes) {
    text = `${text.padEnd(column)}${layer.offset}`;
    column += width + 1;
  }
  const last = boxes.at(-1)?.layer;
  const end = last === undefined ? '' : String(last.offset + last.length);
  const padded = text.padEnd(column + 1 - end.length);
  return padded.length + end.length <= column + 1 && padded.endsWith(' ') ? padded + end : text;
}

function titleFor({ layer, width }: Box): string {
  return textWidth(layer.title) <= width ? layer.title : layer.short;
}

function lengthFor({ layer, width, broken }: Box): string {
  const full = `${layer.length}${broken ? ' (shortened)' : ''}`;
  return full.length <= width ? full : String(layer.length);
}

/** A payload that is drawn shorter than it is. */
function brokenEdge(width: number): string {
  const half = Math.floor((width - 2) / 2);
  return width < 4 ? '─'.repeat(width) : `${'─'.repeat(half)}//${'─'.repeat(width - 2 - half)}`;
}

function sideLine(boxes: readonly Box[], sides: readonly SideText[]): string {
  let line = '';
  for (let i = 0; i < boxes.length; ) {
    const side = boxes[i]?.layer.side;
    let columns = 0;
    while (i < boxes.length && boxes[i]?.layer.side === side) columns += (boxes[i++]?.width ?? 0) + 1;
    const inside = columns - 1 + (i === boxes.length ? 1 : 0) - 1;
    const texts = sides.find((one) => one.side === side)?.texts ?? [];
    line += `└${bracketText(texts, inside)}┘`;
  }
  return line;
}

function bracketText(texts: readonly string[], width: number): string {
  const fitting = texts.find((text) => textWidth(text) + 4 <= width);
  if (fitting === undefined) return '─'.repeat(Math.max(0, width));
  return `─ ${fitting} ${'─'.repeat(width - textWidth(fitting) - 3)}`;
}

function centred(text: string, width: number): string {
  const free = Math.max(0, width - textWidth(text));
  const left = Math.floor(free / 2);
  return ' '.repeat(left) + text + ' '.repeat(free - left);
}
