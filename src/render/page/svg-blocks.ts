// The blocks of a page drawn as SVG: the frame to scale, tables, notes, bit diagrams, bytes.
import { textWidth, wrapWhole, wrapWords } from '../text/text-width.ts';
import { type Box, fitBoxes, rowsOf, scaleSentence } from './box-widths.ts';
import type { Block, FigureLayer, PageBytes, Tone } from './page-model.ts';
import {
  type Canvas,
  COLUMN,
  COLUMNS,
  centredText,
  heading,
  LINE,
  MARGIN,
  paragraph,
  rect,
  textAt,
} from './svg-canvas.ts';
import { drawChain } from './svg-chain.ts';
import { drawTable } from './svg-table.ts';
import { type Hue, hueClass } from './theme.ts';

type BlockOf<K extends Block['kind']> = Extract<Block, { kind: K }>;

const GAP = 2;
const BOX_HEIGHT = 46;
const BOX_GAP = 6;

export function drawBlock(canvas: Canvas, block: Exclude<Block, { kind: 'lead' }>): void {
  heading(canvas, block.heading);
  switch (block.kind) {
    case 'figure':
      drawFigure(canvas, block);
      break;
    case 'chain':
      drawChain(canvas, block);
      break;
    case 'points':
      for (const { text, tone } of block.items) point(canvas, text, tone);
      break;
    case 'table':
      drawTable(canvas, block.heading, block.head, block.rows);
      if (block.comment !== null) paragraph(canvas, block.comment);
      break;
    case 'notes':
      for (const item of block.items) drawNote(canvas, item);
      break;
    case 'bits':
      for (const header of block.headers) drawBits(canvas, header);
      break;
    case 'bytes':
      for (const layer of block.layers) drawBytes(canvas, layer);
      break;
    case 'commands':
      for (const line of block.lines) paragraph(canvas, line, {}, GAP);
  }
}

function drawNote(canvas: Canvas, { tone, title, where, text }: BlockOf<'notes'>['items'][number]): void {
  const mark = tone === 'wrong' ? '!' : '*';
  paragraph(canvas, `${mark} ${title}${where === '' ? '' : ` (${where})`}`, { class: `strong ${tone}` });
  paragraph(canvas, text, {}, GAP);
}

function drawBits(canvas: Canvas, { id, hue, title, where, lines, fields }: BlockOf<'bits'>['headers'][number]): void {
  canvas.y += LINE * 1.4;
  drawKey(canvas, id, hue);
  canvas.parts.push(textAt(4, canvas.y, `${title}, ${where}`, { class: 'strong', role: 'heading', level: 3 }));
  canvas.y += LINE * 0.2;
  for (const line of lines) {
    canvas.y += LINE * 0.9;
    canvas.parts.push(textAt(0, canvas.y, line));
  }
  canvas.y += LINE * 0.4;
  drawTable(canvas, `Fields of ${title}`, ['field', 'value'], fields);
}

/** The number of a layer on its colour, in front of a heading. */
function drawKey(canvas: Canvas, id: number, hue: Hue): void {
  canvas.parts.push(rect(MARGIN, canvas.y - 13, COLUMN * 3, 17, hueClass(hue)));
  canvas.parts.push(centredText(MARGIN, COLUMN * 3, canvas.y, String(id), ''));
}

function point(canvas: Canvas, text: string, tone: Tone): void {
  for (const [i, line] of wrapWords(text, COLUMNS - GAP).entries()) {
    canvas.y += LINE;
    const style = { class: tone === 'usual' ? '' : tone };
    canvas.parts.push(textAt(i === 0 ? 0 : GAP, canvas.y, i === 0 ? `· ${line}` : line, style));
  }
}

/** Rows of boxes, each row to its own scale if one row cannot hold all. */
function drawFigure(canvas: Canvas, { layers, sides }: BlockOf<'figure'>): void {
  const texts = new Map(sides.map((side) => [side.side, side.texts]));
  const rows = rowsOf(layers, COLUMNS).map((row) => fitBoxes(row, COLUMNS, 'lines'));
  for (const row of rows) {
    canvas.y += LINE * 1.1;
    const places = placed(row);
    for (const place of places) drawBox(canvas, place);
    canvas.y += BOX_GAP + BOX_HEIGHT;
    sideLabels(canvas, places, texts);
    const last = row.at(-1)?.layer;
    const end = last === undefined ? '' : `ends at byte ${last.offset + last.length}`;
    canvas.y += LINE;
    canvas.parts.push(textAt(COLUMNS - end.length, canvas.y, end, { class: 'soft' }));
  }
  const shortened = rows.flat().filter(({ broken }) => broken);
  const titles = shortened.map(({ layer }) => layer.title);
  paragraph(canvas, scaleSentence(titles, rows.length), { class: 'soft' });
}

interface Placed extends Box<FigureLayer> {
  x: number;
  pixels: number;
}

/** One beside the other, exactly to scale; text keeps half a column from each edge. */
function placed(boxes: readonly Box<FigureLayer>[]): Placed[] {
  let column = 0;
  return boxes.map((box) => {
    const x = MARGIN + column * COLUMN;
    column += box.exact;
    return { ...box, width: Math.floor(box.exact - 1 + 1e-9), x, pixels: box.exact * COLUMN };
  });
}

/** The offset above, name and length inside; `canvas.y` is the baseline of the offset. */
function drawBox(canvas: Canvas, { layer, x, pixels, width, broken }: Placed): void {
  const top = canvas.y + BOX_GAP;
  canvas.parts.push(rect(x, top, pixels, BOX_HEIGHT, hueClass(layer.hue)));
  canvas.parts.push(textAt((x - MARGIN) / COLUMN, canvas.y, String(layer.offset), { class: 'soft' }));
  const title = textWidth(layer.title) <= width ? layer.title : layer.short;
  const shortened = `${layer.length} (shortened)`;
  const length = broken && width >= shortened.length ? shortened : String(layer.length);
  canvas.parts.push(centredText(x, pixels, top + 19, title, 'strong'));
  canvas.parts.push(centredText(x, pixels, top + 38, length, ''));
}

/** A bracket under the boxes of each side, with the longest text that fits. */
function sideLabels(canvas: Canvas, places: readonly Placed[], texts: ReadonlyMap<string, readonly string[]>): void {
  const y = canvas.y + 7;
  for (let i = 0; i < places.length; ) {
    const first = places[i];
    if (first === undefined) break;
    let width = 0;
    while (i < places.length && places[i]?.layer.side === first.layer.side) width += places[i++]?.pixels ?? 0;
    canvas.parts.push(`<path d="M${first.x + 2} ${y - 4}v6h${Math.round(width - 4)}v-6"/>`);
    const columns = Math.floor(width / COLUMN) - 1;
    const label = (texts.get(first.layer.side) ?? []).find((text) => textWidth(text) <= columns) ?? '';
    canvas.parts.push(textAt((first.x - MARGIN) / COLUMN + 0.5, y + 18, label, { class: 'soft' }));
  }
  canvas.y = y + 20;
}

function drawBytes(canvas: Canvas, { id, hue, title, facts, rows, more }: PageBytes): void {
  canvas.y += LINE * 1.2;
  drawKey(canvas, id, hue);
  canvas.parts.push(textAt(4, canvas.y, `${title}, ${facts}`, { class: 'strong', role: 'heading', level: 3 }));
  const hexAt = 7;
  const textColumn = hexAt + 8 * 3 + 1;
  for (const { offset, hex, text } of rows) {
    canvas.y += LINE;
    canvas.parts.push(
      rect(MARGIN + (hexAt - 0.5) * COLUMN, canvas.y - 14, (hex.length + 1) * COLUMN, 18, `${hueClass(hue)} bytes`),
    );
    canvas.parts.push(textAt(0, canvas.y, String(offset).padStart(5), { class: 'soft' }));
    canvas.parts.push(textAt(hexAt, canvas.y, hex));
    for (const [i, line] of wrapWhole(text.split(', '), ', ', COLUMNS - textColumn).entries()) {
      if (i > 0) canvas.y += LINE;
      canvas.parts.push(textAt(textColumn, canvas.y, line));
    }
  }
  if (more !== null) paragraph(canvas, more, { class: 'soft' }, hexAt);
}
