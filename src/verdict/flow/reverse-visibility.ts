// Would an answer have been seen? Silence is a finding only where it would: at a point that saw some conversation both
// ways between the same two places, so that a capture of one direction (tcpdump -Q in, a one-sided filter) raises nothing; and
// not where the kernel dropped packets.
import { hasDrops } from '../../attribution/points/drops.ts';
import type { Points } from '../../attribution/points/points.ts';
import type { CaptureCounters } from '../../flow/capture-counters.ts';
import type { FlowTable } from '../../flow/flow-table.ts';

/** For each flow: whether a place that saw it also saw some conversation in both directions. */
export function reverseVisibility(
  table: FlowTable,
  points: Points,
  captures: readonly CaptureCounters[],
): (flow: number) => boolean {
  const twoWay = new Set<number>();
  const isComplete = (point: number): boolean => {
    const capture = captures[points.all[point]?.capture ?? -1];
    return capture !== undefined && !hasDrops(capture);
  };
  for (let flow = 0; flow < table.flowCount; flow++) {
    const reverse = table.reverseOf(flow);
    if (reverse < 0 || reverse === flow) continue;
    const there = pointsOf(table, points, reverse);
    for (const point of pointsOf(table, points, flow)) if (there.has(point) && isComplete(point)) twoWay.add(point);
  }
  return (flow) => [...pointsOf(table, points, flow)].some((point) => twoWay.has(point));
}

function pointsOf(table: FlowTable, points: Points, flow: number): Set<number> {
  const found = new Set<number>();
  const { rows } = table;
  for (let row = table.firstRow(flow); row >= 0; row = rows.next(row))
    found.add(points.ofLink[table.linkOf(row)] ?? -1);
  return found;
}
