// Sent and arrived: with captures of both ends, what one node's NIC sent and the other's received, only inside the time
// that both cover. Super-frames and fragments are no loss: where segment sizes differ, bytes are compared, not packets.

import { type CountInput, countFlow } from '../attribution/count-flow.ts';
import type { FilterHint } from '../attribution/filter/filter-hint.ts';
import { pathFacts } from '../attribution/path-facts.ts';
import { captureSets } from '../attribution/points/capture-sets.ts';
import { hasDrops } from '../attribution/points/drops.ts';
import type { Points } from '../attribution/points/points.ts';
import type { CaptureCounters } from '../flow/capture-counters.ts';
import type { FlowTable } from '../flow/flow-table.ts';
import { PACKET_TYPE } from '../flow/frame-records.ts';
import { type Moment, toSeconds } from '../net/time.ts';
import type { Node } from '../topology/model.ts';

/** The time that the NIC captures of all `nodes` cover. */
export interface CommonWindow {
  first: Moment;
  last: Moment;
  nodes: readonly Node[];
  /** Indexes of the captures taken on their NICs. */
  captures: readonly number[];
}

export interface Arrival {
  /** Packets inside the window at the sender's and at the receiver's NIC. */
  sent: number;
  arrived: number;
  /** Null when it cannot be told: segments were merged or split on the way, and no bytes are missing or they are not known; packets may be copies. */
  lost: boolean | null;
}

/** Packets on their way and clocks that differ: what arrives this long outside the window still counts as arrived. */
export const EDGE_SECONDS = 0.1;

export interface WindowInput {
  points: Points;
  input: { captures: readonly Pick<CaptureCounters, 'info' | 'first' | 'last'>[] };
  filters: readonly (FilterHint | null)[];
}

/** Whether a window that was expected before reading is the one that was found: what was counted inside it then counts. */
export function isBorneOut(expected: CommonWindow, found: CommonWindow): boolean {
  const sameNodes =
    expected.nodes.length === found.nodes.length &&
    expected.nodes.every(({ index }) => found.nodes.some((node) => node.index === index));
  const sameTime =
    toSeconds(found.first) === toSeconds(expected.first) && toSeconds(expected.last) === toSeconds(found.last);
  return sameNodes && sameTime;
}

/**
 * Null unless NICs of at least two nodes were captured at the same time. Captures through a filter, of one direction, or of which
 * the kernel dropped packets do not count: what is missing from them may have arrived. Nor do nodes whose captures overlap in part: what
 * both hold counts once, and nobody knows how much that is.
 */
export function commonWindow({ points, input, filters }: WindowInput): CommonWindow | null {
  const spans = new Map<Node, NodeSpan>();
  for (const point of points.all) {
    const capture = input.captures[point.capture];
    if (point.role !== 'underlay' || point.topologyNode === null || capture?.first == null || capture.last === null)
      continue;
    const filter = filters[point.capture] ?? null;
    if ((filter !== null && !filter.weak) || hasDrops(capture)) continue;
    const { first, last } = { first: capture.first, last: capture.last };
    const span = spans.get(point.topologyNode) ?? newSpan(first, last);
    if (!span.captures.has(point.capture)) {
      span.isPatched ||= span.pieces.some((piece) => overlapsInPart(piece, first, last));
      span.pieces.push({ first, last });
    }
    span.first = earlier(span.first, capture.first);
    span.last = later(span.last, capture.last);
    span.captures.add(point.capture);
    spans.set(point.topologyNode, span);
  }
  for (const [node, { isPatched }] of spans) if (isPatched) spans.delete(node);
  if (spans.size < 2) return null;
  const all = [...spans.values()];
  const first = all.map((s) => s.first).reduce(later);
  const last = all.map((s) => s.last).reduce(earlier);
  if (toSeconds(first) >= toSeconds(last)) return null;
  return {
    first,
    last,
    nodes: [...spans.keys()],
    captures: [...new Set(all.flatMap((s) => [...s.captures]))].sort((a, b) => a - b),
  };
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

interface Side {
  /** Inside the window. */
  sent: number;
  sentBytes: number;
  /** Inside the window and its edges. */
  seen: number;
  seenBytes: number;
  largest: number;
  /** Packets that may be copies of others. */
  doubts: number;
}

/** Flow of the trace's table -> what was sent and what arrived inside the window. */
export interface Arrivals {
  window: CommonWindow;
  of(flow: number, from: Node | null, to: Node | null): Arrival | null;
}

/**
 * @param table counted what was inside the window apart
 * @param sameFlow the table's flow for one of the trace's: they are one table, unless the captures had to be read again
 */
export function arrivalsIn(
  window: CommonWindow,
  table: FlowTable,
  points: Points,
  captures: readonly CaptureCounters[],
  sameFlow: (flow: number) => number,
): Arrivals {
  const counting = { table, paths: pathFacts(table, points), sets: captureSets(points, captures) };
  const covered = new Set(window.nodes.map((n) => n.index));
  const hearing = nodesThatHear(table, points);
  return {
    window,
    of(asked, from, to) {
      if (from === null || to === null || from === to) return null;
      const flow = sameFlow(asked);
      if (flow < 0) return null;
      if (!covered.has(from.index) || !covered.has(to.index) || !hearing.has(to.index)) return null;
      return compare(sideOf(counting, flow, from), sideOf(counting, flow, to));
    },
  };
}

/** Nodes on whose NIC frames of others were seen: a capture of what a node sends shows no arrivals at all. */
function nodesThatHear(table: FlowTable, points: Points): Set<number> {
  const senders = new Map<number, Set<string>>();
  const hearing = new Set<number>();
  for (let i = 0; i < table.links.count; i++) {
    const point = points.all[points.ofLink[i] ?? -1];
    const node = point?.role === 'underlay' ? point.topologyNode : null;
    const { src, packetType } = table.links.record(i);
    if (node === null || src === null) continue;
    const macs = senders.get(node.index) ?? new Set();
    senders.set(node.index, macs.add(src));
    const sender = points.macs.nicNode(src)?.node ?? null;
    const received = packetType === null ? macs.size > 1 : packetType !== PACKET_TYPE.outgoing;
    if (received || (sender !== null && sender !== node)) hearing.add(node.index);
  }
  return hearing;
}

/** What a node's NICs saw of a flow, each packet once. */
function sideOf(counting: CountInput, flow: number, { index }: Node): Side {
  const { table, paths } = counting;
  const { rows } = table;
  const isHere = (row: number): boolean => {
    const point = paths.point[rows.path(row)];
    return point?.role === 'underlay' && point.topologyNode?.index === index;
  };
  const side = { sent: 0, sentBytes: 0, seen: 0, seenBytes: 0, largest: 0, doubts: 0 };
  for (const row of countFlow(counting, flow, (one) => (isHere(one) ? rows.edgePackets(one) : 0)).rows) {
    if (!isHere(row)) continue;
    side.sent += rows.windowPackets(row);
    side.sentBytes += rows.windowBytes(row);
    side.seen += rows.edgePackets(row);
    side.seenBytes += rows.edgeBytes(row);
    side.doubts += rows.doubts(row);
    side.largest = Math.max(side.largest, rows.edgeLargest(row));
  }
  return side;
}

function compare(from: Side, to: Side): Arrival | null {
  if (from.sent === 0) return null;
  // what arrived at the edges belongs to packets sent inside only as far as there were that many
  const sameSizes = from.largest === to.largest;
  const counts = { sent: from.sent, arrived: sameSizes ? Math.min(to.seen, Math.max(to.sent, from.sent)) : to.sent };
  if (to.seen === 0) return { ...counts, arrived: 0, lost: true };
  if (sameSizes) return { ...counts, lost: isLess(to, from) };
  const doubtful = from.doubts + to.doubts > 0;
  return { ...counts, lost: !doubtful && to.seenBytes < from.sentBytes ? true : null };
}

/** Whether fewer arrived than were sent, whatever of both are copies; null where that decides. */
function isLess(to: Side, from: Side): boolean | null {
  if (to.seen < from.sent - from.doubts) return true;
  return to.seen - to.doubts < from.sent ? null : false;
}
