// Long lines in a terminal: broken at blanks, the rest indented, so that the next packet's number still stands out.
import { textWidth } from './text-width.ts';

const COLOR = /\u001b\[[\d;]*m/g;

/** Lines of at most `width` columns; a word that is longer is left to the terminal. Colour sequences take no columns. */
export function foldLine(line: string, width: number, indent: number): string {
  if (line.length <= width || visibleWidth(line) <= width) return line;
  const lines: string[] = [];
  let current = '';
  let used = 0;
  for (const word of line.match(/ *[^ ]*/g) ?? []) {
    if (word.trimStart() === '') continue;
    const columns = visibleWidth(word);
    if (used > 0 && used + columns > width) {
      lines.push(current);
      current = ' '.repeat(indent) + word.trimStart();
      used = visibleWidth(current);
    } else {
      current += word;
      used += columns;
    }
  }
  return [...lines, current].join('\n');
}

function visibleWidth(text: string): number {
  return textWidth(text.replaceAll(COLOR, ''));
}
