// What IP carries: bytes typed by hand, values as tshark 4.0.17 shows them.
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
