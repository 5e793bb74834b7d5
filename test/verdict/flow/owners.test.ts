// Who has an address, and when: what packets prove against a snapshot, what they only presume, and what blocks are worth.
import { describe, expect, it } from 'vitest';
import type { Trace, TracedFlow } from '../../../src/verdict/trace-types.ts';
import { verifyTrace } from '../../../src/verdict/verify/verify.ts';
import type { BuiltPacket } from '../../support/capture-builder.ts';
import {
  arpReply,
  clusterDocuments,
  flowBetween,
  ip,
  NIC,
  NODE,
  POD,
  plain,
  SYN,
  TUNNEL,
  tcpPacket,
  traceFrames,
  VTEP,
  vxlan,
} from '../../support/cluster-frames.ts';
import {
  blockAffinities,
  cluster,
  ippools,
  iproute2,
  nodes as nodeList,
  pods as podList,
} from '../../support/cluster-text.ts';
import { icmpEcho, tcp, udp } from '../../support/packet-builder.ts';

const { pools, nodes, pods } = clusterDocuments();
const NAMED = cluster(pools, nodes, pods);
const BARE = cluster(pools, nodes);
const [a, b, c] = [POD.a, POD.b, POD.c];
/** In the pool, and in nobody's block. */
const [STRAY, OTHER] = ['10.48.0.9', '10.48.0.10'];

const ping = (src: string, dst: string): Uint8Array => ip({ src, dst });
const pong = (src: string, dst: string): Uint8Array => ip({ src, dst, transport: icmpEcho({ type: 0 }) });
const ask = (src: string, dst: string, dstport: number): Uint8Array =>
  ip({ src, dst, proto: 17, transport: udp({ srcport: 40000, dstport }) });

/** Verdict, reason or codes, and both nodes. */
function told(flow: TracedFlow): string {
  const violations = flow.findings.filter(({ severity }) => severity === 'violation').map(({ code }) => code);
  const why = [flow.unverified?.reason ?? [], violations].flat();
  return [flow.verdict, ...new Set(why), flow.src.node, flow.dst.node].join(' ');
}

async function between(
  frames: readonly (Uint8Array | BuiltPacket)[],
  [src, dst]: [string, string],
  topology = NAMED,
): Promise<TracedFlow> {
  return flowBetween(await traceFrames([{ frames }], topology), src, dst);
}

function exitCode(trace: Trace, topology = BARE): number {
  return verifyTrace(trace, { expect: 'config', pools: [], strict: false, topology }).exitCode;
}

const NEIGHBOURS = iproute2(
  'a',
  'ip-neigh',
  `${NODE.b} dev ens5 lladdr ${NIC.b} REACHABLE`,
  `${NODE.c} dev ens5 lladdr ${NIC.c} REACHABLE`,
);

describe('an answered conversation', () => {
  const there = vxlan(ping(a, b), { to: NODE.c });
  const back = vxlan(pong(b, a), { from: NODE.c, to: NODE.a });

  it('proves where its ends are: a pod object that says otherwise is stale, and nobody is blamed', async () => {
    const flow = await between([there, back], [a, b]);
    expect(told(flow)).toBe('unverifiable owner-elsewhere a ');
    expect(flow.findings.map(({ code }) => code)).toEqual(['snapshot-conflict']);
    expect(flow.dst).toMatchObject({ pod: null, candidates: [{ pod: 'pod-b', node: 'b' }, { node: 'c' }] });
    expect(exitCode(await traceFrames([{ frames: [there, back] }], NAMED), NAMED)).toBe(3);
  });

  it('proves it for plain packets by the MACs of NICs', async () => {
    const topology = cluster(
      ippools({ vxlan: 'CrossSubnet' }),
      nodes,
      pods,
      NEIGHBOURS,
      iproute2('a', 'ip-link', `2: ens5: <UP> mtu 1500 state UP\n    link/ether ${NIC.a} brd ff:ff:ff:ff:ff:ff`),
    );
    const frames = [plain(ping(a, b), NIC.a, NIC.c), plain(pong(b, a), NIC.c, NIC.a)];
    expect(told(await between(frames, [a, b], topology))).toBe('unverifiable owner-elsewhere a ');
  });

  it('proves it where a router took the questions, unless others went to the node of the snapshot', async () => {
    const topology = cluster(pools, nodes, pods, NEIGHBOURS);
    const routed = plain(ping(a, b), NIC.a, '02:fe:00:00:00:01');
    expect(told(await between([routed, back], [b, a], topology))).toBe('unverifiable owner-elsewhere  a');
    const direct = plain(ping(a, b), NIC.a, NIC.b);
    expect(told(await between([routed, direct, back], [b, a], topology))).toBe('violation wrong-source-vtep b a');
  });

  it('does not excuse the packets that went to a third node', async () => {
    const astray = vxlan(ping(a, TUNNEL.b), { to: NODE.c });
    expect(told(await between([astray], [a, TUNNEL.b]))).toBe('violation wrong-destination-vtep a b');
    const flow = await between([there, back, vxlan(ping(a, b), { to: '10.0.1.9' })], [a, b]);
    expect(told(flow)).toContain('violation wrong-destination-vtep');
  });

  it('is none while its answers come from the node of the snapshot: one packet that went elsewhere is a violation', async () => {
    const healthy = [vxlan(ping(a, b)), vxlan(pong(b, a), { from: NODE.b, to: NODE.a })];
    expect(told(await between(healthy, [a, b]))).toBe('ok a b');
    expect(told(await between([...healthy, there], [a, b]))).toBe('violation wrong-destination-vtep a b');
  });

  it('is none without an answer, nor are two pings against each other', async () => {
    expect(told(await between([there], [a, b]))).toBe('violation wrong-destination-vtep a b');
    const opposite = [there, vxlan(ping(b, a), { from: NODE.c, to: NODE.a })];
    expect(told(await between(opposite, [a, b]))).toBe('violation wrong-destination-vtep a b');
  });
});

describe('a pod object', () => {
  const START = Date.UTC(2026, 2, 1, 12) / 1000;
  const at = (seconds: number, frame: Uint8Array): BuiltPacket => ({ data: frame, seconds: START + seconds });
  /** The address is on b; a pod that got it 100 s later is on c. */
  const born = podList(
    { name: 'pod-a', ip: a, node: 'a' },
    { name: 'late', ip: b, node: 'c', created: '2026-03-01T12:01:40Z' },
  );
  const topology = cluster(pools, nodes, born);
  const early = [at(0, vxlan(ping(a, b))), at(1, vxlan(pong(b, a), { from: NODE.b, to: NODE.a }))];
  const late = [
    at(120, vxlan(ask(a, b, 53), { to: NODE.c })),
    at(
      121,
      vxlan(ip({ src: b, dst: a, proto: 17, transport: udp({ srcport: 53, dstport: 40000 }) }), {
        from: NODE.c,
        to: NODE.a,
      }),
    ),
  ];

  it('counts from its creation on: before, another one had the address, and after it this one', async () => {
    const trace = await traceFrames([{ frames: [...early, ...late] }], topology);
    const [before, after] = ['icmp', 'udp'].map((protocol) =>
      trace.all.find((flow) => flow.protocol === protocol && flow.dst.ip === b),
    );
    expect([before?.verdict, before?.dst.node, before?.dst.pod]).toEqual(['ok', 'b', null]);
    expect([after?.verdict, after?.dst.node, after?.dst.pod]).toEqual(['ok', 'c', 'late']);
  });

  it('accuses nobody of what came before it, and still accuses of what came after', async () => {
    const trace = await traceFrames([{ frames: [...early, at(120, vxlan(ask(a, b, 53)))] }], topology);
    expect(trace.all.filter(({ dst }) => dst.ip === b).map(told)).toEqual([
      'ok a b',
      'violation wrong-destination-vtep a c',
    ]);
  });

  it('is a candidate for a conversation that began before it and ended after', async () => {
    const flow = await between([...early, at(150, vxlan(ping(a, b)))], [a, b], topology);
    expect([flow.dst.node, flow.dst.pod]).toEqual(['b', null]);
    expect(flow.dst.candidates.map(({ pod }) => pod)).toEqual(['late']);
    expect(flow.verdict).toBe('ok');
  });

  it('is a candidate where the clocks of the captures are known to be further apart', async () => {
    const frame = vxlan(ping(a, c), { to: NODE.c });
    const files = [
      { name: 'x.pcap', frames: [at(0, frame), at(120, vxlan(ask(a, b, 53)))] },
      { name: 'y.pcap', frames: [at(300, frame)] },
    ];
    const trace = await traceFrames(files, topology);
    const flow = flowBetween(trace, a, b);
    expect([flow.dst.pod, flow.dst.candidates[0]?.pod]).toEqual([null, 'late']);
    expect(flow.verdict).not.toBe('violation');
  });
});

describe('a block', () => {
  const blocks = blockAffinities({ cidr: '10.48.0.128/26', node: 'b' });
  const noPods = (vxlan: string) => cluster(ippools({ vxlan }), nodes, blocks);

  it('names the node while packets agree', async () => {
    expect(told(await between([vxlan(ping(a, b))], [a, b], noPods('Always')))).toBe('ok a b');
  });

  it('names nobody where questions or datagrams got to its node and found silence: a route to a block leads there with borrowed addresses too', async () => {
    const topology = noPods('Always');
    const home = plain(ip({ src: NODE.b, dst: NODE.c }), NIC.b, NIC.c);
    const question = vxlan(ping(a, b));
    const toldAt = async (name: string, frames: Uint8Array[]): Promise<string> =>
      told(flowBetween(await traceFrames([{ name, frames }], topology), a, b));
    expect(await toldAt('b-ens5.pcap', [home, question])).toBe('unverifiable receiver-unproven a ');
    const syn = vxlan(ip({ src: a, dst: b, proto: 6, transport: tcp({ 'flags.ack': 0, 'flags.syn': 1 }) }));
    expect(await toldAt('b-ens5.pcap', [home, syn])).toBe('unverifiable receiver-unproven a ');
    const answer = vxlan(pong(b, c), { from: NODE.b, to: NODE.c });
    expect(await toldAt('b-ens5.pcap', [home, question, vxlan(ping(c, b), { from: NODE.c }), answer])).toBe('ok a b');
    expect(await toldAt('b-ens5.pcap', [home, vxlan(ask(a, b, 514))])).toBe('unverifiable receiver-unproven a ');
    expect(await toldAt('a-ens5.pcap', [question])).toBe('ok a b');
    expect(await toldAt('a-ens5.pcap', [vxlan(ask(a, b, 514))])).toBe('ok a b');
  });

  it('is enough to doubt plain packets that should not have left the node, though nobody knows where they went', async () => {
    const own = blockAffinities({ cidr: '10.48.0.0/26', node: 'a' });
    const topology = cluster(ippools({ vxlan: 'Never' }), nodes, podList({ name: 'pod-a', ip: a, node: 'a' }), own);
    const home = plain(ip({ src: NODE.a, dst: NODE.c }), NIC.a, NIC.c);
    const router = '02:fe:00:00:00:01';
    const silent = vxlan(ping(b, STRAY), { from: NODE.b, to: NODE.a });
    const frames = [home, plain(ping(a, STRAY), NIC.a, router), silent];
    const flow = flowBetween(await traceFrames([{ name: 'a-ens5.pcap', frames }], topology), a, STRAY);
    expect(told(flow)).toBe('unverifiable owner-by-block a ');
  });

  describe('and plain packets, right within one subnet, that nobody answered', () => {
    const router = '02:fe:00:00:00:01';
    const home = (name: 'a' | 'b' | 'c'): Uint8Array => plain(ip({ src: NODE[name], dst: NODE.c }), NIC[name], NIC.c);
    const known = [arpReply(NODE.b, NODE.a, NIC.b, NIC.a), arpReply(NODE.a, NODE.b, NIC.a, NIC.b)];
    const syn = tcpPacket({ src: a, dst: b }, SYN);
    const toldAt = async (mode: string, name: string, frames: Uint8Array[]): Promise<TracedFlow> =>
      flowBetween(await traceFrames([{ name, frames: [...known, ...frames] }], noPods(mode)), a, b);

    it.each([
      ['a merge of two NICs', 'merged.pcap', [home('a'), home('b'), plain(syn, NIC.a, router)]],
      ['the sender’s NIC', 'a-ens5.pcap', [home('a'), plain(syn, NIC.a, router)]],
      ['the sender’s NIC, datagrams', 'a-ens5.pcap', [home('a'), plain(ask(a, b, 514), NIC.a, router)]],
      ['the NIC where they came in', 'b-ens5.pcap', [home('b'), plain(syn)]],
    ])('does not make them right: %s', async (_, name, frames) => {
      const flow = await toldAt('CrossSubnet', name, frames);
      expect(told(flow)).toBe('unverifiable receiver-unproven a b');
      expect(flow.unverified?.detail).toContain('only block-affinity says so');
      expect(flow.unverified?.advice).toMatch(/^kubectl get pods/);
    });

    it('is enough where they went to its node, were answered, or are right wherever it is', async () => {
      expect(told(await toldAt('CrossSubnet', 'a-ens5.pcap', [home('a'), plain(syn)]))).toBe('ok a b');
      const answered = [home('a'), plain(ping(a, b), NIC.a, router), plain(pong(b, a), router, NIC.a)];
      expect(told(await toldAt('CrossSubnet', 'a-ens5.pcap', answered))).toBe('ok a b');
      expect(told(await toldAt('Never', 'a-ens5.pcap', [home('a'), plain(syn, NIC.a, router)]))).toBe('ok a b');
      const wrong = await toldAt('Always', 'a-ens5.pcap', [home('a'), plain(syn, NIC.a, router)]);
      expect(wrong.findings[0]?.code).toBe('overlay-bypassed');
    });
  });

  it.each(['Always', 'CrossSubnet'])('names nobody where packets put the address elsewhere (%s)', async (mode) => {
    const frames = [vxlan(ping(a, b), { to: NODE.c }), vxlan(pong(b, a), { from: NODE.c, to: NODE.a })];
    const flow = await between(frames, [a, b], noPods(mode));
    expect(told(flow)).toBe('unverifiable owner-by-block a ');
    expect(flow.findings[0]?.code).toBe('snapshot-conflict');
    expect(flow.dst.candidates.map(({ node }) => node)).toEqual(['c']);
  });

  it('is not what a MAC inside is held against', async () => {
    const written = iproute2(
      'b',
      'ip-link',
      `9: vxlan.calico: <UP> mtu 1450\n    link/ether ${VTEP.b} brd ff:ff:ff:ff:ff:ff`,
    );
    const topology = cluster(pools, nodes, blocks, written);
    const flow = await between([vxlan(ping(a, b), { to: NODE.c })], [a, b], topology);
    expect(told(flow)).toBe('unverifiable owner-by-block a ');
  });
});

describe('a receiver that only the header under judgement names', () => {
  const question = (frame: Uint8Array): Promise<TracedFlow> =>
    between([vxlan(frame, { to: NODE.c })], [a, STRAY], BARE);

  it('is not proven, and neither is the packet right', async () => {
    expect(told(await question(ping(a, STRAY)))).toMatch(/^unverifiable receiver-unproven/);
    expect(told(await question(tcpPacket({ src: a, dst: STRAY }, SYN)))).toMatch(/^unverifiable receiver-unproven/);
  });

  it('is proven by an answer, also where that does not show its node', async () => {
    const answered = [vxlan(ping(a, STRAY), { to: NODE.c }), plain(pong(STRAY, a), '02:00:00:00:09:01', NIC.a)];
    expect((await between(answered, [a, STRAY], BARE)).dst.node).toBe('c');
  });

  it('keeps verify from passing for questions only', async () => {
    const healthy = [vxlan(ping(STRAY, a), { from: NODE.c, to: NODE.a }), vxlan(pong(a, STRAY), { to: NODE.c })];
    const verify = async (frame: Uint8Array): Promise<number> => {
      const frames = [...healthy, vxlan(frame, { to: NODE.b }), plain(ping(NODE.a, NODE.b))];
      return exitCode(await traceFrames([{ frames }], BARE));
    };
    expect(await verify(ask(a, OTHER, 8125))).toBe(0);
    expect(await verify(ask(a, OTHER, 53))).toBe(3);
    expect(await verify(ping(a, OTHER))).toBe(3);
  });

  it('is not needed for what is wrong anyway', async () => {
    const onNic = vxlan(ping(b, a), { from: NODE.b, to: NODE.a });
    expect(told(await between([onNic, plain(ping(a, STRAY))], [a, STRAY], BARE))).toContain(
      'violation overlay-bypassed',
    );
    const vni = vxlan(ping(a, STRAY), { to: NODE.c, vni: 4097 });
    expect(told(await between([vni], [a, STRAY], BARE))).toContain('violation wrong-vni');
  });
});

describe("a third node's VTEP inside", () => {
  const frame = (innerDstMac: string): Uint8Array => vxlan(ping(a, b), { innerDstMac });
  const neighbour = iproute2('a', 'ip-neigh', `${TUNNEL.c} dev vxlan.calico lladdr ${VTEP.c} PERMANENT`);

  it('is wrong-tunnel-mac, whoever wrote whose it is', async () => {
    const topology = cluster(pools, nodes, pods, neighbour);
    expect(told(await between([frame(VTEP.c)], [a, b], topology))).toBe('violation wrong-tunnel-mac a b');
  });

  it('is known by what the node sends', async () => {
    const own = vxlan(ping(c, a), { from: NODE.c, to: NODE.a });
    expect(told(await between([own, frame(VTEP.c)], [a, b]))).toBe('violation wrong-tunnel-mac a b');
  });

  it('is known by its name: node1 has 66:f9:37:c3:7e:94 (calico-facts 4.4)', async () => {
    const names = [
      { name: 'a', ip: `${NODE.a}/24`, vxlan: TUNNEL.a },
      { name: 'b', ip: `${NODE.b}/24`, vxlan: TUNNEL.b },
    ];
    const third = { name: 'node1', ip: `${NODE.c}/24`, vxlan: TUNNEL.c };
    const topology = cluster(pools, nodeList(...names, third), pods);
    expect(told(await between([frame('66:f9:37:c3:7e:94')], [a, b], topology))).toBe('violation wrong-tunnel-mac a b');
  });

  it('is none where the receiver has the same MAC', async () => {
    const receiver = vxlan(ping(b, a), { from: NODE.b, to: NODE.a, innerSrcMac: VTEP.c });
    const topology = cluster(pools, nodes, pods, neighbour);
    expect(told(await between([receiver, frame(VTEP.c)], [a, b], topology))).toBe('ok a b');
  });

  it('may be right while nobody knows the receiver: then the outer address would be wrong', async () => {
    const topology = cluster(pools, nodes, neighbour);
    const flow = await between([vxlan(ping(a, STRAY), { innerDstMac: VTEP.c })], [a, STRAY], topology);
    expect(told(flow)).toMatch(/^unverifiable tunnel-mac-differs/);
  });
});
