// Where one capture was cut in two, a packet and its copies may be on both sides of the cut: what the first piece has at its end counts
// no more at the beginning of the second one, or is in doubt there.

import { TCP_FLAG } from '../wire/tcp.ts';
import type { CaptureEdges } from './captures/capture-edges.ts';
import type { FlowTable } from './flow-table.ts';
import type { PacketWindow } from './rows/count-window.ts';
import type { NotedPackets } from './rows/noted-packets.ts';
import { MOMENTS_SECONDS } from './rows/recent-packets.ts';
import { BIT, RARE, RECORD } from './rows/row-layout.ts';

/**
 * Joins two pieces of one capture that follow each other.
 * @param window of the second one
 * @param hasCopies whether there are copies in either of them
 */
export function joinPieces(
  table: FlowTable,
  { last }: CaptureEdges,
  { first }: CaptureEdges,
  { window, hasCopies }: { window: PacketWindow | null; hasCopies: boolean },
): void {
  const others = Array.from({ length: last.count }, (_, other) => other);
  for (let packet = 0; packet < first.count; packet++) {
    const alike = others.filter((other) => isAlike(table, last, other, first, packet));
    const same = alike.filter(
      (other) => isNear(last, other, first, packet) && isOne(table, last, other, first, packet),
    );
    const row = first.row[packet] ?? 0;
    const copied = same.some((other) => isSameWay(table, row, last.row[other] ?? 0));
    for (const other of same) if (!copied) table.overlaps.share(row, last.row[other] ?? 0);
    if (copied) takeBack(table, last, same, first, packet, window);
    else if (
      same.length === 0 &&
      alike.some(
        (other) => (hasCopies && isNear(last, other, first, packet)) || mayBeOne(table, last, other, first, packet),
      )
    )
      table.rows.addDoubt(row);
  }
}

/** What is lower than the copies of it in the piece before goes on in a circle. */
function takeBack(
  { rows }: FlowTable,
  before: NotedPackets,
  same: readonly number[],
  after: NotedPackets,
  packet: number,
  window: PacketWindow | null,
): void {
  const row = after.row[packet] ?? 0;
  after.uncount(rows, packet, window);
  if (same.every((other) => after.ttl(packet) < before.ttl(other))) rows.addRare(row, RARE.fallen);
  if (after.beginsOpening(rows, packet)) rows.setWord(row, RECORD.bits, rows.bits(row) | BIT.openingTaken);
  // the row took those after it for ones sent again, and so will whoever joins the rows
  const isRepeated = (after.bareFlags(packet) & TCP_FLAG.fin) !== 0 && rows.fin(row) > 0;
  if (isRepeated) rows.setWord(row, RECORD.retransmissions, rows.retransmissions(row) - 1);
  if (after.beginsData(rows, packet)) rows.setWord(row, RECORD.bits, rows.bits(row) & ~BIT.dataKnown);
}

/**
 * Packets alike in a piece that by itself has no copies, though the one before it has: too few of them told that they are no two that
 * were sent so.
 */
export function doubtAlike({ rows }: FlowTable, { first }: CaptureEdges): void {
  for (let packet = 1; packet < first.count; packet++)
    for (let other = 0; other < packet; other++)
      if (
        first.fingerprint(other) === first.fingerprint(packet) &&
        first.row[other] === first.row[packet] &&
        isNear(first, other, first, packet)
      ) {
        rows.addDoubt(first.row[packet] ?? 0);
        break;
      }
}

/** By capture: whether it holds packets twice, or may. */
export function capturesWithCopies(table: FlowTable): ReadonlySet<number> {
  const { rows, links } = table;
  const found = new Set<number>();
  for (let row = 0; row < rows.count; row++)
    if (rows.copies(row) + rows.doubts(row) > 0) found.add(links.captureOf(table.linkOf(row)));
  return found;
}

/** Whether a capture is one of those; looked up when first asked for. */
export function copiesIn(table: FlowTable): (capture: number) => boolean {
  let copied: ReadonlySet<number> | null = null;
  return (capture) => {
    copied ??= capturesWithCopies(table);
    return copied.has(capture);
  };
}

function isSameWay(table: FlowTable, row: number, other: number): boolean {
  const words = (one: number): string => table.links.wordsInCapture(table.linkOf(one)).join();
  return table.tunnelOf(row) === table.tunnelOf(other) && words(row) === words(other);
}

function isAlike(table: FlowTable, before: NotedPackets, other: number, after: NotedPackets, packet: number): boolean {
  const [known, row] = [before.row[other] ?? 0, after.row[packet] ?? 0];
  return before.fingerprint(other) === after.fingerprint(packet) && table.rows.flow(known) === table.rows.flow(row);
}

function isNear(before: NotedPackets, other: number, after: NotedPackets, packet: number): boolean {
  return Math.abs(after.seconds(packet) - before.seconds(other)) <= MOMENTS_SECONDS;
}

function isOne(table: FlowTable, before: NotedPackets, other: number, after: NotedPackets, packet: number): boolean {
  const [known, row] = [before.row[other] ?? 0, after.row[packet] ?? 0];
  return table.counter.recent.isOne(before.around[other] ?? 0, after.around[packet] ?? 0, known, row);
}

/** Of two that are alike: one with an identification comes again in a merge only, and any other among packets that do have copies. */
function mayBeOne(table: FlowTable, before: NotedPackets, other: number, after: NotedPackets, packet: number): boolean {
  if (after.isIdentified(packet)) return true;
  const { rows } = table;
  const hasCopies = (row: number): boolean => rows.copies(row) + rows.doubts(row) > 0;
  return hasCopies(after.row[packet] ?? 0) || hasCopies(before.row[other] ?? 0);
}
