// The time that NICs of several nodes were captured together, on one clock: the clocks of captures that share packets are compared,
// and what others show of the time is not believed.

import { AGREE_SECONDS } from '../../attribution/clocks/clock-chain.ts';
import { areComparable, type Clocks, onCapture } from '../../attribution/clocks/clocks.ts';
import type { PacketWindow } from '../../flow/rows/count-window.ts';
import { largestOf } from '../../net/extremes.ts';
import { type Moment, toSeconds } from '../../net/time.ts';
import type { Node } from '../../topology/model.ts';
import { earlier, later, type NodeSpan, type NodeSpans, type SpansInput, spansByTime } from './node-spans.ts';

/** A time that the NIC captures of all its `nodes` cover, on the clock that theirs are told against. */
export interface WindowPart {
  first: Moment;
  last: Moment;
  nodes: readonly Node[];
  /** Indexes of the captures taken on their NICs. */
  captures: readonly number[];
}

/** The times that NICs of several nodes were captured together; `first` and `last` are of all of them. */
export interface CommonWindow extends WindowPart {
  /** Captures of one time tell nothing of another one: of which captures, each is a part. The earliest first. */
  parts: readonly WindowPart[];
  /** The same time on every capture's own clock: that of its part. */
  windows: ReadonlyMap<number, PacketWindow>;
}

/** Packets on their way, and what is not known of clocks: what arrives this long outside the window still counts as arrived. */
const EDGE_SECONDS = 0.1;
/** A window that was expected may differ this much from the one that was found: well inside its edges. */
const EXPECTED_SECONDS = 0.01;

export type WindowInput = SpansInput;

/** Whether a window that was expected before reading is the one that was found: what was counted inside it then counts. */
export function isBorneOut(expected: CommonWindow, found: CommonWindow): boolean {
  const sameNodes =
    expected.nodes.length === found.nodes.length &&
    expected.nodes.every(({ index }) => found.nodes.some((node) => node.index === index));
  const isNear = (a: number, b: number): boolean => Math.abs(a - b) <= EXPECTED_SECONDS;
  return (
    sameNodes &&
    expected.parts.length === found.parts.length &&
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
 * from them may have arrived. Nor do nodes whose captures overlap in part, or leave a gap while others' ran.
 */
export function commonTime(input: WindowInput): CommonTime {
  const found = spansByTime(input).map((spans) => commonIn(spans, input));
  return {
    window: joined(
      found.flatMap(({ part }) => part ?? []),
      input,
    ),
    trusted: [...new Set(found.flatMap(({ trusted }) => trusted))],
    unknown: [...new Set(found.flatMap(({ unknown }) => unknown))],
  };
}

interface CommonPart extends Omit<CommonTime, 'window'> {
  part: Part | null;
}

function commonIn(all: NodeSpans, input: WindowInput): CommonPart {
  const spans = all.filter(([, { isPatched }]) => !isPatched);
  const [largest = [], ...others] = comparableGroups(spans, input.clocks).sort((a, b) => b.length - a.length);
  const strangers = others.length === 0 ? () => false : strangersIn(input);
  const trusted = others.filter((group) => strangers(group, largest)).flat();
  const known = [...largest, ...trusted];
  const part = partOf(known, input);
  const unknown = spans.filter((entry) => !known.includes(entry) && overlapsAny(entry, spans)).map(([node]) => node);
  const isTogether = ([node]: NodeSpans[number]): boolean => part?.nodes.includes(node) ?? false;
  return { part, trusted: trusted.filter(isTogether).map(([node]) => node), unknown };
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
  const parts = spansByTime(input).flatMap(
    (spans) =>
      partOf(
        spans.filter(([, { isPatched }]) => !isPatched),
        input,
      ) ?? [],
  );
  return joined(parts, input);
}

/** A part, and what it loses at either end of what is not known of clocks. */
interface Part extends WindowPart {
  margin: number;
}

function partOf(spans: NodeSpans, { clocks }: WindowInput): Part | null {
  if (spans.length < 2) return null;
  const all = spans.map(([, span]) => span);
  const first = all.map((s) => s.first).reduce(later);
  const last = all.map((s) => s.last).reduce(earlier);
  if (toSeconds(first) >= toSeconds(last)) return null;
  const margin = Math.max(0, largestOf(all.flatMap((s) => [...s.captures]).map((capture) => doubtOf(clocks, capture))));
  if (toSeconds(first) + margin >= toSeconds(last) - margin) return null;
  const nodes = spans.map(([node]) => node);
  return { first, last, margin, nodes, captures: inOrder(all.flatMap((s) => [...s.captures])) };
}

function joined(parts: readonly Part[], { clocks, input }: WindowInput): CommonWindow | null {
  const [one] = parts;
  if (one === undefined) return null;
  const windowOn = (capture: number): PacketWindow => {
    const { first, last, margin } = parts.find(({ captures }) => captures.includes(capture)) ?? one;
    return {
      first: onCapture(clocks, capture, toSeconds(first) + margin),
      last: onCapture(clocks, capture, toSeconds(last) - margin),
      edge: EDGE_SECONDS,
    };
  };
  return {
    first: parts.map(({ first }) => first).reduce(earlier),
    last: parts.map(({ last }) => last).reduce(later),
    nodes: [...new Set(parts.flatMap(({ nodes }) => nodes))],
    captures: inOrder(parts.flatMap(({ captures }) => captures)),
    parts,
    windows: new Map(input.captures.map((_, capture) => [capture, windowOn(capture)])),
  };
}

function inOrder(captures: readonly number[]): number[] {
  return [...new Set(captures)].sort((a, b) => a - b);
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
