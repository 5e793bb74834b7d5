// Rotated captures (tcpdump -C, -G, -W) of one node and interface are one point: their packets add up instead of being
// taken for copies of each other (design section 4).
import type { CaptureCounters } from '../../flow/capture-counters.ts';
import { toSeconds } from '../../net/time.ts';
import type { Point, Points } from './points.ts';

/** `pointGroups` as numbers, by index of the point. */
export function groupIndexes(points: Points, groupOf: (point: Point) => string): Int32Array {
  const known = new Map<string, number>();
  return Int32Array.from(points.all, (point) => {
    const key = groupOf(point);
    if (!known.has(key)) known.set(key, known.size);
    return known.get(key) ?? 0;
  });
}

/** A key per point; points that are one place in consecutive times share it. */
export function pointGroups(points: Points, captures: readonly CaptureCounters[]): (point: Point) => string {
  const groups: { key: string; place: string; captures: Set<number> }[] = [];
  const keyOf = new Map<Point, string>();
  points.all.forEach((point, index) => {
    const place = placeOf(point, captures[point.capture]);
    const open = groups.find(
      (g) => g.place === place && !g.captures.has(point.capture) && isApart(captures, g.captures, point.capture),
    );
    if (open === undefined || place === '') {
      const key = String(index);
      groups.push({ key, place, captures: new Set([point.capture]) });
      keyOf.set(point, key);
      return;
    }
    open.captures.add(point.capture);
    keyOf.set(point, open.key);
  });
  return (point) => keyOf.get(point) ?? '';
}

/** Node and interface; without a node, the file name without its digits (`cap.pcap0`, `cap.pcap1`). Empty: stands alone. */
function placeOf(point: Point, capture: CaptureCounters | undefined): string {
  const at = `${point.role}|${point.interface ?? ''}|${point.index ?? ''}`;
  if (point.node !== null) return `${point.node}|${at}`;
  const name = (capture?.info.path ?? '').split(/[/\\]/).pop() ?? '';
  const stem = name.replace(/\d+/g, '#');
  return stem === name ? '' : `file ${stem}|${at}`;
}

function isApart(captures: readonly CaptureCounters[], others: ReadonlySet<number>, capture: number): boolean {
  const own = spanOf(captures[capture]);
  if (own === null) return false;
  return [...others].every((other) => {
    const span = spanOf(captures[other]);
    return span !== null && (span.last <= own.first || own.last <= span.first);
  });
}

function spanOf(capture: CaptureCounters | undefined): { first: number; last: number } | null {
  const first = capture?.first ?? null;
  const last = capture?.last ?? null;
  return first === null || last === null ? null : { first: toSeconds(first), last: toSeconds(last) };
}
