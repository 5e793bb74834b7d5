// Captures that hold different packets, so that theirs add up: pieces of one, and captures of one node's NICs that have no packet in
// common (the slaves of a bond). Others may have captured the same packets at another place.

import type { CaptureCounters } from '../../flow/capture-counters.ts';
import { pointGroups } from './point-groups.ts';
import type { Points } from './points.ts';

export interface CaptureSets {
  /** Numbers of the sets that a capture is in: at least one. */
  of(capture: number): readonly number[];
}

export function captureSets(points: Points, captures: readonly CaptureCounters[]): CaptureSets {
  const setsOf: number[][] = captures.map(() => []);
  let count = 0;
  for (const members of [...placesInPieces(points, captures), ...nicsOfOneNode(points, captures)]) {
    for (const capture of members) setsOf[capture]?.push(count);
    count++;
  }
  for (const own of setsOf) if (own.length === 0) own.push(count++);
  return { of: (capture) => setsOf[capture] ?? [] };
}

/** Captures of one place at different times. */
function placesInPieces(points: Points, captures: readonly CaptureCounters[]): number[][] {
  const groupOf = pointGroups(points, captures);
  const groups = new Map<string, Set<number>>();
  for (const point of points.all) {
    const key = groupOf(point);
    const group = groups.get(key) ?? new Set();
    groups.set(key, group.add(point.capture));
  }
  const found = new Map<string, number[]>();
  for (const group of groups.values()) if (group.size > 1) found.set([...group].join(), [...group]);
  return [...found.values()];
}

/** Captures of several NICs of a node, of which none has packets of another. */
function nicsOfOneNode(points: Points, captures: readonly CaptureCounters[]): number[][] {
  const byNode = new Map<string, number[]>();
  captures.forEach((_, capture) => {
    const own = points.ofCapture[capture] ?? [];
    const [first] = own;
    if (first?.node == null || own.some(({ role, node }) => role !== 'underlay' || node !== first.node)) return;
    byNode.set(first.node, [...(byNode.get(first.node) ?? []), capture]);
  });
  const sketch = (capture: number): CaptureCounters['sketch'] | undefined => captures[capture]?.sketch;
  return [...byNode.values()].filter(
    (own) =>
      own.length > 1 &&
      own.every((a, i) =>
        own.slice(i + 1).every((b) => {
          const [one, other] = [sketch(a), sketch(b)];
          return one !== undefined && other !== undefined && !one.sharesPackets(other);
        }),
      ),
  );
}
