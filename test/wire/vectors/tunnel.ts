// Tunnels: bytes typed by hand from the RFCs' figures, values as tshark 4.0.17 shows them.
import { ERSPAN2, ERSPAN3 } from '../../../src/wire/erspan.ts';
import { GENEVE, GENEVE_OPTION } from '../../../src/wire/geneve.ts';
import { GRE, GRE_CHECKSUM, GRE_KEY, GRE_SEQUENCE } from '../../../src/wire/gre.ts';
import { VXLAN, VXLAN_GPE } from '../../../src/wire/vxlan.ts';
import {
  WIREGUARD,
  WIREGUARD_COOKIE,
  WIREGUARD_DATA,
  WIREGUARD_INITIATION,
  WIREGUARD_RESPONSE,
} from '../../../src/wire/wireguard.ts';
import type { HeaderVector } from './vector.ts';

export const TUNNEL_VECTORS: readonly HeaderVector[] = [
  [
    'VXLAN as Calico sends it',
    VXLAN,
    {
      source: 'RFC 7348 §5, lab',
      bytes: '08 00 00 00  00 10 00 00 # I flag, VNI 4096',
      values: { 'vxlan.flags': 0x0800, 'vxlan.flag_i': true, 'vxlan.vni': 4096 },
    },
  ],
  [
    'VXLAN with group policy',
    VXLAN,
    {
      source: 'draft-smith-vxlan-group-policy §2.1, tshark',
      bytes: '88 48 12 34  ff ff fe 07 # G I, D A, group 0x1234, VNI 16777214',
      values: {
        'vxlan.flags': 0x8848,
        'vxlan.flag_g': true,
        'vxlan.flag_i': true,
        'vxlan.flag_d': true,
        'vxlan.flag_a': true,
        'vxlan.gbp': 0x1234,
        'vxlan.vni': 16777214,
        'vxlan.reserved8': 7,
      },
    },
  ],
  [
    'VXLAN-GPE',
    VXLAN_GPE,
    {
      source: 'draft-ietf-nvo3-vxlan-gpe §3, tshark',
      bytes: '1d 00 05 04  00 10 01 07 # version 1, I P O, NSH',
      values: {
        'vxlan.flags': 0x1d,
        'vxlan.ver': 1,
        'vxlan.i_bit': true,
        'vxlan.p_bit': true,
        'vxlan.o_bit': true,
        'vxlan.reserved_16': 5,
        'vxlan.next_proto': 4,
        'vxlan.vni': 4097,
        'vxlan.reserved8': 7,
      },
    },
  ],
  [
    'Geneve',
    GENEVE,
    {
      source: 'RFC 8926 §3.4, tshark',
      bytes: '43 c1 65 58  00 00 0a 07 # version 1, 3 words of options, O C, Ethernet, VNI 10',
      values: {
        'geneve.version': 1,
        'geneve.option.length': 12,
        'geneve.flags': 0xc1,
        'geneve.flags.oam': true,
        'geneve.flags.critical': true,
        'geneve.flags.reserved': 1,
        'geneve.proto_type': 0x6558,
        'geneve.vni': 10,
        'geneve.reserved': 7,
      },
    },
  ],
  [
    'Geneve option',
    GENEVE_OPTION,
    {
      source: 'RFC 8926 §3.5, tshark (which counts the option’s own header)',
      bytes: '01 02 81 a1 # class, critical 1, flags 5, one word of data',
      values: {
        'geneve.option.class': 0x0102,
        'geneve.option.type': 0x81,
        'geneve.option.type.critical': true,
        'Type number': 1,
        'geneve.option.flags': 5,
        'geneve.option.length': 8,
      },
    },
  ],
  [
    'GRE',
    GRE,
    {
      source: 'RFC 2784 §2, RFC 2890 §2, tshark',
      bytes: 'b0 00 86 dd # C K S',
      values: {
        'gre.flags_and_version': 0xb000,
        'gre.flags.checksum': true,
        'gre.flags.key': true,
        'gre.flags.sequence_number': true,
        'gre.proto': 0x86dd,
      },
    },
  ],
  [
    'GRE with the other bits',
    GRE,
    {
      source: 'RFC 1701, tshark',
      bytes: '4d 89 88 0b # 0100 1 101 10001 001',
      values: {
        'gre.flags_and_version': 0x4d89,
        'gre.flags.routing': true,
        'gre.flags.strict_source_route': true,
        'gre.flags.recursion_control': 5,
        'gre.flags.reserved': 17,
        'gre.flags.version': 1,
        'gre.proto': 0x880b,
      },
    },
  ],
  [
    'GRE checksum',
    GRE_CHECKSUM,
    { source: 'RFC 2784', bytes: 'ba 4d 00 01', values: { 'gre.checksum': 0xba4d, 'gre.offset': 1 } },
  ],
  ['GRE key', GRE_KEY, { source: 'RFC 2890 §2.1', bytes: 'de ad be ef', values: { 'gre.key': 0xdeadbeef } }],
  [
    'GRE sequence',
    GRE_SEQUENCE,
    { source: 'RFC 2890 §2.2', bytes: '00 00 00 07', values: { 'gre.sequence_number': 7 } },
  ],
  [
    'ERSPAN type II',
    ERSPAN2,
    {
      source: 'draft-foschiano-erspan §4.2, tshark',
      bytes: '10 05 ac 09  12 34 56 78 # version 1, VLAN 5, 101 01 1 0000001001',
      values: {
        'erspan.version': 1,
        'erspan.vlan': 5,
        'erspan.cos': 5,
        'erspan.encap': 1,
        'erspan.truncated': 1,
        'erspan.spanid': 9,
        'erspan.reserved': 0x123,
        'erspan.index': 0x45678,
      },
    },
  ],
  [
    'ERSPAN type III',
    ERSPAN3,
    {
      source: 'draft-foschiano-erspan §4.3, tshark',
      bytes: '20 05 ac 09  00 00 00 01  be ef  8a 5d # 1 00010 100101 1 10 1',
      values: {
        'erspan.version': 2,
        'erspan.vlan': 5,
        'erspan.cos': 5,
        'erspan.bso': 1,
        'erspan.truncated': 1,
        'erspan.spanid': 9,
        'erspan.timestamp': 1,
        'erspan.sgt': 0xbeef,
        'erspan.p': 1,
        'erspan.ft': 2,
        'erspan.hw': 37,
        'erspan.direction': true,
        'erspan.gra': 2,
        'erspan.o': 1,
      },
    },
  ],
  [
    'WireGuard, any',
    WIREGUARD,
    { source: 'whitepaper §5.4', bytes: '04 01 02 03', values: { 'wg.type': 4, 'wg.reserved': '01:02:03' } },
  ],
  [
    'WireGuard handshake initiation',
    WIREGUARD_INITIATION,
    {
      source: 'whitepaper §5.4.2, tshark',
      bytes: `01 00 00 00  44 33 22 11 # sender 0x11223344
        00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e 1f # ephemeral
        20 21 22 23 24 25 26 27 28 29 2a 2b 2c 2d 2e 2f 30 31 32 33 34 35 36 37 38 39 3a 3b 3c 3d 3e 3f # static
        40 41 42 43 44 45 46 47 48 49 4a 4b 4c 4d 4e 4f                                                 # and its tag
        50 51 52 53 54 55 56 57 58 59 5a 5b 5c 5d 5e 5f 60 61 62 63 64 65 66 67 68 69 6a 6b             # timestamp
        6c 6d 6e 6f 70 71 72 73 74 75 76 77 78 79 7a 7b  7c 7d 7e 7f 80 81 82 83 84 85 86 87 88 89 8a 8b # MACs`,
      values: {
        'wg.type': 1,
        'wg.sender': 0x11223344,
        'wg.ephemeral': 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
        'wg.encrypted_static': byteRange(0x20, 0x4f),
        'wg.encrypted_timestamp': byteRange(0x50, 0x6b),
        'wg.mac1': byteRange(0x6c, 0x7b),
        'wg.mac2': byteRange(0x7c, 0x8b),
      },
    },
  ],
  [
    'WireGuard handshake response',
    WIREGUARD_RESPONSE,
    {
      source: 'whitepaper §5.4.3, tshark',
      bytes: `02 00 00 00  88 77 66 55  44 33 22 11
        00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e 1f
        20 21 22 23 24 25 26 27 28 29 2a 2b 2c 2d 2e 2f
        30 31 32 33 34 35 36 37 38 39 3a 3b 3c 3d 3e 3f  40 41 42 43 44 45 46 47 48 49 4a 4b 4c 4d 4e 4f`,
      values: {
        'wg.type': 2,
        'wg.sender': 0x55667788,
        'wg.receiver': 0x11223344,
        'wg.ephemeral': 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
        'wg.encrypted_empty': byteRange(0x20, 0x2f),
        'wg.mac1': byteRange(0x30, 0x3f),
        'wg.mac2': byteRange(0x40, 0x4f),
      },
    },
  ],
  [
    'WireGuard cookie reply',
    WIREGUARD_COOKIE,
    {
      source: 'whitepaper §5.4.7, tshark',
      bytes: `03 00 00 00  44 33 22 11
        00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 11 12 13 14 15 16 17
        18 19 1a 1b 1c 1d 1e 1f 20 21 22 23 24 25 26 27 28 29 2a 2b 2c 2d 2e 2f 30 31 32 33 34 35 36 37`,
      values: {
        'wg.type': 3,
        'wg.receiver': 0x11223344,
        'wg.nonce': byteRange(0x00, 0x17),
        'wg.encrypted_cookie': byteRange(0x18, 0x37),
      },
    },
  ],
  [
    'WireGuard transport data',
    WIREGUARD_DATA,
    {
      source: 'whitepaper §5.4.6, tshark',
      bytes: '04 00 00 00  44 33 22 11  04 01 00 00 01 00 00 00 # counter 2^32 + 260',
      values: { 'wg.type': 4, 'wg.receiver': 0x11223344, 'wg.counter': 4294967556 },
    },
  ],
];

function byteRange(from: number, to: number): string {
  return Array.from({ length: to - from + 1 }, (_, i) => (from + i).toString(16).padStart(2, '0')).join(':');
}
