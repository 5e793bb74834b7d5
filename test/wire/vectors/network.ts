// IPv4, IPv6, their options and extension headers: bytes typed by hand, values as tshark 4.0.17 shows them.
import { ESP } from '../../../src/wire/esp.ts';
import { IPV4 } from '../../../src/wire/ipv4.ts';
import {
  IPV4_OPTION,
  IPV4_OPTION_BYTE,
  IPV4_ROUTE,
  IPV4_ROUTER_ALERT,
  IPV4_TIMESTAMP,
} from '../../../src/wire/ipv4-options.ts';
import { IPV6 } from '../../../src/wire/ipv6.ts';
import { AH, DESTINATION_OPTIONS, FRAGMENT, HOP_BY_HOP, ROUTING } from '../../../src/wire/ipv6-extensions.ts';
import {
  IPV6_JUMBO,
  IPV6_OPTION,
  IPV6_PAD1,
  IPV6_ROUTER_ALERT,
  SEGMENT_ROUTING,
} from '../../../src/wire/ipv6-options.ts';
import type { HeaderVector } from './vector.ts';

export const NETWORK_VECTORS: readonly HeaderVector[] = [
  [
    'IPv4 with don’t fragment',
    IPV4,
    {
      source: 'RFC 791 §3.1, tshark',
      bytes: `45 b9 00 3c   # version 4, IHL 5, DSCP 46 ECN 1, total length 60
              1c 46 40 00   # identification, don't fragment
              40 06 b1 e6   # TTL 64, TCP, checksum
              0a 30 00 82   # 10.48.0.130
              0a 30 00 c8   # 10.48.0.200`,
      values: {
        'ip.version': 4,
        'ip.hdr_len': 20,
        'ip.dsfield': 0xb9,
        'ip.dsfield.dscp': 46,
        'ip.dsfield.ecn': 1,
        'ip.len': 60,
        'ip.id': 0x1c46,
        'ip.flags': 2,
        'ip.flags.df': true,
        'ip.ttl': 64,
        'ip.proto': 6,
        'ip.checksum': 0xb1e6,
        'ip.src': '10.48.0.130',
        'ip.dst': '10.48.0.200',
      },
    },
  ],
  [
    'IPv4 fragment',
    IPV4,
    {
      source: 'lab, inner fragments of a 20 KB ping',
      bytes: `46 03 05 c0  ab cd a0 b9  01 01 00 01  ff fe fd fc  01 02 03 04`,
      values: {
        'ip.version': 4,
        'ip.hdr_len': 24,
        'ip.dsfield': 3,
        'ip.dsfield.ecn': 3,
        'ip.len': 1472,
        'ip.id': 0xabcd,
        'ip.flags': 5,
        'ip.flags.rb': true,
        'ip.flags.mf': true,
        'ip.frag_offset': 185,
        'ip.ttl': 1,
        'ip.proto': 1,
        'ip.checksum': 1,
        'ip.src': '255.254.253.252',
        'ip.dst': '1.2.3.4',
      },
    },
  ],
  [
    'No operation',
    IPV4_OPTION_BYTE,
    { source: 'RFC 791', bytes: '01', values: { 'ip.opt.type': 1, 'ip.opt.type.number': 1 } },
  ],
  [
    'Any option',
    IPV4_OPTION,
    {
      source: 'RFC 791 (stream identifier)',
      bytes: '88 04',
      values: { 'ip.opt.type': 0x88, 'ip.opt.type.copy': true, 'ip.opt.type.number': 8, 'ip.opt.len': 4 },
    },
  ],
  [
    'Router alert',
    IPV4_ROUTER_ALERT,
    {
      source: 'RFC 2113 §2.1, tshark',
      bytes: '94 04 00 01',
      values: {
        'ip.opt.type': 148,
        'ip.opt.type.copy': true,
        'ip.opt.type.number': 20,
        'ip.opt.len': 4,
        'ip.opt.ra': 1,
      },
    },
  ],
  [
    'Loose source route',
    IPV4_ROUTE,
    {
      source: 'RFC 791, tshark',
      bytes: '83 0b 04',
      values: {
        'ip.opt.type': 131,
        'ip.opt.type.copy': true,
        'ip.opt.type.number': 3,
        'ip.opt.len': 11,
        'ip.opt.ptr': 4,
      },
    },
  ],
  [
    'Time stamp',
    IPV4_TIMESTAMP,
    {
      source: 'RFC 791, tshark',
      bytes: '44 08 09 21',
      values: {
        'ip.opt.type': 68,
        'ip.opt.type.class': 2,
        'ip.opt.type.number': 4,
        'ip.opt.len': 8,
        'ip.opt.ptr': 9,
        'ip.opt.overflow': 2,
        'ip.opt.flag': 1,
      },
    },
  ],
  [
    'IPv6',
    IPV6,
    {
      source: 'RFC 8200 §3, tshark',
      bytes: `62 ea bc de  00 1c 06 3f                          # traffic class 0x2e, flow label 0xabcde, 28 bytes of TCP
              fd 00 00 48 00 00 00 00 00 00 00 00 00 00 00 82   # fd00:48::82
              20 01 0d b8 00 00 00 01 00 00 00 00 00 00 00 01   # 2001:db8:0:1::1`,
      values: {
        'ipv6.version': 6,
        'ipv6.tclass': 0x2e,
        'ipv6.tclass.dscp': 11,
        'ipv6.tclass.ecn': 2,
        'ipv6.flow': 0xabcde,
        'ipv6.plen': 28,
        'ipv6.nxt': 6,
        'ipv6.hlim': 63,
        'ipv6.src': 'fd00:48::82',
        'ipv6.dst': '2001:db8:0:1::1',
      },
    },
  ],
  [
    'Hop-by-hop options',
    HOP_BY_HOP,
    { source: 'RFC 8200 §4.3', bytes: '3a 02', values: { 'ipv6.hopopts.nxt': 58, 'ipv6.hopopts.len': 2 } },
  ],
  [
    'Destination options',
    DESTINATION_OPTIONS,
    { source: 'RFC 8200 §4.6', bytes: '11 01', values: { 'ipv6.dstopts.nxt': 17, 'ipv6.dstopts.len': 1 } },
  ],
  ['Pad1', IPV6_PAD1, { source: 'RFC 8200 §4.2', bytes: '00', values: {} }],
  [
    'Any option',
    IPV6_OPTION,
    {
      source: 'RFC 8200 §4.2',
      bytes: 'fe 04 # 11 1 11110',
      values: {
        'ipv6.opt.type': 0xfe,
        'ipv6.opt.type.action': 3,
        'ipv6.opt.type.change': true,
        'ipv6.opt.type.rest': 30,
        'ipv6.opt.length': 4,
      },
    },
  ],
  [
    'Router alert',
    IPV6_ROUTER_ALERT,
    {
      source: 'RFC 2711 §2.1, tshark',
      bytes: '05 02 00 01',
      values: { 'ipv6.opt.type': 5, 'ipv6.opt.type.rest': 5, 'ipv6.opt.length': 2, 'ipv6.opt.router_alert': 1 },
    },
  ],
  [
    'Jumbo payload',
    IPV6_JUMBO,
    {
      source: 'RFC 2675 §2',
      bytes: 'c2 04  00 01 00 00 # 65536',
      values: {
        'ipv6.opt.type': 0xc2,
        'ipv6.opt.type.action': 3,
        'ipv6.opt.type.rest': 2,
        'ipv6.opt.length': 4,
        'ipv6.opt.jumbo': 65536,
      },
    },
  ],
  [
    'Routing header',
    ROUTING,
    {
      source: 'RFC 8754 §2, tshark',
      bytes: '11 04 04 01',
      values: { 'ipv6.routing.nxt': 17, 'ipv6.routing.len': 4, 'ipv6.routing.type': 4, 'ipv6.routing.segleft': 1 },
    },
  ],
  [
    'Segment routing',
    SEGMENT_ROUTING,
    {
      source: 'RFC 8754 §2, tshark',
      bytes: '01 80 be ef',
      values: {
        'ipv6.routing.srh.last_entry': 1,
        'ipv6.routing.srh.flags': 0x80,
        'ipv6.routing.srh.tag': 'be:ef',
      },
    },
  ],
  [
    'Fragment header',
    FRAGMENT,
    {
      source: 'RFC 8200 §4.5, tshark',
      bytes: '11 a5 05 cd  00 00 ca fe # offset 185, reserved 2, more',
      values: {
        'ipv6.fraghdr.nxt': 17,
        'ipv6.fraghdr.reserved_octet': 0xa5,
        'ipv6.fraghdr.offset': 185,
        'ipv6.fraghdr.reserved_bits': 2,
        'ipv6.fraghdr.more': true,
        'ipv6.fraghdr.ident': 0xcafe,
      },
    },
  ],
  [
    'Authentication header',
    AH,
    {
      source: 'RFC 4302 §2, tshark',
      bytes: '06 04 be ef  00 00 10 01  00 00 00 05',
      values: {
        'ah.next_header': 6,
        'ah.length': 4,
        'ah.reserved': 'be:ef',
        'ah.spi': 0x1001,
        'ah.sequence': 5,
      },
    },
  ],
  [
    'Encapsulating security payload',
    ESP,
    {
      source: 'RFC 4303 §2, tshark',
      bytes: 'c0 00 20 02  00 00 00 06',
      values: { 'esp.spi': 0xc0002002, 'esp.sequence': 6 },
    },
  ],
];
