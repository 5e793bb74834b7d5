// The default output: problems by cause, captures, one row per pair and service, what could not be judged, one closing line.
// Rows are bounded, by the terminal's height or by `--top`; with `--all` every conversation is printed, and then they are made and
// written one at a time. What is longer than the terminal names the problems again at its end.
import { VERDICT_WORDS } from '../../verdict/filter/verdict-words.ts';
import type { Trace } from '../../verdict/trace-types.ts';
import { createUnverifiedTally } from '../../verdict/unverified.ts';
import { createNameFitter, nodeNamesOf } from '../text/endpoint-names.ts';
import { formatCount } from '../text/format.ts';
import { createPaint } from '../text/paint.ts';
import { DEFAULT_TOP, type RenderOptions } from '../text/render-options.ts';
import { wrapWords } from '../text/text-width.ts';
import { captureLines } from './capture-lines.ts';
import { causeLines, causeTitles } from './cause-list.ts';
import { clockLines } from './clock-lines.ts';
import { createConversationList } from './conversation-list.ts';
import { closingLine } from './rows/closing-line.ts';
import { createGrouping } from './rows/grouped-table.ts';
import { createCauseLookup, marksUndecided, type Row } from './rows/pair-rows.ts';
import { type FoldedRows, foldRows, type RowVisitor } from './rows/row-folder.ts';
import { rowLines } from './rows/row-lines.ts';
import { undecidedLines } from './undecided.ts';

const LEGEND = `!  ${VERDICT_WORDS.violation}: not what the configuration asks for     ?  ${VERDICT_WORDS.unverifiable}`;

/** Lines that rows get at least, however little room other parts leave on the terminal. */
const LEAST_ROWS = 8;
/** Lines that no row may have: the prompt, and the empty line behind the rows. */
const AROUND_ROWS = 2;

/** The whole table in pieces that end with a line feed. */
export function* renderTable(trace: Trace, options: RenderOptions): Generator<string> {
  const names = createNameFitter(nodeNamesOf(trace));
  const captures = [...captureLines(trace.captures, names, options), ...clockLines(trace, names, options)];
  const head = block(causeLines(trace, names, options)) + block(captures);
  yield head;
  const list = options.all && options.by === undefined ? createConversationList(trace, options.sort) : null;
  const grouping =
    options.by === undefined ? null : createGrouping(options.by, createCauseLookup(trace), marksUndecided(trace));
  const undecided = createUnverifiedTally();
  const visitor: RowVisitor = { flow: (flow) => undecided.add(flow) };
  if (list !== null) visitor.conversation = list.add;
  if (grouping !== null) visitor.conversation = grouping.add;
  const set = foldRows(trace, options.sort, visitor);
  const tail = `${block(undecidedLines(undecided.groups(), options))}${closingLine(trace, set, options)}\n`;
  let printed = countLines(head) + countLines(tail);
  if (list === null) {
    const room = roomForRows(options, printed);
    const rows = block(
      grouping === null ? rowBlock(set, options, room) : bounded(grouping.lines(set.nodes, options), options, room),
    );
    printed += countLines(rows);
    yield rows;
  } else {
    for (const piece of list.render(trace, set.nodes, options)) {
      printed += countLines(piece);
      yield piece;
    }
  }
  if (options.height !== undefined && printed >= options.height) yield block(causeTitles(trace, names, options));
  yield tail;
}

/** Groups are one line each, under their titles. */
function bounded(lines: readonly string[], options: RenderOptions, { rows, lines: most }: RowRoom): string[] {
  const room = options.all ? lines.length : Math.min(rows + 1, most);
  if (lines.length <= room) return [...lines];
  const shown = lines.slice(0, Math.max(2, room - 1));
  return [...shown, `${formatCount(lines.length - shown.length, 'more row')}, --all`];
}

/** Lines for rows where a terminal bounds them; the number of rows that was asked for bounds them else. */
function roomForRows({ height, top }: RenderOptions, others: number): RowRoom {
  if (height === undefined || top !== null) return { rows: top ?? DEFAULT_TOP, lines: Number.POSITIVE_INFINITY };
  return { rows: height, lines: Math.max(LEAST_ROWS, height - others - AROUND_ROWS) };
}

interface RowRoom {
  rows: number;
  lines: number;
}

function countLines(text: string): number {
  return text.split('\n').length - 1;
}

/** Lines and an empty line behind them; nothing for no lines. */
function block(lines: readonly string[]): string {
  return lines.length > 0 ? `${lines.join('\n')}\n\n` : '';
}

function rowBlock(folded: FoldedRows, options: RenderOptions, room: RowRoom): string[] {
  const ofPods = folded.totals((row) => row.ofPods);
  const asksPods = ofPods.rows > 0;
  const asked = asksPods ? ofPods.rows : folded.count;
  const others = asksPods ? folded.totals((row) => !row.ofPods).conversations : 0;
  const paint = createPaint(options.color);
  const groups = firstRows(folded, asksPods, room.rows);
  const made = (shown: readonly (readonly Row[])[]): string[] => {
    const lines = rowLines(shown, folded.nodes, options);
    if (shown.flat().some(isMarked)) lines.push(...wrapWords(LEGEND, options.width).map((line) => paint('dim', line)));
    const hidden = asked - shown.flat().length;
    if (hidden > 0) lines.push(`${formatCount(hidden, 'more row')}, --all`);
    if (others > 0)
      lines.push(`and ${formatCount(others, 'conversation')} of nodes, services and outside addresses only, --all`);
    return lines;
  };
  // fewer rows may need other widths, but never more lines
  let shown: readonly (readonly Row[])[] = groups;
  let lines = made(shown);
  while (lines.length > room.lines && shown.flat().length > 1) {
    shown = withoutLast(shown);
    lines = made(shown);
  }
  return lines;
}

/** The first rows in the order asked for, those of one pair together. */
function firstRows(folded: FoldedRows, ofPodsOnly: boolean, most: number): Row[][] {
  const shown: Row[][] = [];
  let room = most;
  for (const group of folded.groups((row) => row.ofPods || !ofPodsOnly)) {
    if (room <= 0) break;
    shown.push(group.slice(0, room).map(folded.row));
    room -= group.length;
  }
  return shown;
}

function withoutLast(groups: readonly (readonly Row[])[]): (readonly Row[])[] {
  const last = groups.at(-1) ?? [];
  return last.length > 1 ? [...groups.slice(0, -1), last.slice(0, -1)] : groups.slice(0, -1);
}

function isMarked(row: Row): boolean {
  return [row.forward, row.reverse].some((direction) => direction !== null && direction.mark !== '');
}
