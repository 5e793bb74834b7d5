// The places that saw a flow in the order in which its packets pass them: the sender's node outwards, others, the receiver's inwards.
import type { CapturePoint, Observation, PointRole } from '../../attribution/vocabulary.ts';
import type { Trace, TracedFlow } from '../../verdict/trace-types.ts';

export interface WayPlace {
  seen: Observation;
  point: CapturePoint | null;
  /** What the place before it was, as another capture has it. */
  isSame: boolean;
}

/** Ranks at the sender's node; at the receiver's they count backwards. */
const OUTWARDS: Record<PointRole, number> = { workload: 0, tunnel: 1, underlay: 2, unknown: 3 };
const [BETWEEN, END] = [10, 20];

/** Where nothing tells the order (within a node that is both ends, at other nodes), the time of the first packet does. */
export function placesOnWay({ captures }: Trace, { src, dst, observations }: TracedFlow): WayPlace[] {
  const rankOf = (point: CapturePoint | null): number => {
    const node = point?.node ?? null;
    if (node === null || src.node === dst.node || (node !== src.node && node !== dst.node)) return BETWEEN;
    const outwards = OUTWARDS[point?.role ?? 'unknown'];
    return node === src.node ? outwards : END - outwards;
  };
  const places = observations.map((seen) => {
    const point = captures[seen.capture]?.points[seen.point] ?? null;
    return { seen, point, rank: rankOf(point) };
  });
  const nodeOf = ({ point }: { point: CapturePoint | null }): string => point?.node ?? '';
  places.sort(
    (a, b) => a.rank - b.rank || compare(nodeOf(a), nodeOf(b)) || compare(a.seen.first ?? '', b.seen.first ?? ''),
  );
  return places.map(({ seen, point, rank }, i) => {
    const before = places[i - 1];
    // a node's NICs count as one place, as for path; between the ends only a name tells
    const isSame =
      before !== undefined &&
      before.rank === rank &&
      before.point?.node === point?.node &&
      (rank !== BETWEEN || (point?.interface != null && before.point?.interface === point.interface));
    return { seen, point, isSame };
  });
}

/** Whether a place at the receiver's node saw it; true as well where its node is not known. */
export function isSeenAtReceiver({ captures }: Trace, { dst, observations }: TracedFlow): boolean {
  return (
    dst.node === null || observations.some((seen) => captures[seen.capture]?.points[seen.point]?.node === dst.node)
  );
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
