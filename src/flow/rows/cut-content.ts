// Packets that nothing but their content tells apart, where the snaplen cut that off at one place only: in a mirror's copies, which
// stand deeper in their frames, or in one of the captures of a merge. A whole packet and its cut copy are not known as one.

import { BIT } from './row-layout.ts';
import type { RowRecords } from './row-records.ts';

/** How many packets of rows of one flow may be copies of others among them for that reason. */
export function cutCopies(rows: RowRecords, counted: readonly number[]): number {
  let [cut, whole, either] = [0, 0, 0];
  for (const row of counted) {
    const seen = rows.bits(row) & (BIT.contentCut | BIT.contentWhole);
    if (seen === BIT.contentCut) cut += rows.distinct(row);
    else if (seen === BIT.contentWhole) whole += rows.distinct(row);
    else if (seen !== 0) either += rows.distinct(row);
  }
  return Math.min(cut + either, whole + either, (cut + whole + either) >> 1);
}
