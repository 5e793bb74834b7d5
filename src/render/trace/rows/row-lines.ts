// Rows of the table as lines: every line of a pair's services repeats the pair, so that no line can be read as another's, and any
// line can be found by name.
import { createNameFitter, placeWords } from '../../text/endpoint-names.ts';
import { alignRow, GAP } from '../../text/grid.ts';
import { createPaint, type Paint } from '../../text/paint.ts';
import type { RenderOptions } from '../../text/render-options.ts';
import { keepsPods, shortName } from '../../text/short-names.ts';
import { padLeft, padRight, shortenEnd, shortenMiddle, textWidth } from '../../text/text-width.ts';
import { outcomeText } from '../outcome-words.ts';
import type { Direction, Row } from './pair-rows.ts';
import {
  type Column,
  createRowWidths,
  directionText,
  layoutRows,
  PLACE_MARGIN,
  packetsText,
  placeText,
  type RowLayout,
  type RowWidths,
  STACK_MARGIN,
  serviceText,
  widenFor,
} from './table-layout.ts';

/** Prints rows in the one layout that fits them all. */
export interface RowPrinter {
  titles(): string[];
  /** Rows that share their pair of ends. */
  group(rows: readonly Row[]): string[];
  /** What names leave out; null when they are whole. */
  note: string | null;
}

/** Groups of rows that share their pair, under their titles. */
export function rowLines(
  groups: readonly (readonly Row[])[],
  nodes: Iterable<string>,
  options: RenderOptions,
): string[] {
  if (groups.length === 0) return [];
  const widths = createRowWidths();
  for (const row of groups.flat()) widenFor(widths, row);
  const printer = createRowPrinter(widths, nodes, options);
  const note = printer.note === null ? [] : [printer.note];
  return [...printer.titles(), ...groups.flatMap((group) => printer.group(group)), ...note];
}

/** @param widths of all rows that will be printed */
export function createRowPrinter(widths: RowWidths, nodes: Iterable<string>, options: RenderOptions): RowPrinter {
  const paint = createPaint(options.color);
  const { bare } = createNameFitter(nodes);
  const layout = layoutRows(widths, bare, options);
  const { arrangement, naming, shared, columns } = layout;
  const look: Look = { layout, widths, paint, bare, options };
  const isShort = !keepsPods(naming) && shared !== null;
  return {
    titles() {
      const titles = columns.map(({ title }) => paint('dim', title));
      const line = alignRow(titles, widthsOf(layout), alignsOf(layout));
      return arrangement === 'stacked' ? [paint('dim', 'FROM → TO'), STACK_MARGIN + line] : [line];
    },
    group(rows) {
      const lines = rows.map((row) => rowLine(row, look));
      const [first] = rows;
      if (first === undefined || arrangement === 'beside') return lines;
      return arrangement === 'stacked'
        ? [...namesAbove(first, look), ...lines]
        : [...lines, ...nodesBelow(first, look)];
    },
    note: isShort ? paint('dim', `names without a namespace are of ${shared}`) : null,
  };
}

interface Look {
  layout: RowLayout;
  widths: RowWidths;
  paint: Paint;
  bare: (node: string) => string;
  options: RenderOptions;
}

function widthsOf({ columns }: RowLayout): number[] {
  return columns.map(({ width }) => width);
}

function alignsOf({ columns }: RowLayout): ('left' | 'right')[] {
  return columns.map(({ column }) => (column === 'number' || column === 'sorted' ? 'right' : 'left'));
}

function rowLine(row: Row, look: Look): string {
  const cells = look.layout.columns.map(({ column }) => cellOf(row, column, look));
  const line = alignRow(cells, widthsOf(look.layout), alignsOf(look.layout));
  return look.layout.arrangement === 'stacked' ? STACK_MARGIN + line : line;
}

function cellOf(row: Row, column: Column, { layout, widths, paint, bare, options }: Look): string {
  const { naming, shared } = layout;
  switch (column) {
    case 'number':
      return paint('dim', String(row.firstFlow));
    case 'causes':
      return paint(row.rank < 0 ? 'bad' : 'warn', row.causes.join(''));
    case 'from':
    case 'to':
      return shortName(row[column].name, naming, shared);
    case 'fromNode':
      return paint('dim', placeText(row.from.below, naming, bare));
    case 'toNode':
      return paint('dim', placeText(row.to.below, naming, bare));
    case 'service':
      return serviceText(row);
    case 'carried':
      return carriedCell(row, widths, paint);
    case 'packets':
      return [
        padLeft(packetsText(row, 'forward'), widths.parts.sent),
        padRight(packetsText(row, 'reverse'), widths.parts.answered),
      ].join(' / ');
    case 'sorted':
      return row.sortedText;
    case 'outcome': {
      const text = outcomeText(row.outcome)[layout.outcome];
      return options.fit ? shortenEnd(text, roomForOutcome(layout, options.width)) : text;
    }
  }
}

/** What the other columns leave of the line. */
function roomForOutcome(layout: RowLayout, width: number): number {
  const others = layout.columns.filter(({ column }) => column !== 'outcome');
  const margin = layout.arrangement === 'stacked' ? STACK_MARGIN.length : 0;
  return Math.max(7, width - margin - others.reduce((sum, one) => sum + one.width + GAP, 0));
}

/** The nodes of a pair under its names. */
function nodesBelow(row: Row, { layout, paint, bare }: Look): string[] {
  const places = [row.from, row.to].map(({ below }) => placeWords(placeText(below, layout.naming, bare)));
  if (places.every((place) => place === '')) return [];
  const [from = '', to = ''] = places.map((place) => paint('dim', place === '' ? '' : PLACE_MARGIN + place));
  const cells = layout.columns.map(({ column }) => (column === 'from' ? from : column === 'to' ? to : ''));
  return [alignRow(cells, widthsOf(layout), alignsOf(layout))];
}

/** `shop/cart on control1 → shop/db on worker1`, on two lines where one has no room. */
function namesAbove(row: Row, { layout, bare, options }: Look): string[] {
  const ends = [row.from, row.to].map(({ name, below }) => {
    const place = placeWords(placeText(below, layout.naming, bare));
    return [shortName(name, layout.naming, layout.shared), place].filter(Boolean).join(' ');
  });
  const line = ends.join(' → ');
  if (textWidth(line) <= options.width) return [line];
  const room = options.width - 4;
  const [from = '', to = ''] = options.fit ? ends.map((end) => shortenMiddle(end, room)) : ends;
  return [from, `  → ${to}`];
}

function carriedCell(row: Row, { parts }: RowWidths, paint: Paint): string {
  const arrow = row.reverse === null ? '→' : row.forward === null ? '←' : '↔';
  const [forward, reverse] = [directionText(row.forward), directionText(row.reverse)];
  return [
    toned(row.forward, forward, paint) + ' '.repeat(Math.max(0, parts.forward - textWidth(forward))),
    arrow,
    toned(row.reverse, reverse, paint),
  ].join(' ');
}

function toned(direction: Direction | null, text: string, paint: Paint): string {
  if (direction?.mark === '!') return paint('bad', text);
  return direction?.mark === '?' ? paint('warn', text) : text;
}
