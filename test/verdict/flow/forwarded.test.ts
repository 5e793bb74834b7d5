// What a machine puts on the wire that only sends packets on is not how their sender sent them, whether or not its name is known.
import { describe, expect, it } from 'vitest';
import type { TracedFlow } from '../../../src/verdict/trace-types.ts';
import {
  clusterDocuments,
  type FrameFile,
  flowBetween,
  ip,
  NIC,
  NODE,
  POD,
  plain,
  SYN,
  tcpPacket,
  traceFrames,
  VTEP,
  vxlan,
} from '../../support/cluster-frames.ts';
import { blockAffinities, cluster } from '../../support/cluster-text.ts';

const { pools, nodes, pods } = clusterDocuments();
const TOPOLOGY = cluster(pools, nodes, pods);
const ROUTER = '02:00:00:00:01:fe';

async function flowOf(...files: FrameFile[]): Promise<TracedFlow> {
  return flowBetween(await traceFrames(files, TOPOLOGY), POD.a, POD.b);
}
/** Without pods: a block says where an address likely is. */
const BY_BLOCKS = cluster(
  pools,
  nodes,
  blockAffinities({ cidr: '10.48.0.64/26', node: 'a' }, { cidr: '10.48.0.128/26', node: 'b' }),
);

const codesOf = ({ findings }: TracedFlow): string[] => findings.map(({ code }) => code);
const asked = (ttl: number, id: number): Uint8Array =>
  tcpPacket({ src: POD.a, dst: POD.b, ttl, id }, { ...SYN, srcport: 40000, dstport: 80, seq_raw: 7 });
/** Comes in the tunnel, and goes back plain. */
const bounced = [1, 2, 3].flatMap((id) => [vxlan(asked(63, id)), plain(asked(62, id), NIC.b, NIC.a)]);
/** What b says to others. */
const talk = [
  plain(ip({ src: NODE.b, dst: NODE.c }), NIC.b, NIC.c),
  plain(tcpPacket({ src: NODE.b, dst: NODE.a }, {}), NIC.b, NIC.a),
];

describe('packets that came to a MAC and leave from it', () => {
  it('are no bypass where nobody knows whose NIC it is', async () => {
    const flow = await flowOf({ name: 'x.pcap', frames: bounced });
    expect(codesOf(flow)).not.toContain('overlay-bypassed');
    expect(flow.observed.encapsulation).toBe('vxlan');
  });

  it('are none either where the snaplen hides that they are the same ones, on one NIC', async () => {
    const flow = await flowOf({ name: 'b-eth0.pcap', frames: [...bounced, ...talk], snaplen: 96 });
    expect(codesOf(flow)).not.toContain('overlay-bypassed');
  });

  it('stay a bypass where they are others than those that came, and frames of several NICs are there', async () => {
    const mirrored = [1, 2, 3].flatMap((id) => [
      vxlan(asked(63, id), { dstMac: ROUTER }),
      plain(asked(62, id + 10), ROUTER, NIC.b),
      plain(ip({ src: NODE.c, dst: NODE.b, id }), NIC.c, NIC.b),
      plain(ip({ src: NODE.b, dst: NODE.a, id }), NIC.b, NIC.a),
    ]);
    expect(codesOf(await flowOf({ name: 'span.pcap', frames: mirrored }))).toContain('overlay-bypassed');
  });

  it('stay a bypass where they have not fewer hops left', async () => {
    const both = [1, 2, 3].flatMap((id) => [vxlan(asked(63, id)), plain(asked(63, id), NIC.b, NIC.a)]);
    expect(codesOf(await flowOf({ name: 'x.pcap', frames: both }))).toContain('overlay-bypassed');
  });
});

describe('packets that only the node they are for was seen to send', () => {
  const sent = [1, 2, 3].map((id) => plain(asked(62, id), NIC.b, ROUTER));

  it('are undecided: the sender is surely another node', async () => {
    const flow = await flowOf({ name: 'b-eth0.pcap', frames: [...talk, ...sent] });
    expect(flow).toMatchObject({ verdict: 'unverifiable', unverified: { reason: 'in-circle' } });
  });

  it('are too where blocks tell the nodes: were the sender here, the receiver would have to be elsewhere', async () => {
    const files = [{ name: 'b-eth0.pcap', frames: [...talk, ...sent] }];
    const flow = flowBetween(await traceFrames(files, BY_BLOCKS), POD.a, POD.b);
    expect([flow.src.node, flow.dst.node, flow.src.pod]).toEqual(['a', 'b', null]);
    expect(flow).toMatchObject({ verdict: 'unverifiable', unverified: { reason: 'in-circle' } });
  });

  it('are a bypass where blocks tell the nodes and the sender’s own let them out', async () => {
    const own = [1, 2, 3].map((id) => plain(asked(63, id), NIC.a, NIC.b));
    const others = [plain(ip({ src: NODE.a, dst: NODE.c }), NIC.a, NIC.c), plain(ip({ src: NODE.a, dst: NODE.b }))];
    const files = [{ name: 'a-eth0.pcap', frames: [...others, ...own] }];
    expect(codesOf(flowBetween(await traceFrames(files, BY_BLOCKS), POD.a, POD.b))).toContain('overlay-bypassed');
  });

  it('are a bypass where they came to it', async () => {
    const came = [1, 2, 3].map((id) => plain(asked(62, id), ROUTER, NIC.b));
    expect(codesOf(await flowOf({ name: 'b-eth0.pcap', frames: [...talk, ...came] }))).toContain('overlay-bypassed');
  });
});

describe('a circle whose first packet is not in the capture', () => {
  const around = [62, 60, 58, 56, 54].flatMap((ttl) => [
    vxlan(asked(ttl, 5), { from: NODE.b, to: NODE.a, innerSrcMac: VTEP.b, innerDstMac: VTEP.a }),
    vxlan(asked(ttl - 1, 5)),
  ]);
  const own = [plain(ip({ src: NODE.a, dst: NODE.c }), NIC.a, NIC.c), plain(ip({ src: NODE.a, dst: NODE.b }))];

  it('is judged by what its sender sends, not by what comes back to it', async () => {
    const flow = await flowOf({ name: 'a-eth0.pcap', frames: [...own, ...around] });
    expect(codesOf(flow)).toContain('routing-loop');
    expect(codesOf(flow)).not.toContain('wrong-source-vtep');
    expect(flow.verdict).toBe('ok');
  });

  it('is undecided where nothing but what comes back was seen', async () => {
    const back = around.filter((_, i) => i % 2 === 0);
    expect((await flowOf({ name: 'b-eth0.pcap', frames: [...talk, ...back] })).unverified?.reason).toBe('in-circle');
  });
});
