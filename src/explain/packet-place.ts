// At which of its capture's points one packet was seen: that of its link, as the trace decided. A packet that was not traced was
// at what all points of its capture agree on.

import type { Point } from '../attribution/points/points-input.ts';
import type { CapturePoint } from '../attribution/vocabulary.ts';
import type { Trace } from '../verdict/trace-types.ts';
import type { Place } from './explanation.ts';

/** The point of a link of the trace's table; null when the table does not have it. */
export function pointOf({ index }: Trace, link: number): Point | null {
  if (index === undefined || link < 0) return null;
  return index.points.all[index.points.ofLink[link] ?? -1] ?? null;
}

export function packetPlace(trace: Trace, capture: number, link: number): Place {
  const points = trace.captures[capture]?.points ?? [];
  const point = pointOf(trace, link) ?? (points.length === 1 ? points[0] : null);
  return point == null ? oneOfSeveral(points) : placeOf(point);
}

function placeOf({ role, node, interface: device, evidence }: CapturePoint): Place {
  return { role, node, interface: device, evidence };
}

function oneOfSeveral(points: readonly CapturePoint[]): Place {
  const [first] = points;
  if (first === undefined) return { role: 'unknown', node: null, interface: null, evidence: [] };
  const common = <K extends 'role' | 'node' | 'interface'>(key: K): CapturePoint[K] | null =>
    points.every((point) => point[key] === first[key]) ? first[key] : null;
  const detail = `the frame does not say which of ${points.length} interfaces it was on`;
  return {
    role: common('role') ?? 'unknown',
    node: common('node'),
    interface: common('interface'),
    evidence: [{ source: 'frame', detail }],
  };
}
