// Captures that hold different packets, so that theirs add up: pieces of one, and captures of one node's NICs that have no packet in
// common (the slaves of a bond). Others may have captured the same packets at another place.

import type { CaptureCounters } from '../../flow/capture-counters.ts';
import { addUnder } from '../../net/multi-map.ts';
import { pieceName } from './pieces/piece-names.ts';
import { pointGroups } from './point-groups.ts';
import type { Points } from './points.ts';
import { addTo, hasRoom, spanOf, type TimeLane } from './time-lanes.ts';

export interface CaptureSets {
  /** Numbers of the sets that a capture is in: at least one. */
  of(capture: number): readonly number[];
  /**
   * The same, where captures that have the names and the times of pieces of one are taken for that, although frames of theirs
   * say otherwise: their packets may add up. Null where there are none.
   */
  perhaps: ((capture: number) => readonly number[]) | null;
  /** These captures, by name. */
  named: readonly (readonly number[])[];
}

export function captureSets(points: Points, captures: readonly CaptureCounters[]): CaptureSets {
  const different = [...placesInPieces(points, captures), ...nicsOfOneNode(points, captures)];
  const named = namedAsPieces(points, captures);
  const perhaps = named.length === 0 ? null : membership([...different, ...named], captures.length);
  return { of: membership(different, captures.length), perhaps, named };
}

/** The sets that each capture is in; one that is in none is one by itself. */
function membership(sets: readonly (readonly number[])[], captures: number): CaptureSets['of'] {
  const setsOf: number[][] = Array.from({ length: captures }, () => []);
  for (const [set, members] of sets.entries()) for (const capture of members) setsOf[capture]?.push(set);
  setsOf.forEach((own, capture) => {
    if (own.length === 0) own.push(sets.length + capture);
  });
  return (capture) => setsOf[capture] ?? [];
}

/** Captures named and timed like the pieces of one that are not one: of a merge, each piece may show another NIC. */
export function namedAsPieces({ rings: { ringOf } }: Points, captures: readonly CaptureCounters[]): number[][] {
  const byName = new Map<string, number[]>();
  captures.forEach(({ info }, capture) => {
    const { exact } = pieceName(info.path);
    addUnder(byName, exact, capture);
  });
  return [...byName.values()].filter(
    (own) => new Set(own.map((one) => ringOf[one])).size > 1 && areApart(own, captures),
  );
}

function areApart(own: readonly number[], captures: readonly CaptureCounters[]): boolean {
  const lane: TimeLane = [];
  return own.every((capture) => {
    const span = spanOf(captures[capture]);
    const fits = span !== null && hasRoom(lane, span);
    if (fits) addTo(lane, span);
    return fits;
  });
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
    addUnder(byNode, first.node, capture);
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
