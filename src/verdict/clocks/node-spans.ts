// When the NICs of each node were captured: captures that ran together, apart from those of another time.
import { type Clocks, momentOnReference } from '../../attribution/clocks/clocks.ts';
import type { FilterHint } from '../../attribution/filter/filter-hint.ts';
import { hasDrops, mirroredPoints } from '../../attribution/points/drops.ts';
import type { Points } from '../../attribution/points/points.ts';
import type { CaptureCounters } from '../../flow/capture-counters.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import { type Moment, toSeconds } from '../../net/time.ts';
import type { Node } from '../../topology/model.ts';
import { type Ran, TOGETHER_SECONDS, timesApart } from './times-apart.ts';

export interface SpansInput {
  table: FlowTable;
  points: Points;
  clocks: Clocks;
  input: { captures: readonly Pick<CaptureCounters, 'info' | 'first' | 'last'>[] };
  filters: readonly (FilterHint | null)[];
}

/** What the captures of a node's NICs cover. */
export interface NodeSpan {
  first: Moment;
  last: Moment;
  captures: Set<number>;
  pieces: Span[];
  /** They overlap in part: what both hold counts once, and nobody knows how much that is. Or a time between them is not covered. */
  isPatched: boolean;
}

export type NodeSpans = readonly (readonly [Node, NodeSpan])[];

interface Span {
  first: Moment;
  last: Moment;
}

interface Piece extends Ran {
  node: Node;
  capture: number;
  span: Span;
}

/**
 * Of each time in which captures ran, one overlapping the next, the nodes whose NICs they show. The earliest time first. What is filtered,
 * dropped or a mirror's does not count.
 */
export function spansByTime(input: SpansInput): NodeSpans[] {
  return timesApart(piecesOf(input)).map((pieces) => spansOf(pieces.sort(byStart), input.points));
}

function piecesOf({ table, points, clocks, input, filters }: SpansInput): Piece[] {
  const mirrored = mirroredPoints(table, points);
  return points.all.flatMap(({ role, topologyNode: node, capture: index }, point) => {
    const capture = input.captures[index];
    if (role !== 'underlay' || node === null || capture?.first == null || capture.last === null) return [];
    if (mirrored.has(point)) return [];
    const filter = filters[index] ?? null;
    if ((filter !== null && !filter.weak) || hasDrops(capture)) return [];
    const first = momentOnReference(clocks, index, capture.first);
    const last = momentOnReference(clocks, index, capture.last);
    const ring = points.rings.ringOf[index] ?? -1;
    return { node, capture: index, ring, span: { first, last }, first: toSeconds(first), last: toSeconds(last) };
  });
}

function spansOf(pieces: readonly Piece[], points: Points): NodeSpans {
  const spans = new Map<Node, NodeSpan>();
  for (const piece of pieces) {
    const { node, capture } = piece;
    const { first, last } = piece.span;
    const span = spans.get(node) ?? { first, last, captures: new Set(), pieces: [], isPatched: false };
    if (!span.captures.has(capture)) {
      span.isPatched ||= span.pieces.some((one) => overlapsInPart(one, first, last)) || isApart(span, piece, points);
      span.pieces.push({ first, last });
    }
    span.first = earlier(span.first, first);
    span.last = later(span.last, last);
    span.captures.add(capture);
    spans.set(node, span);
  }
  return [...spans];
}

/** Whether others were captured meanwhile, and this node was not: pieces of one ring leave no gap that is not told. */
function isApart({ captures, last }: NodeSpan, piece: Piece, { rings: { ringOf } }: Points): boolean {
  if (captures.size === 0 || piece.first <= toSeconds(last) + TOGETHER_SECONDS) return false;
  return ![...captures].some((capture) => ringOf[capture] === piece.ring);
}

function byStart(a: Piece, b: Piece): number {
  return a.first - b.first;
}

/** Both have a time that the other one lacks, and one in common. */
function overlapsInPart(piece: Span, first: Moment, last: Moment): boolean {
  const [a, b, c, d] = [piece.first, piece.last, first, last].map(toSeconds) as [number, number, number, number];
  return a < d && c < b && ((a < c && b < d) || (c < a && d < b));
}

export function earlier(a: Moment, b: Moment): Moment {
  return toSeconds(b) < toSeconds(a) ? b : a;
}

export function later(a: Moment, b: Moment): Moment {
  return toSeconds(b) > toSeconds(a) ? b : a;
}
