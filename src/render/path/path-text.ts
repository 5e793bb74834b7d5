// `overlens path` as text: flows that lose packets first, one row per place, then those that lose none, then each hop's totals.
import type { PathFlow, PathReport, StopState } from '../../path/path-model.ts';
import { createNameFitter } from '../text/endpoint-names.ts';
import { escapeText } from '../text/escape.ts';
import { formatCount } from '../text/format.ts';
import { columnWidth, renderGrid } from '../text/grid.ts';
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
  const fitter = createNameFitter(report.flows.flatMap(({ stops }) => stops.flatMap(({ node }) => node ?? [])));
  const drawing: PathDrawing = { report, fitter, paint: createPaint(look.color), width: look.width };
  const { inFull, inBrief } = sorted(report, look);
  const top = look.all ? Number.POSITIVE_INFINITY : (look.top ?? USUAL_TOP);
  const blocks: string[][] = [];
  for (const flow of inFull.slice(0, top)) blocks.push(flowLines(flow, drawing));
  if (inFull.length > top) blocks.push([`and ${formatCount(inFull.length - top, 'flow')} more (--all)`]);
  if (inBrief.length > 0) blocks.push(briefLines(inBrief, top, drawing));
  if (report.pairs.length > 0 && inFull.length + inBrief.length > 1) blocks.push(pairLines(drawing));
  const foot = footLines(drawing, look);
  if (foot.length > 0) blocks.push(foot);
  for (const [i, lines] of blocks.entries()) yield `${i === 0 ? '' : '\n'}${lines.join('\n')}\n`;
}

/** In full: those that lose packets or may have, all if they are few or packets of them are shown. */
function sorted({ flows }: PathReport, look: PathLook): { inFull: PathFlow[]; inBrief: PathFlow[] } {
  const isFull = (flow: PathFlow): boolean =>
    look.all || flows.length <= FEW || flow.lost > 0 || flow.shown.length > 0 || mayLose(flow);
  return { inFull: flows.filter(isFull), inBrief: flows.filter((flow) => !isFull(flow)) };
}

function mayLose({ stops }: PathFlow): boolean {
  return stops.some(({ state, unknown }) => state === 'captured' && unknown > 0);
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
function briefLines(flows: readonly PathFlow[], top: number, { paint, width }: PathDrawing): string[] {
  const shown = flows.slice(0, top);
  const room = width - 2 * 3 - columnWidth(shown.map(serviceText)) - columnWidth(shown.map(chainText));
  const rows = shown.map((flow) => [endsText(flow, Math.max(24, room)), serviceText(flow), chainText(flow)]);
  const rest = flows.length - rows.length;
  return [
    paint(
      'strong',
      `${formatCount(flows.length, 'flow')} without loss: packets at each place, - where nobody captured`,
    ),
    ...renderGrid(rows, ['left', 'left', 'left'], 2),
    ...(rest > 0 ? [`  and ${formatCount(rest, 'flow')} more (--all)`] : []),
  ];
}

/** Where nothing can be counted. */
const CHAIN_SIGNS: Partial<Record<StopState, string>> = { 'not-captured': '-', encrypted: '*', bypassed: '*' };

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
  if (flows.length === 0 && onePlace === 0 && notFound.length === 0) lines.push('no flow was captured');
  lines.push(...clockLines(report, look.all));
  return lines.flatMap((line) => wrapWords(line, width));
}
