// IPv4. The header is 20 bytes and up to 40 bytes of options, by the IHL field.
import { dscpName, ecnName } from './diffserv.ts';
import { defineHeader, flag, ipv4, uint } from './header.ts';
import { ipProtocolName } from './ip-protocol.ts';

export const IPV4 = defineHeader('ip', 'RFC 791 §3.1, RFC 2474 §3, RFC 3168 §5', 20, {
  version: uint(0, 4, 'Version'),
  hdr_len: uint(4, 4, 'Header length (IHL)', { unit: 4 }),
  dsfield: uint(8, 8, 'Differentiated services', { hex: true, group: true }),
  'dsfield.dscp': uint(8, 6, 'DSCP', { meaning: dscpName }),
  'dsfield.ecn': uint(14, 2, 'ECN', { meaning: ecnName }),
  len: uint(16, 16, 'Total length'),
  id: uint(32, 16, 'Identification', { hex: true }),
  flags: uint(48, 3, 'Flags', { hex: true, group: true }),
  'flags.rb': flag(48, 'Reserved bit'),
  'flags.df': flag(49, "Don't fragment"),
  'flags.mf': flag(50, 'More fragments'),
  frag_offset: uint(51, 13, 'Fragment offset (8 bytes)', {
    meaning: (value) => (value === 0 ? null : `byte ${value * 8}`),
  }),
  ttl: uint(64, 8, 'Time to live'),
  proto: uint(72, 8, 'Protocol', { meaning: ipProtocolName }),
  checksum: uint(80, 16, 'Header checksum', { hex: true }),
  src: ipv4(96, 'Source address'),
  dst: ipv4(128, 'Destination address'),
});

/** Bytes of the whole header with options: IHL in bytes, 0..60. `IPV4.hdr_len.read` itself counts 32-bit words. */
export function ipv4HeaderLength(bytes: Uint8Array, at: number): number {
  return IPV4.hdr_len.read(bytes, at) << 2;
}
