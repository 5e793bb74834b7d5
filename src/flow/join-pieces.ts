// Where one capture was cut in two, a packet and its copies may be on both sides of the cut: what the first piece has at its end counts
// no more at the beginning of the second one.

import type { CaptureEdges } from './capture-edges.ts';
import type { FlowTable } from './flow-table.ts';
import type { PacketWindow } from './rows/count-window.ts';
import type { NotedPackets } from './rows/noted-packets.ts';
import { MOMENTS_SECONDS } from './rows/recent-packets.ts';

/** Joins two pieces of one capture that follow each other; `window` is that of the second one. */
export function joinPieces(
  table: FlowTable,
  { last }: CaptureEdges,
  { first }: CaptureEdges,
  window: PacketWindow | null,
): void {
  for (let packet = 0; packet < first.count; packet++) {
    for (let other = 0; other < last.count; other++) {
      if (!isSame(table, last, other, first, packet)) continue;
      const [row, known] = [first.row[packet] ?? 0, last.row[other] ?? 0];
      if (isSameWay(table, row, known)) {
        first.uncount(table.rows, packet, window);
        break;
      }
      table.overlaps.share(row, known);
    }
  }
}

function isSameWay(table: FlowTable, row: number, other: number): boolean {
  const words = (one: number): string => table.links.wordsInCapture(table.linkOf(one)).join();
  return table.tunnelOf(row) === table.tunnelOf(other) && words(row) === words(other);
}

function isSame(table: FlowTable, before: NotedPackets, other: number, after: NotedPackets, packet: number): boolean {
  const [known, row] = [before.row[other] ?? 0, after.row[packet] ?? 0];
  return (
    before.fingerprint(other) === after.fingerprint(packet) &&
    table.rows.flow(known) === table.rows.flow(row) &&
    Math.abs(after.seconds(packet) - before.seconds(other)) <= MOMENTS_SECONDS &&
    table.counter.recent.isOne(before.around[other] ?? 0, after.around[packet] ?? 0, known, row)
  );
}
