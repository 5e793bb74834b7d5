// How the rows of the table stand: each with its nodes beside the names, or on a line below, or (where whole names need more than a
// line) names above the rest. The first that fits is taken; names are shortened on a terminal only, and never their workload.
import { largestOf } from '../../../net/extremes.ts';
import { type EndpointName, placeWords } from '../../text/endpoint-names.ts';
import { formatCompact, formatRange } from '../../text/format.ts';
import { GAP } from '../../text/grid.ts';
import type { RenderOptions } from '../../text/render-options.ts';
import { keepsPods, NAMINGS, NameWidths, type Naming, sharedNamespace } from '../../text/short-names.ts';
import { textWidth } from '../../text/text-width.ts';
import { outcomeText } from '../outcome-words.ts';
import { sortTitle } from '../sort-numbers.ts';
import type { Direction, Row } from './pair-rows.ts';

export type Column =
  | ('number' | 'causes' | 'from' | 'fromNode' | 'to' | 'toNode')
  | ('service' | 'carried' | 'packets' | 'sorted' | 'outcome');

const TITLES: Record<Column, string> = {
  number: '#',
  causes: '',
  from: 'FROM',
  fromNode: 'NODE',
  to: 'TO',
  toNode: 'NODE',
  service: 'SERVICE',
  carried: 'ENCAPSULATION',
  packets: 'PACKETS',
  sorted: '',
  outcome: 'OUTCOME',
};

const TAIL = ['service', 'carried', 'packets', 'sorted', 'outcome'] as const;
const COLUMNS = {
  beside: ['number', 'causes', 'from', 'fromNode', 'to', 'toNode', ...TAIL],
  below: ['number', 'causes', 'from', 'to', ...TAIL],
  stacked: ['number', 'causes', ...TAIL],
} as const satisfies Record<string, readonly Column[]>;

export type Arrangement = keyof typeof COLUMNS;

/** In front of the node that stands below a name. */
export const PLACE_MARGIN = '  ';

/** In front of rows that stand below their names. */
export const STACK_MARGIN = '  ';

/** What the content would take, per part of a row; places are few and kept. */
export interface RowWidths {
  from: NameWidths;
  to: NameWidths;
  fromPlaces: Set<string>;
  toPlaces: Set<string>;
  parts: Record<'number' | 'causes' | 'service' | 'forward' | 'reverse' | 'sent' | 'answered' | 'sorted', number>;
  outcome: { long: number; short: number };
}

export interface RowLayout {
  arrangement: Arrangement;
  naming: Naming;
  /** Left out of names that are not whole. */
  shared: string | null;
  outcome: 'long' | 'short';
  /** Those that hold anything. */
  columns: readonly { column: Column; title: string; width: number }[];
}

export function createRowWidths(): RowWidths {
  return {
    from: new NameWidths(),
    to: new NameWidths(),
    fromPlaces: new Set(),
    toPlaces: new Set(),
    parts: { sorted: 0, number: 0, causes: 0, service: 0, forward: 1, reverse: 1, sent: 1, answered: 1 },
    outcome: { long: 0, short: 0 },
  };
}

/** Grows the widths to hold the row. */
export function widenFor({ from, to, fromPlaces, toPlaces, parts, outcome }: RowWidths, row: Row): void {
  const grow = (part: keyof RowWidths['parts'], text: string): void => {
    parts[part] = Math.max(parts[part], textWidth(text));
  };
  from.add(row.from.name);
  to.add(row.to.name);
  fromPlaces.add(row.from.below);
  toPlaces.add(row.to.below);
  grow('number', String(row.firstFlow));
  grow('causes', row.causes.join(''));
  grow('service', serviceText(row));
  grow('forward', directionText(row.forward));
  grow('reverse', directionText(row.reverse));
  grow('sent', packetsText(row, 'forward'));
  grow('answered', packetsText(row, 'reverse'));
  grow('sorted', row.sortedText);
  const { long, short } = outcomeText(row.outcome);
  outcome.long = Math.max(outcome.long, textWidth(long));
  outcome.short = Math.max(outcome.short, textWidth(short));
}

/** Decides for a terminal or a pipe. @param bare a node's name without the domain that all share */
export function layoutRows(widths: RowWidths, bare: (node: string) => string, options: RenderOptions): RowLayout {
  const room = options.rowWidth ?? options.width;
  const shared = sharedNamespace([widths.from, widths.to]);
  const made = (arrangement: Arrangement, naming: Naming, outcome: 'long' | 'short'): RowLayout => {
    const columns = COLUMNS[arrangement].map((column) => {
      const content = contentWidth(column, widths, { arrangement, naming, shared, outcome }, bare);
      const title = column === 'sorted' ? (sortTitle(options.sort) ?? '') : TITLES[column];
      return { column, title, width: content === 0 ? 0 : Math.max(content, title.length) };
    });
    return { arrangement, naming, shared, outcome, columns: columns.filter(({ width }) => width > 0) };
  };
  const namings = options.fit ? NAMINGS : NAMINGS.filter(keepsPods);
  for (const arrangement of ['beside', 'below'] as const) {
    for (const naming of namings) {
      const layout = made(arrangement, naming, 'long');
      if (widthOf(layout) <= room) return layout;
    }
  }
  if (options.longRows === true) return made('beside', 'without domain', 'long');
  const narrow = made('below', 'without hash', 'short');
  if (options.fit && widthOf(narrow) <= room) return narrow;
  const naming = options.fit ? 'without hash' : 'without domain';
  const stacked = made('stacked', naming, 'long');
  return widthOf(stacked) + STACK_MARGIN.length > room ? made('stacked', naming, 'short') : stacked;
}

function widthOf({ columns }: RowLayout): number {
  return columns.reduce((sum, { width }) => sum + width, GAP * (columns.length - 1));
}

type Plan = Pick<RowLayout, 'arrangement' | 'naming' | 'shared' | 'outcome'>;

function contentWidth(column: Column, widths: RowWidths, plan: Plan, bare: (node: string) => string): number {
  const { parts } = widths;
  switch (column) {
    case 'from':
      return nameWidth(widths.from, widths.fromPlaces, plan, bare);
    case 'to':
      return nameWidth(widths.to, widths.toPlaces, plan, bare);
    case 'fromNode':
      return placesWidth(widths.fromPlaces, plan, bare);
    case 'toNode':
      return placesWidth(widths.toPlaces, plan, bare);
    case 'carried':
      return parts.forward + parts.reverse + 3;
    case 'packets':
      return parts.sent + parts.answered + 3;
    case 'outcome':
      return widths.outcome[plan.outcome];
    default:
      return parts[column];
  }
}

function nameWidth(names: NameWidths, places: ReadonlySet<string>, plan: Plan, bare: (node: string) => string): number {
  const name = names.width(plan.naming, plan.shared);
  if (plan.arrangement !== 'below') return name;
  const below = [...places].map((place) => PLACE_MARGIN + placeWords(placeText(place, plan.naming, bare)));
  return Math.max(name, largestOf(below.map(textWidth)));
}

function placesWidth(places: ReadonlySet<string>, { naming }: Plan, bare: (node: string) => string): number {
  return Math.max(0, largestOf([...places].map((place) => textWidth(placeText(place, naming, bare)))));
}

/** What is known of where an end is, as a naming has it. */
export function placeText(place: EndpointName['below'], naming: Naming, bare: (node: string) => string): string {
  return naming === 'whole' ? place : bare(place);
}

export function directionText(direction: Direction | null): string {
  return direction === null ? '-' : direction.text + direction.mark;
}

export function packetsText(row: Row, way: 'forward' | 'reverse'): string {
  const range = row.packetsBetween?.[way] ?? null;
  const isOpen = range !== null && range.least < range.most;
  return formatRange(isOpen ? range : null, way === 'forward' ? row.forwardPackets : row.reversePackets, formatCompact);
}

export function serviceText(row: Row): string {
  return row.conversations === 1 ? row.service : `${row.service} ×${formatCompact(row.conversations)}`;
}
