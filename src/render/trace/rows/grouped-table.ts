// `--by`: conversations summed up by what their ends have in common, from one node to another, one namespace, pool or workload.
import { largestOf } from '../../../net/extremes.ts';
import { createNameFitter } from '../../text/endpoint-names.ts';
import { formatBytes, formatCompact, formatNumber } from '../../text/format.ts';
import { fitColumns, GAP } from '../../text/grid.ts';
import { renderGrid } from '../../text/grid-table.ts';
import { createPaint } from '../../text/paint.ts';
import type { GroupKey, RenderOptions } from '../../text/render-options.ts';
import { NameWidths, sharedNamespace, shortName } from '../../text/short-names.ts';
import { shortenEnd, textWidth } from '../../text/text-width.ts';
import type { Conversation } from '../conversations.ts';
import { createOutcomeTally, type OutcomeTally, outcomeText, tallyOutcome } from '../outcome-words.ts';
import { endsBy } from './group-ends.ts';
import { type CauseLookup, causesOfConversation, directionOf, rankOf } from './pair-rows.ts';

interface Group {
  from: string;
  to: string;
  causes: Set<string>;
  conversations: number;
  carried: Set<string>;
  sent: number;
  answered: number;
  bytes: number;
  outcome: OutcomeTally;
  rank: number;
}

export interface Grouping {
  add(conversation: Conversation): void;
  lines(nodes: Iterable<string>, options: RenderOptions): string[];
}

/** No name, and no outcome, is shortened below these. */
const LEAST = { name: 15, outcome: 8 };
const TITLES = ['', 'FROM', 'TO', 'COUNT', 'ENCAPSULATION', 'PACKETS', 'BYTES', 'OUTCOME'];
const [FROM, TO, BYTES, OUTCOME] = [1, 2, TITLES.length - 2, TITLES.length - 1] as const;
const RIGHT = ['COUNT', 'PACKETS', 'BYTES'];

/** @param marks whether undecided flows are marked */
export function createGrouping(by: GroupKey, causesOf: CauseLookup, marks: boolean): Grouping {
  const groups = new Map<string, Group>();
  return {
    add(conversation) {
      const [from, to] = endsBy(by, conversation);
      const key = JSON.stringify([from, to]);
      const group = groups.get(key) ?? emptyGroup(from, to);
      groups.set(key, group);
      addTo(group, conversation, causesOfConversation(conversation, causesOf), marks);
    },
    lines: (nodes, options) => groupLines([...groups.values()], nodes, options),
  };
}

function emptyGroup(from: string, to: string): Group {
  const counts = { conversations: 0, sent: 0, answered: 0, bytes: 0, rank: Number.POSITIVE_INFINITY };
  return { from, to, causes: new Set(), carried: new Set(), outcome: createOutcomeTally(), ...counts };
}

function addTo(group: Group, conversation: Conversation, causes: readonly string[], marks: boolean): void {
  const { forward, reverse } = conversation;
  group.conversations++;
  group.sent += forward?.packets ?? 0;
  group.answered += reverse?.packets ?? 0;
  group.bytes += (forward?.bytes ?? 0) + (reverse?.bytes ?? 0);
  group.rank = Math.min(group.rank, rankOf(conversation, causes));
  for (const cause of causes) group.causes.add(cause);
  for (const flow of [forward, reverse]) {
    const direction = directionOf(flow, marks);
    if (direction !== null) group.carried.add(direction.text + direction.mark);
  }
  tallyOutcome(group.outcome, conversation);
}

function groupLines(groups: Group[], nodes: Iterable<string>, options: RenderOptions): string[] {
  if (groups.length === 0) return [];
  const paint = createPaint(options.color);
  const fitter = createNameFitter(nodes);
  groups.sort((a, b) => a.rank - b.rank || b.sent + b.answered - a.sent - a.answered);
  const { rows, shared } = fittingCells(groups, fitter.bare, options);
  const widths = widthsOf(rows, options);
  const fitted = rows.map((row, at) =>
    row.map((cell, i) => {
      if (i === 0) return paint((groups[at]?.rank ?? 0) < 0 ? 'bad' : 'warn', cell);
      if (i === FROM || i === TO) return fitter.fit(cell, widths[i] ?? 0);
      return i === OUTCOME ? shortenEnd(cell, widths[i] ?? 0) : cell;
    }),
  );
  const lines = renderGrid(
    [TITLES.map((title, i) => paint('dim', i === BYTES && rows.every((row) => row[i] === '') ? '' : title)), ...fitted],
    TITLES.map((title) => (RIGHT.includes(title) ? 'right' : 'left')),
  );
  return shared === null ? lines : [...lines, paint('dim', `names without a namespace are of ${shared}`)];
}

/** All that is known; where that does not fit, without the namespace that most share, and then without bytes. */
function fittingCells(groups: readonly Group[], bare: (node: string) => string, options: RenderOptions) {
  const whole = groups.map((group) => cellsOf(group, bare));
  const columns = [FROM, TO].map((column) => {
    const widths = new NameWidths();
    for (const row of whole) widths.add(row[column] ?? '');
    return widths;
  });
  const shared = sharedNamespace(columns);
  if (!options.fit || naturalWidth(whole) <= options.width) return { rows: whole, shared: null };
  const short = whole.map((row) =>
    row.map((cell, i) => (i === FROM || i === TO ? shortName(cell, 'without namespace', shared) : cell)),
  );
  if (naturalWidth(short) <= options.width) return { rows: short, shared };
  return { rows: short.map((row) => row.map((cell, i) => (i === BYTES ? '' : cell))), shared };
}

function columnsOf(rows: readonly string[][]): number[] {
  return TITLES.map((title, i) => {
    const cells = rows.map((row) => textWidth(row[i] ?? ''));
    const widest = Math.max(0, largestOf(cells));
    return widest === 0 ? 0 : Math.max(textWidth(title), widest);
  });
}

function naturalWidth(rows: readonly string[][]): number {
  const used = columnsOf(rows).filter((width) => width > 0);
  return used.reduce((sum, width) => sum + width, GAP * (used.length - 1));
}

function widthsOf(rows: readonly string[][], options: RenderOptions): number[] {
  const natural = columnsOf(rows);
  if (!options.fit) return natural;
  const least = natural.map((width, i) => {
    if (i === OUTCOME) return Math.min(width, LEAST.outcome);
    return i === FROM || i === TO ? Math.min(width, LEAST.name) : width;
  });
  const gaps = GAP * (natural.filter((width) => width > 0).length - 1);
  return fitColumns(natural, least, options.width - gaps);
}

function cellsOf(group: Group, bare: (node: string) => string): string[] {
  return [
    [...group.causes].sort().join(''),
    bare(group.from),
    bare(group.to),
    formatNumber(group.conversations),
    [...group.carried].sort().join(', '),
    `${formatCompact(group.sent)} / ${formatCompact(group.answered)}`,
    formatBytes(group.bytes),
    outcomeText(group.outcome).long,
  ];
}
