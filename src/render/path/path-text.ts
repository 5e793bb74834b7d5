// `overlens path` as text: flows that lose packets first, one row per place, then those that lose none, then each hop's totals.
import type { PathFlow, PathFlows, PathReport, StopState } from '../../path/path-model.ts';
import { createNameFitter } from '../text/endpoint-names.ts';
import { escapeText } from '../text/escape.ts';
import { formatCount } from '../text/format.ts';
import { columnWidth } from '../text/grid.ts';
import { renderGrid } from '../text/grid-table.ts';
import { createPaint } from '../text/paint.ts';
import { textWidth, wrapWords } from '../text/text-width.ts';
import { type PathDrawing, type PathLook, USUAL_TOP } from './path-drawing.ts';
import { packetLines } from './path-packets.ts';
import { pairLines } from './path-pairs.ts';
import {
  clockLines,
  delayText,
  endsText,
  kindText,
  lostText,
  placeName,
  seenText,
  serviceText,
  stopNotes,
} from './path-words.ts';

/** So few flows are shown in full, lost packets or not. */
const FEW = 4;
const LONGEST_NODE = 18;

export function* renderPath(report: PathReport, look: PathLook): Generator<string> {
  const fitter = createNameFitter(report.nodes);
  const drawing: PathDrawing = { report, fitter, paint: createPaint(look.color), width: look.width };
  let before = '';
  for (const lines of blocksOf(drawing, look)) {
    if (lines.length === 0) continue;
    yield `${before}${lines.join('\n')}\n`;
    before = '\n';
  }
}

function* blocksOf(drawing: PathDrawing, look: PathLook): Generator<string[]> {
  const { flows, pairs } = drawing.report;
  const top = look.all ? flows.count : (look.top ?? USUAL_TOP);
  const inFull = fullCount(flows, look);
  for (const flow of flows.slice(0, Math.min(top, inFull))) yield flowLines(flow, drawing);
  if (inFull > top) yield [`and ${formatCount(inFull - top, 'flow')} more (--all)`];
  if (flows.count > inFull) yield briefLines(flows, inFull, top, drawing);
  if (pairs.length > 0 && flows.count > 1) yield pairLines(drawing);
  yield footLines(drawing, look);
}

/** In full: those that lose packets or may have, all if they are few or packets of them are shown. */
function fullCount({ count, doubtful, hasShown }: PathFlows, look: PathLook): number {
  return look.all || count <= FEW || hasShown ? count : doubtful;
}

function flowLines(flow: PathFlow, drawing: PathDrawing): string[] {
  const { paint } = drawing;
  return [
    ...titleLines(flow, drawing).map((line) => paint('strong', line)),
    ...funnelLines(flow, drawing),
    ...flow.shown.flatMap((packet) => packetLines(packet, flow, drawing)),
  ];
}

/** On one line, or the ends on one and the rest on the next. */
function titleLines(flow: PathFlow, { width }: PathDrawing): string[] {
  const rest = `${serviceText(flow)}  ${kindText(flow)}  #${flow.ids.join(' #')}`;
  const line = `${endsText(flow)}  ${rest}`;
  return textWidth(line) <= width ? [line] : [endsText(flow, width), `  ${rest}`];
}

function funnelLines({ stops }: PathFlow, { fitter, paint, width }: PathDrawing): string[] {
  const hasLoss = stops.some(({ lost }) => lost > 0);
  const rows = stops.map((stop, i) => {
    const node =
      stop.node === null || stop.node === stops[i - 1]?.node ? '' : fitter.fit(escapeText(stop.node), LONGEST_NODE);
    const lost = lostText(stop);
    const cells = [node, placeName(stop), seenText(stop), lost === '' ? '' : paint('bad', lost)];
    return [...cells, delayText(stop.delay?.median), delayText(stop.delay?.max)];
  });
  const head = ['', '', 'packets', hasLoss ? 'lost' : '', 'median', 'max'].map((text) => paint('dim', text));
  const lines = renderGrid([head, ...rows], ['left', 'left', 'right', 'right', 'right', 'right'], 2);
  const notes = stops.map((stop) => stopNotes(stop).flatMap((note) => wrapWords(note, width - 6)));
  return lines.flatMap((line, i) => [line, ...(notes[i - 1] ?? []).map((note) => paint('dim', `      ${note}`))]);
}

/** One line a flow: packets at each place, from the sender on. */
function briefLines(flows: PathFlows, from: number, top: number, { paint, width }: PathDrawing): string[] {
  const shown = [...flows.slice(from, from + top)];
  const room = width - 2 * 3 - columnWidth(shown.map(serviceText)) - columnWidth(shown.map(chainText));
  const rows = shown.map((flow) => [endsText(flow, Math.max(24, room)), serviceText(flow), chainText(flow)]);
  const rest = flows.count - from - rows.length;
  return [
    paint(
      'strong',
      `${formatCount(flows.count - from, 'flow')} without loss: packets at each place, - where nobody captured`,
    ),
    ...renderGrid(rows, ['left', 'left', 'left'], 2),
    ...(rest > 0 ? [`  and ${formatCount(rest, 'flow')} more (--all)`] : []),
  ];
}

/** Where nothing can be counted. */
const CHAIN_SIGNS: Partial<Record<StopState, string>> = {
  'not-captured': '-',
  'other-time': '-',
  encrypted: '*',
  bypassed: '*',
};

/** `9 9 9 → 9 9 9`: the arrow is the way between two nodes. */
function chainText({ stops }: PathFlow): string {
  const texts = stops.map((stop, i) => {
    const isNext = i > 0 && stop.node !== stops[i - 1]?.node;
    const text = CHAIN_SIGNS[stop.state] ?? seenText(stop);
    return isNext ? `→ ${text}` : text;
  });
  return texts.join(' ');
}

function footLines({ report, width }: PathDrawing, look: PathLook): string[] {
  const { onePlace, notFound, captures, flows } = report;
  const lines: string[] = [];
  for (const { capture, number } of notFound)
    lines.push(`packet ${number} of ${escapeText(captures[capture]?.path ?? '')} is not there, or belongs to no flow`);
  if (onePlace > 0) lines.push(`${formatCount(onePlace, 'flow')} captured at one place only: nothing to compare`);
  if (flows.count === 0 && onePlace === 0 && notFound.length === 0) lines.push('no flow was captured');
  lines.push(...clockLines(report, look.all));
  return lines.flatMap((line) => wrapWords(line, width));
}
