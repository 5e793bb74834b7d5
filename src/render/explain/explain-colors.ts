// Colours of headers in a terminal, of those that every theme makes readable. They only repeat what headings say.
import type { Look } from '../../explain/explanation.ts';
import type { Hue } from '../page/theme.ts';
import type { Paint } from '../text/paint.ts';

/** SGR foregrounds: cold ones for the packet's own headers, warm ones in turn for a tunnel's. Red means wrong, and is not among them. */
const FOREGROUNDS: Record<Hue, string | null> = {
  'own-link': '34',
  'own-network': '36',
  'own-transport': '32',
  'tunnel-link': '35',
  'tunnel-network': '33',
  'tunnel-transport': '35',
  'tunnel-header': '33',
  other: '94',
  rest: null,
};

/** Colours a text as the header it belongs to. */
export type HuePaint = (hue: Hue | null, text: string) => string;

export function createHuePaint(color: boolean): HuePaint {
  return (hue, text) => {
    const foreground = hue === null ? null : FOREGROUNDS[hue];
    return color && foreground !== null ? `\u001b[${foreground}m${text}\u001b[0m` : text;
  };
}

/** The mark in front of a value: `!` is wrong, `*` is explained further down. */
export function markOf(look: Look): string {
  return look === 'wrong' ? '!' : look === 'notable' ? '*' : ' ';
}

export function paintLook(paint: Paint, look: Look, text: string): string {
  if (look === 'usual') return text;
  return paint(look === 'wrong' ? 'bad' : 'warn', text);
}
