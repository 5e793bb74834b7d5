// The Internet checksum's arithmetic (RFC 1071): sums of 16-bit words with the carries added back.
import { u16 } from '../../wire/bytes.ts';
import { IPV4 } from '../../wire/ipv4.ts';
import { IPV6 } from '../../wire/ipv6.ts';

/** Sum of the 16-bit words from `start` to `end`, an odd last byte padded with zero. Exact for any packet length. */
export function sumBytes(bytes: Uint8Array, start: number, end: number): number {
  let sum = 0;
  let at = start;
  for (; at + 1 < end; at += 2) sum += u16(bytes, at);
  return at < end ? sum + (bytes[at]! << 8) : sum;
}

/** Folds a sum (not negative) into 16 bits. */
export function fold(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded % 0x10000) + Math.floor(folded / 0x10000);
  return folded;
}

/** Sum of addresses and protocol number of the IP header at `at`; the length is the caller's to add (RFC 9293 §3.1). */
export function pseudoHeaderSum(bytes: Uint8Array, at: number, isIpv6: boolean, protocol: number): number {
  const addresses = isIpv6
    ? sumBytes(bytes, at + IPV6.src.byte, at + IPV6.headerLength)
    : sumBytes(bytes, at + (IPV4.src.bit >> 3), at + IPV4.headerLength);
  return addresses + protocol;
}
