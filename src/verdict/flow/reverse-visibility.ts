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
  const twoWay = new Uint8Array(points.all.length);
  const isComplete = points.all.map(({ capture }) => captures[capture] !== undefined && !hasDrops(captures[capture]));
  const pointOf = (row: number): number => points.ofLink[table.linkOf(row)] ?? -1;
  const { rows } = table;
  for (let flow = 0; flow < table.flowCount; flow++) {
    const reverse = table.reverseOf(flow);
    if (reverse < 0 || reverse === flow) continue;
    for (let row = table.firstRow(flow); row >= 0; row = rows.next(row)) {
      const point = pointOf(row);
      if (point < 0 || twoWay[point] === 1 || !isComplete[point]) continue;
      for (let back = table.firstRow(reverse); back >= 0; back = rows.next(back))
        if (pointOf(back) === point) twoWay[point] = 1;
    }
  }
  return (flow) => {
    for (let row = table.firstRow(flow); row >= 0; row = rows.next(row)) if (twoWay[pointOf(row)] === 1) return true;
    return false;
  };
}
