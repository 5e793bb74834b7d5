// Two packets side by side in a terminal: their headers to scale above each other, then only what differs, with the reason.
import type { Comparison, Difference } from '../../explain/compare/comparison.ts';
import type { Explanation } from '../../explain/explanation.ts';
import { columnWidth, GAP } from '../text/grid.ts';
import { createPaint, type Paint } from '../text/paint.ts';
import { wrapWhole, wrapWords } from '../text/text-width.ts';
import { drawLayers } from './boxes.ts';
import { createHuePaint, markOf, paintLook } from './explain-colors.ts';
import { forPeople } from './explain-options.ts';
import { originText } from './explanation-text.ts';
import { sideTexts } from './packet-sections.ts';
import { columnLines } from './side-columns.ts';

interface Look {
  width: number;
  color: boolean;
}

/** The whole page. */
export function* renderComparison(raw: Comparison, look: Look): Generator<string> {
  const shown = forPeople(raw);
  const paint = createPaint(look.color);
  const lines = wrapWords(shown.headline, look.width).map((line) => paint('strong', line));
  yield `${[...lines, ...shown.story.flatMap((sentence) => wrapWords(sentence, look.width))].join('\n')}\n`;
  for (const [name, packet] of [
    ['first', shown.first],
    ['second', shown.second],
  ] as const) {
    yield `\n${packetLines(name, packet, look, paint).join('\n')}\n`;
  }
  yield `\n${differenceLines(shown.differences, look.width, paint).join('\n')}\n`;
  const same = shown.same.map(({ label, value }) => `${label} ${value}`);
  if (same.length > 0)
    yield `\n${[paint('strong', 'The same in both'), ...wrapWhole(same, ' · ', look.width)].join('\n')}\n`;
}

function packetLines(name: string, packet: Explanation, { width, color }: Look, paint: Paint): string[] {
  return [
    ...wrapWords(`${name}: ${originText(packet)}`, width).map((line) => paint('dim', line)),
    ...wrapWords(packet.headline, width),
    ...drawLayers(packet.layers, sideTexts(packet), width, createHuePaint(color)),
  ];
}

const HEADS = ['what differs', 'first', 'second'];
/** A reason beside the values needs this much room; else all remarks stand in lines of their own below them. */
const LEAST_WHY = 32;
const INDENT = 4;

function differenceLines(differences: readonly Difference[], width: number, paint: Paint): string[] {
  if (differences.length === 0) return ['Nothing differs.'];
  const labels = differences.map((one) => labelText(one, paint));
  const told = differences.map((one, i) => [
    labels[i] ?? '',
    valueText(one.first, one.firstMeaning),
    valueText(one.second, one.secondMeaning),
  ]);
  const whyRoom = width - roomOf(told) - GAP;
  if (whyRoom >= LEAST_WHY) {
    const rows = told.map((cells, i) => [
      ...cells.map((text) => [text]),
      wrapWords(differences[i]?.why ?? '', whyRoom),
    ]);
    return columnLines([[...HEADS, 'why'].map((title) => [paint('strong', title)]), ...rows]);
  }
  const values = differences.map((one, i) => [labels[i] ?? '', one.first ?? '-', one.second ?? '-']);
  if (roomOf(values) > width)
    return differences.flatMap((one, i) => [labels[i] ?? '', ...remarkLines(one, told[i] ?? [], width)]);
  const lines = columnLines([
    HEADS.map((title) => [paint('strong', title)]),
    ...values.map((row) => row.map((text) => [text])),
  ]);
  const [head = '', ...rows] = lines;
  return [
    head,
    ...differences.flatMap((one, i) => [
      rows[i] ?? '',
      ...remarkLines(one, ['', one.firstMeaning ?? '', one.secondMeaning ?? ''], width),
    ]),
  ];
}

/** Columns that rows take if nothing is wrapped. */
function roomOf(rows: readonly (readonly string[])[]): number {
  return HEADS.reduce((sum, head, i) => sum + GAP + columnWidth([head, ...rows.map((row) => row[i] ?? '')]), -GAP);
}

function labelText({ label, look }: Difference, paint: Paint): string {
  return look === 'usual' ? label : paintLook(paint, look, `${markOf(look)} ${label}`);
}

/** What is said of each packet's value, and why they differ: under each other, each wrapped under itself. */
function remarkLines({ why }: Difference, [, first = '', second = '']: readonly string[], width: number): string[] {
  const each = [
    ['first', first],
    ['second', second],
  ];
  const remarks = [...(first === second ? [['both', first]] : each), ['why', why ?? '']].filter(
    ([, text]) => text !== '',
  );
  const column = INDENT + 'second'.length + GAP;
  return remarks.flatMap(([name = '', text = '']) =>
    wrapWords(text, width - column).map(
      (line, row) => ' '.repeat(INDENT) + (row === 0 ? name : '').padEnd(column - INDENT) + line,
    ),
  );
}

/** A value and, where it names something, what it is. */
export function valueText(value: string | null, meaning: string | null): string {
  if (value === null) return '-';
  return meaning === null ? value : `${value} (${meaning})`;
}
