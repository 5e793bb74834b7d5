// The default output: captures, problems by cause, one row per pair and service, what could not be judged, one closing line.
// Rows are bounded (`--top`); with `--all` every conversation is printed, and then they are made and written one at a time.
import { UNDELIVERED } from '../../verdict/codes.ts';
import type { Trace } from '../../verdict/trace-types.ts';
import { createUnverifiedTally } from '../../verdict/unverified.ts';
import { createNameFitter, nodeNamesOf } from '../text/endpoint-names.ts';
import { formatCount, formatNumber } from '../text/format.ts';
import { createPaint } from '../text/paint.ts';
import type { RenderOptions } from '../text/render-options.ts';
import { textWidth } from '../text/text-width.ts';
import { captureLines } from './capture-lines.ts';
import { causeLines } from './cause-list.ts';
import { clockLines } from './clock-lines.ts';
import { createConversationList } from './conversation-list.ts';
import type { Row } from './pair-rows.ts';
import { type FoldedRows, foldRows, type RowVisitor } from './row-folder.ts';
import { rowLines } from './row-lines.ts';
import { undecidedLines } from './undecided.ts';

const LEGEND = '!  not what the configuration asks for     ?  cannot be told from these captures';

/** The whole table in pieces that end with a line feed. */
export function* renderTable(trace: Trace, options: RenderOptions): Generator<string> {
  const names = createNameFitter(nodeNamesOf(trace));
  yield* block([...captureLines(trace.captures, names, options), ...clockLines(trace, names, options)]);
  yield* block(causeLines(trace, names, options));
  const list = options.all ? createConversationList(trace, options.sort) : null;
  const undecided = createUnverifiedTally();
  const visitor: RowVisitor = { flow: (flow) => undecided.add(flow) };
  if (list !== null) visitor.conversation = list.add;
  const set = foldRows(trace, options.sort, visitor);
  if (list === null) yield* block(rowBlock(set, options));
  else yield* list.render(trace, set.nodes, options);
  yield* block(undecidedLines(undecided.groups(), options));
  yield `${closingLine(trace, set, options)}\n`;
}

/**
 * `11 conversations: 2 wrong (1 cause), 9 as configured, 0 undecided.` Where packets did not get through that is said first, and apart:
 * `2 of 4 conversations lose packets (1 cause); 0 wrong, 4 as configured, 0 undecided.`
 */
export function closingLine(trace: Trace, set: Pick<FoldedRows, 'states' | 'broken'>, options: RenderOptions): string {
  const { wrong, undecided, ok } = set.states;
  const total = wrong + undecided + ok;
  if (total === 0) return 'No flows.';
  const violations = trace.causes.filter((cause) => cause.severity === 'violation').length;
  const losses = set.broken === 0 ? 0 : trace.causes.filter(({ code }) => UNDELIVERED.has(code)).length;
  const warnings = trace.causes.length - violations - losses;
  const paint = createPaint(options.color);
  const causes = violations === 0 ? '' : ` (${formatCount(violations, 'cause')})`;
  const parts = [
    paint(wrong > 0 ? 'bad' : 'dim', `${formatNumber(wrong)} wrong${causes}`),
    paint(ok > 0 ? 'good' : 'dim', `${formatNumber(ok)} as configured`),
    paint(undecided > 0 ? 'warn' : 'dim', `${formatNumber(undecided)} undecided`),
  ];
  const warned = warnings === 0 ? '' : ` ${formatCount(warnings, 'warning')}.`;
  if (set.broken === 0) return `${formatCount(total, 'conversation')}: ${parts.join(', ')}.${warned}`;
  const lossCauses = losses === 0 ? '' : ` (${formatCount(losses, 'cause')})`;
  const lose = paint(
    'warn',
    `${formatNumber(set.broken)} of ${formatCount(total, 'conversation')} ${set.broken === 1 ? 'loses' : 'lose'} packets${lossCauses}`,
  );
  const rest = `${parts.join(', ')}.${warned}`;
  const line = `${lose}; ${rest}`;
  return textWidth(line) <= options.width ? line : `${lose};\n${rest}`;
}

/** Lines and an empty line behind them; nothing for no lines. */
function* block(lines: readonly string[]): Generator<string> {
  if (lines.length > 0) yield `${lines.join('\n')}\n\n`;
}

function rowBlock(folded: FoldedRows, options: RenderOptions): string[] {
  const ofPods = folded.totals((row) => row.ofPods);
  const asksPods = ofPods.rows > 0;
  const groups = folded.groups((row) => row.ofPods || !asksPods);
  const shown: Row[][] = [];
  let room = options.top;
  for (const group of groups) {
    if (room <= 0) break;
    shown.push(group.slice(0, room).map(folded.row));
    room -= group.length;
  }
  const lines = rowLines(shown, createNameFitter(folded.nodes), options);
  if (shown.flat().some(isMarked)) lines.push(createPaint(options.color)('dim', LEGEND));
  const asked = asksPods ? ofPods.rows : folded.count;
  const hidden = asked - shown.reduce((sum, group) => sum + group.length, 0);
  if (hidden > 0) lines.push(`${formatCount(hidden, 'more row')}, --all`);
  const others = asksPods ? folded.totals((row) => !row.ofPods).conversations : 0;
  if (others > 0)
    lines.push(`and ${formatCount(others, 'conversation')} of nodes, services and outside addresses only, --all`);
  return lines;
}

function isMarked(row: Row): boolean {
  return [row.forward, row.reverse].some((direction) => direction !== null && direction.mark !== '');
}
