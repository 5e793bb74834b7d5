// The comments of one packet (opt_comment of an Enhanced Packet Block, draft-ietf-opsawg-pcapng section 3.5), read where somebody asks for
// them: its block is still around it in the buffer, so that packets nobody asks about cost nothing.
import { MAX_NAME } from '../limits.ts';
import { BLOCK } from './packet-blocks.ts';

/** A packet in the buffer that its batch has. */
export interface PacketInBlock {
  bytes: Uint8Array;
  start: number;
  captured: number;
  original: number;
}

/** Bytes of an Enhanced Packet Block before the packet. */
const BEFORE = 28;
const OPT_COMMENT = 1;
/** More comments of one packet are left out. */
const MOST_COMMENTS = 16;

/** Raw text, each cut where it is endless; empty for packets of other blocks, and of other formats. */
export function packetComments({ bytes, start, captured, original }: PacketInBlock): string[] {
  const at = start - BEFORE;
  if (at < 0) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const little = view.getUint32(at, true) === BLOCK.enhancedPacket;
  const length = view.getUint32(at + 4, little);
  const isBlock =
    view.getUint32(at, little) === BLOCK.enhancedPacket &&
    view.getUint32(at + 20, little) === captured &&
    view.getUint32(at + 24, little) === original &&
    length >= BEFORE + captured + 4 &&
    at + length <= bytes.length &&
    view.getUint32(at + length - 4, little) === length;
  if (!isBlock) return [];
  const comments: string[] = [];
  let option = start + ((captured + 3) & ~3);
  while (option + 4 <= at + length - 4 && comments.length < MOST_COMMENTS) {
    const code = view.getUint16(option, little);
    const size = view.getUint16(option + 2, little);
    if (code === 0 || option + 4 + size > at + length - 4) break;
    if (code === OPT_COMMENT) comments.push(textOf(bytes.subarray(option + 4, option + 4 + size)));
    option += 4 + ((size + 3) & ~3);
  }
  return comments;
}

function textOf(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes.subarray(0, 4 * MAX_NAME)).replace(/\0{1,3}$/, '');
  return text.length > MAX_NAME ? `${text.slice(0, MAX_NAME)}…` : text;
}
