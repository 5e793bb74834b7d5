// HOT: per packet. No allocation.
// Recognises one IP packet wherever it was captured: plain on a veth, inside VXLAN on a NIC, in a mirrored copy. TTL and checksums
// change on the way, addresses, identification, ports and sequence do not (calico-facts 6, de-duplication).
import type { LayerStack } from '../decode/layer-stack.ts';
import { u16, u32 } from '../wire/bytes.ts';
import { IP_PROTOCOL } from '../wire/ip-protocol.ts';
import { PROTOCOL } from '../wire/protocols.ts';

/** How another packet relates to the one looked for. */
export const RELATION = { none: 0, same: 1, reverse: 2, firstFragment: 3 } as const;

const ICMP_ECHO = 8;
const ICMPV6_ECHO = 128;
const UDP_HEADER = 8;

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
  const straight = sameBytes(target.bytes, target.at + source, bytes, at + source, 2 * width);
  if (straight) return sameDirection(target, bytes, stack, index);
  const crossed =
    sameBytes(target.bytes, target.at + source, bytes, at + source + width, width) &&
    sameBytes(target.bytes, target.at + source + width, bytes, at + source, width);
  return crossed && isReverse(target, bytes, stack, index) ? RELATION.reverse : RELATION.none;
}

function sameDirection(target: Target, bytes: Uint8Array, stack: LayerStack, index: number): number {
  const at = stack.start[index]!;
  if (!target.isV6) {
    if (u16(target.bytes, target.at + 4) !== u16(bytes, at + 4) || target.bytes[target.at + 9] !== bytes[at + 9])
      return RELATION.none;
    const wanted = u16(target.bytes, target.at + 6) & 0x1fff;
    const found = u16(bytes, at + 6) & 0x1fff;
    if (wanted !== found) return wanted !== 0 && found === 0 ? RELATION.firstFragment : RELATION.none;
    if (wanted !== 0) return RELATION.same;
  } else if (u32(target.bytes, target.at) !== u32(bytes, at)) return RELATION.none;
  const upper = upperOf(bytes, stack, index);
  if (upper < 0 || target.upper < 0) return upper === target.upper ? RELATION.same : RELATION.none;
  return sameUpper(target, bytes, upper, stack.end[index]!) ? RELATION.same : RELATION.none;
}

/** Offset of what is above an IP layer; -1 when there is nothing. */
function upperOf(bytes: Uint8Array, stack: LayerStack, index: number): number {
  if (stack.protocol[index] === PROTOCOL.ipv4) {
    const at = stack.start[index]! + ((bytes[stack.start[index]!]! & 15) << 2);
    return at < stack.end[index]! ? at : -1;
  }
  return index + 1 < stack.depth ? stack.start[index + 1]! : -1;
}

function sameUpper(target: Target, bytes: Uint8Array, upper: number, end: number): boolean {
  const { protocol } = target;
  const here = Math.min(end - upper, target.bytes.length - target.upper);
  switch (protocol) {
    case IP_PROTOCOL.tcp:
      // ports, sequence and acknowledgment numbers
      return here >= 12 ? sameBytes(target.bytes, target.upper, bytes, upper, 12) : false;
    case IP_PROTOCOL.udp:
      // ports and length; the checksum may be unfinished in one place; some payload
      return (
        here >= UDP_HEADER &&
        sameBytes(target.bytes, target.upper, bytes, upper, 6) &&
        sameBytes(target.bytes, target.upper + UDP_HEADER, bytes, upper + UDP_HEADER, Math.min(here - UDP_HEADER, 24))
      );
    case IP_PROTOCOL.icmp:
    case IP_PROTOCOL.icmpv6:
      return (
        here >= 8 &&
        sameBytes(target.bytes, target.upper, bytes, upper, 2) &&
        sameBytes(target.bytes, target.upper + 4, bytes, upper + 4, 4)
      );
    default:
      return sameBytes(target.bytes, target.upper, bytes, upper, Math.min(here, 8));
  }
}

function isReverse(target: Target, bytes: Uint8Array, stack: LayerStack, index: number): boolean {
  const upper = upperOf(bytes, stack, index);
  const { protocol } = target;
  if (upper < 0 || target.upper < 0 || target.laterFragment) return false;
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
