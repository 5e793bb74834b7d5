// Where the last whole record of a classic pcap begins, told from the end of the file. Records have no mark to be found
// by; a chain of plausible record headers that leads to the very end is one.
import { MAX_SECONDS_APART } from '../limits.ts';
import { lengthsAt, type RecordLayout } from './records.ts';

/** The last bytes of a capture, and what its record headers must look like. */
export interface PcapTail {
  bytes: Uint8Array;
  /** The chain must begin before it: what follows is longer than any record, so no packet holds the whole chain. */
  latestStart: number;
  layout: RecordLayout;
  /** Of the capture's first record. */
  firstSecond: number;
}

/** Offset in `bytes`; of a cut-off capture the last record that is whole. Null where no chain leads to the end. */
export function lastPcapRecord(tail: PcapTail): number | null {
  const view = new DataView(tail.bytes.buffer, tail.bytes.byteOffset, tail.bytes.length);
  let beforeCut = -1;
  for (let at = 0; at < tail.latestStart; at++) {
    if (!isPlausibleRecord(view, at, tail.layout, tail.firstSecond)) continue;
    const { last, isWhole } = follow(view, at, tail);
    if (last >= 0 && isWhole) return last;
    if (beforeCut < 0) beforeCut = last;
  }
  return beforeCut < 0 ? null : beforeCut;
}

/** Follows the lengths from `at` on: `last` is -1 when they lead to what is no header; not `isWhole` to a cut-off one. */
function follow(view: DataView, from: number, tail: PcapTail): { last: number; isWhole: boolean } {
  const { headerLength } = tail.layout;
  const end = view.byteLength;
  let last = -1;
  for (let at = from; at < end; ) {
    if (end - at < headerLength) return { last, isWhole: false };
    if (!isPlausibleRecord(view, at, tail.layout, tail.firstSecond)) return { last: -1, isWhole: false };
    const next = at + headerLength + lengthsAt(view, at, tail.layout).captured;
    if (next > end) return { last, isWhole: false };
    last = at;
    at = next;
  }
  return { last, isWhole: true };
}

/** Whether a record header of a capture may stand at `at`, the first one of which has that time. */
export function isPlausibleRecord(view: DataView, at: number, layout: RecordLayout, firstSecond: number): boolean {
  const { littleEndian, headerLength, limit, fractionsPerSecond } = layout;
  if (view.byteLength - at < headerLength) return false;
  const { captured, original } = lengthsAt(view, at, layout);
  if (captured > limit || original < captured) return false;
  if (view.getUint32(at + 4, littleEndian) >= fractionsPerSecond) return false;
  return Math.abs(view.getUint32(at, littleEndian) - firstSecond) <= MAX_SECONDS_APART;
}
