// `overlens path` as a page: the picture of each way with its numbers on it, packets place by place, and the totals of hops.
import type { PathFlow, PathFlows, PathPacket, PathReport, PathStop, StopState } from '../../path/path-model.ts';
import {
  type Block,
  type ChainPlace,
  inPart,
  MOST_PARTS,
  type Page,
  type PageCell,
  type PageRow,
} from '../page/page-model.ts';
import { createNameFitter } from '../text/endpoint-names.ts';
import { escapeText } from '../text/escape.ts';
import { baseName, formatCount, formatNumber } from '../text/format.ts';
import { type PathLook, USUAL_TOP } from './path-drawing.ts';
import {
  changeText,
  clockLines,
  delayText,
  endsText,
  hopText,
  kindText,
  lostText,
  placeName,
  seenText,
  serviceText,
  shapeText,
  stopNotes,
} from './path-words.ts';

const LONGEST_NODE = 30;

type Shorten = (node: string | null) => string;

export function pathPage(report: PathReport, look: PathLook): Page {
  const { flows, captures, onePlace } = report;
  const fitter = createNameFitter(report.nodes);
  const shorten: Shorten = (node) => (node === null ? '' : fitter.fit(escapeText(node), LONGEST_NODE));
  const shown = [...flows.slice(0, look.all ? flows.count : (look.top ?? USUAL_TOP))];
  const text = leadText(flows);
  const rest = flows.count - shown.length;
  const remarks = [
    ...(rest > 0 ? [`${formatCount(rest, 'flow')} more: --all`] : []),
    ...(onePlace > 0 ? [`${formatCount(onePlace, 'flow')} captured at one place only: nothing to compare`] : []),
    ...clockLines(report, look.all),
  ];
  const blocks: Block[] = [
    { kind: 'lead', origin: originOf(captures), text, alarms: [], verdict: verdictOf(flows) },
    ...partsOf(shown, (flow) => flowBlocks(flow, report, shorten)),
    ...(report.pairs.length > 0 ? inPart('Each hop', [hopsBlock(report, shorten)]) : []),
    ...(remarks.length > 0
      ? inPart('What else', [
          { kind: 'points', heading: 'What else', items: remarks.map((one) => ({ text: one, tone: 'usual' })) },
        ])
      : []),
    ...(captures.length > MOST_NAMED
      ? inPart('Captures', [
          {
            kind: 'points',
            heading: 'Captures',
            items: captures.map(({ path }) => ({ text: escapeText(path), tone: 'usual' })),
          },
        ])
      : []),
  ];
  return { title: 'The way of packets', description: text, blocks };
}

/** Captures that are named above the first sentence; of more their number. */
const MOST_NAMED = 3;

function originOf(captures: PathReport['captures']): string {
  if (captures.length > MOST_NAMED) return formatCount(captures.length, 'capture');
  return captures.map(({ path }) => baseName(path)).join(', ');
}

function verdictOf({ lossy, doubtful }: PathFlows): 'wrong' | 'notable' | 'good' {
  if (lossy > 0) return 'wrong';
  return doubtful > 0 ? 'notable' : 'good';
}

/** Each flow is a part of the page, or all are one where they are many. */
function partsOf(flows: readonly PathFlow[], blocksOf: (flow: PathFlow) => Block[]): Block[] {
  const OTHERS = 3;
  if (flows.length > MOST_PARTS - OTHERS) return inPart('Flows', flows.flatMap(blocksOf));
  return flows.flatMap((flow) => inPart(`${endsText(flow)} ${serviceText(flow)}`, blocksOf(flow)));
}

function leadText({ count, lossy, doubtful, lost }: PathFlows): string {
  const all = formatCount(count, 'flow');
  if (lossy > 0) return `${formatNumber(lossy)} of ${all} lose packets: ${formatNumber(lost)} in all`;
  if (doubtful > 0) return `${all}, none surely loses packets; of ${formatNumber(doubtful)}, some may be missing`;
  return `${all}, none loses packets`;
}

function flowBlocks(flow: PathFlow, report: PathReport, shorten: Shorten): Block[] {
  const chain: Block = {
    kind: 'chain',
    heading: `${endsText(flow)}  ${serviceText(flow)}`,
    text: `${kindText(flow)}, ${formatCount(flow.packets, 'packet')}`,
    places: flow.stops.map((stop) => chainPlace(stop, shorten)),
  };
  return [chain, ...flow.shown.map((packet, i) => packetBlock(packet, i, flow, report, shorten))];
}

const NOT_COUNTED: ReadonlySet<StopState> = new Set(['not-captured', 'encrypted', 'bypassed', 'other-time']);

function chainPlace(stop: PathStop, shorten: Shorten): ChainPlace {
  const isOpen = NOT_COUNTED.has(stop.state);
  const delay = stop.delay === null ? [] : [{ text: `+${delayText(stop.delay.median)}`, tone: 'usual' as const }];
  const lost = lostText(stop);
  return {
    group: shorten(stop.node),
    title: placeName(stop),
    value: seenText(stop),
    tone: isOpen ? 'dim' : stop.lost > 0 ? 'wrong' : 'usual',
    before: [...(lost === '' ? [] : [{ text: lost, tone: 'wrong' as const }]), ...delay],
    notes: stopNotes(stop),
  };
}

function packetBlock(packet: PathPacket, i: number, flow: PathFlow, report: PathReport, shorten: Shorten): Block {
  const lost = packet.lostBefore === null ? undefined : flow.stops[packet.lostBefore];
  const rows = packet.sightings.map((seen): PageRow => {
    const stop = flow.stops[seen.stop];
    const text = (value: string): PageCell => ({ value, meaning: null, tone: 'usual' });
    return {
      head: stop === undefined ? '' : `${shorten(stop.node)} ${placeName(stop)}`.trim(),
      cells: [
        text(seen.time?.slice(11, -1) ?? ''),
        text(`ttl ${seen.ttl}, ${seen.length} B, ${shapeText(seen)}`),
        text(delayText(seen.delay)),
        {
          value: `${baseName(report.captures[seen.capture]?.path ?? '')} #${seen.number}`,
          meaning: seen.changes.map(changeText).join(', ') || null,
          tone: 'usual',
        },
      ],
    };
  });
  return {
    kind: 'table',
    heading: `Packet ${i + 1}`,
    head: ['place', 'time', 'as', 'after', 'packet'],
    rows,
    comment: lost === undefined ? null : `never seen at ${shorten(lost.node)} ${placeName(lost)}`,
  };
}

function hopsBlock({ pairs }: PathReport, shorten: Shorten): Block {
  const rows = pairs.flatMap(({ from, to, hops }) =>
    hops.map((hop): PageRow => {
      const cell = (value: string): PageCell | null => (value === '' ? null : { value, meaning: null, tone: 'usual' });
      const lost: PageCell | null =
        hop.lost === 0 ? null : { value: formatNumber(hop.lost), meaning: null, tone: 'wrong' };
      const times = [hop.delay?.median, hop.delay?.p99, hop.delay?.max].map((one) => cell(delayText(one)));
      const ends = from === to ? shorten(from) : `${shorten(from)} → ${shorten(to)}`;
      return { head: ends, cells: [cell(hopText(hop)), cell(formatNumber(hop.packets)), lost, ...times] };
    }),
  );
  const head = ['nodes', 'hop', 'packets', 'lost', 'median', 'p99', 'max'];
  return { kind: 'table', heading: 'Each hop', head, rows, comment: null };
}
