// HOT: per packet. No allocation.
// Classic pcap records in a buffer to entries of a batch. draft-ietf-opsawg-pcap section 5.
import type { ChunkBuffer } from '../../bytes/chunk.ts';
import { capturedLimit } from '../limits.ts';
import { STOP } from '../read-loop.ts';
import type { PacketBatch } from '../source.ts';
import { isPcapHeader, isZeroRecord, type PcapHeader } from './file-header.ts';

/** How records of one file are laid out, and what the framing leaves behind. */
export interface RecordLayout {
  readonly littleEndian: boolean;
  /** 16, or 24 in the modified format. */
  readonly headerLength: number;
  /** Units of the fraction in a second: 10^6 or 10^9. */
  readonly fractionsPerSecond: number;
  readonly nanosPerFraction: number;
  /** A captured length above this is corruption. */
  readonly limit: number;
  /** After STOP.more: bytes that the record at hand needs. */
  need: number;
}

/** The layout that a file header announces. */
export function recordLayout(header: PcapHeader): RecordLayout {
  return {
    littleEndian: header.littleEndian,
    headerLength: header.modified ? 24 : 16,
    fractionsPerSecond: header.nanoseconds ? 1e9 : 1e6,
    nanosPerFraction: header.nanoseconds ? 1 : 1000,
    limit: capturedLimit(header.snaplen),
    need: 0,
  };
}

/** Frames whole records from `chunk.at` on; consumes them and sets the batch's count. Answers a STOP. */
export function framePcapRecords(chunk: ChunkBuffer, batch: PacketBatch, layout: RecordLayout): number {
  const { start, captured, original, seconds, nanos } = batch;
  const { littleEndian, headerLength, limit, fractionsPerSecond, nanosPerFraction } = layout;
  const view = chunk.view;
  const end = chunk.end;
  const capacity = start.length;
  let at = chunk.at;
  let count = 0;
  let stop: number = STOP.more;
  layout.need = headerLength;
  while (end - at >= headerLength) {
    const length = view.getUint32(at + 8, littleEndian);
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
    original[count] = view.getUint32(at + 12, littleEndian);
    seconds[count] = second;
    nanos[count] = fraction * nanosPerFraction;
    count++;
    at = data + length;
  }
  chunk.at = at;
  batch.bytes = chunk.bytes;
  batch.count = count;
  return stop;
}
