// Two packets side by side in a terminal: their headers to scale above each other, then only what differs, with the reason.
import type { Comparison, Difference } from '../../explain/compare/comparison.ts';
import type { Explanation } from '../../explain/explanation.ts';
import { fitColumns } from '../text/grid.ts';
import { createPaint, type Paint } from '../text/paint.ts';
import { textWidth, wrapWords } from '../text/text-width.ts';
import { drawLayers } from './boxes.ts';
import { createLayerPaint, markOf, paintLook } from './explain-colors.ts';
import { forPeople } from './explain-options.ts';
import { originText } from './explanation-text.ts';
import { sideTexts } from './packet-sections.ts';
import { columnLines } from './side-columns.ts';

const LEAST_CELL = 16;

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
  const same = shown.same.map(({ label, value }) => `${label} ${value}`).join(' · ');
  if (same !== '') yield `\n${[paint('strong', 'The same in both'), ...wrapWords(same, look.width)].join('\n')}\n`;
}

function packetLines(name: string, packet: Explanation, { width, color }: Look, paint: Paint): string[] {
  return [
    ...wrapWords(`${name}: ${originText(packet)}`, width).map((line) => paint('dim', line)),
    ...wrapWords(packet.headline, width),
    ...drawLayers(packet.layers, sideTexts(packet), width, createLayerPaint(color)),
  ];
}

function differenceLines(differences: readonly Difference[], width: number, paint: Paint): string[] {
  if (differences.length === 0) return ['Nothing differs.'];
  const head = ['what differs', 'first', 'second', 'why'];
  const cells = differences.map((one) => [
    one.label,
    valueText(one.first, one.firstMeaning),
    valueText(one.second, one.secondMeaning),
    one.why ?? '',
  ]);
  const natural = head.map((title, i) => Math.max(textWidth(title), ...cells.map((row) => textWidth(row[i] ?? ''))));
  const minimum = natural.map((one, i) => Math.min(one, [18, 19, 19, LEAST_CELL][i] ?? LEAST_CELL));
  const widths = fitColumns(natural, minimum, width - 6);
  const rows = cells.map((row, i) =>
    row.map((text, column) => {
      const lines = wrapWords(text, widths[column] ?? LEAST_CELL);
      const look = differences[i]?.look ?? 'usual';
      if (column > 0 || look === 'usual') return lines;
      return [paintLook(paint, look, `${markOf(look)} ${lines[0]}`), ...lines.slice(1)];
    }),
  );
  return columnLines([head.map((title) => [paint('strong', title)]), ...rows]);
}

/** A value and, where it names something, what it is. */
export function valueText(value: string | null, meaning: string | null): string {
  if (value === null) return '-';
  return meaning === null ? value : `${value} (${meaning})`;
}
