// The page about one packet.
import type { Explanation } from '../../../explain/explanation.ts';
import { type Block, inPart, type Page, type Tone } from '../../page/page-model.ts';
import { forPeople, spanText } from '../explain-options.ts';
import { delayText, encapsulationName, originText, placeWords } from '../explanation-text.ts';
import { hueAt } from '../header-hue.ts';
import { bitsBlock, bytesBlock, decisionBlock, figureBlock, leadBlock, pointsBlock } from './explanation-blocks.ts';

/** One packet. */
export function explanationPage(raw: Explanation, { all, diagram }: { all: boolean; diagram: boolean }): Page {
  const shown = forPeople(raw);
  const { story, decision, comments } = shown;
  const copies = copyItems(shown);
  const blocks: Block[] = [
    leadBlock(shown),
    ...inPart('The frame', [
      ...given(comments.length > 0, () => pointsBlock('Its comments in the capture', comments.flat())),
      figureBlock('The frame, drawn to scale', shown),
    ]),
    ...inPart('What happens', [pointsBlock('What happens', story)]),
    ...inPart('Headers', [headersBlock(shown)]),
    ...(decision === null ? [] : inPart('The decision', [decisionBlock(decision, shown.snapshotRoot)])),
    ...inPart('Worth knowing', [...given(shown.notes.length > 0, () => notesBlock(shown))]),
    ...inPart('Bits and bytes', [...given(diagram, () => bitsBlock(shown)), bytesBlock(shown, all)]),
    ...inPart('Go on', [
      ...given(copies.length > 0, () => ({ kind: 'points', heading: 'The same packet elsewhere', items: copies })),
      ...given(shown.next.length > 0, () => ({ kind: 'commands', heading: 'Next', lines: shown.next })),
    ]),
  ];
  return { title: originText(shown), description: descriptionOf(shown), blocks };
}

function given(isThere: boolean, block: () => Block): Block[] {
  return isThere ? [block()] : [];
}

function headersBlock({ columns, rows, layers }: Explanation): Block {
  return {
    kind: 'table',
    heading: columns.length > 1 ? 'Outer and inner header, side by side' : 'What the headers say',
    head: ['', ...columns.map((column) => column.title)],
    rows: rows.map(({ label, cells }) => ({
      head: label,
      cells: cells.map((cell) => {
        if (cell === null) return null;
        const { value, meaning, look, span } = cell;
        const hue = hueAt(layers, span);
        return { value, meaning, tone: look, ...(hue === null ? {} : { hue }) };
      }),
    })),
    comment: null,
  };
}

function notesBlock({ notes }: Explanation): Block {
  return {
    kind: 'notes',
    heading: 'Worth knowing',
    items: notes.map(({ look, title, span, text }) => ({
      tone: look,
      title,
      where: span === null || span.length === 0 ? '' : spanText(span),
      text,
    })),
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
