// Columns that text takes in a terminal, and shortening by columns. East Asian wide characters and emoji take two
// (UAX #11); the table package measures with the same library, so what fits here fits there.
import stringWidth from 'string-width';
import { breakPlaces } from './word-breaks.ts';

const ELLIPSIS = '…';

/** ASCII and the signs of this program's own tables: one column each, without asking the library. */
const NARROW = /^[\x20-\x7e→↔←…·×]*$/;

/** Columns of a text in a terminal; colour sequences take none. */
export function textWidth(text: string): number {
  return NARROW.test(text) ? text.length : stringWidth(text);
}

/** Fills with blanks on the right up to `width` columns. */
export function padRight(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)));
}

/** Fills with blanks on the left up to `width` columns. */
export function padLeft(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - textWidth(text))) + text;
}

/**
 * At most `width` columns, cut in the middle: the beginning tells what it is, the end which one of many
 * (`yaobank/cust…lmzqz`). The end gets a little less, since names grow from the left.
 */
export function shortenMiddle(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  if (width <= 1) return width === 1 ? ELLIPSIS : '';
  const tail = Math.floor((width - 1) * 0.45);
  return takeStart(text, width - 1 - tail) + ELLIPSIS + takeEnd(text, tail);
}

/** At most `width` columns, cut at the end: for sentences, whose beginning matters most. */
export function shortenEnd(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  return width < 1 ? '' : takeStart(text, width - 1).trimEnd() + ELLIPSIS;
}

/** Breaks a sentence at blanks into lines of at most `width` columns; a longer word behind `.`, `-` or `/`, else where it must be. */
export function wrapWords(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (let word of text.split(' ')) {
    if (line !== '' && textWidth(line) + 1 + textWidth(word) <= width) {
      line += ` ${word}`;
      continue;
    }
    if (line !== '') lines.push(line);
    while (isWider(word, width)) {
      const head = headOf(word, Math.max(1, width));
      if (head === '') break;
      lines.push(head);
      word = word.slice(head.length);
    }
    line = word;
  }
  return line === '' && lines.length > 0 ? lines : [...lines, line];
}

/** Parts in a row, each whole on its line where it fits. */
export function wrapWhole(parts: readonly string[], separator: string, width: number): string[] {
  const room = width - separator.trimEnd().length;
  const whole = parts.map((part) => (textWidth(part) <= room ? part.replaceAll(' ', NO_BREAK) : part));
  return wrapWords(whole.join(separator), width).map((line) => line.replaceAll(NO_BREAK, ' '));
}

const NO_BREAK = '\u00a0';

/** As much of a long word as fits and may stand on a line of its own. */
function headOf(word: string, width: number): string {
  const most = takeStart(word, width);
  const place = breakPlaces(word.slice(0, most.length + 1)).at(-1) ?? 0;
  return place > 0 && breakPlaces(word).length > 0 ? word.slice(0, place) : most;
}

/** Columns of the longest piece of a text that must stay whole. */
export function widestPiece(text: string): number {
  let widest = 0;
  for (const word of text.split(' ')) {
    let from = 0;
    for (const to of [...breakPlaces(word), word.length]) {
      widest = Math.max(widest, textWidth(word.slice(from, to)));
      from = to;
    }
  }
  return widest;
}

/** Without measuring the whole of a word that is many lines long. */
function isWider(word: string, width: number): boolean {
  const most = 8 * Math.max(1, width);
  return word.length > most || textWidth(word) > width;
}

function takeStart(text: string, width: number): string {
  let taken = '';
  let used = 0;
  for (const character of text) {
    used += textWidth(character);
    if (used > width) break;
    taken += character;
  }
  return taken;
}

function takeEnd(text: string, width: number): string {
  const characters = Array.from(text).reverse();
  let taken = '';
  let used = 0;
  for (const character of characters) {
    used += textWidth(character);
    if (used > width) break;
    taken = character + taken;
  }
  return taken;
}
