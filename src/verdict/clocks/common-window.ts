// The time that NICs of several nodes were captured together, on one clock: the clocks of captures that share packets are compared,
// and what others show of the time is not believed.

import { AGREE_SECONDS } from '../../attribution/clocks/clock-chain.ts';
import { areComparable, type Clocks, momentOnReference, onCapture } from '../../attribution/clocks/clocks.ts';
import type { FilterHint } from '../../attribution/filter/filter-hint.ts';
import { hasDrops, mirroredPoints } from '../../attribution/points/drops.ts';
import type { Points } from '../../attribution/points/points.ts';
import type { CaptureCounters } from '../../flow/capture-counters.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import type { PacketWindow } from '../../flow/rows/count-window.ts';
import { type Moment, toSeconds } from '../../net/time.ts';
import type { Node } from '../../topology/model.ts';

/** The time that the NIC captures of all `nodes` cover, on the clock that theirs are told against. */
export interface CommonWindow {
  first: Moment;
  last: Moment;
  nodes: readonly Node[];
  /** Indexes of the captures taken on their NICs. */
  captures: readonly number[];
  /** The same time on every capture's own clock. */
  windows: ReadonlyMap<number, PacketWindow>;
}

/** Packets on their way, and what is not known of clocks: what arrives this long outside the window still counts as arrived. */
const EDGE_SECONDS = 0.1;
/** A window that was expected may differ this much from the one that was found: well inside its edges. */
const EXPECTED_SECONDS = 0.01;

export interface WindowInput {
  table: FlowTable;
  points: Points;
  clocks: Clocks;
  input: { captures: readonly Pick<CaptureCounters, 'info' | 'first' | 'last'>[] };
  filters: readonly (FilterHint | null)[];
}

/** Whether a window that was expected before reading is the one that was found: what was counted inside it then counts. */
export function isBorneOut(expected: CommonWindow, found: CommonWindow): boolean {
  const sameNodes =
    expected.nodes.length === found.nodes.length &&
    expected.nodes.every(({ index }) => found.nodes.some((node) => node.index === index));
  const isNear = (a: number, b: number): boolean => Math.abs(a - b) <= EXPECTED_SECONDS;
  return (
    sameNodes &&
    found.captures.every((capture) => {
      const [one, other] = [expected.windows.get(capture), found.windows.get(capture)];
      return one !== undefined && other !== undefined && isNear(one.first, other.first) && isNear(one.last, other.last);
    })
  );
}

export interface CommonTime {
  /** Null unless NICs of at least two nodes were captured at the same time. */
  window: CommonWindow | null;
  /** Nodes of the window that have nothing in common with the others: neither a packet nor a flow. Their clocks are taken to be right. */
  trusted: readonly Node[];
  /** Nodes whose NICs were captured while others' were, if their clocks are right; nothing tells that, so they are not in the window. */
  unknown: readonly Node[];
}

/**
 * Captures through a filter, of one direction, of which the kernel dropped packets, or which a mirror copied do not count: what is missing
 * from them may have arrived. Nor do nodes whose captures overlap in part: what both hold counts once, and nobody knows how much that is.
 */
export function commonTime(input: WindowInput): CommonTime {
  const spans = [...spansOf(input)].filter(([, { isPatched }]) => !isPatched);
  const [largest = [], ...others] = comparableGroups(spans, input.clocks).sort((a, b) => b.length - a.length);
  const strangers = others.length === 0 ? () => false : strangersIn(input);
  const trusted = others.filter((group) => strangers(group, largest)).flat();
  const known = [...largest, ...trusted];
  const window = windowOf(known, input);
  const unknown = spans.filter((entry) => !known.includes(entry) && overlapsAny(entry, spans)).map(([node]) => node);
  const isTogether = ([node]: NodeSpans[number]): boolean => window?.nodes.includes(node) ?? false;
  return { window, trusted: trusted.filter(isTogether).map(([node]) => node), unknown };
}

/** Whether no flow was seen on NICs of both groups: then all that one sent to the other is gone, whatever their clocks say. */
function strangersIn({ table, points }: WindowInput): (group: NodeSpans, other: NodeSpans) => boolean {
  const met = new Set<string>();
  for (let flow = 0; flow < table.flowCount; flow++) {
    const nodes = new Set<number>();
    for (let row = table.firstRow(flow); row >= 0; row = table.rows.next(row)) {
      const point = points.all[points.ofLink[table.linkOf(row)] ?? -1];
      if (point?.role === 'underlay' && point.topologyNode !== null) nodes.add(point.topologyNode.index);
    }
    if (nodes.size > 1) for (const one of nodes) for (const other of nodes) met.add(`${one}|${other}`);
  }
  return (group, other) => !group.some(([a]) => other.some(([b]) => met.has(`${a.index}|${b.index}`)));
}

function overlapsAny([node, { first, last }]: NodeSpans[number], spans: NodeSpans): boolean {
  return spans.some(
    ([other, span]) =>
      other !== node && toSeconds(first) < toSeconds(span.last) && toSeconds(span.first) < toSeconds(last),
  );
}

/** The window if the clocks that nothing compares were equal: before reading, that is not known yet. */
export function expectedWindow(input: WindowInput): CommonWindow | null {
  return windowOf(
    [...spansOf(input)].filter(([, { isPatched }]) => !isPatched),
    input,
  );
}

type NodeSpans = readonly (readonly [Node, NodeSpan])[];

function windowOf(spans: NodeSpans, { clocks, input }: WindowInput): CommonWindow | null {
  if (spans.length < 2) return null;
  const all = spans.map(([, span]) => span);
  const first = all.map((s) => s.first).reduce(later);
  const last = all.map((s) => s.last).reduce(earlier);
  if (toSeconds(first) >= toSeconds(last)) return null;
  const margin = Math.max(0, ...all.flatMap((s) => [...s.captures]).map((capture) => doubtOf(clocks, capture)));
  if (toSeconds(first) + margin >= toSeconds(last) - margin) return null;
  const windowOn = (capture: number): PacketWindow => ({
    first: onCapture(clocks, capture, toSeconds(first) + margin),
    last: onCapture(clocks, capture, toSeconds(last) - margin),
    edge: EDGE_SECONDS,
  });
  return {
    first,
    last,
    nodes: spans.map(([node]) => node),
    captures: [...new Set(all.flatMap((s) => [...s.captures]))].sort((a, b) => a - b),
    windows: new Map(input.captures.map((_, capture) => [capture, windowOn(capture)])),
  };
}

/** What the window loses at either end: how far a corrected clock may still be off, where that is more than packets take. */
function doubtOf({ all, ofCapture }: Clocks, capture: number): number {
  const clock = all[ofCapture[capture] ?? -1];
  const isCorrected = clock !== undefined && clock.offset !== 0;
  return isCorrected && clock.uncertainty !== null && clock.uncertainty > AGREE_SECONDS ? clock.uncertainty : 0;
}

/** Nodes whose captures' clocks can be compared. */
function comparableGroups(spans: NodeSpans, clocks: Clocks): (readonly [Node, NodeSpan])[][] {
  const groups: (readonly [Node, NodeSpan])[][] = [];
  for (const entry of spans) {
    const [capture = -1] = entry[1].captures;
    const group = groups.find((own) => {
      const [other = -1] = own[0]?.[1].captures ?? [];
      return areComparable(clocks, capture, other);
    });
    if (group === undefined) groups.push([entry]);
    else group.push(entry);
  }
  return groups;
}

function spansOf({ table, points, clocks, input, filters }: WindowInput): Map<Node, NodeSpan> {
  const spans = new Map<Node, NodeSpan>();
  const mirrored = mirroredPoints(table, points);
  for (const [index, point] of points.all.entries()) {
    const capture = input.captures[point.capture];
    if (point.role !== 'underlay' || point.topologyNode === null || capture?.first == null || capture.last === null)
      continue;
    if (mirrored.has(index)) continue;
    const filter = filters[point.capture] ?? null;
    if ((filter !== null && !filter.weak) || hasDrops(capture)) continue;
    const first = momentOnReference(clocks, point.capture, capture.first);
    const last = momentOnReference(clocks, point.capture, capture.last);
    const span = spans.get(point.topologyNode) ?? newSpan(first, last);
    if (!span.captures.has(point.capture)) {
      span.isPatched ||= span.pieces.some((piece) => overlapsInPart(piece, first, last));
      span.pieces.push({ first, last });
    }
    span.first = earlier(span.first, first);
    span.last = later(span.last, last);
    span.captures.add(point.capture);
    spans.set(point.topologyNode, span);
  }
  return spans;
}

interface NodeSpan {
  first: Moment;
  last: Moment;
  captures: Set<number>;
  pieces: { first: Moment; last: Moment }[];
  isPatched: boolean;
}

function newSpan(first: Moment, last: Moment): NodeSpan {
  return { first, last, captures: new Set(), pieces: [], isPatched: false };
}

/** Both have a time that the other one lacks, and one in common. */
function overlapsInPart(piece: { first: Moment; last: Moment }, first: Moment, last: Moment): boolean {
  const [a, b, c, d] = [piece.first, piece.last, first, last].map(toSeconds) as [number, number, number, number];
  return a < d && c < b && ((a < c && b < d) || (c < a && d < b));
}

function earlier(a: Moment, b: Moment): Moment {
  return toSeconds(b) < toSeconds(a) ? b : a;
}

function later(a: Moment, b: Moment): Moment {
  return toSeconds(b) > toSeconds(a) ? b : a;
}
