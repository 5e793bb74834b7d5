// `overlens path` as text: of each flow one row per place, packets down the column.
import type { PathFlow, PathPacket, PathReport, PathStop } from '../../path/model.ts';
import { briefName, createNameFitter, endpointName, type NameFitter } from '../text/endpoint-names.ts';
import { escapeText } from '../text/escape.ts';
import { formatCount, formatNumber } from '../text/format.ts';
import { renderGrid } from '../text/grid.ts';
import { createPaint, type Paint } from '../text/paint.ts';
import { wrapWords } from '../text/text-width.ts';
import { clockLines, delayText, placeName, stateWords, translationWords } from './path-words.ts';

export interface PathLook {
  width: number;
  color: boolean;
  all: boolean;
  /** Flows before the rest is counted only; null: as many as are usual. */
  top: number | null;
}

const USUAL_TOP = 10;

export function* renderPath(report: PathReport, look: PathLook): Generator<string> {
  const paint = createPaint(look.color);
  const fitter = createNameFitter(report.flows.flatMap(({ stops }) => stops.flatMap(({ node }) => node ?? [])));
  const top = look.all ? report.flows.length : (look.top ?? USUAL_TOP);
  for (const [i, flow] of report.flows.slice(0, top).entries()) {
    if (i > 0) yield '\n';
    yield `${flowLines(flow, report, { fitter, paint, width: look.width }).join('\n')}\n`;
  }
  const foot = footLines(report, top, look.width);
  if (foot.length > 0) yield `${report.flows.length > 0 ? '\n' : ''}${foot.join('\n')}\n`;
}

interface Drawing {
  fitter: NameFitter;
  paint: Paint;
  width: number;
}

function flowLines(flow: PathFlow, report: PathReport, drawing: Drawing): string[] {
  const { paint } = drawing;
  return [
    ...wrapWords(titleOf(flow), drawing.width).map((line) => paint('strong', line)),
    ...funnelLines(flow, drawing),
    ...flow.shown.flatMap((packet) => packetLines(packet, flow, report, drawing)),
  ];
}

function titleOf(flow: PathFlow): string {
  const { src, dst, srcPort, dstPort, protocol, encapsulation, ids } = flow;
  const ports = srcPort === null || dstPort === null || (srcPort === 0 && dstPort === 0) ? '' : ` ${srcPort} → ${dstPort}`;
  return `${endpointName(src).name} → ${endpointName(dst).name}  ${protocol}${ports}  ${encapsulation}  #${ids.join(' #')}`;
}

function funnelLines({ stops }: PathFlow, { fitter, paint }: Drawing): string[] {
  const rows = stops.map((stop, i) => {
    const node = stop.node === null || stop.node === stops[i - 1]?.node ? '' : fitter.fit(escapeText(stop.node), 20);
    const packets = stop.state === 'not-captured' || stop.state === 'encrypted' ? '' : formatNumber(stop.packets);
    return [node, placeName(stop), packets, lossText(stop, paint), delayText(stop.delay?.median), delayText(stop.delay?.max)];
  });
  const head = ['', '', 'packets', '', 'median', 'max'].map((text) => paint('dim', text));
  return renderGrid([head, ...rows], ['left', 'left', 'right', 'left', 'right', 'right'], 2);
}

function lossText(stop: PathStop, paint: Paint): string {
  const words = stateWords(stop);
  const lost = stop.lost === 0 ? '' : paint('bad', `${formatNumber(stop.lost)} lost`);
  return [lost, words, translationWords(stop)].filter(Boolean).join(', ');
}

function packetLines(packet: PathPacket, flow: PathFlow, report: PathReport, { fitter, paint }: Drawing): string[] {
  const rows = packet.sightings.map((seen) => {
    const stop = flow.stops[seen.stop];
    const path = report.captures[seen.capture]?.path ?? '';
    return [
      seen.time?.slice(11, -1) ?? '',
      stop === undefined ? '' : `${fitter.fit(escapeText(stop.node ?? ''), 16)} ${placeName(stop)}`,
      `ttl ${seen.ttl}`,
      `${seen.length} B`,
      seen.encapsulation === 'none' ? 'plain' : seen.encapsulation,
      delayText(seen.delay),
      seen.changes.join(', '),
      `${escapeText(path.slice(path.lastIndexOf('/') + 1))} #${seen.number}`,
    ];
  });
  const lost = packet.lostBefore === null ? undefined : flow.stops[packet.lostBefore];
  const end = lost === undefined ? [] : [`    ${paint('bad', `lost before ${escapeText(lost.node ?? '')} ${placeName(lost)}`)}`];
  return ['', ...renderGrid(rows, ['left', 'left', 'left', 'right', 'left', 'right', 'left', 'left'], 4), ...end];
}

function footLines({ flows, onePlace, clocks, notFound }: PathReport, top: number, width: number): string[] {
  const lines: string[] = [];
  const rest = flows.length - Math.min(top, flows.length);
  if (rest > 0) lines.push(`and ${formatCount(rest, 'flow')} more: --all`);
  if (onePlace > 0) lines.push(`${formatCount(onePlace, 'flow')} captured at one place only: nothing to compare`);
  for (const { number } of notFound) lines.push(`packet ${number} belongs to no flow`);
  lines.push(...clockLines(clocks));
  return lines.flatMap((line) => wrapWords(line, width));
}
void briefName;
