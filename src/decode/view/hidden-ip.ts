// Whether bytes behind a header that nobody knows are an IP packet all the same: what is not understood may be pods' traffic.
import { u16 } from '../../wire/bytes.ts';
import { IPV4, ipv4HeaderLength } from '../../wire/ipv4.ts';
import { IPV6 } from '../../wire/ipv6.ts';
import { fold, sumBytes } from './one-complement.ts';

/** Shim headers (tags, trailers of switches, NSH) are shorter than this. */
const FARTHEST = 64;
const LEAST_VERSION_BYTE = 0x45;
const IPV6_VERSION = 6;
/** TCP, UDP, ICMPv6: behind anything rarer six bytes prove too little. */
const LIKELY_NEXT: ReadonlySet<number> = new Set([6, 17, 58]);

/**
 * True where an IPv4 header whose checksum is right, or an IPv6 header whose length is that of the rest, stands within 64 bytes.
 * @param from absolute offset of the first byte that is not understood
 * @param end exclusive end of what the capture holds
 * @param wire exclusive end of the frame as it was on the wire
 */
export function holdsIp(bytes: Uint8Array, from: number, end: number, wire: number): boolean {
  for (let at = from; at <= from + FARTHEST && at + IPV4.headerLength <= end; at++) {
    if (isIpv4(bytes, at, end, wire) || isIpv6(bytes, at, end, wire)) return true;
  }
  return false;
}

function isIpv4(bytes: Uint8Array, at: number, end: number, wire: number): boolean {
  const first = bytes[at]!;
  if (first < LEAST_VERSION_BYTE || first > 0x4f) return false;
  const header = ipv4HeaderLength(bytes, at);
  const total = u16(bytes, at + 2);
  if (at + header > end || total < header || at + total > wire) return false;
  return fold(sumBytes(bytes, at, at + header)) === 0xffff;
}

function isIpv6(bytes: Uint8Array, at: number, end: number, wire: number): boolean {
  if (bytes[at]! >> 4 !== IPV6_VERSION || at + IPV6.headerLength > end) return false;
  return LIKELY_NEXT.has(bytes[at + 6]!) && at + IPV6.headerLength + u16(bytes, at + 4) === wire;
}
