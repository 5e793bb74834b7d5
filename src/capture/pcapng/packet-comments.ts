// The comments of one packet (opt_comment of an Enhanced Packet Block, draft-ietf-opsawg-pcapng section 3.5), read where somebody asks for
// them: its block is still around it in the buffer, so that packets nobody asks about cost nothing. With them its direction (epb_flags).
import { MAX_NAME } from '../limits.ts';
import { BLOCK, OPT_COMMENT } from './packet-blocks.ts';

/** A packet in the buffer that its batch has. */
export interface PacketInBlock {
  bytes: Uint8Array;
  start: number;
  captured: number;
  original: number;
}

/** Bytes of an Enhanced Packet Block before the packet. */
const BEFORE = 28;
/** epb_flags: the two lowest bits are the direction (section 4.3.1). */
const OPT_FLAGS = 2;
const [INBOUND, OUTBOUND] = [1, 2] as const;
/** More comments of one packet are left out. */
const MOST_COMMENTS = 16;

/** Raw text, each cut where it is endless; empty for packets of other blocks, and of other formats. */
export function packetComments(packet: PacketInBlock): string[] {
  return commentedPacket(packet).comments;
}

/** The comments, and which way the packet went; null where that is not said. */
export function commentedPacket(packet: PacketInBlock): {
  comments: string[];
  direction: 'inbound' | 'outbound' | null;
} {
  const { bytes, start, captured } = packet;
  const found: ReturnType<typeof commentedPacket> = { comments: [], direction: null };
  const block = blockAround(packet);
  if (block === null) return found;
  const { view, little, end } = block;
  let option = start + ((captured + 3) & ~3);
  while (option + 4 <= end) {
    const code = view.getUint16(option, little);
    const size = view.getUint16(option + 2, little);
    if (code === 0 || option + 4 + size > end) break;
    if (code === OPT_COMMENT && found.comments.length < MOST_COMMENTS)
      found.comments.push(textOf(bytes.subarray(option + 4, option + 4 + size)));
    if (code === OPT_FLAGS && size === 4) found.direction = directionOf(view.getUint32(option + 4, little) & 3);
    option += 4 + ((size + 3) & ~3);
  }
  return found;
}

function directionOf(bits: number): 'inbound' | 'outbound' | null {
  if (bits === INBOUND) return 'inbound';
  return bits === OUTBOUND ? 'outbound' : null;
}

/** The packet's Enhanced Packet Block, up to its second length; null where there is none around it. */
function blockAround({ bytes, start, captured, original }: PacketInBlock): {
  view: DataView;
  little: boolean;
  end: number;
} | null {
  const at = start - BEFORE;
  if (at < 0) return null;
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
  return isBlock ? { view, little, end: at + length - 4 } : null;
}

function textOf(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes.subarray(0, 4 * MAX_NAME)).replace(/\0{1,3}$/, '');
  return text.length > MAX_NAME ? `${text.slice(0, MAX_NAME)}…` : text;
}
