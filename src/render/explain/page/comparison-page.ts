// The page about two packets.
import type { Comparison } from '../../../explain/compare/comparison.ts';
import type { Block, Page, PageCell, Tone } from '../../page/page-model.ts';
import { forPeople } from '../explain-options.ts';
import { originText } from '../explanation-text.ts';
import { figureBlock, leadBlock } from './explanation-blocks.ts';

/** Two packets. */
export function comparisonPage(raw: Comparison): Page {
  const shown = forPeople(raw);
  const { first, second, differences, same, headline, story } = shown;
  const cell = (value: string | null, meaning: string | null, tone: Tone): PageCell => ({
    value: value ?? '-',
    meaning,
    tone,
  });
  const blocks: Block[] = [
    {
      kind: 'lead',
      origin: `${originText(first)} and ${originText(second)}`,
      text: [headline, ...story].join(' '),
      alarms: [],
    },
    leadBlock(first),
    figureBlock(`First: packet ${first.number}`, first),
    leadBlock(second),
    figureBlock(`Second: packet ${second.number}`, second),
    {
      kind: 'table',
      heading: 'What differs, and why',
      head: ['', 'first', 'second', 'why'],
      rows: differences.map((one) => ({
        head: one.label,
        cells: [
          cell(one.first, one.firstMeaning, one.look),
          cell(one.second, one.secondMeaning, one.look),
          one.why === null ? null : cell(one.why, null, 'usual'),
        ],
      })),
      comment: differences.length === 0 ? 'Nothing differs.' : null,
    },
    {
      kind: 'points',
      heading: 'The same in both',
      items: same.map(({ label, value }) => ({ text: `${label} ${value}`, tone: 'usual' })),
    },
  ];
  return { title: headline, description: [headline, ...story].join(' '), blocks };
}
