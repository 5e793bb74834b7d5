// The loop that all built-in readers share: frame what is buffered, hand out the batch, read on, and at the end say
// how it ended. Formats differ only in their Framer.

import type { ChunkBuffer } from '../bytes/chunk.ts';
import type { OverlensError } from '../errors.ts';
import { BATCH_CAPACITY, createBatch } from './batch.ts';
import { streamError } from './capture-errors.ts';
import type { CaptureInfo, CaptureWarning, PacketBatch } from './source.ts';

/**
 * Why framing stopped: the buffer holds no further whole record; the batch is full; a block to handle; corruption; no more records are asked
 * for.
 */
export const STOP = { more: 0, full: 1, block: 2, corrupt: 3, enough: 4 } as const;

/** Few records take fewer bytes; of more than there is room for, a batch has the first. */
const SHORT_RECORD = 64;
/** Room in every batch: of a file that has few bytes too. */
const LEAST_CAPACITY = 64;

/** What `block` answers: read on, the bytes ended inside the block, or an error that ends the reading. */
export type BlockResult = 'handled' | 'cut-off' | OverlensError;

/** One format's part of the loop. Packet numbers passed in are those of the record at hand, from 1. */
export interface Framer {
  /** Fills the batch from the buffer and sets its count; answers a STOP. */
  frame(batch: PacketBatch): number;
  /** After STOP.more: bytes that the record at hand needs in the buffer. */
  readonly need: number;
  /** After STOP.block: the block at hand holds no packet. */
  block(packet: number): Promise<BlockResult>;
  /** After STOP.corrupt. */
  corruption(packet: number): OverlensError;
  /** The bytes have ended: the warning if that was inside a record, null if it was between two. */
  cutOff(packet: number): CaptureWarning | null;
}

/**
 * Batches of everything the framer finds, the first packet of which has number `packet`. Sets `info.complete`, `warnings` and `error`;
 * closes the chunk's source.
 */
export async function* readBatches(
  chunk: ChunkBuffer,
  info: CaptureInfo,
  framer: Framer,
  packet = 1,
): AsyncGenerator<PacketBatch, void, void> {
  const capacity = Math.max(LEAST_CAPACITY, chunk.bytes.length / SHORT_RECORD);
  const batch = createBatch(Math.min(BATCH_CAPACITY, Math.ceil(capacity)));
  try {
    for (;;) {
      const stop = framer.frame(batch);
      packet += batch.count;
      if (batch.count > 0) {
        batch.base = chunk.offset - chunk.at;
        yield batch;
        chunk.turn();
      }
      if (stop === STOP.enough) return;
      if (stop === STOP.more) {
        const got = chunk.fill(framer.need);
        if ((typeof got === 'number' ? got : await got) === 0) {
          endReading(chunk, info, packet, framer.cutOff);
          return;
        }
      } else if (stop === STOP.block) {
        const result = await framer.block(packet);
        if (result === 'handled') continue;
        if (result === 'cut-off') endReading(chunk, info, packet, framer.cutOff);
        else info.error = result;
        return;
      } else if (stop === STOP.corrupt) {
        info.error = framer.corruption(packet);
        return;
      }
    }
  } finally {
    chunk.close();
  }
}

/** Nothing more comes: judges whether that was the end of the capture, a cut, or a fault of the stream. */
export function endReading(
  chunk: ChunkBuffer,
  info: CaptureInfo,
  packet: number,
  cutOffAt: (packet: number) => CaptureWarning | null,
): void {
  const fault = chunk.fault;
  const cutOff = cutOffAt(packet);
  switch (fault?.kind) {
    case 'stopped':
      return;
    // a record that is not whole is not there yet
    case 'so-far':
      info.complete = true;
      return;
    case 'lost':
      info.warnings.push({ code: 'following-ended', message: `${fault.message}; packets up to there were read` });
      return;
    case 'cut-off':
      info.warnings.push({
        code: 'cut-off-stream',
        message: cutOff === null ? fault.message : `${fault.message}; ${cutOff.message}`,
      });
      return;
    case 'trailing':
      info.warnings.push({ code: 'trailing-bytes', message: fault.message });
      break;
    case undefined:
      break;
    default:
      info.error = streamError(info.path, fault as NonNullable<typeof fault>);
      return;
  }
  if (cutOff === null) info.complete = true;
  else info.warnings.push(cutOff);
}
