// The nested headers drawn to scale: a box per layer, its offset above, its length inside, and under them whose they are.
import type { ExplainedLayer, Side } from '../../explain/explanation.ts';
import { fitBoxes, type Box as LayerBox, rowsOf } from '../page/box-widths.ts';
import { textWidth } from '../text/text-width.ts';
import type { HuePaint } from './explain-colors.ts';
import { headerHue } from './header-hue.ts';

type Box = LayerBox<ExplainedLayer>;

export interface SideText {
  side: Side;
  /** Longest first: the first that fits is written. */
  texts: readonly string[];
}

/** Lines of the drawing; layers that do not fit one row go to a second one, at the border between outer and inner. */
export function drawLayers(
  layers: readonly ExplainedLayer[],
  sides: readonly SideText[],
  width: number,
  paint: HuePaint,
): string[] {
  return rowsOf(layers, width).flatMap((row, i) => [
    ...(i > 0 ? [''] : []),
    ...drawRow(fitBoxes(row, width), sides, paint),
  ]);
}

function drawRow(boxes: readonly Box[], sides: readonly SideText[], paint: HuePaint): string[] {
  const line = (left: string, middle: string, right: string, inside: (box: Box) => string): string =>
    left + boxes.map((box, i) => inside(box) + (i === boxes.length - 1 ? right : middle)).join('');
  return [
    offsetLine(boxes),
    line('┌', '┬', '┐', ({ width }) => '─'.repeat(width)),
    line('│', '│', '│', (box) => paint(headerHue(box.layer), centred(titleFor(box), box.width))),
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
