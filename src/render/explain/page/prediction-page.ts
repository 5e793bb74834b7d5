// The page about a prediction.
import type { Hop, PredictedHeader, Prediction, Way } from '../../../explain/predict/prediction.ts';
import { type Block, type FigureLayer, inPart, type Page } from '../../page/page-model.ts';
import { forPeople } from '../explain-options.ts';
import { headerHue } from '../header-hue.ts';
import { headerName, headerText, hopTitle, isSameFrame, sizeSentence } from '../prediction-text.ts';
import { decisionBlock, pointsBlock } from './explanation-blocks.ts';

const BACK = 'The answer takes another way: each direction is decided by the pool of its own destination';
const SIDES = [
  { side: 'outer', texts: ['OUTER'] },
  { side: 'inner', texts: ['INNER'] },
  { side: 'only', texts: ['no tunnel'] },
];
/** Titles longer than this do not fit narrow boxes. */
const LONGEST = 8;

/** Both directions of a prediction. */
export function predictionPage(raw: Prediction): Page {
  const shown = forPeople(raw);
  const title = `Predicted from the snapshot alone, for ${shown.example}`;
  const back = shown.differs
    ? wayBlocks(shown, shown.back, BACK, 'Back')
    : inPart('Back', [pointsBlock('And back', [shown.back.headline])]);
  return {
    title: `${shown.from.name} to ${shown.to.name}`,
    description: `${title}. ${shown.there.headline} ${shown.back.headline}`,
    blocks: [...wayBlocks(shown, shown.there, title, 'There'), ...back],
  };
}

/** @param name of the direction, in the navigation */
function wayBlocks(shown: Prediction, way: Way, origin: string, name: string): Block[] {
  const size = sizeSentence(way);
  const wrong = way.doubts.filter((one) => one.look === 'wrong').map(({ text }) => `But ${text}.`);
  const open = way.doubts.filter((one) => one.look !== 'wrong').map(({ text }) => text);
  return [
    { kind: 'lead', origin, text: way.headline, alarms: wrong },
    ...inPart(`${name}: why`, [
      pointsBlock('Why', size === '' ? way.story : [...way.story, size]),
      ...(way.decision === null ? [] : [decisionBlock(way.decision, shown.snapshotRoot)]),
    ]),
    ...inPart(
      `${name}: place by place`,
      way.hops.flatMap((hop, i) => hopBlocks(way.hops, i, hop)),
    ),
    ...(open.length === 0
      ? []
      : inPart(`${name}: not in the snapshot`, [pointsBlock('The snapshot cannot tell', open)])),
  ];
}

function hopBlocks(hops: readonly Hop[], i: number, hop: Hop): Block[] {
  const heading = `${i + 1}. ${hopTitle(hop)}${hop.mtu === null ? '' : `, MTU ${hop.mtu}`}`;
  const command: Block = { kind: 'commands', heading: `To see it at ${i + 1}`, lines: [hop.command] };
  if (isSameFrame(hops, i)) return [pointsBlock(heading, [`The same frame as at ${i}.`]), command];
  const rows = hop.headers.map((header) => ({
    head: headerName(header),
    cells: [{ value: headerText(header), meaning: null, tone: 'usual' as const, hue: headerHue(header) }],
  }));
  return [
    { kind: 'figure', heading, layers: figureLayers(hop.headers), sides: SIDES },
    { kind: 'table', heading: `The headers at ${i + 1}`, head: ['', 'value'], rows, comment: null },
    command,
  ];
}

function figureLayers(headers: readonly PredictedHeader[]): FigureLayer[] {
  let offset = 0;
  return headers.map((header, i) => {
    const { title, length, side, protocol } = header;
    const at = offset;
    offset += length;
    const short = title.length > LONGEST ? title.slice(0, 4) : title;
    const kind = protocol === 'payload' ? 'payload' : 'header';
    return { id: i + 1, title, short, offset: at, length, side, kind, hue: headerHue(header) };
  });
}
