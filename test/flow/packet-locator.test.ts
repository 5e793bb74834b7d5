import { describe, expect, it } from 'vitest';
import { LayerStack } from '../../src/decode/layer-stack.ts';
import { walk } from '../../src/decode/walk.ts';
import { walkPorts } from '../../src/decode/walk-ports.ts';
import { MOST_TUNNELS, PacketLocator } from '../../src/flow/packet-locator.ts';
import { NodeAddresses, POD } from '../../src/flow/paths/node-addresses.ts';
import { arp, ethernet, gre, hex, ipv4, ipv6, tcp, udp, vxlan } from '../support/packet-builder.ts';
import { countFrames, type Frame, flowText, told, tunnelText } from './traffic.ts';

const NODES = new NodeAddresses(['10.0.1.20', '10.0.1.30']);
const OUTER = { src: '10.0.1.20', dst: '10.0.1.30' } as const;
const MIRROR = { src: '192.0.2.1', dst: '192.0.2.2' } as const;
const PORTS = walkPorts();

type Ip = Parameters<typeof ipv4>[0];
const inVxlan = (frame: Uint8Array, ends: Ip = OUTER): Uint8Array =>
  ethernet({}, ipv4(ends, udp({ dstport: 4789 }, vxlan({}, frame))));
const POD_FRAME = ethernet({}, ipv4({ src: '10.48.0.1', dst: '10.48.0.2', proto: 6 }, tcp({})));
const first = ipv4({ id: 7, 'flags.mf': true }, udp({ length: 3008 }, new Uint8Array(992)));
const later = ipv4({ id: 7, frag_offset: 125 }, new Uint8Array(1000));

function outerFragments(): [Uint8Array, Uint8Array] {
  const datagram = udp({ dstport: 4789 }, vxlan({}, ethernet({}, ipv4({}, udp({}, new Uint8Array(200))))));
  return [
    ethernet({}, ipv4({ ...OUTER, id: 99, 'flags.mf': true }, datagram.subarray(0, 80))),
    ethernet({}, ipv4({ ...OUTER, id: 99, frag_offset: 10 }, datagram.subarray(80))),
  ];
}

/** Of every kind that is counted in a way of its own. */
const FRAMES: readonly Frame[] = [
  { data: POD_FRAME },
  { data: inVxlan(POD_FRAME) },
  { data: ethernet({}, ipv4({ ...MIRROR, proto: 47 }, gre({ proto: 0x6558 }, inVxlan(POD_FRAME)))) },
  { data: ethernet({}, ipv4({ ...MIRROR, proto: 47 }, gre({ proto: 0x6558 }, POD_FRAME))) },
  { data: inVxlan(inVxlan(ethernet({}, ipv4({}, udp({}))), { src: '10.48.0.1', dst: '10.48.0.2' })) },
  { data: ethernet({}, ipv4(OUTER, udp({ dstport: 51820 }, hex(`04000000 ${'00'.repeat(28)}`)))) },
  { data: inVxlan(POD_FRAME).subarray(0, 70), original: 104 },
  { data: ethernet({ type: 0x0806 }, arp()) },
  { data: inVxlan(ethernet({ type: 0x0806 }, arp())) },
  { data: ethernet({ type: 0x86dd }, ipv6({ nxt: 17 }, udp({}))), interface: 2 },
  { data: ethernet({}, ipv4({ proto: 1 }, hex('0301 0000 00000000'), ipv4({}, udp({})))) },
  { data: ethernet({}, first) },
  { data: ethernet({}, later) },
  { data: inVxlan(ethernet({}, first)) },
  { data: inVxlan(ethernet({}, later)) },
  ...outerFragments().map((data) => ({ data })),
  { data: ethernet({}, later), capture: 1 },
  { data: ethernet({}, ipv4({ id: 7, 'flags.mf': true }, udp({ srcport: 5 }, new Uint8Array(992)))), capture: 1 },
  { data: ethernet({}, later), capture: 1 },
  { data: ethernet({}, later), capture: 0 },
];

function locate(locator: PacketLocator, { data, original = data.length, capture = 0, interface: device = 0 }: Frame) {
  const stack = new LayerStack();
  walk(data, 0, data.length, original, 1, stack, PORTS);
  locator.locate(data, stack, capture, device);
  return stack;
}

describe('a second reading', () => {
  for (const nodes of [NODES, null]) {
    it(`tells flow, link and tunnel as they were counted, ${nodes === null ? 'nodes unknown' : 'nodes known'}`, () => {
      const { table, rows } = countFrames(FRAMES, nodes);
      const locator = new PacketLocator(nodes, table);
      FRAMES.forEach((frame, i) => {
        locate(locator, frame);
        const row = rows[i] ?? -1;
        const known =
          row < 0 ? null : { flow: table.rows.flow(row), tunnel: table.tunnelOf(row), link: table.linkOf(row) };
        const { isFlow, flow, tunnel, link } = locator;
        expect(isFlow ? { flow, tunnel, link } : null, `frame ${i}`).toEqual(known);
      });
    });
  }

  it('counts nothing', () => {
    const { table } = countFrames(FRAMES, NODES);
    const facts = () => ({
      told: told(table),
      links: [table.links.count, ...table.links.packets],
      paths: table.paths.count,
    });
    const before = facts();
    const locator = new PacketLocator(NODES, table);
    for (const frame of [...FRAMES, ...FRAMES]) locate(locator, frame);
    expect(facts()).toEqual(before);
  });

  it('tells -1 of a packet that was not counted', () => {
    const { table } = countFrames([POD_FRAME], NODES);
    const locator = new PacketLocator(NODES, table);
    locate(locator, { data: ethernet({ src: '02:00:00:00:00:99' }, ipv4({}, udp({}))) });
    expect([locator.flow, locator.link]).toEqual([-1, -1]);
  });

  it('finds the link of what is no flow', () => {
    const frame = ethernet({ type: 0x0806, src: '02:00:00:00:00:99' }, arp());
    const { table } = countFrames([POD_FRAME, frame], NODES);
    const locator = new PacketLocator(NODES, table);
    locate(locator, { data: frame });
    expect([locator.isFlow, locator.flow, locator.link]).toEqual([false, -1, 1]);
  });
});

describe('without a table', () => {
  it('tells the same layers and encapsulation', () => {
    const { table } = countFrames(FRAMES, NODES);
    const [counted, alone] = [new PacketLocator(NODES, table), new PacketLocator(NODES)];
    for (const frame of FRAMES) {
      locate(counted, frame);
      locate(alone, frame);
      const of = ({ network, transport, tunnelLayer, linkLayer }: PacketLocator) => [
        network,
        transport,
        tunnelLayer,
        linkLayer,
      ];
      expect(of(alone)).toEqual(of(counted));
      if (!counted.isOuterRest) expect(alone.encapsulation).toBe(counted.encapsulation);
    }
  });

  it('remembers of first fragments what it was told, capture by capture', () => {
    const locator = new PacketLocator(null);
    const data = ethernet({}, first);
    for (const capture of [0, 1]) locator.remember(data, locate(locator, { data, capture }), capture, 5 + capture);
    const of = (capture: number): number => {
      locate(locator, { data: ethernet({}, later), capture });
      return locator.first;
    };
    expect([of(0), of(1), of(2)]).toEqual([5, 6, -1]);
  });

  it('forgets tunnels, not fragments, when there have been too many', () => {
    const locator = new PacketLocator(null);
    const ends = { nxt: 44, src: `fd00${'0'.repeat(27)}1`, dst: `fd00${'0'.repeat(27)}2` };
    const v6 = (header: string): Uint8Array =>
      ethernet({ type: 0x86dd }, ipv6({ nxt: ends.nxt }, hex(header), udp({}, new Uint8Array(8))));
    const data = v6('11 00 0001 00000007');
    locator.remember(data, locate(locator, { data }), 0, 3);
    const frame = inVxlan(POD_FRAME);
    const vni = 14 + 20 + 8 + 4;
    for (let i = 0; i <= MOST_TUNNELS; i++) {
      new DataView(frame.buffer, frame.byteOffset).setUint32(vni, i << 8);
      locate(locator, { data: frame });
    }
    expect(locator.tunnel).toBeLessThanOrEqual(MOST_TUNNELS);
    locate(locator, { data: frame });
    expect(locator.tunnel).toBe(1);
    expect(locator.tunnelRecord.vni).toBe(MOST_TUNNELS);
    locate(locator, { data: v6('11 00 0011 00000007') });
    expect(locator.first).toBe(3);
  });
});

describe('a tunnel that was cut off behind its header', () => {
  const seen = (data: Uint8Array, nodes: NodeAddresses | null = NODES): string => {
    const { table } = countFrames([{ data, original: 200 }], nodes);
    return `${flowText(table, 0)} [${tunnelText(table, 0)}] +${table.rows.overheadBytes(0)}`;
  };
  const OUTER_FLOW = '17 10.0.1.20:40000 > 10.0.1.30:4789';

  it('describes the datagram around it, between nodes', () => {
    for (const bytes of [50, 60, 64, 70, 83])
      expect(seen(inVxlan(POD_FRAME).subarray(0, bytes))).toBe(`${OUTER_FLOW} [vxlan 4096 10.0.1.20 > 10.0.1.30] +0`);
    expect(seen(inVxlan(POD_FRAME).subarray(0, 49))).toBe(`${OUTER_FLOW} [none] +0`);
    expect(seen(inVxlan(POD_FRAME).subarray(0, 84))).toContain('10.48.0.1:?');
  });

  it('has inner MACs when they are there', () => {
    const macs = (bytes: number): (string | null)[] => {
      const { table } = countFrames([{ data: inVxlan(POD_FRAME).subarray(0, bytes), original: 200 }], NODES);
      const { innerSrcMac, innerDstMac } = table.tunnels.record(table.tunnelOf(0));
      return [innerSrcMac, innerDstMac];
    };
    expect(macs(63)).toEqual([null, null]);
    expect(macs(64)).not.toContain(null);
  });

  it('of IP-in-IP too, once the inner header began', () => {
    const frame = ethernet({}, ipv4({ ...OUTER, proto: 4 }, ipv4({ proto: 6 }, tcp({}))));
    expect(seen(frame.subarray(0, 35))).toBe('4 10.0.1.20:0 > 10.0.1.30:0 [ipip 10.0.1.20 > 10.0.1.30] +0');
    expect(seen(frame.subarray(0, 53))).toBe('4 10.0.1.20:0 > 10.0.1.30:0 [ipip 10.0.1.20 > 10.0.1.30] +0');
    expect(seen(frame.subarray(0, 34))).toBe('4 10.0.1.20:0 > 10.0.1.30:0 [none] +0');
  });

  it('of pods is their payload', () => {
    const known = new NodeAddresses(['10.0.1.20', '10.0.1.30'], [4096], {
      isPod: (ip) => (ip.startsWith('10.48.') ? POD.surely : POD.no),
    });
    const podsOwn = inVxlan(POD_FRAME, { src: '10.48.0.1', dst: '10.48.0.2' });
    const pods = '17 10.48.0.1:40000 > 10.48.0.2:4789';
    for (const bytes of [50, 60, 70, 84, 90]) expect(seen(podsOwn.subarray(0, bytes), known)).toBe(`${pods} [none] +0`);
    expect(seen(podsOwn.subarray(0, 60), null)).toBe(`${pods} [vxlan 4096 10.48.0.1 > 10.48.0.2] +0`);
    expect(seen(inVxlan(podsOwn).subarray(0, 110), known)).toBe(`${pods} [vxlan 4096 10.0.1.20 > 10.0.1.30] +50`);
  });

  it('is named between machines that are no nodes too, however much of it is there', () => {
    const foreign = inVxlan(POD_FRAME, MIRROR);
    for (const bytes of [50, 60, 64, 70, 83])
      for (const nodes of [NODES, null])
        expect(seen(foreign.subarray(0, bytes), nodes)).toBe(
          '17 192.0.2.1:40000 > 192.0.2.2:4789 [vxlan 4096 192.0.2.1 > 192.0.2.2] +0',
        );
  });

  it('keeps packets that can be read apart from those that cannot', () => {
    const whole = inVxlan(POD_FRAME);
    const { table } = countFrames([{ data: whole.subarray(0, 70), original: 104 }, whole], NODES);
    expect(told(table)).toEqual([
      `${OUTER_FLOW} [vxlan 4096 10.0.1.20 > 10.0.1.30] 1`,
      '6 10.48.0.1:40000 > 10.48.0.2:80 [vxlan 4096 10.0.1.20 > 10.0.1.30] 1',
    ]);
  });
});
