// The page about one packet.
import type { Explanation } from '../../../explain/explanation.ts';
import type { Block, Page, Tone } from '../../page/page-model.ts';
import { forPeople, spanText } from '../explain-options.ts';
import { delayText, encapsulationName, originText, placeWords } from '../explanation-text.ts';
import { bitsBlock, bytesBlock, decisionBlock, figureBlock, leadBlock, pointsBlock } from './explanation-blocks.ts';

/** One packet. */
export function explanationPage(raw: Explanation, { all, diagram }: { all: boolean; diagram: boolean }): Page {
  const shown = forPeople(raw);
  const { story, columns, rows, decision, notes, comments } = shown;
  const copies = copyItems(shown);
  const blocks: (Block | null)[] = [
    leadBlock(shown),
    comments.length === 0 ? null : pointsBlock('Its comments in the capture', comments.flat()),
    figureBlock('The frame, drawn to scale', shown),
    pointsBlock('What happens', story),
    {
      kind: 'table',
      heading: columns.length > 1 ? 'Outer and inner header, side by side' : 'What the headers say',
      head: ['', ...columns.map((column) => column.title)],
      rows: rows.map(({ label, cells }) => ({
        head: label,
        cells: cells.map((cell) =>
          cell === null ? null : { value: cell.value, meaning: cell.meaning, tone: cell.look },
        ),
      })),
      comment: null,
    },
    decision === null ? null : decisionBlock(decision, shown.snapshotRoot),
    notes.length === 0
      ? null
      : {
          kind: 'notes',
          heading: 'Worth knowing',
          items: notes.map((note) => ({
            tone: note.look,
            title: note.title,
            where: note.span === null || note.span.length === 0 ? '' : spanText(note.span),
            text: note.text,
          })),
        },
    diagram ? bitsBlock(shown) : null,
    bytesBlock(shown, all),
    copies.length === 0 ? null : { kind: 'points', heading: 'The same packet elsewhere', items: copies },
    shown.next.length === 0 ? null : { kind: 'commands', heading: 'Next', lines: shown.next },
  ];
  return {
    title: originText(shown),
    description: descriptionOf(shown),
    blocks: blocks.filter((block) => block !== null),
  };
}

function copyItems({ related, capture }: Explanation): { text: string; tone: Tone }[] {
  return related
    .filter((one) => one.kind === 'copy')
    .map((copy) => {
      const file = copy.capture === capture.index ? '' : `${copy.path.slice(copy.path.lastIndexOf('/') + 1)} `;
      const late = copy.after === null ? '' : `, ${delayText(copy.after)}`;
      return {
        text: `${file}packet ${copy.number}: ${encapsulationName(copy.encapsulation)}, ${placeWords(copy.place)}${late}`,
        tone: 'usual',
      };
    });
}

function descriptionOf(shown: Explanation): string {
  const layers = shown.layers.map((layer) => `${layer.title} ${layer.length} bytes at ${layer.offset}`).join(', ');
  return `${shown.headline} Layers: ${layers}.`;
}
