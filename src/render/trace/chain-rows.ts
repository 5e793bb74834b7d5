// How a sender decided, step by step: what each of its tables says, whether that is right, which bytes of the packet it became,
// and where in the snapshot it stands.
import type { ChainStep } from '../../attribution/vocabulary.ts';
import type { Cause } from '../../verdict/trace-types.ts';
import type { NameFitter } from '../text/endpoint-names.ts';
import { escapeText } from '../text/escape.ts';
import { columnWidth, fitColumns, GAP } from '../text/grid.ts';
import { renderGrid } from '../text/grid-table.ts';
import { createPaint, type Paint } from '../text/paint.ts';
import type { RenderOptions } from '../text/render-options.ts';
import { shortenEnd, shortenMiddle, textWidth, wrapWords } from '../text/text-width.ts';

const LABEL = 11;

const STEP_NAMES: Record<ChainStep['table'], string> = {
  pool: 'pool',
  route: 'route',
  neighbour: 'neighbour',
  fdb: 'FDB',
  device: 'device',
};

/** Lines of the chain's table; none without a chain. What a table says is the point: it is wrapped, never shortened. */
export function chainRows(cause: Cause, names: NameFitter, options: RenderOptions, margin: number): string[] {
  if (cause.chain.length === 0) return [];
  const paint = createPaint(options.color);
  const steps = cause.chain.map((step) => ({
    says: saysText(step, names, options.width - margin - 40),
    result: resultText(step, paint),
    place: placeText(step),
  }));
  const packet = cause.firstPacket === null ? '' : `packet #${cause.firstPacket}`;
  const result = Math.max(packet.length, columnWidth(steps.map((step) => step.result)));
  const natural = [columnWidth(steps.map((step) => step.says)), columnWidth(steps.map((step) => step.place))];
  const minimum = [Math.min(natural[0] ?? 0, 30), Math.min(natural[1] ?? 0, 16)];
  const [says = 0, place = 0] = fitColumns(natural, minimum, options.width - margin - LABEL - result - 2 * GAP);
  const decider = cause.fromNode === null ? 'the sender' : escapeText(cause.fromNode);
  const head = shortenEnd(names.fitSentence(`How ${decider} decided`, LABEL + says), LABEL + says);
  const cells = steps.map((step, i) => {
    const lines = wrapWords(step.says, says);
    const { table = 'pool', by } = cause.chain[i] ?? {};
    const name = by === undefined ? STEP_NAMES[table] : `${by} ${STEP_NAMES[table]}`;
    const text = lines.map((line, row) => (row === 0 ? name : '').padEnd(LABEL) + line).join('\n');
    return [text, step.result, fitPlace(step.place, place)];
  });
  return renderGrid([[head, packet, 'snapshot'], ...cells], ['left', 'left', 'left'], margin);
}

/** The table's line, and behind a wrong or missing one what it should have said. */
function saysText(step: ChainStep, names: NameFitter, width: number): string {
  const text = step.text === null ? '-' : escapeText(step.text);
  return step.note === null ? text : names.fitSentence(`${text} (${escapeText(step.note)})`, width);
}

function resultText(step: ChainStep, paint: Paint): string {
  const bytes = step.bytes === null ? '' : `, byte ${step.bytes.offset}`;
  switch (step.status) {
    case 'ok':
      return paint('good', 'ok') + bytes;
    case 'wrong':
      return paint('bad', 'WRONG') + bytes;
    case 'missing':
      return paint('bad', 'MISSING') + bytes;
    case 'unknown':
      return paint('dim', 'not given') + bytes;
  }
}

/** Of a place that is too long the folder goes: it repeats the node's name. */
function fitPlace(place: string, width: number): string {
  return textWidth(place) <= width ? place : shortenMiddle(place.slice(place.lastIndexOf('/') + 1), width);
}

function placeText({ ref }: ChainStep): string {
  if (ref === null) return '';
  return escapeText(ref.file) + (ref.line === null ? '' : `:${ref.line}`);
}
