// A row whose packets came by again and again, each time with fewer hops left.

import { RARE } from './row-layout.ts';
import type { RowRecords } from './row-records.ts';

/** Both sides of a router show a packet twice. */
const ENOUGH_TURNS = 3;

export function circles(rows: Pick<RowRecords, 'fallen'>, row: number): boolean {
  return rows.fallen(row) >= ENOUGH_TURNS;
}

/**
 * What one way has in the pieces of a capture goes in a circle in all of them or in none.
 * @param way its rows, in the order of the pieces
 */
export function joinTurns(rows: RowRecords, way: readonly number[]): void {
  let lowest = rows.ttlMin(way[0] ?? 0);
  let turns = rows.fallen(way[0] ?? 0);
  for (const row of way.slice(1)) {
    // in the whole, only what fell lower than all before
    turns += Math.min(rows.fallen(row), Math.max(0, lowest - rows.ttlMin(row)));
    lowest = Math.min(lowest, rows.ttlMin(row));
  }
  for (const row of way) rows.addRare(row, RARE.fallen, turns - rows.fallen(row));
}
