// The last packet block of a pcapng, told from the end of the file: every block ends with its length.
import { BLOCK } from './packet-blocks.ts';

const BLOCK_LENGTH = 12;
/** Type, length, interface, time, captured and original length; behind the packet the length again. */
const PACKET_FIELDS = 28;

/** The last bytes of a capture. */
export interface PcapngTail {
  bytes: Uint8Array;
  littleEndian: boolean;
  /** The chain of blocks must reach back beyond it: what follows is longer than any packet. */
  latestStart: number;
}

/** The last packet block; null where the blocks do not lead back, a section begins among them or the packet has no time. */
export function lastPacketBlock({ bytes, littleEndian, latestStart }: PcapngTail): Uint8Array | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let found: Uint8Array | null = null;
  let end = bytes.length;
  while (end > latestStart) {
    const length = end < BLOCK_LENGTH ? 0 : view.getUint32(end - 4, littleEndian);
    const start = end - length;
    if (length < BLOCK_LENGTH || length % 4 !== 0 || start < 0) return null;
    if (view.getUint32(start + 4, littleEndian) !== length) return null;
    const type = view.getUint32(start, littleEndian);
    if (type === BLOCK.section || (type === BLOCK.simplePacket && found === null)) return null;
    if (type === BLOCK.enhancedPacket || type === BLOCK.packet) {
      if (length < PACKET_FIELDS + 4) return null;
      if (view.getUint32(start + 20, littleEndian) > length - PACKET_FIELDS - 4) return null;
      found ??= bytes.subarray(start, end);
    }
    end = start;
  }
  return found;
}

/** Length of everything before the first packet block: the section and its interfaces. Null when it does not end in `head`. */
export function descriptionLength(head: Uint8Array, littleEndian: boolean): number | null {
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  let at = 0;
  while (head.length - at >= BLOCK_LENGTH) {
    const type = view.getUint32(at, littleEndian);
    if (type === BLOCK.enhancedPacket || type === BLOCK.packet || type === BLOCK.simplePacket) return at;
    const length = view.getUint32(at + 4, littleEndian);
    if (length < BLOCK_LENGTH || (at > 0 && type === BLOCK.section)) return null;
    at += length;
  }
  return null;
}
