// The comments of one packet (opt_comment of an Enhanced Packet Block, draft-ietf-opsawg-pcapng section 3.5), read where somebody asks for
// them: its block is still around it in the buffer, so that packets nobody asks about cost nothing. With them its direction (epb_flags).
import { MAX_NAME } from '../limits.ts';
import { COMMENT, END_OF_OPTIONS, PACKET_OPTION } from './options.ts';
import { BLOCK } from './packet-blocks.ts';
import { blockAround, type PacketInBlock } from './packet-in-block.ts';

/** The two lowest bits of epb_flags are the direction (section 4.3.1). */
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
  const { bytes } = packet;
  const found: ReturnType<typeof commentedPacket> = { comments: [], direction: null };
  const block = blockAround(packet);
  if (block?.type !== BLOCK.enhancedPacket) return found;
  const { view, little, end } = block;
  let { options: option } = block;
  while (option + 4 <= end) {
    const code = view.getUint16(option, little);
    const size = view.getUint16(option + 2, little);
    if (code === END_OF_OPTIONS || option + 4 + size > end) break;
    if (code === COMMENT && found.comments.length < MOST_COMMENTS)
      found.comments.push(textOf(bytes.subarray(option + 4, option + 4 + size)));
    if (code === PACKET_OPTION.flags && size === 4)
      found.direction = directionOf(view.getUint32(option + 4, little) & 3);
    option += 4 + ((size + 3) & ~3);
  }
  return found;
}

function directionOf(bits: number): 'inbound' | 'outbound' | null {
  if (bits === INBOUND) return 'inbound';
  return bits === OUTBOUND ? 'outbound' : null;
}

function textOf(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes.subarray(0, 4 * MAX_NAME)).replace(/\0{1,3}$/, '');
  return text.length > MAX_NAME ? `${text.slice(0, MAX_NAME)}…` : text;
}
