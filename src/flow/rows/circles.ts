// A row whose packets came by again and again, each time with fewer hops left.

import type { RowRecords } from './row-records.ts';

/** Both sides of a router show a packet twice. */
const ENOUGH_TURNS = 3;

export function circles(rows: Pick<RowRecords, 'fallen'>, row: number): boolean {
  return rows.fallen(row) >= ENOUGH_TURNS;
}
