import { describe, expect, it } from 'vitest';
import { BIT } from '../../src/flow/rows/row-layout.ts';

import { ethernet, gre, hex, ipv4, ipv6, tcp, udp, vxlan } from '../support/packet-builder.ts';
import { countFrames, type Frame, told } from './traffic.ts';

const FLOW = '17 10.0.0.1:40000 > 10.0.0.2:53';
const IN_VXLAN = '[vxlan 4096 10.0.1.20 > 10.0.1.30]';
const OUTER = { src: '10.0.1.20', dst: '10.0.1.30', id: 99 } as const;

type Ip = Parameters<typeof ipv4>[0];

/** Fragments of one datagram: the first with the UDP header, the others with payload that looks like ports. */
const first = (ip: Ip = {}): Uint8Array =>
  ipv4({ id: 7, 'flags.mf': true, ...ip }, udp({ length: 3008 }, new Uint8Array(992)));
const middle = (ip: Ip = {}): Uint8Array =>
  ipv4({ id: 7, 'flags.mf': true, frag_offset: 125, ...ip }, new Uint8Array(1000).fill(1));
const last = (ip: Ip = {}): Uint8Array => ipv4({ id: 7, frag_offset: 250, ...ip }, new Uint8Array(1000).fill(2));

const plain = (packet: Uint8Array): Uint8Array => ethernet({}, packet);
const inVxlan = (packet: Uint8Array, vni = 4096): Uint8Array =>
  ethernet({}, ipv4(OUTER, udp({ dstport: 4789 }, vxlan({ vni }, ethernet({}, packet)))));

/** A VXLAN packet whose outer datagram was cut in two. */
function outerFragments(inner: Uint8Array, ip: Ip = OUTER): [Uint8Array, Uint8Array] {
  const datagram = udp({ dstport: 4789 }, vxlan({}, ethernet({}, inner)));
  const at = 80;
  return [
    ethernet({}, ipv4({ ...ip, 'flags.mf': true }, datagram.subarray(0, at))),
    ethernet({}, ipv4({ ...ip, frag_offset: at / 8 }, datagram.subarray(at))),
  ];
}

const BIG = ipv4({}, udp({}, new Uint8Array(200)));

describe('fragments of a flow’s own packets', () => {
  it('count in it, with their payload and overhead, and have no ports of their own', () => {
    const { table, orphans } = countFrames([first(), middle(), last()].map((packet) => inVxlan(packet)));
    expect(told(table)).toEqual([`${FLOW} ${IN_VXLAN} 3`]);
    expect(orphans).toEqual([false, false, false]);
    const { rows } = table;
    expect([rows.payloadBytes(0), rows.overheadBytes(0), rows.outerFragments(0)]).toEqual([3000, 150, 0]);
    expect(rows.bits(0) & (BIT.innerFragmented | BIT.outerFragmented)).toBe(BIT.innerFragmented);
  });

  it('stay with their datagram when several are on the way', () => {
    const other = { id: 8, src: '10.0.0.9' };
    const { table } = countFrames([first(), first(other), middle(other), middle(), last(), last(other)].map(plain));
    expect(told(table)).toEqual([`${FLOW} [none] 3`, '17 10.0.0.9:40000 > 10.0.0.2:53 [none] 3']);
  });

  it('of another datagram with the same identification go to the newer one', () => {
    const again = ipv4({ id: 7, 'flags.mf': true }, udp({ srcport: 5 }, new Uint8Array(992)));
    const { table } = countFrames([first(), last(), again, last()].map(plain));
    expect(told(table)).toEqual([`${FLOW} [none] 2`, '17 10.0.0.1:5 > 10.0.0.2:53 [none] 2']);
  });

  it('count where they were seen: plain and in the tunnel, copies included', () => {
    const packets = [first(), last()];
    const { table } = countFrames([...packets.map(plain), ...packets.map((packet) => inVxlan(packet))]);
    expect(told(table)).toEqual([`${FLOW} [none] 2`, `${FLOW} ${IN_VXLAN} 2`]);
  });

  it('count in the tunnel they came in, even if the first one took another', () => {
    const { table } = countFrames([inVxlan(first()), inVxlan(last(), 7)]);
    expect(told(table)).toEqual([`${FLOW} ${IN_VXLAN} 1`, `${FLOW} [vxlan 7 10.0.1.20 > 10.0.1.30] 1`]);
  });

  it('count on the link they came by, even if the first one took another', () => {
    const { table, orphans } = countFrames([plain(first()), ethernet({ src: '02:00:00:00:00:0c' }, last())]);
    expect(told(table)).toEqual([`${FLOW} [none] 1`, `${FLOW} [none] 1`]);
    expect(orphans).toEqual([false, false]);
    expect([0, 1].map((row) => table.linkOf(row))).toEqual([0, 1]);
  });

  it('of IPv6 are those with the identification of the fragment header', () => {
    const v6 = (header: string, ...payload: Uint8Array[]): Uint8Array =>
      ethernet({ type: 0x86dd }, ipv6({ nxt: 44 }, hex(header), ...payload));
    const { table, orphans } = countFrames([
      v6('11 00 0001 00000007', udp({}, new Uint8Array(8))),
      v6('11 00 0011 00000007', new Uint8Array(8)),
      v6('11 00 0011 00000008', new Uint8Array(8)),
    ]);
    expect(told(table)).toEqual(['17 fd00::1:40000 > fd00::2:53 [none] 2', '17 fd00::1:0 > fd00::2:0 [none] 1']);
    expect(orphans).toEqual([false, false, true]);
  });

  it('of another capture are others', () => {
    const { orphans } = countFrames([{ data: plain(first()) }, { data: plain(last()), capture: 1 }]);
    expect(orphans).toEqual([false, true]);
  });

  it('with a fragment header but in one piece (RFC 6946) wait for nothing', () => {
    const frame = ethernet({ type: 0x86dd }, ipv6({ nxt: 44 }, hex('11 00 0000 00000007'), udp({})));
    const { table } = countFrames([frame]);
    expect(told(table)).toEqual(['17 fd00::1:40000 > fd00::2:53 [none] 1']);
    expect(table.rows.bits(0) & BIT.innerFragmented).toBe(0);
  });

  it('of TCP are no segments beyond the first', () => {
    const segment = ipv4({ id: 7, proto: 6, 'flags.mf': true }, tcp({ seq_raw: 1 }, new Uint8Array(980)));
    const rest = ipv4({ id: 7, proto: 6, frag_offset: 125 }, new Uint8Array(1000));
    const { rows } = countFrames([plain(segment), plain(rest)]).table;
    expect([rows.packets(0), rows.data(0), rows.payloadBytes(0)]).toEqual([2, 1, 1980]);
    expect(rows.retransmissions(0)).toBe(0);
  });
});

describe('fragments of the outer packet', () => {
  it('count in the observation, apart, and neither payload nor overhead twice', () => {
    const { table, orphans } = countFrames(outerFragments(BIG));
    expect(told(table)).toEqual([`${FLOW} ${IN_VXLAN} 2`]);
    expect(orphans).toEqual([false, false]);
    const { rows } = table;
    expect([rows.outerFragments(0), rows.overheadBytes(0), rows.payloadBytes(0)]).toEqual([1, 50, 208]);
    expect(rows.bits(0) & (BIT.innerFragmented | BIT.outerFragmented)).toBe(BIT.outerFragmented);
    const [head, tail] = outerFragments(BIG);
    expect(rows.bytes(0)).toBe(head.length + tail.length);
  });

  it('stay with the flow inside, when datagrams between two nodes mix', () => {
    const other = ipv4({ src: '10.0.0.9' }, udp({}, new Uint8Array(200)));
    const [a1, a2] = outerFragments(BIG);
    const [b1, b2] = outerFragments(other, { ...OUTER, id: 100 });
    expect(told(countFrames([a1, b1, b2, a2]).table)).toEqual([
      `${FLOW} ${IN_VXLAN} 2`,
      `17 10.0.0.9:40000 > 10.0.0.2:53 ${IN_VXLAN} 2`,
    ]);
  });

  it('of a packet that was itself a fragment find their flow both ways', () => {
    const [outerHead, outerTail] = outerFragments(first());
    const { table, orphans } = countFrames([outerHead, outerTail, inVxlan(middle()), inVxlan(last())]);
    expect(told(table)).toEqual([`${FLOW} ${IN_VXLAN} 4`]);
    expect(table.rows.outerFragments(0)).toBe(1);
    expect(orphans).toEqual([false, false, false, false]);
  });

  it('of IP-in-IP and GRE count like those of VXLAN', () => {
    for (const [proto, datagram] of [
      [4, BIG],
      [47, gre({}, BIG)],
    ] as const) {
      const frames = [
        plain(ipv4({ ...OUTER, proto, 'flags.mf': true }, datagram.subarray(0, 80))),
        plain(ipv4({ ...OUTER, proto, frag_offset: 10 }, datagram.subarray(80))),
      ];
      const { rows, flowCount } = countFrames(frames).table;
      expect([flowCount, rows.packets(0), rows.outerFragments(0)]).toEqual([1, 2, 1]);
    }
  });
});

describe('a fragment without its first one', () => {
  it('is a flow of its own addresses with port 0', () => {
    const { table, orphans, counters } = countFrames([plain(middle()), plain(last())]);
    expect(told(table)).toEqual(['17 10.0.0.1:0 > 10.0.0.2:0 [none] 2']);
    expect(orphans).toEqual([true, true]);
    expect(table.rows.bits(0) & BIT.fragmentWithoutFirst).not.toBe(0);
    expect(counters.faults()).toEqual([{ code: 'fragment-without-first', count: 2, firstPacket: 1 }]);
  });

  it('of an outer packet is a flow of the outer addresses, in no tunnel', () => {
    const [head, tail] = outerFragments(BIG);
    const { table, orphans } = countFrames([tail, head]);
    expect(told(table)).toEqual(['17 10.0.1.20:0 > 10.0.1.30:0 [none] 1', `${FLOW} ${IN_VXLAN} 1`]);
    expect(orphans).toEqual([true, false]);
  });

  it('of an inner packet is a flow of the inner addresses, in its tunnel', () => {
    expect(told(countFrames([inVxlan(last())]).table)).toEqual([`17 10.0.0.1:0 > 10.0.0.2:0 ${IN_VXLAN} 1`]);
  });

  it('is said of that packet only, not of the next one', () => {
    expect(countFrames([plain(last()), plain(BIG)]).orphans).toEqual([true, false]);
    expect(countFrames([plain(last()), ethernet({ type: 0x88cc })]).orphans).toEqual([true, false]);
  });

  it('has a TTL and a payload, but is no TCP segment, whatever its bytes look like', () => {
    const rest = ipv4({ id: 7, proto: 6, frag_offset: 5, ttl: 9 }, tcp({ 'flags.syn': true, 'flags.ack': false }));
    const { rows } = countFrames([plain(rest)]).table;
    expect([rows.ttlMin(0), rows.ttlMax(0), rows.payloadBytes(0)]).toEqual([9, 9, 20]);
    expect([rows.requests(0), rows.data(0)]).toEqual([0, 0]);
  });

  it('is one of the flow’s again once a first one was captured too short to hold ports', () => {
    const short: Frame = { data: plain(first()).subarray(0, 36), original: 1034 };
    const { table, orphans } = countFrames([short, { data: plain(last()) }]);
    expect(told(table)).toEqual(['17 10.0.0.1:? > 10.0.0.2:? [none] 2']);
    expect(orphans).toEqual([false, false]);
  });
});
