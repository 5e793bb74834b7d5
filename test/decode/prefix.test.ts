// Every shorter prefix of a packet: what is cut off is named exactly, with bytes needed and present and who set the limit;
// the layers before it stay.
import { describe, expect, it } from 'vitest';
import {
  arp,
  ethernet,
  geneve,
  hex,
  icmpEcho,
  ipv4,
  ipv6,
  mpls,
  pppoe,
  tcp,
  udp,
  vlan,
  vxlanFrame,
} from '../support/packet-builder.ts';
import { walkPacket } from '../support/walk-packet.ts';

/** What must be there, in the order in which it is asked for: at this offset, this many bytes, else this fault. */
type Demand = readonly [offset: number, need: number, fault: string];

const ETHERNET: Demand = [0, 14, 'ethernet-truncated'];
const IPV4: Demand = [14, 20, 'ipv4-header-truncated'];
const IPV6: Demand = [14, 40, 'ipv6-header-truncated'];

const over4 = (proto: number, ...payload: Uint8Array[]) => ethernet({}, ipv4({ proto }, ...payload));
const over6 = (nxt: number, ...payload: Uint8Array[]) => ethernet({ type: 0x86dd }, ipv6({ nxt }, ...payload));

const PACKETS: readonly (readonly [string, number, Uint8Array, readonly Demand[]])[] = [
  ['ARP', 1, ethernet({ type: 0x0806 }, arp()), [ETHERNET, [14, 8, 'arp-truncated'], [14, 28, 'arp-truncated']]],
  [
    'TCP with IPv4 options behind a VLAN tag',
    1,
    ethernet({ type: 0x8100 }, vlan({}, ipv4({ proto: 6, options: hex('94040000') }, tcp({})))),
    [
      ETHERNET,
      [14, 4, 'vlan-truncated'],
      [18, 20, 'ipv4-header-truncated'],
      [18, 24, 'ipv4-header-truncated'],
      [42, 20, 'tcp-truncated'],
    ],
  ],
  [
    'TCP behind two MPLS labels',
    1,
    ethernet({ type: 0x8847 }, mpls({ bottom: false }), mpls({}, ipv4({ proto: 6 }, tcp({})))),
    [
      ETHERNET,
      [14, 4, 'mpls-truncated'],
      [18, 4, 'mpls-truncated'],
      [18, 5, 'mpls-truncated'],
      [22, 20, 'ipv4-header-truncated'],
      [42, 20, 'tcp-truncated'],
    ],
  ],
  [
    'UDP in a PPPoE session',
    1,
    ethernet({ type: 0x8864 }, pppoe({}, ipv4({}, udp({})))),
    [
      ETHERNET,
      [14, 6, 'pppoe-truncated'],
      [20, 2, 'ppp-truncated'],
      [22, 20, 'ipv4-header-truncated'],
      [42, 8, 'udp-truncated'],
    ],
  ],
  ['UDP over IPv6', 1, over6(17, udp({})), [ETHERNET, IPV6, [54, 8, 'udp-truncated']]],
  ['ICMP', 1, over4(1, icmpEcho()), [ETHERNET, IPV4, [34, 8, 'icmp-truncated']]],
  ['ICMPv6', 1, over6(58, hex('80000000 00010002')), [ETHERNET, IPV6, [54, 8, 'icmpv6-truncated']]],
  ['SCTP', 1, over4(132, new Uint8Array(12)), [ETHERNET, IPV4, [34, 12, 'sctp-truncated']]],
  ['IGMP', 1, over4(2, new Uint8Array(8)), [ETHERNET, IPV4, [34, 8, 'igmp-truncated']]],
  ['ESP', 1, over4(50, new Uint8Array(8)), [ETHERNET, IPV4, [34, 8, 'esp-truncated']]],
  ['OSPF', 1, over4(89, new Uint8Array(14)), [ETHERNET, IPV4, [34, 14, 'ospf-truncated']]],
  [
    'AH',
    1,
    over4(51, hex('3b04 0000 00000001 00000001 000000000000000000000000')),
    [ETHERNET, IPV4, [34, 12, 'ah-truncated'], [34, 24, 'ah-truncated']],
  ],
  [
    'IPv6 extension headers',
    1,
    over6(
      0,
      hex('2b01 0502 0000 010a 00000000 00000000'),
      hex('3c00 0400 0000 0000'),
      hex('2c00 0104 00000000'),
      hex('11000000 00000001'),
      udp({}),
    ),
    [
      ETHERNET,
      IPV6,
      [54, 8, 'hop-by-hop-truncated'],
      [54, 16, 'hop-by-hop-truncated'],
      [70, 8, 'routing-truncated'],
      [78, 8, 'destination-options-truncated'],
      [86, 8, 'fragment-truncated'],
      [94, 8, 'udp-truncated'],
    ],
  ],
  [
    'TCP in VXLAN',
    1,
    vxlanFrame(over4(6, tcp({}))),
    [
      ETHERNET,
      IPV4,
      [34, 8, 'udp-truncated'],
      [42, 8, 'vxlan-truncated'],
      [50, 14, 'ethernet-truncated'],
      [64, 20, 'ipv4-header-truncated'],
      [84, 20, 'tcp-truncated'],
    ],
  ],
  [
    'Geneve with an option',
    1,
    over4(17, udp({ dstport: 6081 }, geneve({ options: hex('0102800100000001') }, ethernet({}, ipv4({}, udp({})))))),
    [
      ETHERNET,
      IPV4,
      [34, 8, 'udp-truncated'],
      [42, 8, 'geneve-truncated'],
      [42, 16, 'geneve-truncated'],
      [58, 14, 'ethernet-truncated'],
      [72, 20, 'ipv4-header-truncated'],
      [92, 8, 'udp-truncated'],
    ],
  ],
  [
    'IPv6 in GRE with a key',
    1,
    over4(47, hex('200086dd 00000005'), ipv6({}, udp({}))),
    [
      ETHERNET,
      IPV4,
      [34, 4, 'gre-truncated'],
      [34, 8, 'gre-truncated'],
      [42, 40, 'ipv6-header-truncated'],
      [82, 8, 'udp-truncated'],
    ],
  ],
  [
    'ERSPAN type III with subheader',
    1,
    over4(47, hex('100022eb 00000001 200500090000000000000001 0000000000000000'), ethernet({}, ipv4({}, udp({})))),
    [
      ETHERNET,
      IPV4,
      [34, 4, 'gre-truncated'],
      [34, 8, 'gre-truncated'],
      [42, 8, 'erspan-truncated'],
      [42, 12, 'erspan-truncated'],
      [42, 20, 'erspan-truncated'],
      [62, 14, 'ethernet-truncated'],
      [76, 20, 'ipv4-header-truncated'],
      [96, 8, 'udp-truncated'],
    ],
  ],
  [
    'IPv4 in IPv4',
    1,
    over4(4, ipv4({}, udp({}))),
    [ETHERNET, IPV4, [34, 20, 'ipv4-header-truncated'], [54, 8, 'udp-truncated']],
  ],
  [
    'Linux cooked v1',
    113,
    new Uint8Array([...hex('0000 0001 0006 66c9eeb19b47 0000 0800'), ...ipv4({}, udp({}))]),
    [
      [0, 16, 'sll-truncated'],
      [16, 20, 'ipv4-header-truncated'],
      [36, 8, 'udp-truncated'],
    ],
  ],
  [
    'Linux cooked v2',
    276,
    new Uint8Array([...hex('0800 0000 00000005 0001 00 06 66c9eeb19b47 0000'), ...ipv4({}, udp({}))]),
    [
      [0, 20, 'sll2-truncated'],
      [20, 20, 'ipv4-header-truncated'],
      [40, 8, 'udp-truncated'],
    ],
  ],
  [
    'BSD loopback',
    0,
    new Uint8Array([2, 0, 0, 0, ...ipv4({}, udp({}))]),
    [
      [0, 4, 'null-truncated'],
      [4, 20, 'ipv4-header-truncated'],
      [24, 8, 'udp-truncated'],
    ],
  ],
  [
    'raw IP',
    101,
    ipv4({}, udp({})),
    [
      [0, 1, 'raw-truncated'],
      [0, 20, 'ipv4-header-truncated'],
      [20, 8, 'udp-truncated'],
    ],
  ],
];

describe.each(PACKETS)('%s', (_, linkType, packet, demands) => {
  const whole = walkPacket(packet, { linkType });

  it('is whole as it is', () => expect([whole.outcome === 'faulty', whole.fault]).toEqual([false, 'none']));

  it.each([
    ['cut by the capture', 1, 'captured'],
    ['no longer on the wire', 0, 'frame.len'],
  ])('%s, at every length', (_how, more, limit) => {
    const last = demands.at(-1)!;
    for (let length = 0; length < packet.length; length++) {
      const missing = demands.find(([offset, need]) => offset + need > length);
      const walked = walkPacket(packet.subarray(0, length), { linkType, original: length + more });
      if (missing === undefined) {
        expect(length).toBeGreaterThanOrEqual(last[0] + last[1]);
        expect(walked.outcome).not.toBe('faulty');
        continue;
      }
      const [offset, need, fault] = missing;
      expect([length, walked.outcome, walked.fault]).toEqual([length, 'faulty', fault]);
      expect(walked.where).toBe(`need ${need} have ${Math.max(length - offset, 0)} at ${offset} (${limit})`);
      expect(whole.path.startsWith(walked.path)).toBe(true);
    }
  });
});

describe('LLC', () => {
  it.each([
    [hex('aaaa03 000000 08'), 8, 7],
    [hex('4242'), 3, 2],
  ])('is cut off by the length field: %o', (payload, need, have) => {
    const header = new Uint8Array(14);
    header.set(hex('0180c2000000 66c9eeb19b47'));
    header[13] = payload.length;
    const walked = walkPacket(new Uint8Array([...header, ...payload, ...new Uint8Array(40)]));
    expect([walked.path, walked.fault, walked.where]).toEqual([
      'eth',
      'llc-truncated',
      `need ${need} have ${have} at 14 (eth.len)`,
    ]);
  });
});

describe('IPv6', () => {
  it('names its own length as the limit', () => {
    const walked = walkPacket(ethernet({ type: 0x86dd }, ipv6({ nxt: 6, plen: 12 }, tcp({}))));
    expect([walked.fault, walked.where]).toEqual(['tcp-truncated', 'need 20 have 12 at 54 (ipv6.plen)']);
  });
});
