// HOT: per packet. No allocation.
// Packets inside a window of time, counted apart: what was sent inside the time that several captures share, and what arrived
// there or moments outside it.

import { FACT } from '../../decode/fact-layout.ts';
import type { PacketFacts } from '../../decode/facts.ts';
import { CHUNK_SHIFT, WINDOW } from './row-layout.ts';
import type { RowRecords } from './row-records.ts';

/** A window in epoch seconds, both ends included, and how far its edges reach beyond it. */
export interface PacketWindow {
  first: number;
  last: number;
  edge: number;
}

// Local names: the optimising compiler folds module-local constants, but loads imported ones anew each time.
const F = FACT;
const W = WINDOW;
const MASK = (1 << CHUNK_SHIFT) - 1;

/** Counts the packet with facts at `at` in its row, if its time is inside the window or its edges; `by` -1 takes it back. */
export function countWindow(
  rows: RowRecords,
  row: number,
  facts: Pick<PacketFacts, 'words' | 'doubles'>,
  at: number,
  window: PacketWindow,
  by = 1,
): void {
  const { words, doubles } = facts;
  const time = doubles[(at >> 1) + F.seconds]! + words[at + F.nanos]! / 1e9;
  if (!(time >= window.first - window.edge && time <= window.last + window.edge)) return;
  const counted = rows.windows.chunkOf(row);
  const to = (row & MASK) * W.doubles;
  const payload = words[at + F.payload]! >>> 0;
  const length = words[at + F.length]! >>> 0;
  counted[to + W.edgePackets]! += by;
  counted[to + W.edgeBytes]! += by * payload;
  if (length > counted[to + W.edgeLargest]!) counted[to + W.edgeLargest] = length;
  if (time < window.first || time > window.last) return;
  counted[to + W.packets]! += by;
  counted[to + W.bytes]! += by * payload;
}
