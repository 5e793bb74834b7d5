import { describe, expect, it } from 'vitest';
import { POD as IS_POD, NodeAddresses, type PodAnswer } from '../../../src/flow/paths/node-addresses.ts';
import { arp, ethernet, geneve, gre, hex, ipv4, ipv6, tcp, udp, vxlan } from '../../support/packet-builder.ts';
import { countFrames, everyRow, flowText, told, tunnelText } from '../traffic.ts';

const NODES = new NodeAddresses(['10.0.1.20', '10.0.1.30']);
const CLUSTER = new NodeAddresses(['10.0.1.20', '10.0.1.30'], [4096], {
  isPod: (address) => (address.startsWith('10.48.') || address === 'fd00::1' ? IS_POD.surely : IS_POD.no),
  isMissentVni: (vni) => vni === 1,
  gatewayTunnel: { port: 4790, vni: 4097 },
});
const NODE = { src: '10.0.1.20', dst: '10.0.1.30' } as const;
const MIRROR = { src: '192.0.2.1', dst: '192.0.2.2' } as const;
const POD = { src: '10.48.0.134', dst: '10.48.0.206' } as const;
const WIREGUARD = udp({ dstport: 51820 }, hex(`04000000 ${'00'.repeat(28)}`));

const POD_PACKET = ipv4({ ...POD, proto: 6 }, tcp({}));
const POD_FRAME = ethernet({}, POD_PACKET);
const POD_FLOW = '6 10.48.0.134:40000 > 10.48.0.206:80';
const NODE_VXLAN = 'vxlan 4096 10.0.1.20 > 10.0.1.30';
const MIRROR_VXLAN = 'vxlan 7 192.0.2.1 > 192.0.2.2';

type Ends = { src: string; dst: string };
const inVxlan = (ends: Ends, vni: number, frame: Uint8Array): Uint8Array =>
  ethernet({}, ipv4(ends, udp({ dstport: 4789 }, vxlan({ vni }, frame))));
const inGre = (ends: Ends, frame: Uint8Array): Uint8Array =>
  ethernet({}, ipv4({ ...ends, proto: 47 }, gre({ proto: 0x6558 }, frame)));
const inErspan = (ends: Ends, frame: Uint8Array): Uint8Array => {
  const header = hex('1000 88be 00000001 1001 0007 00000000');
  return ethernet({}, ipv4({ ...ends, proto: 47 }, new Uint8Array([...header, ...frame])));
};
const inIpip = (ends: Ends, packet: Uint8Array): Uint8Array => ethernet({}, ipv4({ ...ends, proto: 4 }, packet));

/** `flow [tunnel]` of one frame. */
function seen(frame: Uint8Array, nodes: NodeAddresses | null = NODES): string {
  const { table } = countFrames([frame], nodes);
  return `${flowText(table, 0)} [${tunnelText(table, 0)}]`;
}

describe('a single tunnel describes the observation', () => {
  it('between nodes or not, when it is the overlay', () => {
    expect(seen(inVxlan(NODE, 4096, POD_FRAME))).toBe(`${POD_FLOW} [${NODE_VXLAN}]`);
    expect(seen(inVxlan({ src: '10.0.9.9', dst: '10.0.1.30' }, 4096, POD_FRAME))).toBe(
      `${POD_FLOW} [vxlan 4096 10.0.9.9 > 10.0.1.30]`,
    );
    expect(seen(inVxlan(NODE, 7, POD_FRAME))).toBe(`${POD_FLOW} [vxlan 7 10.0.1.20 > 10.0.1.30]`);
    expect(seen(inIpip(MIRROR, POD_PACKET))).toBe(`${POD_FLOW} [ipip 192.0.2.1 > 192.0.2.2]`);
  });

  it('whatever it is, without a snapshot', () => {
    expect(seen(inVxlan(MIRROR, 7, POD_FRAME), null)).toBe(`${POD_FLOW} [${MIRROR_VXLAN}]`);
    expect(seen(inGre(MIRROR, POD_FRAME), null)).toBe(`${POD_FLOW} [gre 192.0.2.1 > 192.0.2.2]`);
  });
});

describe('a mirrored copy', () => {
  it('of a plain packet is plain, and the carrier is named', () => {
    expect(seen(inGre(MIRROR, POD_FRAME))).toBe(`${POD_FLOW} [gre 192.0.2.1 > 192.0.2.2 | none]`);
    expect(seen(inVxlan(MIRROR, 7, POD_FRAME))).toBe(`${POD_FLOW} [${MIRROR_VXLAN} | none]`);
  });

  it('of an overlay packet is that overlay packet', () => {
    const copied = inVxlan(NODE, 4096, POD_FRAME);
    const expected = (carrier: string): string => `${POD_FLOW} [${carrier} | ${NODE_VXLAN}]`;
    for (const nodes of [NODES, null]) {
      expect(seen(inGre(MIRROR, copied), nodes)).toBe(expected('gre 192.0.2.1 > 192.0.2.2'));
      expect(seen(inVxlan(MIRROR, 7, copied), nodes)).toBe(expected(MIRROR_VXLAN));
    }
    expect(seen(inGre(MIRROR, inVxlan(MIRROR, 7, copied)))).toBe(
      expected(`gre 192.0.2.1 > 192.0.2.2 | ${MIRROR_VXLAN}`),
    );
  });

  it('is no carrier when a VTEP sent it, or its VNI is the cluster’s', () => {
    const fromVtep = ethernet({ dst: '66:14:9d:f4:2c:1f' }, POD_PACKET);
    expect(seen(inVxlan(MIRROR, 7, fromVtep))).toBe(`${POD_FLOW} [${MIRROR_VXLAN}]`);
    const named = new NodeAddresses(['10.0.1.20', '10.0.1.30'], [7]);
    expect(seen(inVxlan(MIRROR, 7, POD_FRAME), named)).toBe(`${POD_FLOW} [${MIRROR_VXLAN}]`);
  });

  it('counts overhead from the tunnel that it describes', () => {
    const { table } = countFrames([inGre(MIRROR, inVxlan(NODE, 4096, POD_FRAME)), inGre(MIRROR, POD_FRAME)], NODES);
    expect(everyRow(table).map((row) => table.rows.overheadBytes(row))).toEqual([50, 0]);
  });
});

describe('a tunnel of the pods', () => {
  const podsOwn = inVxlan(POD, 9, ethernet({}, ipv4({}, udp({}))));

  it('is the payload of their flow, inside a tunnel between nodes', () => {
    expect(seen(inVxlan(NODE, 4096, podsOwn))).toBe(`17 10.48.0.134:40000 > 10.48.0.206:4789 [${NODE_VXLAN}]`);
    expect(seen(inIpip(NODE, podsOwn.subarray(14)))).toBe(
      '17 10.48.0.134:40000 > 10.48.0.206:4789 [ipip 10.0.1.20 > 10.0.1.30]',
    );
    const gre = inGre(POD, ethernet({}, ipv4({}, udp({}))));
    expect(seen(inVxlan(NODE, 4096, gre))).toBe(`47 10.48.0.134:0 > 10.48.0.206:0 [${NODE_VXLAN}]`);
    const ipip = inIpip(POD, ipv4({}, udp({})));
    expect(seen(inVxlan(NODE, 4096, ipip))).toBe(`4 10.48.0.134:0 > 10.48.0.206:0 [${NODE_VXLAN}]`);
  });

  it('is the innermost one without a snapshot', () => {
    expect(seen(inVxlan(NODE, 4096, podsOwn), null)).toBe(
      `17 10.0.0.1:40000 > 10.0.0.2:53 [${NODE_VXLAN} | vxlan 9 10.48.0.134 > 10.48.0.206]`,
    );
  });

  it('of WireGuard is payload too', () => {
    const frame = inVxlan(NODE, 4096, ethernet({}, ipv4(POD, WIREGUARD)));
    expect(seen(frame)).toBe(`17 10.48.0.134:40000 > 10.48.0.206:51820 [${NODE_VXLAN}]`);
  });

  it('with a fragmented packet inside is one flow: the fragments are payload', () => {
    const fragment = (frag_offset: number): Uint8Array =>
      inVxlan(NODE, 4096, inVxlan(POD, 9, ethernet({}, ipv4({ id: 5, frag_offset, 'flags.mf': true }, udp({})))));
    const { table, orphans } = countFrames([fragment(0), fragment(2), fragment(4)], NODES);
    expect(told(table)).toEqual([`17 10.48.0.134:40000 > 10.48.0.206:4789 [${NODE_VXLAN}] 3`]);
    expect(orphans).toEqual([false, false, false]);
  });
});

describe('what a pod sends or is sent, where pods’ addresses are known', () => {
  const inner = ipv4({}, udp({}));
  const tunnels: readonly (readonly [string, Uint8Array, string])[] = [
    ['VXLAN', inVxlan(POD, 9, ethernet({}, inner)), '17 10.48.0.134:40000 > 10.48.0.206:4789'],
    [
      'VXLAN with the cluster’s VNI',
      inVxlan(POD, 4096, ethernet({}, inner)),
      '17 10.48.0.134:40000 > 10.48.0.206:4789',
    ],
    [
      'VXLAN of VTEPs',
      inVxlan(POD, 9, ethernet({ dst: '66:14:9d:f4:2c:1f' }, inner)),
      '17 10.48.0.134:40000 > 10.48.0.206:4789',
    ],
    [
      'VXLAN with ARP in it',
      inVxlan(POD, 9, ethernet({ type: 0x0806 }, arp())),
      '17 10.48.0.134:40000 > 10.48.0.206:4789',
    ],
    [
      'Geneve',
      ethernet({}, ipv4(POD, udp({ dstport: 6081 }, geneve({}, inner)))),
      '17 10.48.0.134:40000 > 10.48.0.206:6081',
    ],
    [
      'GRE',
      ethernet({}, ipv4({ ...POD, proto: 47 }, gre({ proto: 0x0800 }, inner))),
      '47 10.48.0.134:0 > 10.48.0.206:0',
    ],
    ['gretap', inGre(POD, ethernet({}, inner)), '47 10.48.0.134:0 > 10.48.0.206:0'],
    ['IP in IP', inIpip(POD, inner), '4 10.48.0.134:0 > 10.48.0.206:0'],
    ['6in4', ethernet({}, ipv4({ ...POD, proto: 41 }, ipv6({}, udp({})))), '41 10.48.0.134:0 > 10.48.0.206:0'],
    ['WireGuard', ethernet({}, ipv4(POD, WIREGUARD)), '17 10.48.0.134:40000 > 10.48.0.206:51820'],
  ];

  it.each(tunnels)('%s is its flow, as plain or encapsulated as the packet around it', (_, frame, flow) => {
    expect(seen(frame, CLUSTER)).toBe(`${flow} [none]`);
    expect(seen(inVxlan(NODE, 4096, frame), CLUSTER)).toBe(`${flow} [${NODE_VXLAN}]`);
    expect(seen(inIpip(NODE, frame.subarray(14)), CLUSTER)).toBe(`${flow} [ipip 10.0.1.20 > 10.0.1.30]`);
    expect(seen(inGre(MIRROR, frame), CLUSTER)).toBe(`${flow} [gre 192.0.2.1 > 192.0.2.2 | none]`);
  });

  it('is told where no node is known: by a pod that has its end, or by the overlay around it', () => {
    // nodes whose addresses are in a pool look as pods without objects do
    const isPod = (address: string): PodAnswer => {
      if (address.startsWith('10.48.')) return IS_POD.surely;
      return address.startsWith('10.0.1.') ? IS_POD.perhaps : IS_POD.no;
    };
    const nameless = new NodeAddresses([], [4096], { isPod });
    const vtep = ethernet({ dst: '66:00:00:00:00:01', src: '66:00:00:00:00:02' }, POD_PACKET);
    expect(seen(inVxlan(NODE, 4096, vtep), nameless)).toBe(`${POD_FLOW} [${NODE_VXLAN}]`);
    expect(seen(inIpip(NODE, POD_PACKET), nameless)).toBe(`${POD_FLOW} [ipip 10.0.1.20 > 10.0.1.30]`);
    expect(seen(inIpip(POD, inner), nameless)).toBe('4 10.48.0.134:0 > 10.48.0.206:0 [none]');
    const perhaps = inIpip({ src: '10.0.1.71', dst: '10.0.1.72' }, inner);
    const around = (frame: Uint8Array): Uint8Array =>
      inVxlan(
        { src: '172.16.0.1', dst: '172.16.0.2' },
        4096,
        ethernet({ dst: '66:00:00:00:00:01' }, frame.subarray(14)),
      );
    expect(seen(around(perhaps), nameless)).toBe('4 10.0.1.71:0 > 10.0.1.72:0 [vxlan 4096 172.16.0.1 > 172.16.0.2]');
    expect(seen(inGre(MIRROR, inVxlan(NODE, 4096, vtep)), nameless)).toContain(POD_FLOW);
  });

  it('is one flow, however many are inside', () => {
    const frames = [1, 2, 3].map((srcport) => inVxlan(POD, 9, ethernet({}, ipv4({}, udp({ srcport })))));
    frames.push(inVxlan(POD, 9, inVxlan({ src: '10.9.9.1', dst: '10.9.9.2' }, 5, POD_FRAME)));
    const { table } = countFrames(frames, CLUSTER);
    expect(told(table)).toEqual(['17 10.48.0.134:40000 > 10.48.0.206:4789 [none] 4']);
  });

  it('counts its outer fragments', () => {
    const datagram = udp({ dstport: 4789 }, vxlan({ vni: 9 }, ethernet({}, ipv4({}, udp({}, new Uint8Array(100))))));
    const frames = [
      ethernet({}, ipv4({ ...POD, id: 9, 'flags.mf': true }, datagram.subarray(0, 80))),
      ethernet({}, ipv4({ ...POD, id: 9, frag_offset: 10 }, datagram.subarray(80))),
    ];
    expect(told(countFrames(frames, CLUSTER).table)).toEqual(['17 10.48.0.134:40000 > 10.48.0.206:4789 [none] 2']);
  });

  it('may come from a node, or go to a machine outside', () => {
    const egress = { src: '10.0.1.20', dst: '10.48.0.206' };
    expect(seen(inVxlan(egress, 4097, ethernet({}, inner)), CLUSTER)).toBe(
      '17 10.0.1.20:40000 > 10.48.0.206:4789 [none]',
    );
    const outside = { src: '10.48.0.134', dst: '203.0.113.9' };
    expect(seen(inGre(outside, ethernet({}, inner)), CLUSTER)).toBe('47 10.48.0.134:0 > 203.0.113.9:0 [none]');
  });

  it('is known by a gateway’s port and VNI where nobody has the address; between nodes it is theirs', () => {
    const told = (src: string, dst: string, vni = 4097): string => {
      const tunnel = udp({ dstport: 4790 }, vxlan({ vni }, ethernet({}, inner)));
      return seen(ethernet({}, ipv4({ src, dst }, tunnel)), CLUSTER);
    };
    expect(told(NODE.src, '10.49.0.7')).toBe('17 10.0.1.20:40000 > 10.49.0.7:4790 [none]');
    expect(told('10.49.0.7', NODE.src)).toBe('17 10.49.0.7:40000 > 10.0.1.20:4790 [none]');
    for (const other of [told(NODE.src, '10.49.0.7', 4098), told(NODE.src, NODE.dst), told('192.0.2.1', '192.0.2.2')])
      expect(other).not.toContain(':4790');
  });

  it('is not what a mirror outside sends to a collector among the pods', () => {
    const toCollector = { src: '192.0.2.1', dst: '10.48.0.206' };
    const copied = inVxlan(NODE, 4096, POD_FRAME);
    expect(seen(inGre(toCollector, copied), CLUSTER)).toBe(`${POD_FLOW} [gre 192.0.2.1 > 10.48.0.206 | ${NODE_VXLAN}]`);
    expect(seen(inErspan(toCollector, POD_FRAME), CLUSTER)).toBe(`${POD_FLOW} [gre 192.0.2.1 > 10.48.0.206 | none]`);
    expect(seen(inGre(toCollector, POD_FRAME), CLUSTER)).toBe('47 192.0.2.1:0 > 10.48.0.206:0 [none]');
  });
});

describe('a tunnel between strangers, where the nodes and pools are known', () => {
  const isPod = (address: string): PodAnswer => {
    if (address.startsWith('10.48.')) return IS_POD.perhaps;
    return address.startsWith('10.0.1.') ? IS_POD.no : IS_POD.stranger;
  };
  const strict = new NodeAddresses(['10.0.1.20', '10.0.1.30'], [4096], { isPod, isMissentVni: (vni) => vni === 1 });
  /** Of a pool that was not collected. */
  const LOST = { src: '10.49.6.147', dst: '10.49.0.164' } as const;
  const OWN = { src: '192.168.77.1', dst: '192.168.77.2' } as const;
  const inner = ipv4(OWN, udp({}));
  const frame = ethernet({}, inner);
  const vtep = ethernet({ dst: '66:0a:58:00:00:01', src: '66:0a:58:00:00:02' }, inner);
  const asks = (ends: Ends): Uint8Array =>
    ethernet({ type: 0x0806 }, arp({ 'src.proto_ipv4': ends.src, 'dst.proto_ipv4': ends.dst }));
  const over = (dstport: number, body: Uint8Array): Uint8Array => ethernet({}, ipv4(LOST, udp({ dstport }, body)));
  const [udpFlow, ipFlow] = [
    (port: number) => `17 ${LOST.src}:40000 > ${LOST.dst}:${port}`,
    (protocol: number) => `${protocol} ${LOST.src}:0 > ${LOST.dst}:0`,
  ];

  it.each([
    ['VXLAN in flannel’s port and VNI', over(8472, vxlan({ vni: 1 }, frame)), udpFlow(8472)],
    ['VXLAN with the cluster’s VNI', inVxlan(LOST, 4096, frame), udpFlow(4789)],
    ['VXLAN of VTEPs', inVxlan(LOST, 4096, vtep), udpFlow(4789)],
    ['VXLAN with ARP in it', inVxlan(LOST, 42, asks(OWN)), udpFlow(4789)],
    ['Geneve', over(6081, geneve({ vni: 9 }, frame)), udpFlow(6081)],
    ['gretap', inGre(LOST, frame), ipFlow(47)],
    ['IP in IP', inIpip(LOST, inner), ipFlow(4)],
    ['6in4', ethernet({}, ipv4({ ...LOST, proto: 41 }, ipv6({}, udp({})))), ipFlow(41)],
    ['a tunnel in a tunnel', inVxlan(LOST, 42, inVxlan({ src: '10.9.9.1', dst: '10.9.9.2' }, 5, frame)), udpFlow(4789)],
  ])('is theirs with nothing of the cluster in it: %s', (_, packet, flow) => {
    expect(seen(packet, strict)).toBe(`${flow} [none]`);
    expect(seen(inGre({ src: '10.0.1.20', dst: '10.30.0.9' }, packet), strict)).toBe(
      `${flow} [gre 10.0.1.20 > 10.30.0.9 | none]`,
    );
  });

  it('is opened where it has packets of the cluster in it, frames of a veth, or is ERSPAN; what cannot be read tells nothing', () => {
    expect(seen(inGre(MIRROR, POD_FRAME), strict)).toBe(`${POD_FLOW} [gre 192.0.2.1 > 192.0.2.2 | none]`);
    expect(seen(inVxlan(LOST, 4096, POD_FRAME), strict)).toContain(POD_FLOW);
    const fromOutside = ethernet({}, ipv4({ src: '203.0.113.9', dst: '10.0.1.30', proto: 6 }, tcp({})));
    expect(seen(inGre(MIRROR, fromOutside), strict)).toContain('203.0.113.9:40000 > 10.0.1.30:80');
    expect(seen(inVxlan(MIRROR, 7, inVxlan(NODE, 4096, frame)), strict)).toContain(`| ${NODE_VXLAN}`);
    const own = '17 192.168.77.1:40000 > 192.168.77.2:53';
    expect(seen(inErspan(MIRROR, frame), strict)).toContain(own);
    expect(seen(inGre(MIRROR, ethernet({ dst: 'ee:ee:ee:ee:ee:ee' }, inner)), strict)).toContain(own);
    expect(countFrames([inGre(MIRROR, asks({ src: '10.0.1.20', dst: '10.0.1.1' }))], strict).rows).toEqual([-1]);
    const cut = inVxlan(LOST, 42, frame.subarray(0, 20));
    expect(seen(cut, strict)).toBe(seen(cut, NODES));
  });

  it('is told packet by packet, whichever came first', () => {
    const packets = [inVxlan(LOST, 42, POD_FRAME), inVxlan(LOST, 42, frame)];
    const flows = [POD_FLOW, udpFlow(4789)].sort();
    for (const frames of [packets, [...packets].reverse(), [...packets, ...packets]]) {
      const { table } = countFrames(frames, strict);
      expect(
        told(table)
          .map((text) => text.split(' [')[0])
          .sort(),
      ).toEqual(flows);
    }
  });
});

describe('a mirror whose collector is on a node', () => {
  const veth = ethernet({ dst: 'ee:ee:ee:ee:ee:ee' }, POD_PACKET);
  const toPod = ethernet({ src: 'ee:ee:ee:ee:ee:ee' }, POD_PACKET);

  it('carries frames of a veth, which are plain', () => {
    for (const frame of [veth, toPod]) {
      expect(seen(inGre(NODE, frame))).toBe(`${POD_FLOW} [gre 10.0.1.20 > 10.0.1.30 | none]`);
      expect(seen(inVxlan(NODE, 7, frame))).toBe(`${POD_FLOW} [vxlan 7 10.0.1.20 > 10.0.1.30 | none]`);
    }
  });

  it('carries whatever it does in ERSPAN', () => {
    expect(seen(inErspan(NODE, POD_FRAME))).toBe(`${POD_FLOW} [gre 10.0.1.20 > 10.0.1.30 | none]`);
    expect(seen(inErspan(MIRROR, POD_FRAME))).toBe(`${POD_FLOW} [gre 192.0.2.1 > 192.0.2.2 | none]`);
    expect(seen(inErspan(NODE, inVxlan(NODE, 4096, POD_FRAME)))).toBe(
      `${POD_FLOW} [gre 10.0.1.20 > 10.0.1.30 | ${NODE_VXLAN}]`,
    );
  });

  it('carries what a pod sends through its own tunnel', () => {
    const podsOwn = inVxlan(POD, 9, ethernet({}, ipv4({}, udp({}))));
    const copied = ethernet({ dst: 'ee:ee:ee:ee:ee:ee' }, podsOwn.subarray(14));
    expect(seen(inGre(NODE, copied), CLUSTER)).toBe(
      '17 10.48.0.134:40000 > 10.48.0.206:4789 [gre 10.0.1.20 > 10.0.1.30 | none]',
    );
  });

  it('is not the overlay of an eBPF node, which has pods’ frames in it', () => {
    for (const vni of [4096, 1])
      expect(seen(inVxlan(NODE, vni, veth), CLUSTER)).toBe(`${POD_FLOW} [vxlan ${vni} 10.0.1.20 > 10.0.1.30]`);
  });

  it('is told from what else runs between the same nodes', () => {
    const plain = ethernet({}, ipv4({ ...NODE, proto: 47 }, gre({ proto: 0x0800 }, POD_PACKET)));
    const { table } = countFrames([inErspan(NODE, POD_FRAME), inGre(NODE, veth), inGre(NODE, POD_FRAME), plain], NODES);
    expect(told(table)).toEqual([
      `${POD_FLOW} [gre 10.0.1.20 > 10.0.1.30 | none] 1`,
      `${POD_FLOW} [gre 10.0.1.20 > 10.0.1.30 | none] 1`,
      `${POD_FLOW} [gre 10.0.1.20 > 10.0.1.30] 1`,
      `${POD_FLOW} [gre 10.0.1.20 > 10.0.1.30] 1`,
    ]);
  });
});

describe('WireGuard between nodes', () => {
  const packet = ipv4(NODE, WIREGUARD);
  const flow = '17 10.0.1.20:40000 > 10.0.1.30:51820';
  const tunnel = 'wireguard 10.0.1.20 > 10.0.1.30';

  it('is the tunnel, and its datagram the flow', () => {
    expect(seen(ethernet({}, packet))).toBe(`${flow} [${tunnel}]`);
    expect(seen(ethernet({}, packet), null)).toBe(`${flow} [${tunnel}]`);
  });

  it('is the tunnel inside a carrier too', () => {
    expect(seen(inGre(MIRROR, ethernet({}, packet)))).toBe(`${flow} [gre 192.0.2.1 > 192.0.2.2 | ${tunnel}]`);
  });
});
