// Link layers: bytes typed by hand from the specifications and from frames of the lab, values as tshark 4.0.17 shows them.
import { ARP } from '../../../src/wire/arp.ts';
import { ETHERNET, ETHERNET_802_3 } from '../../../src/wire/ethernet.ts';
import { LLC, LLC_SNAP, LLC_SNAP_PID } from '../../../src/wire/llc.ts';
import { MPLS, PSEUDOWIRE } from '../../../src/wire/mpls.ts';
import { NULL_LOOPBACK, NULL_LOOPBACK_LE } from '../../../src/wire/null.ts';
import { PPP, PPPOE } from '../../../src/wire/pppoe.ts';
import { SLL } from '../../../src/wire/sll.ts';
import { SLL2 } from '../../../src/wire/sll2.ts';
import { SERVICE_VLAN, VLAN } from '../../../src/wire/vlan.ts';
import type { HeaderVector } from './vector.ts';

export const LINK_VECTORS: readonly HeaderVector[] = [
  [
    'Ethernet II',
    ETHERNET,
    {
      source: 'lab, control1 to worker1',
      bytes: `02 85 fc c5 96 85   # destination
              02 79 d5 90 06 0b   # source
              08 00               # IPv4`,
      values: { 'eth.dst': '02:85:fc:c5:96:85', 'eth.src': '02:79:d5:90:06:0b', 'eth.type': 0x0800 },
    },
  ],
  [
    'IEEE 802.3',
    ETHERNET_802_3,
    {
      source: 'spanning tree frame, tshark',
      bytes: '01 80 c2 00 00 00  66 c9 ee b1 9b 47  00 26 # 38 bytes of LLC',
      values: { 'eth.dst': '01:80:c2:00:00:00', 'eth.src': '66:c9:ee:b1:9b:47', 'eth.len': 38 },
    },
  ],
  [
    '802.1Q',
    VLAN,
    {
      source: 'IEEE 802.1Q §9.6, tshark',
      bytes: 'b0 64  08 00 # 101 1 0000 0110 0100',
      values: { 'vlan.priority': 5, 'vlan.dei': true, 'vlan.id': 100, 'vlan.etype': 0x0800 },
    },
  ],
  [
    '802.1ad',
    SERVICE_VLAN,
    {
      source: 'IEEE 802.1ad, tshark',
      bytes: '7f ff  81 00 # 011 1 1111 1111 1111',
      values: { 'ieee8021ad.priority': 3, 'ieee8021ad.dei': true, 'ieee8021ad.id': 4095, 'ieee8021ah.etype': 0x8100 },
    },
  ],
  [
    'MPLS label',
    MPLS,
    {
      source: 'RFC 3032 §2.1, tshark',
      bytes: '00 0c 8b 3f # 0000 0000 0000 1100 1000 101 1, 63',
      values: { 'mpls.label': 200, 'mpls.exp': 5, 'mpls.bottom': true, 'mpls.ttl': 63 },
    },
  ],
  [
    'MPLS, all bits but the last of the stack',
    MPLS,
    {
      source: 'tshark',
      bytes: 'ff ff fe ff',
      values: { 'mpls.label': 1048575, 'mpls.exp': 7, 'mpls.bottom': false, 'mpls.ttl': 255 },
    },
  ],
  [
    'Ethernet pseudowire control word',
    PSEUDOWIRE,
    { source: 'RFC 4448 §4.6, tshark', bytes: '00 00 12 34', values: { 'pweth.cw.sequence_number': 0x1234 } },
  ],
  [
    'PPPoE session',
    PPPOE,
    {
      source: 'RFC 2516 §4, tshark',
      bytes: `11       # version 1, type 1
              09       # code (PADI, of the discovery stage: session data is 0)
              ff fe    # session
              00 26    # 38 bytes: PPP and what it carries`,
      values: {
        'pppoe.version': 1,
        'pppoe.type': 1,
        'pppoe.code': 9,
        'pppoe.session_id': 0xfffe,
        'pppoe.payload_length': 38,
      },
    },
  ],
  ['PPP', PPP, { source: 'RFC 1661 §2, tshark', bytes: 'c0 21 # LCP', values: { 'ppp.protocol': 0xc021 } }],
  [
    'LLC',
    LLC,
    {
      source: 'spanning tree, tshark',
      bytes: '42 43 03',
      values: { 'llc.dsap': 0x42, 'llc.ssap': 0x43, 'llc.control': 3 },
    },
  ],
  [
    'SNAP with an EtherType',
    LLC_SNAP,
    {
      source: 'RFC 1042, tshark',
      bytes: 'aa aa 03  00 00 f8  08 00',
      values: { 'llc.dsap': 0xaa, 'llc.ssap': 0xaa, 'llc.control': 3, 'llc.oui': 0xf8, 'llc.type': 0x0800 },
    },
  ],
  [
    'SNAP of Cisco',
    LLC_SNAP_PID,
    {
      source: 'CDP frame',
      bytes: 'aa aa 03  00 00 0c  20 00',
      values: { 'llc.dsap': 0xaa, 'llc.ssap': 0xaa, 'llc.control': 3, 'llc.oui': 0x0c, 'llc.pid': 0x2000 },
    },
  ],
  [
    'ARP reply',
    ARP,
    {
      source: 'RFC 826, tshark',
      bytes: `00 01  08 00  06 04  00 02            # Ethernet, IPv4, sizes 6 and 4, reply
              66 c9 ee b1 9b 47   0a 30 00 82       # sender
              66 14 9d f4 2c 1f   0a 30 00 ce       # target`,
      values: {
        'arp.hw.type': 1,
        'arp.proto.type': 0x0800,
        'arp.hw.size': 6,
        'arp.proto.size': 4,
        'arp.opcode': 2,
        'arp.src.hw_mac': '66:c9:ee:b1:9b:47',
        'arp.src.proto_ipv4': '10.48.0.130',
        'arp.dst.hw_mac': '66:14:9d:f4:2c:1f',
        'arp.dst.proto_ipv4': '10.48.0.206',
      },
    },
  ],
  [
    'Linux cooked v1',
    SLL,
    {
      source: 'LINKTYPE_LINUX_SLL, tshark',
      bytes: `00 04  03 04  00 06              # sent by us, loopback, 6 bytes of address
              66 c9 ee b1 9b 47  12 34  86 dd  # address, unused, IPv6`,
      values: {
        'sll.pkttype': 4,
        'sll.hatype': 772,
        'sll.halen': 6,
        'sll.src.eth': '66:c9:ee:b1:9b:47',
        'sll.unused': '12:34',
        'sll.etype': 0x86dd,
      },
    },
  ],
  [
    'Linux cooked v2',
    SLL2,
    {
      source: 'LINKTYPE_LINUX_SLL2, tshark',
      bytes: `08 00  00 00  00 01 02 03  00 01  04  06   # IPv4, reserved, ifindex, Ethernet, sent by us, length
              66 c9 ee b1 9b 47  12 34`,
      values: {
        'sll.etype': 0x0800,
        'sll.ifindex': 0x010203,
        'sll.hatype': 1,
        'sll.pkttype': 4,
        'sll.halen': 6,
        'sll.src.eth': '66:c9:ee:b1:9b:47',
        'sll.unused': '12:34',
      },
    },
  ],
  [
    'OpenBSD loopback',
    NULL_LOOPBACK,
    { source: 'LINKTYPE_LOOP, tshark', bytes: '00 00 00 18', values: { 'null.family': 24 } },
  ],
  [
    'BSD loopback of a little-endian host',
    NULL_LOOPBACK_LE,
    { source: 'LINKTYPE_NULL, tshark', bytes: '1e 00 00 00', values: { 'null.family': 30 } },
  ],
];
