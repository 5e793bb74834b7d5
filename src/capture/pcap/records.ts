// HOT: per packet. No allocation.
// Classic pcap records in a buffer to entries of a batch. draft-ietf-opsawg-pcap section 5.
import type { ChunkBuffer } from '../../bytes/chunk.ts';
import { capturedLimit } from '../limits.ts';
import { STOP } from '../read-loop.ts';
import type { PacketBatch } from '../source.ts';
import { isPcapHeader, isZeroRecord, type PcapHeader } from './file-header.ts';
import { type FirstRecords, recordHeaderLength } from './record-header.ts';

/** How records of one file are laid out, and what the framing leaves behind. */
export interface RecordLayout {
  readonly littleEndian: boolean;
  /** 16, 24 in the modified format, or what a writer made of it. */
  readonly headerLength: number;
  /** Offset in a record header of the captured length, and of the original one. */
  readonly capturedAt: number;
  readonly originalAt: number;
  /** The smaller of both is the captured length, whichever stands first. */
  readonly bySize: boolean;
  /** Units of the fraction in a second: 10^6 or 10^9. */
  readonly fractionsPerSecond: number;
  readonly nanosPerFraction: number;
  /** A captured length above this is corruption. */
  readonly limit: number;
  /** After STOP.more: bytes that the record at hand needs. */
  need: number;
  /** Offset in the capture: records that begin there or behind it are not asked for. */
  until: number;
}

/** The layout that a file header announces and the first records show; `need` is how many of their bytes tell it. */
export function recordLayout(header: PcapHeader, records: FirstRecords): RecordLayout | { need: number } {
  const limit = capturedLimit(header.snaplen);
  const headerLength = recordHeaderLength(header, records, limit);
  if (typeof headerLength !== 'number') return headerLength;
  const capturedAt = header.lengthOrder === 'original-first' ? 12 : 8;
  return {
    littleEndian: header.littleEndian,
    headerLength,
    capturedAt,
    originalAt: 20 - capturedAt,
    bySize: header.lengthOrder === 'by-size',
    fractionsPerSecond: header.nanoseconds ? 1e9 : 1e6,
    nanosPerFraction: header.nanoseconds ? 1 : 1000,
    limit,
    need: 0,
    until: Number.POSITIVE_INFINITY,
  };
}

/** Frames whole records from `chunk.at` on; consumes them and sets the batch's count. Answers a STOP. */
export function framePcapRecords(chunk: ChunkBuffer, batch: PacketBatch, layout: RecordLayout): number {
  const { start, captured, original, seconds, nanos } = batch;
  const { littleEndian, headerLength, capturedAt, originalAt, bySize } = layout;
  const { limit, fractionsPerSecond, nanosPerFraction } = layout;
  const view = chunk.view;
  const end = chunk.end;
  const capacity = start.length;
  let at = chunk.at;
  const enough = at + layout.until - chunk.offset;
  let count = 0;
  let stop: number = STOP.more;
  layout.need = headerLength;
  while (end - at >= headerLength && at < enough) {
    let length = view.getUint32(at + capturedAt, littleEndian);
    let wire = view.getUint32(at + originalAt, littleEndian);
    if (bySize && length > wire) {
      const larger = length;
      length = wire;
      wire = larger;
    }
    if (length > limit || (length === 0 && (isPcapHeader(view, at) || isZeroRecord(view, at)))) {
      stop = STOP.corrupt;
      break;
    }
    const data = at + headerLength;
    if (end - data < length) {
      layout.need = headerLength + length;
      break;
    }
    if (count === capacity) {
      stop = STOP.full;
      break;
    }
    let second = view.getUint32(at, littleEndian);
    let fraction = view.getUint32(at + 4, littleEndian);
    if (fraction >= fractionsPerSecond) {
      second += Math.floor(fraction / fractionsPerSecond);
      fraction %= fractionsPerSecond;
    }
    start[count] = data;
    captured[count] = length;
    original[count] = wire;
    seconds[count] = second;
    nanos[count] = fraction * nanosPerFraction;
    count++;
    at = data + length;
  }
  chunk.at = at;
  batch.bytes = chunk.bytes;
  batch.count = count;
  return at >= enough ? STOP.enough : stop;
}

/** The lengths of the record whose header begins at `at`: for what is not per packet. */
export function lengthsAt(
  view: DataView,
  at: number,
  { littleEndian, capturedAt, originalAt, bySize }: RecordLayout,
): { captured: number; original: number } {
  const captured = view.getUint32(at + capturedAt, littleEndian);
  const original = view.getUint32(at + originalAt, littleEndian);
  return bySize && captured > original ? { captured: original, original: captured } : { captured, original };
}

/** The layout of the records behind the file header at `chunk.at`; reads as far as that takes and consumes nothing. */
export async function layoutOfRecords(chunk: ChunkBuffer, header: PcapHeader): Promise<RecordLayout> {
  for (let isAll = false; ; ) {
    const at = chunk.at + header.headerLength;
    const layout = recordLayout(header, { view: chunk.view, at, end: chunk.end, isAll });
    if ('headerLength' in layout) return layout;
    isAll = !(await chunk.require(header.headerLength + layout.need));
  }
}
