// How a row of the table looks, and how wide its columns may be: names give way first, the rest stays readable.

import type { NameFitter } from '../text/endpoint-names.ts';
import { formatCompact, formatRange } from '../text/format.ts';
import { fitColumns, GAP, renderGrid } from '../text/grid.ts';
import { createPaint, type Paint } from '../text/paint.ts';
import type { RenderOptions, SortKey } from '../text/render-options.ts';
import { padLeft, padRight, shortenEnd, textWidth } from '../text/text-width.ts';
import { outcomeText } from './outcome-words.ts';
import type { Direction, Row } from './pair-rows.ts';
import { sortTitle } from './sort-numbers.ts';

const ROW_TITLES: readonly string[] = ['', 'FROM', 'TO', 'SERVICE', 'ENCAPSULATION', 'PACKETS', 'OUTCOME'];

/** With the number that rows are sorted by before the outcome. */
export function rowTitles(sort: SortKey): readonly string[] {
  const title = sortTitle(sort);
  return title === null ? ROW_TITLES : ROW_TITLES.toSpliced(-1, 0, title);
}

/** Names are never shortened below this. */
const NAME_MINIMUM = 12;
/** With less room for names than this the short outcome words are used. */
const NAME_COMFORT = 16;

/** What the content would take, per part of a row. */
export interface RowWidths {
  causes: number;
  from: number;
  to: number;
  service: number;
  forward: number;
  reverse: number;
  sent: number;
  answered: number;
  /** The number sorted by; 0 without. */
  sorted: number;
  outcome: number;
  outcomeShort: number;
}

/** The widths decided on. */
export interface RowLayout {
  widths: RowWidths;
  /** One per title. */
  columns: readonly number[];
  shortOutcome: boolean;
}

export function createRowWidths(sort: SortKey): RowWidths {
  return {
    causes: 0,
    from: 4,
    to: 2,
    service: 7,
    forward: 1,
    reverse: 1,
    sent: 1,
    answered: 1,
    sorted: sortTitle(sort)?.length ?? 0,
    outcome: 7,
    outcomeShort: 7,
  };
}

/** Grows the widths to hold the row. */
export function widenFor(widths: RowWidths, row: Row): void {
  const outcome = outcomeText(row.outcome);
  const grow = (part: keyof RowWidths, text: string): void => {
    widths[part] = Math.max(widths[part], textWidth(text));
  };
  grow('causes', row.causes.join(''));
  for (const name of [row.from.name, row.from.below]) grow('from', name);
  for (const name of [row.to.name, row.to.below]) grow('to', name);
  grow('service', serviceText(row));
  grow('forward', directionText(row.forward));
  grow('reverse', directionText(row.reverse));
  grow('sent', packetsText(row, 'forward'));
  grow('answered', packetsText(row, 'reverse'));
  grow('sorted', row.sortedText);
  grow('outcome', outcome.long);
  grow('outcomeShort', outcome.short);
}

function packetsText(row: Row, way: 'forward' | 'reverse'): string {
  const range = row.packetsBetween?.[way] ?? null;
  const isOpen = range !== null && range.least < range.most;
  return formatRange(isOpen ? range : null, way === 'forward' ? row.forwardPackets : row.reversePackets, formatCompact);
}

/** Decides the columns for a terminal of `width` columns. */
export function layoutRows(widths: RowWidths, width: number): RowLayout {
  const carried = widths.forward + widths.reverse + 3;
  const packets = widths.sent + widths.answered + 3;
  const rigid = [
    widths.service,
    Math.max(carried, 'ENCAPSULATION'.length),
    Math.max(packets, 'PACKETS'.length),
    ...(widths.sorted > 0 ? [widths.sorted] : []),
  ];
  const gaps = (rigid.length + 3) * GAP;
  const plan = (names: number, outcome: number, outcomeMinimum: number): number[] => {
    const natural = [widths.causes, widths.from, widths.to, ...rigid, outcome];
    const minimum = [widths.causes, Math.min(names, widths.from), Math.min(names, widths.to), ...rigid, outcomeMinimum];
    return fitColumns(natural, minimum, width - gaps);
  };
  const comfortable = plan(NAME_COMFORT, widths.outcome, widths.outcome);
  const total = comfortable.reduce((sum, column) => sum + column, gaps);
  if (total <= width) return { widths, columns: comfortable, shortOutcome: false };
  const columns = plan(NAME_MINIMUM, widths.outcomeShort, Math.min(widths.outcomeShort, 9));
  return { widths, columns, shortOutcome: true };
}

/** The cells of one row; FROM and TO have two lines when the node is known. */
export function rowCells(row: Row, layout: RowLayout, names: NameFitter, paint: Paint): string[] {
  const { widths, columns, shortOutcome } = layout;
  const outcome = outcomeText(row.outcome);
  const packets = [
    padLeft(packetsText(row, 'forward'), widths.sent),
    padRight(packetsText(row, 'reverse'), widths.answered),
  ];
  const named = ({ name, below }: Row['from'], width: number): string =>
    below === '' ? names.fit(name, width) : `${names.fit(name, width)}\n${paint('dim', names.fit(below, width))}`;
  return [
    paint(row.rank < 0 ? 'bad' : 'warn', row.causes.join('')),
    named(row.from, columns[1] ?? 0),
    named(row.to, columns[2] ?? 0),
    serviceText(row),
    carriedCell(row, widths, paint),
    packets.join(' / '),
    ...(widths.sorted > 0 ? [padLeft(row.sortedText, widths.sorted)] : []),
    shortenEnd(shortOutcome ? outcome.short : outcome.long, columns.at(-1) ?? 0),
  ];
}

/** Groups of rows that share their pair: the pair is written once, its services below each other. */
export function rowLines(groups: readonly (readonly Row[])[], names: NameFitter, options: RenderOptions): string[] {
  if (groups.length === 0) return [];
  const paint = createPaint(options.color);
  const widths = createRowWidths(options.sort);
  for (const row of groups.flat()) widenFor(widths, row);
  const layout = layoutRows(widths, options.width);
  const titles = rowTitles(options.sort);
  const cells = groups.map((group) =>
    groupCells(
      group.map((row) => rowCells(row, layout, names, paint)),
      titles,
    ),
  );
  return renderGrid(
    [titles.map((title) => paint('dim', title)), ...cells],
    titles.map(() => 'left'),
  );
}

function groupCells(rows: readonly string[][], titles: readonly string[]): string[] {
  return titles.map((title, i) => {
    if (title === 'FROM' || title === 'TO') return rows[0]?.[i] ?? '';
    return rows.map((row) => row[i] ?? '').join('\n');
  });
}

function carriedCell(row: Row, widths: RowWidths, paint: Paint): string {
  const arrow = row.reverse === null ? '→' : row.forward === null ? '←' : '↔';
  const [forward, reverse] = [directionText(row.forward), directionText(row.reverse)];
  return [
    toned(row.forward, forward, paint) + ' '.repeat(Math.max(0, widths.forward - textWidth(forward))),
    arrow,
    toned(row.reverse, reverse, paint),
  ].join(' ');
}

function toned(direction: Direction | null, text: string, paint: Paint): string {
  if (direction?.mark === '!') return paint('bad', text);
  return direction?.mark === '?' ? paint('warn', text) : text;
}

function directionText(direction: Direction | null): string {
  return direction === null ? '-' : direction.text + direction.mark;
}

function serviceText(row: Row): string {
  return row.conversations === 1 ? row.service : `${row.service} ×${formatCompact(row.conversations)}`;
}
