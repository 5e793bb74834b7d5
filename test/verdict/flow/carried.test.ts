// Whose packet it is: what pods' own tunnels, mirrors, a node's own tunnels and raw answers of eBPF nodes are judged as.
import { describe, expect, it } from 'vitest';
import type { Topology } from '../../../src/topology/model.ts';
import { verifyTrace } from '../../../src/verdict/verify/verify.ts';
import {
  clusterDocuments,
  cooked2,
  gist,
  ip,
  ipip,
  NIC,
  NODE,
  POD,
  POD_MAC,
  plain,
  SYN,
  TUNNEL,
  tcpPacket,
  traceFrames,
  VETH,
  VTEP,
  vxlan,
} from '../../support/cluster-frames.ts';
import { cluster, ippools } from '../../support/cluster-text.ts';
import * as build from '../../support/packet-builder.ts';

const documents = (mode: Parameters<typeof clusterDocuments>[0], withPods: boolean): Topology => {
  const { pools, nodes, pods } = clusterDocuments(mode);
  return withPods ? cluster(pools, nodes, pods) : cluster(pools, nodes);
};
const ALWAYS = { vxlan: 'Always' };
const NEVER = { vxlan: 'Never' };

/** `src > dst protocol: gist` of every flow that is not the healthy one, and what `verify` exits with. */
async function answer(frames: readonly Uint8Array[], topology: Topology): Promise<string[]> {
  const trace = await traceFrames([{ frames }], topology);
  const report = verifyTrace(trace, { expect: 'config', pools: [], strict: false, topology });
  const told = trace.all
    .filter(({ src, dst }) => ![src.ip, dst.ip].every((one) => HEALTHY_ENDS.includes(one)))
    .map((flow) => `${flow.src.ip} > ${flow.dst.ip} ${flow.protocol}: ${gist(flow)}`);
  return [...told, `exit ${report.exitCode}`];
}

const HEALTHY_ENDS: readonly string[] = [POD.a, POD.c, NODE.a, NODE.c];
const toC = { from: NODE.a, to: NODE.c };
const fromC = { from: NODE.c, to: NODE.a };
/** Healthy traffic between a and c, and two nodes that talk. */
const HEALTHY = [
  vxlan(tcpPacket({ src: POD.a, dst: POD.c }, SYN), toC),
  vxlan(tcpPacket({ src: POD.c, dst: POD.a }, { srcport: 80, dstport: 40_000, 'flags.syn': true }), fromC),
  plain(tcpPacket({ src: NODE.a, dst: NODE.c, ttl: 64 }, { 'flags.ack': true }), NIC.a, NIC.c),
];
const HEALTHY_PLAIN = [
  plain(tcpPacket({ src: POD.a, dst: POD.c }, SYN), NIC.a, NIC.c),
  plain(tcpPacket({ src: POD.c, dst: POD.a }, { srcport: 80, dstport: 40_000, 'flags.syn': true }), NIC.c, NIC.a),
  plain(tcpPacket({ src: NODE.a, dst: NODE.c, ttl: 64 }, { 'flags.ack': true }), NIC.a, NIC.c),
];

const inner = (last = 1): Uint8Array =>
  build.ipv4({ src: `192.168.50.${last}`, dst: '192.168.50.200' }, build.udp({ srcport: 5000 }));
const frame = (last = 1, macs: { src?: string; dst?: string } = {}): Uint8Array =>
  build.ethernet({ src: '0a:58:00:00:00:01', dst: '0a:58:00:00:00:02', ...macs }, inner(last));
const ends: { src: string; dst: string } = { src: POD.a, dst: POD.b };
const over = (dstport: number, payload: Uint8Array, from = ends): Uint8Array =>
  ip({ ...from, proto: 17, transport: build.udp({ srcport: 45_000, dstport }, payload) });
const WIREGUARD = build.hex(`04000000 ${'00'.repeat(28)}`);

/** As their nodes send them: twice the same tunnel, with two flows in it. */
const OWN: Record<string, { packets: readonly Uint8Array[]; protocol: string }> = {
  VXLAN: { protocol: 'udp', packets: [1, 2].map((n) => over(4789, build.vxlan({ vni: 42 }, frame(n)))) },
  'VXLAN with the cluster’s VNI': {
    protocol: 'udp',
    packets: [1, 2].map((n) => over(4789, build.vxlan({ vni: 4096 }, frame(n)))),
  },
  'VXLAN of a cluster inside': {
    protocol: 'udp',
    packets: [1, 2].map((n) => over(4789, build.vxlan({}, frame(n, { src: VTEP.a, dst: VTEP.b })))),
  },
  'VXLAN on another port': { protocol: 'udp', packets: [over(8472, build.vxlan({ vni: 1 }, frame()))] },
  'VXLAN with ARP in it': {
    protocol: 'udp',
    packets: [over(4789, build.vxlan({ vni: 42 }, build.ethernet({ type: 0x0806 }, build.arp())))],
  },
  Geneve: { protocol: 'udp', packets: [over(6081, build.geneve({ proto_type: 0x6558 }, frame()))] },
  GRE: { protocol: 'gre', packets: [ip({ ...ends, proto: 47, transport: build.gre({ proto: 0x0800 }, inner()) })] },
  gretap: { protocol: 'gre', packets: [ip({ ...ends, proto: 47, transport: build.gre({ proto: 0x6558 }, frame()) })] },
  'IP in IP': { protocol: '4', packets: [1, 2].map((n) => ip({ ...ends, proto: 4, transport: inner(n) })) },
  '6in4': { protocol: '41', packets: [ip({ ...ends, proto: 41, transport: build.ipv6({}, build.udp({})) })] },
  WireGuard: { protocol: 'udp', packets: [over(51_820, WIREGUARD)] },
};

describe.each(Object.entries(OWN))('a pods’ own tunnel: %s', (_, { packets, protocol }) => {
  const flow = `${POD.a} > ${POD.b} ${protocol}:`;

  it.each([true, false])('is a bypass where it leaves the node plain (pods in the snapshot: %s)', async (withPods) => {
    const frames = [...HEALTHY, ...packets.map((packet) => plain(packet))];
    expect(await answer(frames, documents(ALWAYS, withPods))).toEqual([
      `${flow} none violation overlay-bypassed`,
      'exit 1',
    ]);
  });

  it('is what the pool asks for inside the overlay, and where it is plain by right', async () => {
    const tunnelled = [...HEALTHY, ...packets.map((packet) => vxlan(packet))];
    expect(await answer(tunnelled, documents(ALWAYS, true))).toEqual([`${flow} vxlan ok`, 'exit 0']);
    const byRight = [...HEALTHY_PLAIN, ...packets.map((packet) => plain(packet))];
    expect(await answer(byRight, documents(NEVER, true))).toEqual([`${flow} none ok`, 'exit 0']);
    const inIpip = [ipip(tcpPacket({ src: POD.c, dst: POD.b }, SYN), NODE.c), ...packets.map((one) => ipip(one))];
    expect(await answer(inIpip, documents({ ipip: 'Always' }, true))).toContain(`${flow} ipip ok`);
  });
});

describe('a tunnel between a node and a pod', () => {
  const egress = (src: string): Uint8Array => over(4790, build.vxlan({ vni: 4097 }, frame()), { src, dst: POD.b });

  it('is a bypass where it is plain', async () => {
    expect(await answer([...HEALTHY, plain(egress(NODE.a))], documents(ALWAYS, true))).toEqual([
      `${NODE.a} > ${POD.b} udp: none violation overlay-bypassed`,
      'exit 1',
    ]);
  });

  it('is as configured inside the overlay', async () => {
    expect(await answer([...HEALTHY, vxlan(egress(TUNNEL.a))], documents(ALWAYS, true))).toEqual([
      `${TUNNEL.a} > ${POD.b} udp: vxlan ok`,
      'exit 0',
    ]);
  });
});

describe('the nodes’ own tunnel', () => {
  it('is opened where a pool holds the nodes’ addresses too', async () => {
    const { nodes, pods } = clusterDocuments();
    const wide = cluster(ippools({ cidr: '10.0.0.0/8', vxlan: 'Always' }), nodes, pods);
    expect(await answer([...HEALTHY, vxlan(ip({ src: POD.a, dst: POD.b }))], wide)).toEqual([
      `${POD.a} > ${POD.b} icmp: vxlan ok`,
      'exit 0',
    ]);
  });

  it('is opened where such a pool is all that is known', async () => {
    const frames = [vxlan(ip({ src: POD.a, dst: POD.b })), ipip(ip({ src: POD.b, dst: POD.a }), NODE.b, NODE.a)];
    const [one, two] = await answer(frames, cluster(ippools({ cidr: '10.0.0.0/8', vxlan: 'Always' })));
    expect([one, two].map((told) => told?.split(':')[0])).toEqual([
      `${POD.a} > ${POD.b} icmp`,
      `${POD.b} > ${POD.a} icmp`,
    ]);
  });

  it('is opened for a machine of their network that the snapshot does not have', async () => {
    const { nodes, pods } = clusterDocuments();
    const wide = cluster(ippools({ cidr: '10.0.0.0/8', vxlan: 'Always' }), nodes, pods);
    const stranger = vxlan(ip({ src: '10.48.7.7', dst: POD.b }), { from: '10.0.1.77' });
    expect((await answer([...HEALTHY, stranger], wide))[0]).toMatch(`10.48.7.7 > ${POD.b} icmp: vxlan`);
  });
});

const inGretap = (src: string, dst: string, copied: Uint8Array): Uint8Array =>
  plain(build.ipv4({ src, dst, proto: 47 }, build.gre({ proto: 0x6558 }, copied)));
const inErspan = (src: string, dst: string, copied: Uint8Array): Uint8Array => {
  const header = build.hex('1000 88be 00000001 1001 0007 00000000');
  return plain(build.ipv4({ src, dst, proto: 47 }, new Uint8Array([...header, ...copied])));
};
const inOwnVxlan = (src: string, dst: string, copied: Uint8Array): Uint8Array =>
  plain(build.ipv4({ src, dst }, build.udp({ dstport: 4789 }, build.vxlan({ vni: 7700 }, copied))));
const MIRRORS = { gretap: inGretap, ERSPAN: inErspan, VXLAN: inOwnVxlan } as const;
const COLLECTORS = { 'on a node': NODE.c, outside: '203.0.113.9' } as const;
const request = tcpPacket({ src: POD.a, dst: POD.b }, SYN);
const atVeth = build.ethernet({ src: POD_MAC, dst: VETH }, tcpPacket({ src: POD.a, dst: POD.b, ttl: 64 }, SYN));
const CASES = Object.entries(MIRRORS).flatMap(([kind, wrap]) =>
  Object.entries(COLLECTORS).map(([where, collector]) => [kind, where, wrap, collector] as const),
);

describe.each(CASES)('a mirror in %s to a collector %s', (_, __, wrap, collector) => {
  const topology = documents(ALWAYS, true);
  const copy = (copied: Uint8Array): Uint8Array => wrap(NODE.a, collector, copied);

  it('of a veth changes no verdict', async () => {
    const frames = [...HEALTHY, copy(atVeth), vxlan(request)];
    expect(await answer(frames, topology)).toEqual([`${POD.a} > ${POD.b} tcp: vxlan ok`, 'exit 0']);
    expect((await answer([...HEALTHY, copy(atVeth)], topology))[0]).not.toMatch(/violation|ok/);
  });

  it('of a NIC changes no verdict', async () => {
    const frames = [...HEALTHY, vxlan(request), copy(vxlan(request)), ...HEALTHY.map(copy)];
    const told = await answer(frames, topology);
    expect(told.join()).not.toMatch(/violation/);
    expect(told.at(-1)).toBe('exit 0');
    const never = await answer([...HEALTHY_PLAIN, ...HEALTHY_PLAIN.map(copy)], documents(NEVER, true));
    expect(never.join()).not.toMatch(/violation/);
    expect(never.at(-1)).toBe('exit 0');
  });

  it('does not hide a bypass', async () => {
    const frames = [...HEALTHY, plain(request), copy(plain(request)), copy(atVeth)];
    expect((await answer(frames, topology)).slice(-1)).toEqual(['exit 1']);
  });
});

it('a switch’s mirror shows a bypass, whatever its addresses', async () => {
  for (const [from, to] of [
    ['10.0.1.98', '10.0.1.99'],
    [NODE.c, '203.0.113.9'],
    [NODE.b, NODE.c],
  ] as const)
    expect(await answer([...HEALTHY, inErspan(from, to, plain(request))], documents(ALWAYS, true))).toEqual([
      `${POD.a} > ${POD.b} tcp: none violation overlay-bypassed`,
      'exit 1',
    ]);
});

it('a copy in a cooked or named capture is not where its carrier is', async () => {
  const sent = inGretap(NODE.a, NODE.c, atVeth);
  const trace = await traceFrames(
    [{ frames: [cooked2(vxlan(request), 4, 2), cooked2(sent, 4, 2)], options: { linkType: 276 }, name: 'a-any.pcap' }],
    documents(ALWAYS, true),
  );
  expect(trace.all.filter(({ src }) => src.ip === POD.a).map(gist)).toEqual(['vxlan ok']);
});

describe('a node’s own tunnel to a machine that is no node', () => {
  const foreign = (packet: Uint8Array): Uint8Array[] => {
    const copied = build.ethernet({ src: '0a:58:00:00:00:01', dst: '0a:58:00:00:00:02' }, packet);
    return [inOwnVxlan(NODE.a, '203.0.113.9', copied), inGretap(NODE.a, '203.0.113.9', copied)];
  };

  it('is a foreign tunnel, and nothing else', async () => {
    const topology = documents(ALWAYS, true);
    for (const packet of [inner(), ip({ src: '10.48.9.9', dst: '10.48.8.8' })])
      for (const one of foreign(packet)) {
        const trace = await traceFrames([{ frames: [...HEALTHY, one] }], topology);
        const told = trace.all.filter(({ src }) => src.ip === '192.168.50.1' || src.ip === '10.48.9.9');
        expect(told.map(({ verdict, unverified, findings }) => [verdict, unverified?.reason, findings])).toEqual([
          ['unverifiable', 'foreign-tunnel', []],
        ]);
      }
  });

  it('keeps nothing of the cluster’s from passing', async () => {
    const [one = new Uint8Array()] = foreign(inner());
    expect((await answer([...HEALTHY, one], documents(ALWAYS, true))).at(-1)).toBe('exit 0');
  });
});

describe('a frame for the MAC of every veth on a NIC', () => {
  const topology = documents(ALWAYS, true);
  const reply = (ttl: number): Uint8Array =>
    build.ethernet(
      { src: POD_MAC, dst: VETH },
      tcpPacket({ src: POD.b, dst: POD.a, ttl }, { srcport: 80, dstport: 40_000, 'flags.syn': true }),
    );
  const asked = vxlan(request);
  const flow = `${POD.b} > ${POD.a} tcp:`;

  it('is a bypass, alone and routed once', async () => {
    const frames = [...HEALTHY, asked, reply(63)];
    expect((await answer(frames, topology)).slice(1)).toEqual([`${flow} none violation overlay-bypassed`, 'exit 1']);
  });

  it('is a veth’s, with an encapsulated copy', async () => {
    const copy = vxlan(reply(63).subarray(14), { from: NODE.b, to: NODE.a });
    expect((await answer([...HEALTHY, asked, reply(63), copy], topology)).slice(1)).toEqual([
      `${flow} vxlan ok`,
      'exit 0',
    ]);
  });

  it('is a veth’s, as the pod made it or where others come back', async () => {
    const told = await answer([...HEALTHY, asked, reply(64)], topology);
    expect(told[1]).toBe(`${flow} unknown unverifiable no-underlay`);
    const back = build.ethernet({ src: VETH, dst: POD_MAC }, tcpPacket({ src: POD.a, dst: POD.b, ttl: 62 }, SYN));
    expect((await answer([...HEALTHY, asked, reply(63), back], topology))[1]).toBe(
      `${flow} unknown unverifiable no-underlay`,
    );
  });
});

it('an overlay that nobody asked for is one finding, whatever its VNI and port', async () => {
  const request = ip({ src: POD.a, dst: POD.b });
  for (const odd of [{ vni: 4097 }, { port: 8472 }, { vni: 4097, port: 8472 }])
    expect(await answer([...HEALTHY_PLAIN, vxlan(request, odd)], documents(NEVER, true))).toEqual([
      `${POD.a} > ${POD.b} icmp: vxlan violation unexpected-overlay`,
      'exit 1',
    ]);
});
