// IPv6 extension headers (RFC 8200 §4) and the Authentication Header, which IPv4 carries too.
import { defineHeader, flag, octets, type Part, reserved, uint, variable } from './header.ts';
import { ipProtocolName } from './ip-protocol.ts';
import { always, layout } from './layout.ts';

const nextHeader = uint(0, 8, 'Next header', { meaning: ipProtocolName });
const length8 = uint(8, 8, 'Length (8 bytes beyond the first 8)', { meaning: (value) => `${(value + 1) * 8} bytes` });

/** Two bytes; options fill the header up to its length. */
export const HOP_BY_HOP = defineHeader('ipv6.hopopts', 'RFC 8200 §4.3', 2, { nxt: nextHeader, len: length8 });

export const DESTINATION_OPTIONS = defineHeader('ipv6.dstopts', 'RFC 8200 §4.6', 2, { nxt: nextHeader, len: length8 });

export const ROUTING = defineHeader('ipv6.routing', 'RFC 8200 §4.4', 4, {
  nxt: nextHeader,
  len: length8,
  type: uint(16, 8, 'Routing type', { meaning: routingTypeName }),
  segleft: uint(24, 8, 'Segments left'),
});

export const FRAGMENT = defineHeader('ipv6.fraghdr', 'RFC 8200 §4.5', 8, {
  nxt: nextHeader,
  reserved_octet: reserved(8, 8, { named: true }),
  offset: uint(16, 13, 'Fragment offset (8 bytes)', { meaning: (value) => (value === 0 ? null : `byte ${value * 8}`) }),
  reserved_bits: reserved(29, 2, { named: true }),
  more: flag(31, 'More fragments'),
  ident: uint(32, 32, 'Identification', { hex: true }),
});

/** The integrity check value follows, up to the header's length. */
export const AH = defineHeader('ah', 'RFC 4302 §2', 12, {
  next_header: nextHeader,
  length: uint(8, 8, 'Length (4 bytes, minus 2)', { meaning: (value) => `${(value + 2) * 4} bytes` }),
  reserved: octets(16, 2, 'Reserved'),
  spi: uint(32, 32, 'Security parameters index', { hex: true }),
  sequence: uint(64, 32, 'Sequence number'),
});

/** Bytes of a hop-by-hop, routing or destination options header: (length + 1) * 8. */
export function extensionLength(bytes: Uint8Array, at: number): number {
  return (bytes[at + 1]! + 1) << 3;
}

/** Bytes of an Authentication Header: (length + 2) * 4 (RFC 4302 §2.2). */
export function ahLength(bytes: Uint8Array, at: number): number {
  return (AH.length.read(bytes, at) + 2) << 2;
}

function routingTypeName(value: number): string | null {
  switch (value) {
    case 0:
      return 'source route (deprecated)';
    case 2:
      return 'Mobile IPv6';
    case 3:
      return 'RPL source route';
    case 4:
      return 'segment routing';
    default:
      return null;
  }
}

/** The Authentication Header with its integrity check value. */
function ahParts(bytes: Uint8Array, at: number, end: number): Part[] {
  const value = at + AH.headerLength;
  const length = Math.min(at + ahLength(bytes, at), end) - value;
  if (length <= 0) return [{ header: AH, at }];
  return [
    { header: AH, at },
    { header: variable('ah', AH.spec, 'icv', 'Integrity check value', length), at: value },
  ];
}

export const FRAGMENT_LAYOUT = layout(FRAGMENT, always(FRAGMENT), {
  protocol: 'ipv6.fraghdr',
  title: 'IPv6 fragment header',
  announcedBy: 'next header 44',
  forms: { Header: FRAGMENT },
});

export const AH_LAYOUT = layout(AH, ahParts, {
  protocol: 'ah',
  title: 'Authentication header',
  announcedBy: 'IP protocol 51',
  forms: { AH },
});
