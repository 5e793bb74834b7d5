// Places that something passes, drawn from left to right: a box each, on the arrows between them what happened on the way.
import { shortenMiddle, wrapWords } from '../text/text-width.ts';
import type { Block, ChainPlace } from './page-model.ts';
import { type Canvas, COLUMN, COLUMNS, centredText, LINE, MARGIN, paragraph, rect, textAt } from './svg-canvas.ts';
import { hueClass } from './theme.ts';

const MOST_IN_ROW = 5;
const BOX_HEIGHT = 52;
/** Columns of an arrow: as wide as a delay. */
const ARROW = 3;

export function drawChain(canvas: Canvas, { text, places }: Extract<Block, { kind: 'chain' }>): void {
  if (text !== '') paragraph(canvas, text, { class: 'soft' });
  const slot = Math.floor(COLUMNS / Math.min(MOST_IN_ROW, Math.max(places.length, 3)));
  for (let from = 0; from < places.length; from += MOST_IN_ROW)
    drawRow(canvas, places.slice(from, from + MOST_IN_ROW), { slot, isContinued: from > 0 });
  for (const place of places)
    for (const note of place.notes)
      paragraph(canvas, `${place.group} ${place.title}: ${note}`.trim(), { class: 'soft' });
}

/** @param slot columns of a place with the arrow behind it */
function drawRow(
  canvas: Canvas,
  places: readonly ChainPlace[],
  { slot, isContinued }: { slot: number; isContinued: boolean },
): void {
  const width = slot - ARROW;
  canvas.y += LINE * 1.1;
  const groupsAt = canvas.y;
  const top = canvas.y + 8;
  let deepest = 0;
  for (const [i, place] of places.entries()) {
    const column = i * slot;
    const x = MARGIN + column * COLUMN;
    if (i === 0 || place.group !== places[i - 1]?.group)
      canvas.parts.push(
        textAt(column, groupsAt, shortenMiddle(place.group, groupRoom(places, i, slot)), { class: 'soft' }),
      );
    canvas.parts.push(rect(x, top, width * COLUMN, BOX_HEIGHT, boxClass(place)));
    canvas.parts.push(centredText(x, width * COLUMN, top + 21, shortenMiddle(place.title, width - 1), ''));
    canvas.parts.push(
      centredText(x, width * COLUMN, top + 42, shortenMiddle(place.value, width - 1), valueClass(place)),
    );
    if (i > 0 || isContinued) canvas.parts.push(arrow(x, top + BOX_HEIGHT / 2));
    deepest = Math.max(deepest, drawBefore(canvas, place, column, top + BOX_HEIGHT, width));
  }
  canvas.y = top + BOX_HEIGHT + deepest;
}

/** Columns up to the next group. */
function groupRoom(places: readonly ChainPlace[], from: number, slot: number): number {
  let to = from + 1;
  while (to < places.length && places[to]?.group === places[from]?.group) to++;
  return (to - from) * slot - 1;
}

/** Under a box, what happened on the way to it; how far down it reaches. */
function drawBefore(canvas: Canvas, { before }: ChainPlace, column: number, y: number, width: number): number {
  const lines = before.flatMap(({ text, tone }) => wrapWords(text, width).map((line) => ({ line, tone })));
  for (const [i, { line, tone }] of lines.entries())
    canvas.parts.push(textAt(column, y + LINE * (i + 1), line, { class: tone === 'usual' ? 'soft' : tone }));
  return lines.length * LINE;
}

function boxClass({ tone }: ChainPlace): string {
  return tone === 'dim' ? 'open' : hueClass('rest');
}

function valueClass({ tone }: ChainPlace): string {
  return tone === 'usual' ? 'strong' : tone === 'dim' ? 'soft' : `strong ${tone}`;
}

/** From the box on the left to the one at `x`. */
function arrow(x: number, y: number): string {
  const from = Math.round(x - ARROW * COLUMN + 3);
  const to = Math.round(x - 3);
  return `<path d="M${from} ${Math.round(y)}H${to}m-6 -4l6 4l-6 4"/>`;
}
