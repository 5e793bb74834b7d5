// What IP carries: bytes typed by hand, values as tshark 4.0.17 shows them.
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
import { IGMP } from '../../../src/wire/igmp.ts';
import { OSPF } from '../../../src/wire/ospf.ts';
import { SCTP } from '../../../src/wire/sctp.ts';
import { TCP } from '../../../src/wire/tcp.ts';
import {
  TCP_EXPERIMENT,
  TCP_MSS,
  TCP_OPTION,
  TCP_OPTION_BYTE,
  TCP_SACK_BLOCK,
  TCP_TIMESTAMP,
  TCP_USER_TIMEOUT,
  TCP_WINDOW_SCALE,
} from '../../../src/wire/tcp-options.ts';
import { UDP } from '../../../src/wire/udp.ts';
import type { HeaderVector } from './vector.ts';

export const TRANSPORT_VECTORS: readonly HeaderVector[] = [
  [
    'UDP',
    UDP,
    {
      source: 'RFC 768, tshark',
      bytes: 'df 82 12 b5  00 6a 2e ab # 57218 to 4789, 106 bytes',
      values: { 'udp.srcport': 57218, 'udp.dstport': 4789, 'udp.length': 106, 'udp.checksum': 0x2eab },
    },
  ],
  [
    'TCP SYN-ACK with ECN',
    TCP,
    {
      source: 'RFC 9293 §3.1, tshark',
      bytes: `14 51 8b 28   # 5201 to 35624
              00 00 00 01   # sequence number
              fe dc ba 99   # acknowledgment number
              90 d2 20 00   # 36 bytes of header, CWR ECE ACK SYN, window 8192
              cf cd 00 03   # checksum, urgent pointer`,
      values: {
        'tcp.srcport': 5201,
        'tcp.dstport': 35624,
        'tcp.seq_raw': 1,
        'tcp.ack_raw': 4275878553,
        'tcp.hdr_len': 36,
        'tcp.flags': 0x0d2,
        'tcp.flags.cwr': true,
        'tcp.flags.ece': true,
        'tcp.flags.ack': true,
        'tcp.flags.syn': true,
        'tcp.window_size_value': 8192,
        'tcp.checksum': 0xcfcd,
        'tcp.urgent_pointer': 3,
      },
    },
  ],
  [
    'TCP with the other flags',
    TCP,
    {
      source: 'RFC 9293 §3.1, RFC 9768 §3.1',
      bytes: '00 01 00 02  ff ff ff ff  00 00 00 00  5b 2d ff ff  00 00 00 00 # 101 1 0010 1101',
      values: {
        'tcp.srcport': 1,
        'tcp.dstport': 2,
        'tcp.seq_raw': 4294967295,
        'tcp.hdr_len': 20,
        'tcp.flags': 0xb2d,
        'tcp.flags.res': 5,
        'tcp.flags.ae': true,
        'tcp.flags.urg': true,
        'tcp.flags.push': true,
        'tcp.flags.reset': true,
        'tcp.flags.fin': true,
        'tcp.window_size_value': 65535,
      },
    },
  ],
  ['No operation', TCP_OPTION_BYTE, { source: 'RFC 9293', bytes: '01', values: { 'tcp.option_kind': 1 } }],
  [
    'SACK permitted',
    TCP_OPTION,
    { source: 'RFC 2018 §2', bytes: '04 02', values: { 'tcp.option_kind': 4, 'tcp.option_len': 2 } },
  ],
  [
    'Maximum segment size',
    TCP_MSS,
    {
      source: 'lab, MTU 8951',
      bytes: '02 04 22 cf',
      values: { 'tcp.option_kind': 2, 'tcp.option_len': 4, 'tcp.options.mss_val': 8911 },
    },
  ],
  [
    'Window scale',
    TCP_WINDOW_SCALE,
    {
      source: 'RFC 7323 §2.2',
      bytes: '03 03 07',
      values: { 'tcp.option_kind': 3, 'tcp.option_len': 3, 'tcp.options.wscale.shift': 7 },
    },
  ],
  [
    'Timestamps',
    TCP_TIMESTAMP,
    {
      source: 'RFC 7323 §3.2, tshark',
      bytes: '08 0a  00 2b 75 6f  80 00 00 01',
      values: {
        'tcp.option_kind': 8,
        'tcp.option_len': 10,
        'tcp.options.timestamp.tsval': 2848111,
        'tcp.options.timestamp.tsecr': 2147483649,
      },
    },
  ],
  [
    'SACK block',
    TCP_SACK_BLOCK,
    {
      source: 'RFC 2018 §3, tshark',
      bytes: '00 00 00 64  00 00 00 c8',
      values: { 'tcp.options.sack_le': 100, 'tcp.options.sack_re': 200 },
    },
  ],
  [
    'User timeout',
    TCP_USER_TIMEOUT,
    {
      source: 'RFC 5482 §3.1, tshark',
      bytes: '1c 04 80 05',
      values: {
        'tcp.option_kind': 28,
        'tcp.option_len': 4,
        'tcp.options.user_to_granularity': true,
        'tcp.options.user_to_val': 5,
      },
    },
  ],
  [
    'Experiment',
    TCP_EXPERIMENT,
    {
      source: 'RFC 6994 §3, tshark',
      bytes: 'fe 08 f9 89',
      values: { 'tcp.option_kind': 254, 'tcp.option_len': 8, 'tcp.options.experimental.exid': 0xf989 },
    },
  ],
  [
    'SCTP',
    SCTP,
    {
      source: 'RFC 9260 §3.1, tshark',
      bytes: '0b 59 0b 5a  11 22 33 44  cd 97 fc b5',
      values: {
        'sctp.srcport': 2905,
        'sctp.dstport': 2906,
        'sctp.verification_tag': 0x11223344,
        'sctp.checksum': 0xcd97fcb5,
      },
    },
  ],
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
  [
    'IGMP',
    IGMP,
    {
      source: 'RFC 2236 §2, tshark',
      bytes: '16 14 07 e7  e0 01 02 03',
      values: { 'igmp.type': 0x16, 'igmp.max_resp': 20, 'igmp.checksum': 0x07e7, 'igmp.maddr': '224.1.2.3' },
    },
  ],
  [
    'OSPF hello',
    OSPF,
    {
      source: 'RFC 2328 §A.3.1, tshark',
      bytes: '02 01 00 2c  01 02 03 04  00 00 00 05  fc 9c',
      values: {
        'ospf.version': 2,
        'ospf.msg': 1,
        'ospf.packet_length': 44,
        'ospf.srcrouter': '1.2.3.4',
        'ospf.area_id': '0.0.0.5',
        'ospf.checksum': 0xfc9c,
      },
    },
  ],
];
