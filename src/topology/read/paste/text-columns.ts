// Outputs of several machines side by side (panes of tmux, `paste`, two terminals in one screenshot's text), each under a prompt of its
// own in one line -> a text for each column, whose lines keep their numbers. Read as one, an output of the right machine that is longer
// would become the left one's.
import { readPrompt } from './prompt.ts';

/** What stands between two columns: blanks, or the line that a terminal draws between panes. */
const GAP = /[│┃┊][ \t]{0,200}| {3,200}/g;
/** Lines longer than this are of no terminal. */
const LONGEST = 2000;

/** The texts of its columns, from the left; itself where it has one. */
export function columnsOf(text: string): string[] {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => secondPrompt(line) > 0);
  if (at < 0) return [text];
  const column = secondPrompt(lines[at] ?? '');
  const [left, right]: [string[], string[]] = [lines.slice(0, at), lines.slice(0, at).map(() => '')];
  for (const line of lines.slice(at)) {
    const cut = cutOf(line, column);
    left.push(
      line
        .slice(0, cut)
        .trimEnd()
        .replace(/[│┃┊]$/, '')
        .trimEnd(),
    );
    right.push(line.slice(cut));
  }
  return [left.join('\n'), ...columnsOf(right.join('\n'))];
}

/** Where the second prompt of a line begins that has two of different machines; 0 for none. */
function secondPrompt(line: string): number {
  if (line.length > LONGEST) return 0;
  const first = readPrompt(line)?.host ?? null;
  if (first === null) return 0;
  for (const { index, 0: gap } of line.matchAll(GAP)) {
    const begin = index + gap.length;
    const other = readPrompt(line.slice(begin))?.host ?? null;
    if (other !== null && other !== first) return begin;
  }
  return 0;
}

/** Where a line's right part begins: at the column, or behind the gap that follows a left part which is longer. */
function cutOf(line: string, column: number): number {
  if (line.length <= column) return line.length;
  if (/[ \t│┃┊]/.test(line.charAt(column - 1))) return column;
  const gap = [...line.slice(0, LONGEST).matchAll(GAP)].find(({ index, 0: { length } }) => index + length > column);
  return gap === undefined ? line.length : gap.index + gap[0].length;
}
