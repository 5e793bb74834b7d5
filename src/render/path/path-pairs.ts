// Totals of each direction between two nodes: packets, loss and delay hop by hop.
import type { PathHop, PathPair } from '../../path/path-model.ts';
import type { NameFitter } from '../text/endpoint-names.ts';
import { escapeText } from '../text/escape.ts';
import { formatCount, formatNumber } from '../text/format.ts';
import { renderGrid } from '../text/grid-table.ts';
import type { Paint } from '../text/paint.ts';
import type { PathDrawing } from './path-drawing.ts';
import { delayText, hopText } from './path-words.ts';

/** Columns of the numbers and the gaps before them. */
const NUMBERS = 46;

export function pairLines({ report, fitter, paint, width }: PathDrawing): string[] {
  const rows = report.pairs.flatMap((pair) => {
    const title = titleRow(pair, width - NUMBERS, fitter);
    return [title.map((text) => paint('strong', text)), ...pair.hops.map((hop) => hopRow(hop, paint))];
  });
  const head = ['each hop', 'packets', 'lost', 'median', 'p99', 'max'].map((text) => paint('dim', text));
  return renderGrid([head, ...rows], ['left', 'right', 'right', 'right', 'right', 'right']);
}

/** `control1 → worker1, 12 flows`, names shortened to fit. */
function titleRow({ from, to, flows, packets, lost }: PathPair, width: number, fitter: NameFitter): string[] {
  const count = `, ${formatCount(flows, 'flow')}`;
  const longest = Math.max(6, Math.floor((width - count.length - 3) / 2));
  const name = (node: string): string => fitter.fit(escapeText(node), longest);
  const ends = from === to ? `inside ${name(from)}` : `${name(from)} → ${name(to)}`;
  return [ends + count, formatNumber(packets), lost === 0 ? '' : formatNumber(lost), '', '', ''];
}

function hopRow(hop: PathHop, paint: Paint): string[] {
  const { packets, lost, delay } = hop;
  return [
    `  ${hopText(hop)}`,
    formatNumber(packets),
    lost === 0 ? '' : paint('bad', formatNumber(lost)),
    delayText(delay?.median),
    delayText(delay?.p99),
    delayText(delay?.max),
  ];
}
