import { describe, expect, it } from 'vitest';
import type { LinkRecord } from '../../../src/flow/frame-records.ts';
import { arp, ethernet, gre, hex, ipv4, ipv6, udp, vlan, vxlanFrame } from '../../support/packet-builder.ts';
import { countFrames, type Frame } from '../traffic.ts';

const IP = ipv4({}, udp({}));
const MACS = { src: '02:00:00:00:00:0a', dst: '02:00:00:00:00:0b' };
/** Packet type 4 (outgoing), ARPHRD 1, six address bytes, IPv4. */
const SLL = hex('0004 0001 0006 66c9eeb19b47 0000 0800');
/** IPv4, ifindex 0x00010203, ARPHRD 1, packet type 3, six address bytes. */
const SLL2 = hex('0800 0000 00010203 0001 03 06 66c9eeb19b47 0000');

function linksOf(...frames: (Frame | Uint8Array)[]): LinkRecord[] {
  const { table } = countFrames(frames);
  return Array.from({ length: table.links.count }, (_, i) => table.links.record(i));
}

const of = (linkType: number, ...parts: Uint8Array[]): Frame => ({
  linkType,
  data: Uint8Array.from(parts.flatMap((part) => [...part])),
});

const NOTHING = { src: null, dst: null, packetType: null, ifindex: null, carried: false };

describe('links', () => {
  it('of Ethernet frames have both MACs', () => {
    expect(linksOf(ethernet({ src: '66:c9:ee:b1:9b:47', dst: 'ff:ff:ff:ff:ff:ff' }, IP))).toEqual([
      {
        capture: 0,
        interface: 0,
        ifindex: null,
        type: 'ethernet',
        src: '66:c9:ee:b1:9b:47',
        dst: 'ff:ff:ff:ff:ff:ff',
        packetType: null,
        carried: false,
        packets: 1,
      },
    ]);
  });

  it('of Linux cooked v1 have the packet type and one MAC', () => {
    expect(linksOf(of(113, SLL, IP))).toMatchObject([
      { ...NOTHING, type: 'sll', src: '66:c9:ee:b1:9b:47', packetType: 4 },
    ]);
  });

  it('of Linux cooked v2 have the interface too', () => {
    expect(linksOf(of(276, SLL2, IP))).toMatchObject([
      { ...NOTHING, type: 'sll2', src: '66:c9:ee:b1:9b:47', packetType: 3, ifindex: 0x00010203 },
    ]);
  });

  it('of cooked frames without a MAC (tunnel devices) have none', () => {
    const tunl0 = hex('0000 0300 0000 0000000000000000 0800');
    const wireguard = hex('0800 0000 00000007 fffe 04 00 0000000000000000');
    expect(linksOf(of(113, tunl0, IP), of(276, wireguard, IP))).toMatchObject([
      { ...NOTHING, type: 'sll', packetType: 0 },
      { ...NOTHING, type: 'sll2', packetType: 4, ifindex: 7 },
    ]);
  });

  it('of raw IP and BSD loopback have no addresses', () => {
    expect(linksOf(of(101, IP), of(0, hex('02000000'), IP), of(229, ipv6({}, udp({}))))).toMatchObject([
      { ...NOTHING, type: 'raw', packets: 2 },
      { ...NOTHING, type: 'null', packets: 1 },
    ]);
  });

  it('count every frame, of flows and of none, and are one per address pair', () => {
    const back = { src: MACS.dst, dst: MACS.src };
    const links = linksOf(
      ethernet(MACS, IP),
      ethernet(back, IP),
      ethernet({ ...MACS, type: 0x0806 }, arp()),
      ethernet({ ...MACS, type: 0x88cc }),
      ethernet({ ...MACS, type: 0x8100 }, vlan({}, IP)),
    );
    expect(links.map(({ src, packets }) => [src, packets])).toEqual([
      [MACS.src, 4],
      [MACS.dst, 1],
    ]);
  });

  it('stand apart by capture, interface, ifindex and packet type', () => {
    const data = ethernet(MACS, IP);
    const other = Uint8Array.from(SLL2);
    other[7] = 4;
    const outgoing = Uint8Array.from(SLL2);
    outgoing[10] = 4;
    const links = linksOf(
      { data },
      { data, capture: 1 },
      { data, interface: 1 },
      of(276, SLL2, IP),
      of(276, other, IP),
      of(276, outgoing, IP),
    );
    expect(links.map((link) => [link.capture, link.interface, link.ifindex, link.packetType])).toEqual([
      [0, 0, null, null],
      [1, 0, null, null],
      [0, 1, null, null],
      [0, 0, 0x010203, 3],
      [0, 0, 0x010204, 3],
      [0, 0, 0x010203, 4],
    ]);
  });

  it('differ in any byte of a MAC', () => {
    const frame = ethernet(MACS, IP);
    const changed = Array.from({ length: 12 }, (_, i) => {
      const copy = Uint8Array.from(frame);
      copy[i]! ^= 0x80;
      return copy;
    });
    expect(linksOf(frame, ...changed)).toHaveLength(13);
  });

  it('of frames whose link header is cut off are no raw IP device', () => {
    const links = linksOf(
      { data: ethernet(MACS, IP).subarray(0, 13), original: 60 },
      of(113, SLL.subarray(0, 15)),
      of(105, IP),
    );
    expect(links).toMatchObject([{ ...NOTHING, type: 'other', packets: 3 }]);
  });

  it('of damaged raw IP packets are still those of a raw IP device', () => {
    expect(linksOf(of(101, hex('00')), of(101, new Uint8Array(0)))).toMatchObject([{ type: 'raw', packets: 2 }]);
  });

  it('grow beyond what they began with', () => {
    const frames = Array.from({ length: 300 }, (_, i) =>
      ethernet(
        { src: `02:00:00:00:${(i >> 8).toString(16).padStart(2, '0')}:${(i & 255).toString(16).padStart(2, '0')}` },
        IP,
      ),
    );
    const links = linksOf(...frames, ...frames);
    expect(links).toHaveLength(300);
    expect(links.every((link) => link.packets === 2)).toBe(true);
  });

  it('of a mirrored copy are those of the copied frame', () => {
    const copied = vxlanFrame(ethernet({}, IP));
    const mirrored = ethernet(
      { src: '02:00:00:00:00:99' },
      ipv4({ src: '192.0.2.1', dst: '192.0.2.2', proto: 47 }, gre({ proto: 0x6558 }, copied)),
    );
    expect(linksOf(mirrored)).toMatchObject([{ src: MACS.src, dst: MACS.dst, carried: true }]);
  });
});

describe('records', () => {
  it('are made anew only when frames were added', () => {
    const { table } = countFrames([ethernet({}, IP)]);
    expect(table.links.record(0)).toBe(table.links.record(0));
    expect(table.links.captureOf(0)).toBe(0);
  });
});

describe('frames of one NIC', () => {
  const between = (src: string, dst: string): Uint8Array => ethernet({ src, dst }, IP);
  const [A, B, C, ALL] = ['02:00:00:00:00:0a', '02:00:00:00:00:0b', '02:00:00:00:00:0c', 'ff:ff:ff:ff:ff:ff'];
  const isOfOneNic = (...frames: Uint8Array[]): boolean => countFrames(frames).table.links.isOfOneNic(0);

  it('have one MAC in common, groups aside', () => {
    expect(isOfOneNic(between(A, B), between(C, A), between(A, C))).toBe(true);
    expect(isOfOneNic(between(A, B), between(C, A), between(C, ALL))).toBe(true);
    expect(isOfOneNic(between(A, B), between(B, C), between(C, A))).toBe(false);
  });

  it('may be all that have no MACs', () => {
    expect(countFrames([of(113, SLL, IP)]).table.links.isOfOneNic(0)).toBe(true);
  });
});
