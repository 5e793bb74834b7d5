// How the sender decided, in a terminal: each line of its tables, where it is read, and the bytes of the packet it became.
import type { Decision, DecisionStep } from '../../explain/explanation.ts';
import { sentenceCase } from '../../net/sentence-case.ts';
import { columnWidth, fitColumns, GAP } from '../text/grid.ts';
import { createPaint } from '../text/paint.ts';
import { shortenMiddle, widestPiece, wrapWords } from '../text/text-width.ts';
import { placeText, spanText } from './explain-options.ts';
import { columnLines } from './side-columns.ts';

const LABEL = 11;
const PLACE_HEAD = 'you read it in';
const BYTES_HEAD = 'in the packet';

export function decisionLines(decision: Decision, root: string, width: number, color: boolean): string[] {
  const { steps } = decision;
  const paint = createPaint(color);
  const says = steps.map(saysText);
  const places = steps.map((step) => briefPlace(step, decision.node, root));
  const bytes = steps.map(bytesText);
  const marks = steps.map((step) => {
    const word = statusWord(step);
    return paint(step.status === 'ok' ? 'good' : step.status === 'unknown' ? 'dim' : 'bad', word);
  });
  const hasBytes = bytes.some((text) => text !== '');
  const heads = [headOf(decision), '', PLACE_HEAD, ...(hasBytes ? [BYTES_HEAD] : [])];
  const natural = [
    columnWidth(says),
    columnWidth([PLACE_HEAD, ...places]),
    hasBytes ? columnWidth([BYTES_HEAD, ...bytes]) : 0,
  ];
  const room = width - LABEL - columnWidth(marks) - (hasBytes ? 3 : 2) * GAP;
  const beside = [PLACE_HEAD.length, hasBytes ? BYTES_HEAD.length : 0];
  // addresses stay whole where there is room for them
  const whole = Math.min(Math.max(...says.map(widestPiece)), room - beside.reduce((sum, one) => sum + one, 0));
  const minimum = [Math.max(26, whole), ...beside].map((least, i) => Math.min(least, natural[i] ?? 0));
  const [say = 30, place = 14, byte = 13] = fitColumns(natural, minimum, room);
  const rows = steps.map((step, i) => {
    const text = wrapWords(says[i] ?? '', say).map((line, row) => (row === 0 ? step.label : '').padEnd(LABEL) + line);
    const cells = [text, [marks[i] ?? ''], [shortenMiddle(places[i] ?? '', place)]];
    return hasBytes ? [...cells, wrapWords(bytes[i] ?? '', byte)] : cells;
  });
  const head = [wrapWords(heads[0] ?? '', LABEL + say), ...heads.slice(1).map((text) => [text])];
  const lines = columnLines([head, ...rows]);
  return decision.comment === null ? lines : [...lines, ...wrapWords(`${sentenceCase(decision.comment)}.`, width)];
}

/** The sender's own files without its name: the heading has it. */
export function briefPlace({ ref }: DecisionStep, node: string | null, root: string): string {
  const place = placeText(ref, root);
  return node !== null && place.startsWith(`${node}/`) ? place.slice(node.length + 1) : place;
}

export function headOf({ node, when }: Decision): string {
  const who = node ?? 'the sender';
  return when === 'upcoming' ? `How ${who} will decide` : `How ${who} decided`;
}

/** The table's line; behind one that is not right, what is; without one, what the packet shows. */
export function saysText({ text, note, step, status }: DecisionStep): string {
  const line = text ?? (status === 'unknown' ? 'not in the snapshot' : 'no entry');
  if (note === null) return line;
  return status === 'unknown' || (step === 'next-hop' && status === 'ok') ? `${line}: ${note}` : `${line} (${note})`;
}

export function statusWord({ status }: DecisionStep): string {
  return { ok: 'ok', wrong: 'WRONG', missing: 'MISSING', differs: 'DIFFERS', unknown: '-' }[status];
}

/** `bytes 46-48, 26-29, 36-37`. */
export function bytesText({ became }: DecisionStep): string {
  const [first, ...more] = became;
  if (first === undefined) return '';
  return [spanText(first), ...more.map((span) => spanText(span).replace(/^bytes? /, ''))].join(', ');
}
