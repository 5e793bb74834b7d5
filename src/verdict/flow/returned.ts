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

/** Whether nothing was seen of a flow but packets in a circle, away from its sender. */
export function isOnlyInCircle(
  table: FlowTable,
  { src }: { src: Who },
  observations: readonly SeenObservation[],
): boolean {
  const underlay = observations.filter(({ pointInfo }) => pointInfo.role === 'underlay');
  return (
    underlay.length > 0 &&
    underlay.every((seen) => isInCircle(table, seen) && (src.node === null || seen.pointInfo.topologyNode !== src.node))
  );
}

export function isInCircle({ rows }: Pick<FlowTable, 'rows'>, seen: SeenObservation): boolean {
  return seen.rows.some((row) => circles(rows, row));
}

/** Frames that left the NIC of the node that they were for. */
function isSentByReceiver(table: FlowTable, { node }: Who, { pointInfo, rows }: SeenObservation): boolean {
  const { mac, topologyNode } = pointInfo;
  if (mac === null || node === null || topologyNode !== node) return false;
  return rows.some((row) => table.links.record(table.linkOf(row)).src === mac);
}
