// Where an IP packet ends by its own length field, whatever the frame holds or the snaplen kept.
import { IPV4 } from './ipv4.ts';
import { IPV6 } from './ipv6.ts';

const readTotalLength = IPV4.len.read;
const readPayloadLength = IPV6.plen.read;
const IPV6_LENGTH = IPV6.headerLength;

/**
 * Offset of the first byte behind the packet whose header is at `at`; 0 when the length field is 0: more than 65535 bytes
 * (segmentation offload, BIG TCP, jumbograms), up to the frame's end.
 */
export function ipEnd(bytes: Uint8Array, at: number, isIPv6: boolean): number {
  if (!isIPv6) {
    const total = readTotalLength(bytes, at);
    return total === 0 ? 0 : at + total;
  }
  const payload = readPayloadLength(bytes, at);
  return payload === 0 ? 0 : at + IPV6_LENGTH + payload;
}
