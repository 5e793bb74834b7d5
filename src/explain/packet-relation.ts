// HOT: per packet. No allocation.
// What one IP packet is to another of the same capture: what answers it, or the fragment with its ports. Whether two are one packet at
// two places is not asked here: `path/` tells.
import type { LayerStack } from '../decode/layer-stack.ts';
import { u16 } from '../wire/bytes.ts';
import { IP_PROTOCOL } from '../wire/ip-protocol.ts';
import { PROTOCOL } from '../wire/protocols.ts';

/** How another packet relates to the one looked for. */
export const RELATION = { none: 0, reverse: 1, firstFragment: 2 } as const;

const ICMP_ECHO = 8;
const ICMPV6_ECHO = 128;

/** An IP packet to look for: where its header is, and where what is above it begins (-1: nothing readable). */
export interface Target {
  bytes: Uint8Array;
  at: number;
  isV6: boolean;
  upper: number;
  protocol: number;
  /** A fragment that does not start at 0. */
  laterFragment: boolean;
}

/** What IP layer `index` of a walked packet is to the target: a RELATION value. */
export function relationOf(target: Target, bytes: Uint8Array, stack: LayerStack, index: number): number {
  const isV6 = stack.protocol[index] === PROTOCOL.ipv6;
  if (isV6 !== target.isV6) return RELATION.none;
  const at = stack.start[index]!;
  const width = isV6 ? 16 : 4;
  const source = isV6 ? 8 : 12;
  if (target.laterFragment) {
    const straight = sameBytes(target.bytes, target.at + source, bytes, at + source, 2 * width);
    return straight && isFirstFragment(target, bytes, at) ? RELATION.firstFragment : RELATION.none;
  }
  const crossed =
    sameBytes(target.bytes, target.at + source, bytes, at + source + width, width) &&
    sameBytes(target.bytes, target.at + source + width, bytes, at + source, width);
  return crossed && isReverse(target, bytes, stack, index) ? RELATION.reverse : RELATION.none;
}

function isFirstFragment(target: Target, bytes: Uint8Array, at: number): boolean {
  const isSameDatagram =
    u16(target.bytes, target.at + 4) === u16(bytes, at + 4) && target.bytes[target.at + 9] === bytes[at + 9];
  return isSameDatagram && (u16(bytes, at + 6) & 0x1fff) === 0;
}

/** Offset of what is above an IP layer; -1 when there is nothing. */
function upperOf(bytes: Uint8Array, stack: LayerStack, index: number): number {
  if (stack.protocol[index] === PROTOCOL.ipv4) {
    const at = stack.start[index]! + ((bytes[stack.start[index]!]! & 15) << 2);
    return at < stack.end[index]! ? at : -1;
  }
  return index + 1 < stack.depth ? stack.start[index + 1]! : -1;
}

function isReverse(target: Target, bytes: Uint8Array, stack: LayerStack, index: number): boolean {
  const upper = upperOf(bytes, stack, index);
  const { protocol } = target;
  if (upper < 0 || target.upper < 0) return false;
  if (Math.min(stack.end[index]! - upper, target.bytes.length - target.upper) < 8) return false;
  const sameProtocol = target.isV6 || bytes[stack.start[index]! + 9] === protocol;
  if (!sameProtocol) return false;
  if (protocol === IP_PROTOCOL.tcp || protocol === IP_PROTOCOL.udp || protocol === IP_PROTOCOL.sctp) {
    return (
      u16(target.bytes, target.upper) === u16(bytes, upper + 2) &&
      u16(target.bytes, target.upper + 2) === u16(bytes, upper)
    );
  }
  return isEchoPair(target, bytes, upper) && sameBytes(target.bytes, target.upper + 4, bytes, upper + 4, 4);
}

function isEchoPair({ bytes: wanted, upper, protocol }: Target, bytes: Uint8Array, at: number): boolean {
  const a = wanted[upper]!;
  const b = bytes[at]!;
  if (protocol === IP_PROTOCOL.icmp) return (a === ICMP_ECHO && b === 0) || (a === 0 && b === ICMP_ECHO);
  if (protocol !== IP_PROTOCOL.icmpv6) return false;
  return (a === ICMPV6_ECHO && b === ICMPV6_ECHO + 1) || (a === ICMPV6_ECHO + 1 && b === ICMPV6_ECHO);
}

function sameBytes(a: Uint8Array, at: number, b: Uint8Array, there: number, length: number): boolean {
  if (at + length > a.length || there + length > b.length) return false;
  for (let i = 0; i < length; i++) if (a[at + i] !== b[there + i]) return false;
  return true;
}
