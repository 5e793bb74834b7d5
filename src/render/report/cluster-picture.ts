// The cluster as a picture: nodes on a circle, an arrow for what each sends to each. What is wrong is drawn, and said in words, not only
// coloured: broken lines with a cross, bypassed ones double, undecided ones dotted.

import { THEME } from '../page/theme.ts';
import { createNameFitter } from '../text/endpoint-names.ts';
import { escapeText, escapeXml } from '../text/escape.ts';
import { formatCompact, formatCount } from '../text/format.ts';
import { PICTURE_STYLE } from './picture-style.ts';
import type { NodePair, NodePairs } from './report-pairs.ts';

/** On a circle more are not told apart; the matrix has them all. */
export const MOST_NODES = 24;
const NAME_WIDTH = 22;
const [WIDTH, HEIGHT] = [720, 460] as const;
const [RADIUS_X, RADIUS_Y] = [250, 170] as const;
const [BOX_WIDTH, BOX_HEIGHT] = [168, 34] as const;

/**
 * An SVG element, or null where there is nothing to draw or too much.
 * @param style an element with the style of a picture that stands alone
 */
export function clusterPicture({ nodes, pairs }: NodePairs, style = ''): string | null {
  if (nodes.length === 0 || nodes.length > MOST_NODES) return null;
  const fitter = createNameFitter(nodes);
  const places = new Map(nodes.map((node, i) => [node, placeOn(i, nodes.length)]));
  const between = pairs.filter(({ from, to }) => from !== to);
  const most = Math.max(1, ...between.map(({ packets }) => packets));
  const lines = between.flatMap((pair) => {
    const [from, to] = [places.get(pair.from), places.get(pair.to)];
    return from === undefined || to === undefined ? [] : [arrow(pair, from, to, most)];
  });
  const boxes = nodes.map((node) => {
    const { x, y } = places.get(node) ?? { x: 0, y: 0 };
    const name = escapeXml(fitter.fit(escapeText(node), NAME_WIDTH));
    return `<g><title>${escapeXml(escapeText(node))}</title><rect class="node" x="${x - BOX_WIDTH / 2}" y="${y - BOX_HEIGHT / 2}" width="${BOX_WIDTH}" height="${BOX_HEIGHT}" rx="6"/><text x="${x}" y="${y + 5}" text-anchor="middle">${name}</text></g>`;
  });
  const said = between.length === 0 ? 'nothing' : between.map(pairSentence).join('; ');
  const lowest = Math.max(...[...places.values()].map(({ y }) => y));
  const height = round(Math.min(HEIGHT, lowest + BOX_HEIGHT));
  return `<svg class="cluster" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeXml(`Nodes and what they send each other: ${said}`)}">
${style}<defs>${['ok', 'wrong', 'lost', 'undecided'].map(marker).join('')}</defs>
${lines.join('\n')}
${boxes.join('\n')}
</svg>`;
}

/** `control1 to worker1: 12 packets in 3 flows (vxlan 12), 1 flow wrong`. */
export function pairSentence({ from, to, packets, flows, wrong, undecided, lost, carried }: NodePair): string {
  const how = [...carried].map(([name, count]) => `${name} ${formatCompact(count)}`).join(', ');
  const notes = [
    wrong > 0 ? `${formatCount(wrong, 'flow')} not as configured` : '',
    lost > 0 ? `${formatCount(lost, 'flow')} never arrived` : '',
    undecided > 0 ? `${formatCount(undecided, 'flow')} undecided` : '',
  ].filter((note) => note !== '');
  const said = `${formatCount(packets, 'packet')} in ${formatCount(flows, 'flow')} (${how})`;
  return [`${escapeText(from)} to ${escapeText(to)}: ${said}`, ...notes].join(', ');
}

export function pairState({ wrong, lost, undecided }: NodePair): 'wrong' | 'lost' | 'undecided' | 'ok' {
  if (wrong > 0) return 'wrong';
  if (lost > 0) return 'lost';
  return undecided > 0 ? 'undecided' : 'ok';
}

interface Place {
  x: number;
  y: number;
}

function placeOn(i: number, of: number): Place {
  const angle = of === 1 ? -Math.PI / 2 : (2 * Math.PI * i) / of - Math.PI / 2;
  return { x: round(WIDTH / 2 + RADIUS_X * Math.cos(angle)), y: round(HEIGHT / 2 + RADIUS_Y * Math.sin(angle)) };
}

/** Bent to the left of its way, so that both directions are seen. */
function arrow(pair: NodePair, from: Place, to: Place, most: number): string {
  const state = pairState(pair);
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy) || 1;
  const [left, up] = [-dy / length, dx / length];
  const [start, end] = [onEdge(from, dx, dy), onEdge(to, -dx, -dy)];
  const middle = { x: (start.x + end.x) / 2 + left * 26, y: (start.y + end.y) / 2 + up * 26 };
  const width = 1.5 + 4 * (Math.log1p(pair.packets) / Math.log1p(most));
  const path = `M${round(start.x)} ${round(start.y)} Q${round(middle.x)} ${round(middle.y)} ${round(end.x)} ${round(end.y)}`;
  const at = { x: round((start.x + 2 * middle.x + end.x) / 4), y: round((start.y + 2 * middle.y + end.y) / 4) };
  const mark = MARKS[state];
  const sign =
    mark === '' ? '' : `<text class="sign ${state}" x="${at.x}" y="${at.y + 6}" text-anchor="middle">${mark}</text>`;
  return `<g class="edge ${state}"><title>${escapeXml(pairSentence(pair))}</title><path d="${path}" stroke-width="${round(width)}" marker-end="url(#to-${state})"/>${sign}</g>`;
}

const MARKS = { ok: '', wrong: '!', lost: '✕', undecided: '?' } as const;

/** Where the way out of a node's box crosses its edge. */
function onEdge({ x, y }: Place, dx: number, dy: number): Place {
  const scale = Math.min(
    dx === 0 ? Number.POSITIVE_INFINITY : (BOX_WIDTH / 2 + 4) / Math.abs(dx),
    dy === 0 ? Number.POSITIVE_INFINITY : (BOX_HEIGHT / 2 + 4) / Math.abs(dy),
  );
  return { x: x + dx * scale, y: y + dy * scale };
}

function marker(state: string): string {
  return `<marker id="to-${state}" class="${state}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="13" markerHeight="13" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8Z"/></marker>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** The picture as a file of its own, with what its lines mean. */
export function clusterFile(pairs: NodePairs): string | null {
  const picture = clusterPicture(pairs, `<style>${THEME}svg.cluster{background:var(--page)}${PICTURE_STYLE}</style>\n`);
  return picture === null ? null : `${picture}\n`;
}
