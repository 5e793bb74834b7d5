// The block around a packet of a batch: it is still in the buffer, so that what stands in it costs nothing until somebody asks.
import { BLOCK } from './packet-blocks.ts';

/** A packet in the buffer that its batch has. */
export interface PacketInBlock {
  bytes: Uint8Array;
  start: number;
  captured: number;
  original: number;
}

export interface BlockAround {
  type: number;
  view: DataView;
  little: boolean;
  /** Offsets of the timestamp's upper word, of the options, and of the block's second length. */
  time: number;
  options: number;
  end: number;
}

/** Bytes before the packet, in an Enhanced Packet Block and in the obsolete Packet Block. */
const BEFORE = 28;
const TYPES: readonly number[] = [BLOCK.enhancedPacket, BLOCK.packet];

/** The packet's block; null where there is none around it: simple packet blocks, other formats. */
export function blockAround({ bytes, start, captured, original }: PacketInBlock): BlockAround | null {
  const at = start - BEFORE;
  if (at < 0) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const little = TYPES.includes(view.getUint32(at, true));
  const type = view.getUint32(at, little);
  const length = view.getUint32(at + 4, little);
  const isBlock =
    TYPES.includes(type) &&
    view.getUint32(at + 20, little) === captured &&
    view.getUint32(at + 24, little) === original &&
    length >= BEFORE + captured + 4 &&
    at + length <= bytes.length &&
    view.getUint32(at + length - 4, little) === length;
  if (!isBlock) return null;
  return { type, view, little, time: at + 12, options: start + ((captured + 3) & ~3), end: at + length - 4 };
}
