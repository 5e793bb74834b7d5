// `-o summary`: totals by verdict and by encapsulation, and who sent how much to whom, node by node.
import { PairMap } from '../../net/pair-map.ts';
import { VERDICT_WORDS } from '../../verdict/filter/verdict-words.ts';
import { flowBriefs } from '../../verdict/flow-briefs.ts';
import type { FlowBrief, Trace } from '../../verdict/trace-types.ts';
import { createNameFitter, type NameFitter, nodeNamesOf } from '../text/endpoint-names.ts';
import { escapeText } from '../text/escape.ts';
import { formatBytes, formatCompact, formatCount, formatNumber } from '../text/format.ts';
import { columnWidth, GAP } from '../text/grid.ts';
import { renderGrid } from '../text/grid-table.ts';
import { createPaint } from '../text/paint.ts';
import type { RenderOptions } from '../text/render-options.ts';
import { captureLines } from './capture-lines.ts';
import { causeLines } from './cause-list.ts';
import { clockLines } from './clock-lines.ts';
import { encapsulationName } from './rows/pair-rows.ts';

/** Node names are never shortened below this in the matrix; where that is too much, pairs are listed instead. */
const NODE_MINIMUM = 12;
const PAIRS_SHOWN = 40;
const UNKNOWN_NODE = '(unknown)';

interface Tally {
  flows: number;
  packets: number;
  bytes: number;
}

/** What each ordered pair of nodes exchanged, by encapsulation (`vxlan`, `plain!`). */
export type PairTallies = PairMap<PairTally>;

interface PairTally {
  from: string;
  to: string;
  carried: Map<string, number>;
}

/** The whole page. */
export function* renderSummary(trace: Trace, options: RenderOptions): Generator<string> {
  const names = createNameFitter(nodeNamesOf(trace));
  yield* block([...captureLines(trace.captures, names, options), ...clockLines(trace, names, options)]);
  yield* block(causeLines(trace, names, options));
  const verdicts = new Map<string, Tally>(Object.values(VERDICT_WORDS).map((words) => [words, emptyTally()]));
  const encapsulations = new Map<string, Tally>();
  const pairs: PairTallies = new PairMap();
  for (const flow of flowBriefs(trace)) {
    addTo(verdicts, VERDICT_WORDS[flow.verdict], flow);
    addTo(encapsulations, encapsulationName(flow), flow);
    addPair(pairs, flow);
  }
  yield* block(tallyLines('VERDICT', verdicts));
  yield* block(tallyLines('ENCAPSULATION', encapsulations));
  yield* block(pairLines(pairs, options));
  const { packets, flows, conversations, outOfScope } = trace.summary;
  const counts = [
    formatCount(packets, 'packet'),
    formatCount(flows, 'flow'),
    formatCount(conversations, 'conversation'),
  ];
  yield `${counts.join(', ')}; ${formatCount(outOfScope, 'flow')} out of verify's scope.\n`;
}

function* block(lines: readonly string[]): Generator<string> {
  if (lines.length > 0) yield `${lines.join('\n')}\n\n`;
}

function emptyTally(): Tally {
  return { flows: 0, packets: 0, bytes: 0 };
}

function addTo(tallies: Map<string, Tally>, key: string, flow: FlowBrief): void {
  const tally = tallies.get(key) ?? emptyTally();
  tallies.set(key, tally);
  tally.flows++;
  tally.packets += flow.packets;
  tally.bytes += flow.bytes;
}

function addPair(pairs: PairTallies, flow: FlowBrief): void {
  if (flow.src.node === null && flow.dst.node === null) return;
  const [from, to] = [flow.src.node ?? UNKNOWN_NODE, flow.dst.node ?? UNKNOWN_NODE];
  const pair = pairs.of(from, to, () => ({ from, to, carried: new Map() }));
  const how = encapsulationName(flow) + (flow.verdict === 'violation' ? '!' : '');
  pair.carried.set(how, (pair.carried.get(how) ?? 0) + flow.packets);
}

function tallyLines(title: string, tallies: ReadonlyMap<string, Tally>): string[] {
  const rows = [...tallies].map(([name, tally]) => [
    name,
    formatNumber(tally.flows),
    formatNumber(tally.packets),
    formatBytes(tally.bytes),
  ]);
  return renderGrid([[title, 'FLOWS', 'PACKETS', 'BYTES'], ...rows], ['left', 'right', 'right', 'right']);
}

function pairLines(pairs: PairTallies, options: RenderOptions): string[] {
  const nodes = [...new Set(pairs.values().flatMap(({ from, to }) => [from, to]))].sort();
  if (nodes.length === 0) return [];
  const names = createNameFitter(
    nodes.filter((node) => node !== UNKNOWN_NODE),
    options.fit,
  );
  return matrixLines(pairs, nodes, names, options) ?? listLines(pairs, options);
}

/** Rows send, columns receive; null when that does not fit the width. */
function matrixLines(
  pairs: PairTallies,
  nodes: readonly string[],
  names: NameFitter,
  options: RenderOptions,
): string[] | null {
  const cells = nodes.map((from) => nodes.map((to) => cellOf(pairs, from, to)));
  const content = nodes.map((_, column) => columnWidth(cells.map((row) => row[column] ?? '')));
  const budget = options.width - GAP * nodes.length - 'from '.length;
  const share = Math.floor(budget / (nodes.length + 1)) - 'to '.length;
  if (share < Math.min(NODE_MINIMUM, columnWidth(nodes)) || content.some((width) => width > share + 3)) return null;
  const head = ['PACKETS', ...nodes.map((node) => `to ${names.fit(escapeText(node), share)}`)];
  const rows = nodes.map((from, i) => [`from ${names.fit(escapeText(from), share)}`, ...(cells[i] ?? [])]);
  return renderGrid([head, ...rows], ['left', ...nodes.map(() => 'right' as const)]);
}

function cellOf(pairs: PairTallies, from: string, to: string): string {
  const carried = pairs.get(from, to)?.carried;
  if (carried === undefined) return '-';
  return [...carried].map(([how, packets]) => `${how} ${formatCompact(packets)}`).join('\n');
}

function listLines(pairs: PairTallies, options: RenderOptions): string[] {
  const paint = createPaint(options.color);
  const all = pairs.values();
  const names = createNameFitter(
    all.flatMap(({ from, to }) => [from, to]).filter((node) => node !== UNKNOWN_NODE),
    options.fit,
  );
  const width = Math.floor((options.width - 24) / 2);
  const rows = all
    .slice(0, options.all ? all.length : PAIRS_SHOWN)
    .map(({ from, to, carried }) => [
      names.fit(escapeText(from), width),
      names.fit(escapeText(to), width),
      [...carried].map(([how, packets]) => `${how} ${formatCompact(packets)}`).join(', '),
    ]);
  const head = ['FROM NODE', 'TO NODE', 'PACKETS'].map((title) => paint('dim', title));
  const lines = renderGrid([head, ...rows], ['left', 'left', 'left']);
  if (rows.length < all.length) lines.push(`${formatNumber(all.length - rows.length)} more pairs, --all`);
  return lines;
}
