// BSD loopback encapsulation: a 4-byte address family, in the capturing host's byte order (NULL) or network order (LOOP).
import { u32, u32LE } from './bytes.ts';
import { defineHeader, uint } from './header.ts';
import { layout, oneOf } from './layout.ts';

export const NULL_LOOPBACK = defineHeader('null', 'LINKTYPE_NULL, LINKTYPE_LOOP', 4, {
  family: uint(0, 32, 'Address family', { meaning: familyName }),
});

/** The same of a host that writes the least significant byte first. */
export const NULL_LOOPBACK_LE = defineHeader('null', 'LINKTYPE_NULL', 4, {
  family: uint(0, 32, 'Address family', { meaning: familyName, littleEndian: true }),
});

/**
 * The family in whichever byte order makes it small: families are below 256, so only one order can be right.
 * For LOOP and for NULL of either endianness.
 */
export function readFamily(bytes: Uint8Array, at: number): number {
  return isBigEndianFamily(bytes, at) ? u32(bytes, at) : u32LE(bytes, at);
}

/** Which of the two definitions fits. */
function isBigEndianFamily(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0 && bytes[at + 1] === 0;
}

export function isIPv4Family(family: number): boolean {
  return family === 2;
}

/** AF_INET6 of NetBSD and OpenBSD, FreeBSD, macOS, Linux. */
export function isIPv6Family(family: number): boolean {
  return family === 24 || family === 28 || family === 30 || family === 10;
}

export function familyName(family: number): string | null {
  if (isIPv4Family(family)) return 'IPv4';
  return isIPv6Family(family) ? 'IPv6' : null;
}

export const NULL_LOOPBACK_LAYOUT = layout(
  NULL_LOOPBACK,
  oneOf((bytes, at) => (isBigEndianFamily(bytes, at) ? NULL_LOOPBACK : NULL_LOOPBACK_LE)),
  {
    protocol: 'null',
    title: 'BSD loopback',
    announcedBy: 'link types 0 and 108',
    forms: {
      'Network byte order': NULL_LOOPBACK,
      'Little-endian host': NULL_LOOPBACK_LE,
    },
  },
);
