// The cluster as a picture: nodes on a circle with the pods that talk, an arrow for what each sends to each, with the encapsulation in words.
// What is wrong is drawn and said, not only coloured: dashed with !, lost ones dotted with a cross, undecided ones dotted with ?.

import { THEME } from '../page/theme.ts';
import { createNameFitter, type NameFitter } from '../text/endpoint-names.ts';
import { escapeText, escapeXml } from '../text/escape.ts';
import { formatCount } from '../text/format.ts';
import { shortenMiddle } from '../text/text-width.ts';
import { onEdge, type Place, placeOf, round, wayBetween } from './picture-places.ts';
import { PICTURE_STYLE } from './picture-style.ts';
import { carriedText, type NodePair, type NodePairs } from './report-pairs.ts';

/** On a circle more are not told apart; the matrix has them all. */
export const MOST_NODES = 24;
/** Among more nodes only those arrows are labelled that are not as they should be. */
const MOST_LABELLED = 4;
const NAME_WIDTH = 25;
const LINE = 19;
const BOX = { width: 214, height: 32 };

/** All of a cluster, or of one too large for a picture what is between nodes that something is wrong, lost or undecided between. */
export function picturedPairs(cluster: NodePairs): NodePairs {
  if (cluster.nodes.length <= MOST_NODES) return cluster;
  const pairs = cluster.pairs.filter((pair) => pairState(pair) !== 'ok');
  const named = new Set(pairs.flatMap(({ from, to }) => [from, to]));
  return { ...cluster, pairs, nodes: cluster.nodes.filter((node) => named.has(node)) };
}

/**
 * An SVG element, or null where there is nothing to draw or too much.
 * @param style an element with the style of a picture that stands alone
 */
export function clusterPicture(cluster: NodePairs, style = ''): string | null {
  const { nodes, pairs } = cluster;
  if (nodes.length === 0 || nodes.length > MOST_NODES) return null;
  const fitter = createNameFitter(nodes);
  const box = { ...BOX, height: BOX.height + LINE * Math.max(...nodes.map((node) => underName(node, cluster).length)) };
  const { places, width, height } = placeOf(nodes, box);
  const between = pairs.filter(({ from, to }) => from !== to);
  const most = Math.max(1, ...between.map(({ packets }) => packets));
  const isFew = nodes.length <= MOST_LABELLED;
  const arrows = between.flatMap((pair) => {
    const [from, to] = [places.get(pair.from), places.get(pair.to)];
    return from === undefined || to === undefined ? [] : [arrow(pair, { from, to, box, most, isFew })];
  });
  const boxes = nodes.map((node) => nodeBox(node, places.get(node) ?? { x: 0, y: 0 }, box, cluster, fitter));
  const said = between.length === 0 ? 'nothing' : between.map(pairSentence).join('; ');
  return `<svg class="cluster" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeXml(`Nodes and what they send each other: ${said}`)}">
${style}<defs>${STATES.map(marker).join('')}</defs>
${arrows.map(({ line }) => line).join('\n')}
${boxes.join('\n')}
${arrows.map(({ label }) => label).join('')}
</svg>`;
}

/** `control1 to worker1: 12 packets in 3 flows (vxlan 12), 1 flow wrong`. */
export function pairSentence(pair: NodePair): string {
  const { from, to, packets, flows, wrong, undecided, lost, missing } = pair;
  const notes = [
    wrong > 0 ? `${formatCount(wrong, 'flow')} not as configured` : '',
    lost > 0 ? `${formatCount(lost, 'flow')} never arrived` : '',
    missing > 0 ? `${formatCount(missing, 'packet')} lost` : '',
    undecided > 0 ? `${formatCount(undecided, 'flow')} undecided` : '',
  ].filter((note) => note !== '');
  const said = `${formatCount(packets, 'packet')} in ${formatCount(flows, 'flow')} (${carriedText(pair)})`;
  return [`${escapeText(from)} to ${escapeText(to)}: ${said}`, ...notes].join(', ');
}

const STATES = ['ok', 'wrong', 'lost', 'undecided'] as const;
type PairState = (typeof STATES)[number];
const MARKS: Record<PairState, string> = { ok: '', wrong: '!', lost: '✕', undecided: '?' };

export function pairState({ wrong, lost, missing, undecided }: NodePair): PairState {
  if (wrong > 0) return 'wrong';
  if (lost > 0 || missing > 0) return 'lost';
  return undecided > 0 ? 'undecided' : 'ok';
}

/** What is wrong with it, as its label says it; empty for what is right. */
function stateWords({ wrong, lost, missing, undecided }: NodePair): string {
  const isLost = missing > 0 ? `${missing} lost` : lost > 0 ? 'never arrived' : '';
  const words = [wrong > 0 ? 'not as configured' : '', isLost].filter((one) => one !== '');
  if (words.length > 0) return words.join(', ');
  return undecided > 0 ? 'undecided' : '';
}

/** Under a node's name: its pods, and what it carried between them. */
function underName(node: string, { pods, get }: NodePairs): string[] {
  const names = [...(pods.get(node) ?? [])].map(escapeText).join(', ');
  const inside = get(node, node)?.packets ?? 0;
  return [names, inside === 0 ? '' : `${formatCount(inside, 'packet')} within`].filter((line) => line !== '');
}

function nodeBox(
  node: string,
  { x, y }: Place,
  { width, height }: typeof BOX,
  cluster: NodePairs,
  fitter: NameFitter,
): string {
  const top = y - height / 2;
  const line = (text: string, i: number): string =>
    `<text${i === 0 ? ' class="name"' : ''} x="${x}" y="${round(top + 22 + LINE * i)}" text-anchor="middle">${escapeXml(text)}</text>`;
  const under = underName(node, cluster).map((text) => shortenMiddle(text, NAME_WIDTH));
  const texts = [fitter.fit(escapeText(node), NAME_WIDTH), ...under].map(line).join('');
  return `<g><title>${escapeXml(escapeText(node))}</title><rect class="node" x="${round(x - width / 2)}" y="${round(top)}" width="${width}" height="${height}" rx="6"/>${texts}</g>`;
}

interface Drawn {
  from: Place;
  to: Place;
  box: { width: number; height: number };
  /** Packets of the thickest arrow. */
  most: number;
  isFew: boolean;
}

/** Bent to the left of its way, so that both directions are seen, with its label on the outer side of the bend. */
function arrow(pair: NodePair, { from, to, box, most, isFew }: Drawn): { line: string; label: string } {
  const state = pairState(pair);
  const { start, middle, end, at, out } = wayBetween(onEdge(from, to, box), onEdge(to, from, box));
  const width = 1.5 + 4 * (Math.log1p(pair.packets) / Math.log1p(most));
  const path = `M${start.x} ${start.y}Q${middle.x} ${middle.y} ${end.x} ${end.y}`;
  const words = [carriedText(pair), stateWords(pair)].filter((text) => text !== '');
  const label = isFew || state !== 'ok' ? labelAt(at, out, words, state) : '';
  const sign =
    MARKS[state] === ''
      ? ''
      : `<text class="sign ${state}" x="${at.x}" y="${round(at.y + 6)}" text-anchor="middle">${MARKS[state]}</text>`;
  const line = `<g class="edge ${state}"><title>${escapeXml(pairSentence(pair))}</title><path d="${path}" stroke-width="${round(width)}" marker-end="url(#to-${state})"/>${sign}</g>`;
  return { line, label };
}

/** Lines of text beside a point, on the side that `out` leads to. */
function labelAt(at: Place, out: Place, lines: readonly string[], state: PairState): string {
  const GAP = 14;
  const anchor = out.x > 0.35 ? 'start' : out.x < -0.35 ? 'end' : 'middle';
  const [x, y] = [round(at.x + out.x * GAP), at.y + out.y * GAP];
  const first = y + 5 - ((1 - out.y) * (lines.length - 1) * LINE) / 2;
  return lines
    .map((text, i) => {
      const name = i === 0 ? 'label' : `label ${state}`;
      return `<text class="${name}" x="${x}" y="${round(first + i * LINE)}" text-anchor="${anchor}">${escapeXml(text)}</text>`;
    })
    .join('');
}

function marker(state: string): string {
  return `<marker id="to-${state}" class="${state}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="13" markerHeight="13" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8Z"/></marker>`;
}

/** The picture as a file of its own. */
export function clusterFile(pairs: NodePairs): string | null {
  const picture = clusterPicture(pairs, `<style>${THEME}svg.cluster{background:var(--page)}${PICTURE_STYLE}</style>\n`);
  return picture === null ? null : `${picture}\n`;
}
