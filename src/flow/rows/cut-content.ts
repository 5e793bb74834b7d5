// Packets that nothing but their content tells apart, or TCP's header, where the snaplen cut that off at one place only: in a mirror's
// copies, which stand deeper in their frames, or in one of the captures of a merge. A whole packet and its cut copy are not known as one.

import { BIT } from './row-layout.ts';
import type { RowRecords } from './row-records.ts';

const CUT = BIT.contentCut | BIT.headerCut;
/** Of TCP, a header was read. */
const WHOLE = BIT.contentWhole | BIT.sequenceKnown;

/** How many packets of rows of one flow may be copies of others among them for that reason. */
export function cutCopies(rows: RowRecords, counted: readonly number[]): number {
  let [cut, whole, either] = [0, 0, 0];
  for (const row of counted) {
    const bits = rows.bits(row);
    const [isCut, isWhole] = [(bits & CUT) !== 0, (bits & WHOLE) !== 0];
    if (isCut && isWhole) either += rows.distinct(row);
    else if (isCut) cut += rows.distinct(row);
    else if (isWhole) whole += rows.distinct(row);
  }
  return Math.min(cut + either, whole + either, (cut + whole + either) >> 1);
}
