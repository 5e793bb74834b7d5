// Points that are one place at different times (rotated captures of one node and interface): their packets add up instead of
// being taken for copies of each other (design section 4).

import type { CaptureCounters } from '../../flow/capture-counters.ts';
import type { PacketSketch } from '../../flow/packet-sketch.ts';
import { MOST_ACROSS } from './capture-rings.ts';
import { pieceName } from './pieces/piece-names.ts';
import type { Points } from './points.ts';
import type { Point } from './points-input.ts';
import { addTo, hasRoom, type Span, spanOf, type TimeLane } from './time-lanes.ts';

/** Keys of points as numbers, by index of the point. */
function groupIndexes(points: Points, groupOf: (point: Point) => string): Int32Array {
  const known = new Map<string, number>();
  return Int32Array.from(points.all, (point) => {
    const key = groupOf(point);
    if (!known.has(key)) known.set(key, known.size);
    return known.get(key) ?? 0;
  });
}

/** Points of one place in the captures of one ring: what one of its pieces shows of the place holds of the others. */
export function ringIndexes(points: Points): Int32Array {
  const { ringOf } = points.rings;
  return groupIndexes(points, ({ capture, node, role, interface: device, index }) =>
    [ringOf[capture], node, role, device, index].join('|'),
  );
}

/** Points of one place in the captures of one ring. */
interface Stretch {
  place: string;
  points: Point[];
  spans: Span[];
  /** Of what its captures hold; null without one. */
  sketch: PacketSketch | null;
  first: number;
  path: string;
  /** The name without what a tool appended. */
  exact: string;
}

/** Stretches of one place that are apart in time, and hold different packets: where clocks are apart, the time tells nothing. */
interface Lane {
  key: string;
  spans: TimeLane;
  sketch: PacketSketch | null;
  exact: string;
}

/** A key per point; points that are one place in consecutive times share it. */
export function pointGroups(points: Points, captures: readonly CaptureCounters[]): (point: Point) => string {
  const keyOf = new Map<Point, string>();
  const lanes = new Map<string, Lane[]>();
  for (const stretch of stretchesOf(points, captures).sort(byTime)) {
    const own = lanes.get(stretch.place) ?? [];
    lanes.set(stretch.place, own);
    let lane = own.find((one) => isRoomy(one, stretch));
    if (lane === undefined) {
      lane = { key: `${stretch.place}#${own.length}`, spans: [], sketch: null, exact: stretch.exact };
      own.push(lane);
    }
    for (const span of stretch.spans) addTo(lane.spans, span);
    lane.sketch = joined(lane.sketch, stretch.sketch);
    for (const point of stretch.points) keyOf.set(point, lane.key);
  }
  return (point) => keyOf.get(point) ?? '';
}

function isRoomy({ spans, sketch, exact }: Lane, stretch: Stretch): boolean {
  if (stretch.spans.length === 0 || !stretch.spans.every((span) => hasRoom(spans, span))) return false;
  const cut = exact === stretch.exact ? MOST_ACROSS : 0;
  return sketch === null || stretch.sketch === null || !sketch.sharesPackets(stretch.sketch, cut + 1);
}

function joined(one: PacketSketch | null, other: PacketSketch | null): PacketSketch | null {
  return one === null || other === null ? (one ?? other) : one.joined(other);
}

function stretchesOf(points: Points, captures: readonly CaptureCounters[]): Stretch[] {
  const stretches = new Map<string, Stretch>();
  const placeOf = places(points);
  for (const own of points.ofCapture) {
    const seen = new Map<string, number>();
    for (const point of own) {
      const kind = placeOf(point);
      // points of one capture are never one place
      const nth = seen.get(kind) ?? 0;
      seen.set(kind, nth + 1);
      const place = `${kind}|${nth}`;
      const ring = points.rings.ringOf[point.capture] ?? 0;
      const span = spanOf(captures[point.capture]);
      const path = captures[point.capture]?.info.path ?? '';
      const key = `${ring}|${place}`;
      const { exact } = pieceName(path);
      const made = { place, points: [], spans: [], sketch: null, first: Number.POSITIVE_INFINITY, path, exact };
      const stretch: Stretch = stretches.get(key) ?? made;
      stretches.set(key, stretch);
      stretch.points.push(point);
      stretch.sketch = joined(stretch.sketch, captures[point.capture]?.sketch ?? null);
      if (span === null) continue;
      stretch.spans.push(span);
      stretch.first = Math.min(stretch.first, span.first);
      if (path < stretch.path) stretch.path = path;
    }
  }
  return [...stretches.values()];
}

/** A place is a node and an interface; without a node, the one that was told in that strand of captures, or the strand itself. */
function places(points: Points): (point: Point) => string {
  const strandOf = ({ capture, role, index }: Point): string =>
    `strand ${points.rings.strandOf[points.rings.ringOf[capture] ?? 0]}|${role}|${index ?? ''}`;
  const told = new Map<string, string | null>();
  for (const point of points.all) {
    if (point.node === null) continue;
    const strand = strandOf(point);
    const place = placeOf(point, point.node);
    const known = told.get(strand);
    told.set(strand, known === undefined || known === place ? place : null);
  }
  return (point) => {
    if (point.node !== null) return placeOf(point, point.node);
    const strand = strandOf(point);
    return told.get(strand) ?? placeOf(point, strand);
  };
}

function placeOf({ role, interface: device, index }: Point, owner: string): string {
  return `${owner}|${role}|${device ?? ''}|${index ?? ''}`;
}

/** By time, then by name: whatever the order of the captures. */
function byTime(a: Stretch, b: Stretch): number {
  if (a.first !== b.first) return a.first < b.first ? -1 : 1;
  return a.path < b.path ? -1 : Number(a.path > b.path);
}
