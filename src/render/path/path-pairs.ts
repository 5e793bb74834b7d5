// Totals of each direction between two nodes: packets, loss and delay hop by hop.
import type { PathHop, PathPair } from '../../path/path-model.ts';
import { escapeText } from '../text/escape.ts';
import { formatCount, formatNumber } from '../text/format.ts';
import { renderGrid } from '../text/grid.ts';
import type { PathDrawing } from './path-drawing.ts';
import { delayText, hopText } from './path-words.ts';

const LONGEST_NODE = 30;

export function pairLines({ report, fitter, paint }: PathDrawing): string[] {
  const rows = report.pairs.flatMap((pair) => {
    const title = titleRow(pair, (name) => fitter.fit(escapeText(name), LONGEST_NODE));
    return [
      title.map((text) => paint('strong', text)),
      ...pair.hops.map((hop) => hopRow(hop, (text) => paint('bad', text))),
    ];
  });
  const head = ['each hop', 'packets', 'lost', 'median', 'p99', 'max'].map((text) => paint('dim', text));
  return renderGrid([head, ...rows], ['left', 'right', 'right', 'right', 'right', 'right']);
}

function titleRow({ from, to, flows, packets, lost }: PathPair, shorten: (name: string) => string): string[] {
  const ends = from === to ? `inside ${shorten(from)}` : `${shorten(from)} → ${shorten(to)}`;
  return [
    `${ends}, ${formatCount(flows, 'flow')}`,
    formatNumber(packets),
    lost === 0 ? '' : formatNumber(lost),
    '',
    '',
    '',
  ];
}

function hopRow(hop: PathHop, bad: (text: string) => string): string[] {
  const { packets, lost, delay } = hop;
  return [
    `  ${hopText(hop)}`,
    formatNumber(packets),
    lost === 0 ? '' : bad(formatNumber(lost)),
    delayText(delay?.median),
    delayText(delay?.p99),
    delayText(delay?.max),
  ];
}
