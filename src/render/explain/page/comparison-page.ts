// The page about two packets.
import type { Comparison, Difference } from '../../../explain/compare/comparison.ts';
import { type Block, inPart, type Page, type PageCell, type Tone } from '../../page/page-model.ts';
import { forPeople } from '../explain-options.ts';
import { originText } from '../explanation-text.ts';
import { figureBlock, leadBlock, pointsBlock } from './explanation-blocks.ts';

/** Two packets. */
export function comparisonPage(raw: Comparison): Page {
  const shown = forPeople(raw);
  const { first, second, differences, same, headline, story } = shown;
  const blocks: Block[] = [
    {
      kind: 'lead',
      origin: `${originText(first)} and ${originText(second)}`,
      text: [headline, ...story].join(' '),
      alarms: [],
    },
    ...inPart('The first', [leadBlock(first), figureBlock(`First: packet ${first.number}`, first)]),
    ...inPart('The second', [leadBlock(second), figureBlock(`Second: packet ${second.number}`, second)]),
    ...inPart('What differs', [differencesBlock(differences)]),
    ...inPart('The same in both', [
      pointsBlock(
        'The same in both',
        same.map(({ label, value }) => `${label} ${value}`),
      ),
    ]),
  ];
  return { title: headline, description: [headline, ...story].join(' '), blocks };
}

function differencesBlock(differences: readonly Difference[]): Block {
  if (differences.length === 0) return pointsBlock('What differs', ['Nothing differs.']);
  const cell = (value: string | null, meaning: string | null, tone: Tone): PageCell => ({
    value: value ?? '-',
    meaning,
    tone,
  });
  return {
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
    comment: null,
  };
}
