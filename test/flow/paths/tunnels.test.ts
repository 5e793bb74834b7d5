import { describe, expect, it } from 'vitest';
import type { TunnelRecord } from '../../../src/flow/frame-records.ts';
import { ethernet, geneve, gre, hex, ipv4, ipv6, udp, vlan, vxlan, vxlanFrame } from '../../support/packet-builder.ts';
import { countFrames, everyRow, flowText, told } from '../traffic.ts';

const OUTER = { src: '10.0.1.20', dst: '10.0.1.30' } as const;
const INNER = ethernet({ src: '66:c9:ee:b1:9b:47', dst: '66:14:9d:f4:2c:1f' }, ipv4({}, udp({})));
const INNER_MACS = { innerSrcMac: '66:c9:ee:b1:9b:47', innerDstMac: '66:14:9d:f4:2c:1f' };
const NO_MACS = { innerSrcMac: null, innerDstMac: null };
const FLOW = '17 10.0.0.1:40000 > 10.0.0.2:53';
const FLOW_V6 = '17 fd00::1:40000 > fd00::2:53';
const WIREGUARD = hex(`04000000 ${'00'.repeat(28)}`);

/** The tunnel of one frame, the flow inside it and the bytes from outer to inner IP header. */
function tunnelOf(frame: Uint8Array): { tunnel: TunnelRecord; flow: string; overhead: number } {
  const { table } = countFrames([frame]);
  expect(table.flowCount).toBe(1);
  const tunnel = table.tunnels.record(table.tunnelOf(0));
  return { tunnel, flow: flowText(table, 0), overhead: table.rows.overheadBytes(0) };
}

describe('a tunnel', () => {
  it('of VXLAN, byte by byte as RFC 7348 lays it out', () => {
    const frame = hex(`
      02000000000b 02000000000a 0800
      45 00 0056 0000 0000 40 11 0000 0a000114 0a00011e   # 10.0.1.20 > 10.0.1.30, UDP
      c350 12b5 0042 0000                                 # 50000 > 4789
      08000000 00100000                                   # I flag, VNI 4096
      66149df42c1f 66c9eeb19b47 0800
      45 00 0024 0000 0000 3f 11 0000 0a300086 0a3000ce   # 10.48.0.134 > 10.48.0.206, UDP
      9c40 0035 0010 0000 0000000000000000
    `);
    const { tunnel, flow, overhead } = tunnelOf(frame);
    expect(tunnel).toEqual({
      encapsulation: 'vxlan',
      outerSrc: '10.0.1.20',
      outerDst: '10.0.1.30',
      vni: 4096,
      udpPort: 4789,
      ...INNER_MACS,
      carriers: [],
    });
    expect(flow).toBe('17 10.48.0.134:40000 > 10.48.0.206:53');
    expect(overhead).toBe(50);
  });

  it('of VXLAN over IPv6', () => {
    const { tunnel, overhead } = tunnelOf(
      ethernet({ type: 0x86dd }, ipv6({}, udp({ dstport: 4789 }, vxlan({}, INNER)))),
    );
    expect(tunnel).toMatchObject({ encapsulation: 'vxlan', outerSrc: 'fd00::1', outerDst: 'fd00::2', vni: 4096 });
    expect(overhead).toBe(70);
  });

  it('of VXLAN on another known port, with any VNI, around tagged frames', () => {
    const tagged = ethernet({ type: 0x8100 }, vlan({}, ipv4({}, udp({}))));
    const frame = ethernet({}, ipv4(OUTER, udp({ dstport: 8472 }, vxlan({ vni: 0xffffff }, tagged))));
    const { tunnel, flow, overhead } = tunnelOf(frame);
    expect(tunnel).toMatchObject({ udpPort: 8472, vni: 0xffffff, innerSrcMac: '02:00:00:00:00:0a' });
    expect([flow, overhead]).toEqual([FLOW, 54]);
  });

  it.each([
    ['4 in 4', ethernet({}, ipv4({ ...OUTER, proto: 4 }, ipv4({}, udp({})))), '10.0.1.20', FLOW, 20],
    ['6 in 4', ethernet({}, ipv4({ ...OUTER, proto: 41 }, ipv6({}, udp({})))), '10.0.1.20', FLOW_V6, 20],
    ['4 in 6', ethernet({ type: 0x86dd }, ipv6({ nxt: 4 }, ipv4({}, udp({})))), 'fd00::1', FLOW, 40],
    ['6 in 6', ethernet({ type: 0x86dd }, ipv6({ nxt: 41 }, ipv6({}, udp({})))), 'fd00::1', FLOW_V6, 40],
  ])('of IP-in-IP, %s', (_name, frame, outerSrc, flow, overhead) => {
    const found = tunnelOf(frame);
    expect(found.tunnel).toMatchObject({ encapsulation: 'ipip', outerSrc, vni: null, udpPort: null, ...NO_MACS });
    expect([found.flow, found.overhead]).toEqual([flow, overhead]);
  });

  it('of GRE, around IP and around frames', () => {
    const ip = tunnelOf(ethernet({}, ipv4({ ...OUTER, proto: 47 }, gre({}, ipv4({}, udp({}))))));
    expect(ip.tunnel).toMatchObject({ encapsulation: 'gre', ...OUTER_TEXT, vni: null, udpPort: null, ...NO_MACS });
    expect([ip.flow, ip.overhead]).toEqual([FLOW, 24]);
    const frame = tunnelOf(ethernet({}, ipv4({ ...OUTER, proto: 47 }, gre({ proto: 0x6558 }, INNER))));
    expect(frame.tunnel).toMatchObject({ encapsulation: 'gre', ...INNER_MACS });
  });

  it('of Geneve, with options', () => {
    const packet = geneve({ vni: 99, options: hex('0102 80 01 deadbeef') }, INNER);
    const { tunnel, overhead } = tunnelOf(ethernet({}, ipv4(OUTER, udp({ dstport: 6081 }, packet))));
    expect(tunnel).toMatchObject({ encapsulation: 'geneve', ...OUTER_TEXT, vni: 99, udpPort: 6081, ...INNER_MACS });
    expect(overhead).toBe(20 + 8 + 16 + 14);
  });

  it('of WireGuard hides its flow: it is the datagram between the peers', () => {
    const { tunnel, flow, overhead } = tunnelOf(ethernet({}, ipv4(OUTER, udp({ dstport: 51820 }, WIREGUARD))));
    expect(tunnel).toMatchObject({ encapsulation: 'wireguard', ...OUTER_TEXT, vni: null, udpPort: 51820, ...NO_MACS });
    expect([flow, overhead]).toEqual(['17 10.0.1.20:40000 > 10.0.1.30:51820', 0]);
  });

  it('is none in a plain frame', () => {
    const { tunnel, overhead } = tunnelOf(INNER);
    expect(tunnel).toMatchObject({ encapsulation: 'none', outerSrc: null, outerDst: null, vni: null, carriers: [] });
    expect(overhead).toBe(0);
  });

  it('is told where only the outer packet could be read: the flow is then the datagram', () => {
    const whole = vxlanFrame(ethernet({}, ipv4({}, udp({}))));
    const { table } = countFrames([{ data: whole.subarray(0, 70), original: whole.length }]);
    expect(told(table)).toEqual(['17 10.0.1.20:40000 > 10.0.1.30:4789 [vxlan 4096 10.0.1.20 > 10.0.1.30] 1']);
  });
});

const OUTER_TEXT = { outerSrc: OUTER.src, outerDst: OUTER.dst };

describe('tunnels', () => {
  it('are one per encapsulation, outer addresses, VNI, port and inner MACs, whatever the source port', () => {
    const frame = (
      outer: object,
      ports: Parameters<typeof udp>[0] = {},
      header: object = {},
      inner: Uint8Array = INNER,
    ): Uint8Array => ethernet({}, ipv4({ ...OUTER, ...outer }, udp({ dstport: 4789, ...ports }, vxlan(header, inner))));
    const { table } = countFrames([
      frame({}),
      frame({ ttl: 9, id: 77 }, { srcport: 1234 }),
      frame({ src: '10.0.1.21' }),
      frame({ dst: '10.0.1.21' }),
      frame({}, { dstport: 8472 }),
      frame({}, {}, { vni: 7 }),
      frame({}, {}, {}, ethernet({}, ipv4({}, udp({})))),
    ]);
    // entry 0 is "no tunnel"
    expect(table.tunnels.count).toBe(1 + 6);
    expect(table.flowCount).toBe(1);
    expect(everyRow(table).map((row) => table.rows.packets(row))).toEqual([2, 1, 1, 1, 1, 1]);
  });

  it('keep IPv4 and IPv6 outer addresses apart', () => {
    // Word 0 of the IPv6 table and 0.0.0.0 are the same number.
    const v6 = ethernet({ type: 0x86dd }, ipv6({ nxt: 4 }, ipv4({}, udp({}))));
    const v4 = ethernet({}, ipv4({ src: '0.0.0.0', dst: '0.0.0.1', proto: 4 }, ipv4({}, udp({}))));
    expect(told(countFrames([v6, v4]).table)).toEqual([
      `${FLOW} [ipip fd00::1 > fd00::2] 1`,
      `${FLOW} [ipip 0.0.0.0 > 0.0.0.1] 1`,
    ]);
  });

  it('name their encapsulation without a record', () => {
    const { table } = countFrames([vxlanFrame(INNER), INNER]);
    const kinds = [0, 1].map((row) => table.tunnels.encapsulationOf(table.tunnelOf(row)));
    expect(kinds).toEqual(['vxlan', 'none']);
  });

  it('make each record once', () => {
    const { table } = countFrames([vxlanFrame(INNER)]);
    expect(table.tunnels.record(1)).toBe(table.tunnels.record(1));
  });
});
