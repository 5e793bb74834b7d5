// Colours of layers in a terminal: five that every theme makes readable, in turn. They only repeat what headings say.
import type { Look } from '../../explain/explanation.ts';
import type { Paint } from '../text/paint.ts';

/** SGR foregrounds: cyan, yellow, magenta, green, blue. */
const LAYER_COLORS = ['36', '33', '35', '32', '34'];

/** Colours a text as layer `id` (from 1). */
export type LayerPaint = (id: number, text: string) => string;

export function createLayerPaint(color: boolean): LayerPaint {
  if (!color) return (_id, text) => text;
  return (id, text) => `\u001b[${LAYER_COLORS[(id - 1) % LAYER_COLORS.length]}m${text}\u001b[0m`;
}

/** The mark in front of a value: `!` is wrong, `*` is explained further down. */
export function markOf(look: Look): string {
  return look === 'wrong' ? '!' : look === 'notable' ? '*' : ' ';
}

export function paintLook(paint: Paint, look: Look, text: string): string {
  if (look === 'usual') return text;
  return paint(look === 'wrong' ? 'bad' : 'warn', text);
}
