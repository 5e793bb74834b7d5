// IPv6 and its fixed 40 bytes; the extension headers are in ipv6-extensions.ts.
import { dscpName, ecnName } from './diffserv.ts';
import { defineHeader, ipv6, uint } from './header.ts';
import { ipProtocolName } from './ip-protocol.ts';
import { always, layout } from './layout.ts';

export const IPV6 = defineHeader('ipv6', 'RFC 8200 §3', 40, {
  version: uint(0, 4, 'Version'),
  tclass: uint(4, 8, 'Traffic class', { hex: true, group: true }),
  'tclass.dscp': uint(4, 6, 'DSCP', { meaning: dscpName }),
  'tclass.ecn': uint(10, 2, 'ECN', { meaning: ecnName }),
  flow: uint(12, 20, 'Flow label', { hex: true }),
  plen: uint(32, 16, 'Payload length'),
  nxt: uint(48, 8, 'Next header', { meaning: ipProtocolName }),
  hlim: uint(56, 8, 'Hop limit'),
  src: ipv6(64, 'Source address'),
  dst: ipv6(192, 'Destination address'),
});

export const IPV6_LAYOUT = layout(IPV6, always(IPV6), {
  protocol: 'ipv6',
  title: 'IPv6',
  announcedBy: 'EtherType 0x86dd, IP protocol 41',
  forms: { IPv6: IPV6 },
});
