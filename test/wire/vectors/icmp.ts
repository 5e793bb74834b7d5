// ICMP, ICMPv6 and neighbour discovery: bytes typed by hand, values as tshark 4.0.17 shows them.
import {
  ICMP,
  ICMP_ECHO,
  ICMP_PARAMETER,
  ICMP_REDIRECT,
  ICMP_TIMESTAMP,
  ICMP_TOO_BIG,
  ICMP_UNUSED,
} from '../../../src/wire/icmp.ts';
import {
  ICMPV6,
  ICMPV6_ECHO,
  ICMPV6_PARAMETER,
  ICMPV6_TOO_BIG,
  LISTENER_REPORT,
  NEIGHBOR_ADVERTISEMENT,
  NEIGHBOR_SOLICITATION,
  ROUTER_ADVERTISEMENT,
} from '../../../src/wire/icmpv6.ts';
import { ND_LINK_ADDRESS, ND_MTU, ND_OPTION } from '../../../src/wire/icmpv6-options.ts';
import type { HeaderVector } from './vector.ts';

export const ICMP_VECTORS: readonly HeaderVector[] = [
  [
    'ICMP, any',
    ICMP,
    {
      source: 'RFC 792',
      bytes: '0a 01 f5 fe  12 34 56 78',
      values: { 'icmp.type': 10, 'icmp.code': 1, 'icmp.checksum': 0xf5fe, 'Rest of header': 0x12345678 },
    },
  ],
  [
    'Echo request',
    ICMP_ECHO,
    {
      source: 'RFC 792, tshark',
      bytes: '08 00 36 01  12 34 00 09',
      values: { 'icmp.type': 8, 'icmp.checksum': 0x3601, 'icmp.ident': 0x1234, 'icmp.seq': 9 },
    },
  ],
  [
    'Port unreachable',
    ICMP_UNUSED,
    {
      source: 'RFC 792, tshark',
      bytes: '03 03 12 c8  00 00 00 01',
      values: { 'icmp.type': 3, 'icmp.code': 3, 'icmp.checksum': 0x12c8, 'icmp.unused': '00:00:00:01' },
    },
  ],
  [
    'Fragmentation needed',
    ICMP_TOO_BIG,
    {
      source: 'RFC 1191 §4, tshark',
      bytes: '03 04 ef cf  00 00 22 f7 # 8951',
      values: { 'icmp.type': 3, 'icmp.code': 4, 'icmp.checksum': 0xefcf, 'icmp.mtu': 8951 },
    },
  ],
  [
    'Redirect',
    ICMP_REDIRECT,
    {
      source: 'RFC 792, tshark',
      bytes: '05 01 05 cc  0a 00 00 fe',
      values: { 'icmp.type': 5, 'icmp.code': 1, 'icmp.checksum': 0x05cc, 'icmp.redir_gw': '10.0.0.254' },
    },
  ],
  [
    'Parameter problem',
    ICMP_PARAMETER,
    {
      source: 'RFC 792, tshark',
      bytes: '0c 00 f5 ca  14 00 00 07',
      values: { 'icmp.type': 12, 'icmp.checksum': 0xf5ca, 'icmp.pointer': 20, 'icmp.unused': '00:00:07' },
    },
  ],
  [
    'Timestamp',
    ICMP_TIMESTAMP,
    {
      source: 'RFC 792, tshark',
      bytes: '0d 00 f2 f2  00 03 00 04  00 00 00 01  00 00 00 02  00 00 00 03',
      values: {
        'icmp.type': 13,
        'icmp.checksum': 0xf2f2,
        'icmp.ident': 3,
        'icmp.seq': 4,
        'icmp.originate_timestamp': 1,
        'icmp.receive_timestamp': 2,
        'icmp.transmit_timestamp': 3,
      },
    },
  ],
  [
    'ICMPv6, any',
    ICMPV6,
    {
      source: 'RFC 4443 §2.1',
      bytes: '01 04 91 76  01 02 03 04',
      values: { 'icmpv6.type': 1, 'icmpv6.code': 4, 'icmpv6.checksum': 0x9176, 'icmpv6.reserved': '01:02:03:04' },
    },
  ],
  [
    'ICMPv6 echo',
    ICMPV6_ECHO,
    {
      source: 'RFC 4443 §4.1, tshark',
      bytes: '80 00 15 26  be ef 00 02',
      values: {
        'icmpv6.type': 128,
        'icmpv6.checksum': 0x1526,
        'icmpv6.echo.identifier': 0xbeef,
        'icmpv6.echo.sequence_number': 2,
      },
    },
  ],
  [
    'Packet too big',
    ICMPV6_TOO_BIG,
    {
      source: 'RFC 4443 §3.2, tshark',
      bytes: '02 00 8a e4  00 00 05 96',
      values: { 'icmpv6.type': 2, 'icmpv6.checksum': 0x8ae4, 'icmpv6.mtu': 1430 },
    },
  ],
  [
    'ICMPv6 parameter problem',
    ICMPV6_PARAMETER,
    {
      source: 'RFC 4443 §3.4, tshark',
      bytes: '04 01 8e 51  00 00 00 28',
      values: { 'icmpv6.type': 4, 'icmpv6.code': 1, 'icmpv6.checksum': 0x8e51, 'icmpv6.pointer': 40 },
    },
  ],
  [
    'Router advertisement',
    ROUTER_ADVERTISEMENT,
    {
      source: 'RFC 4861 §4.2, tshark',
      bytes: '86 00 0c 5e  40 ed 07 08  00 00 00 01  00 00 00 02 # flags 1 1 1 01 1 01',
      values: {
        'icmpv6.type': 134,
        'icmpv6.checksum': 0x0c5e,
        'icmpv6.nd.ra.cur_hop_limit': 64,
        'icmpv6.nd.ra.flag': 0xed,
        'icmpv6.nd.ra.flag.m': true,
        'icmpv6.nd.ra.flag.o': true,
        'icmpv6.nd.ra.flag.h': true,
        'icmpv6.nd.ra.flag.prf': 1,
        'icmpv6.nd.ra.flag.p': true,
        'icmpv6.nd.ra.flag.rsv': 1,
        'icmpv6.nd.ra.router_lifetime': 1800,
        'icmpv6.nd.ra.reachable_time': 1,
        'icmpv6.nd.ra.retrans_timer': 2,
      },
    },
  ],
  [
    'Neighbor solicitation',
    NEIGHBOR_SOLICITATION,
    {
      source: 'RFC 4861 §4.3, tshark',
      bytes: '87 00 8b 81  00 00 00 00  fd 00 00 48 00 00 00 00 00 00 00 00 00 00 00 c8',
      values: { 'icmpv6.type': 135, 'icmpv6.checksum': 0x8b81, 'icmpv6.nd.ns.target_address': 'fd00:48::c8' },
    },
  ],
  [
    'Neighbor advertisement',
    NEIGHBOR_ADVERTISEMENT,
    {
      source: 'RFC 4861 §4.4, tshark',
      bytes: '88 00 6a 65  e0 00 00 01  fd 00 00 48 00 00 00 00 00 00 00 00 00 00 00 c8',
      values: {
        'icmpv6.type': 136,
        'icmpv6.checksum': 0x6a65,
        'icmpv6.nd.na.flag': 0xe0000001,
        'icmpv6.nd.na.flag.r': true,
        'icmpv6.nd.na.flag.s': true,
        'icmpv6.nd.na.flag.o': true,
        'icmpv6.nd.na.flag.rsv': 1,
        'icmpv6.nd.na.target_address': 'fd00:48::c8',
      },
    },
  ],
  [
    'Multicast listener report',
    LISTENER_REPORT,
    {
      source: 'RFC 3810 §5.2',
      bytes: '8f 00 74 e1  00 00 00 02',
      values: { 'icmpv6.type': 143, 'icmpv6.checksum': 0x74e1, 'icmpv6.mldr.nb_mcast_records': 2 },
    },
  ],
  [
    'Any option',
    ND_OPTION,
    { source: 'RFC 4861 §4.6', bytes: '03 04', values: { 'icmpv6.opt.type': 3, 'icmpv6.opt.length': 4 } },
  ],
  [
    'Source link-layer address',
    ND_LINK_ADDRESS,
    {
      source: 'RFC 4861 §4.6.1, tshark',
      bytes: '01 01 66 c9 ee b1 9b 47',
      values: { 'icmpv6.opt.type': 1, 'icmpv6.opt.length': 1, 'icmpv6.opt.linkaddr': '66:c9:ee:b1:9b:47' },
    },
  ],
  [
    'MTU',
    ND_MTU,
    {
      source: 'RFC 4861 §4.6.4, tshark',
      bytes: '05 01 00 00  00 00 22 f7',
      values: { 'icmpv6.opt.type': 5, 'icmpv6.opt.length': 1, 'icmpv6.opt.mtu': 8951 },
    },
  ],
];
