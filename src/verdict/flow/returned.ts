// Packets that a loop put where they were seen: the same ones with fewer hops left, or sent out again by the node that they had come to.
// They do not tell how their sender sent them.

import type { SeenObservation } from '../../attribution/observe.ts';
import type { Who } from '../../attribution/who/who.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import { circles } from '../../flow/rows/circles.ts';

/** The underlay observations of a flow that its sender is not answerable for; never the one with most hops left. */
export function returnedOf(
  table: FlowTable,
  { dst }: { dst: Who },
  observations: readonly SeenObservation[],
): readonly SeenObservation[] {
  const underlay = observations.filter(({ pointInfo }) => pointInfo.role === 'underlay');
  if (underlay.length < 2) return [];
  const highest = (seen: SeenObservation): number => Math.max(...seen.rows.map((row) => table.rows.ttlMax(row)));
  const first = Math.max(...underlay.map(highest));
  return underlay.filter(
    (seen) => highest(seen) < first && (isInCircle(table, seen) || isSentByReceiver(table, dst, seen)),
  );
}

/** Whether nothing was seen of a flow but packets in a circle, away from its sender; or that came back to it and found nobody. */
export function isOnlyInCircle(
  table: FlowTable,
  { src, dst }: { src: Who; dst: Who },
  observations: readonly SeenObservation[],
): boolean {
  const underlay = observations.filter(({ pointInfo }) => pointInfo.role === 'underlay');
  if (underlay.length === 0) return false;
  if (src.node !== null && src.node === dst.node) return underlay.every((seen) => cameBack(table, dst, seen));
  return underlay.every(
    (seen) => isInCircle(table, seen) && (src.node === null || seen.pointInfo.topologyNode !== src.node),
  );
}

function isInCircle({ rows }: Pick<FlowTable, 'rows'>, seen: SeenObservation): boolean {
  return seen.rows.some((row) => circles(rows, row));
}

/** Frames that left the NIC of the node that they were for. */
function isSentByReceiver(table: FlowTable, { node }: Who, { pointInfo, rows }: SeenObservation): boolean {
  if (node === null || pointInfo.topologyNode !== node) return false;
  return rows.some((row) => hasMac(table, row, 'src', pointInfo.mac));
}

/** Frames that the node they were for let out and got again, with a hop less; nobody answered them. */
function cameBack(table: FlowTable, dst: Who, seen: SeenObservation): boolean {
  const [first = -1] = seen.rows;
  if (!isSentByReceiver(table, dst, seen) || table.reverseOf(table.rows.flow(first)) >= 0) return false;
  const of = (end: 'src' | 'dst'): number[] => seen.rows.filter((row) => hasMac(table, row, end, seen.pointInfo.mac));
  const lowest = Math.min(...of('src').map((row) => table.rows.ttlMin(row)));
  return of('dst').some((row) => table.rows.ttlMax(row) < lowest);
}

function hasMac(table: FlowTable, row: number, end: 'src' | 'dst', mac: string | null): boolean {
  return mac !== null && table.links.record(table.linkOf(row))[end] === mac;
}
