// Handshakes that go no further, and those that merely look so.
import { describe, expect, it } from 'vitest';
import type { TracedFlow } from '../../../src/verdict/trace-types.ts';
import {
  clusterDocuments,
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
import { cluster, nodes as nodesOf, pods as podsOf } from '../../support/cluster-text.ts';
import * as build from '../../support/packet-builder.ts';

const { pools, nodes, pods } = clusterDocuments();
const TOPOLOGY = cluster(pools, nodes, pods);
const START = 1_700_000_000;
const SYN_ACK = { 'flags.syn': true, 'flags.ack': true, srcport: 80, dstport: 40000, seq_raw: 9, ack_raw: 2 } as const;
const ASK = { ...SYN, srcport: 40000, dstport: 80, seq_raw: 1 } as const;
const THERE = { src: POD.a, dst: POD.b };
const BACK = { src: POD.b, dst: POD.a };
const syn = vxlan(tcpPacket(THERE, ASK));
const synAck = vxlan(tcpPacket(BACK, SYN_ACK), { from: NODE.b, to: NODE.a });
const ack = vxlan(tcpPacket(THERE, { ...ASK, 'flags.syn': false, 'flags.ack': true, seq_raw: 2, ack_raw: 10 }));
const TALK = [
  plain(ip({ src: NODE.b, dst: NODE.c }), NIC.b, NIC.c),
  plain(ip({ src: NODE.c, dst: NODE.b, transport: build.icmpEcho({ type: 0 }) }), NIC.c, NIC.b),
  plain(ip({ src: NODE.b, dst: NODE.a }), NIC.b, NIC.a),
];

/** A frame a second. */
async function seenAt(name: string, ...frames: Uint8Array[]): Promise<TracedFlow> {
  const timed = [...TALK, ...frames].map((data, i) => ({ data, seconds: START + i, nanos: 0 }));
  return flowBetween(await traceFrames([{ name, frames: timed }], TOPOLOGY), POD.a, POD.b);
}

describe('a handshake', () => {
  it('is half-open when SYN and SYN/ACK repeat and no ACK comes', async () => {
    const flow = await seenAt('b-eth0.pcap', syn, synAck, syn, synAck);
    expect(flow.outcome).toBe('half-open');
    const [finding] = flow.findings.filter(({ code }) => code === 'half-open');
    expect(finding?.message).toContain('2 SYN from');
    expect(finding?.message).toContain('the answer leaves b and does not get back to a');
  });

  it('is half-open when the SYN/ACK alone is sent again and again: the ACK is lost', async () => {
    expect((await seenAt('b-eth0.pcap', syn, synAck, synAck, synAck)).outcome).toBe('half-open');
  });

  it('is answered with an ACK, with one SYN/ACK lost, or where the capture ends in it', async () => {
    expect((await seenAt('b-eth0.pcap', syn, synAck, syn, synAck, ack)).outcome).toBe('answered');
    expect((await seenAt('b-eth0.pcap', syn, synAck)).outcome).toBe('answered');
    expect((await seenAt('b-eth0.pcap', syn, synAck, synAck)).outcome).toBe('answered');
  });

  it('is not half-open for being captured at two places', async () => {
    const frames = [syn, synAck].flatMap((frame) => [frame, frame.slice()]);
    const inside = [
      build.ethernet({ src: '66:00:00:00:00:0a', dst: '66:00:00:00:00:0b' }, tcpPacket({ ...THERE }, ASK)),
      build.ethernet({ src: '66:00:00:00:00:0b', dst: '66:00:00:00:00:0a' }, tcpPacket(BACK, SYN_ACK)),
    ];
    const trace = await traceFrames(
      [
        { name: 'b-eth0.pcap', frames: [...TALK, ...frames.slice(0, 1), ...frames.slice(2, 3)] },
        { name: 'b-vxlan.calico.pcap', frames: inside },
      ],
      TOPOLOGY,
    );
    expect(flowBetween(trace, POD.a, POD.b).outcome).toBe('answered');
  });

  it("does not get back where the other node had the answers in a mirror's copies only", async () => {
    const copy = (frame: Uint8Array): Uint8Array => {
      const datagram = build.udp({ srcport: 40000, dstport: 4789 }, build.vxlan({ vni: 7700 }, frame));
      return plain(build.ipv4({ src: NODE.b, dst: NODE.a, proto: 17 }, datagram), NIC.b, NIC.a);
    };
    const plainly = [plain(tcpPacket(THERE, ASK)), plain(tcpPacket(BACK, SYN_ACK), NIC.b, NIC.a)] as const;
    const [asked, answer] = plainly;
    const talk = [
      plain(ip({ src: NODE.a, dst: NODE.c }), NIC.a, NIC.c),
      plain(ip({ src: NODE.c, dst: NODE.a, transport: build.icmpEcho({ type: 0 }) }), NIC.c, NIC.a),
    ];
    const files = [
      { name: 'a-eth0.pcap', frames: [asked, copy(answer), asked, copy(answer), ...talk] },
      { name: 'b-eth0.pcap', frames: [asked, answer, asked, answer, ...TALK] },
    ];
    const never = clusterDocuments({ vxlan: 'Never' });
    const told = async (...own: typeof files): Promise<string> => {
      const flow = flowBetween(await traceFrames(own, cluster(never.pools, never.nodes, never.pods)), POD.a, POD.b);
      return flow.findings.find(({ code }) => code === 'half-open')?.message ?? '';
    };
    expect(await told(...files)).toContain('the answer leaves b and does not get back to a');
    expect(await told({ name: 'a-eth0.pcap', frames: [...plainly, ...plainly, ...talk] })).toContain(
      'arrives at a and',
    );
  });

  /** Frames a second apart; two that are together are of one moment. */
  const messageOf = async (frames: readonly (Uint8Array | Uint8Array[])[], topology = TOPOLOGY): Promise<string> => {
    const timed = frames.flatMap((frame, i) =>
      [frame].flat().map((data, copy) => ({ data, seconds: START + i, nanos: copy * 1000 })),
    );
    const flow = flowBetween(await traceFrames([{ name: 'a-eth0.pcap', frames: timed }], topology), POD.a, POD.b);
    return flow.findings.find(({ code }) => code === 'half-open')?.message ?? '';
  };
  const own = [
    plain(ip({ src: NODE.a, dst: NODE.c }), NIC.a, NIC.c),
    plain(ip({ src: NODE.b, dst: NODE.a }), NIC.b, NIC.a),
  ];

  it('is lost somewhere where a capture of several places has the answer', async () => {
    const asked = (id: number): Uint8Array => vxlan(tcpPacket({ ...THERE, id }, ASK));
    const twice = [1, 2].map((id) => [asked(id), asked(id)]);
    expect(await messageOf([...own, ...twice, synAck, synAck])).toContain('no ACK: the answer is lost, or the ACK is');
    expect(await messageOf([...own, syn, synAck, syn, synAck])).toContain(
      'arrives at a and does not get to the client',
    );
  });

  it('does not arrive where the node of the side that asked was seen to send the answer on', async () => {
    const sentOn = plain(tcpPacket(BACK, SYN_ACK), NIC.a, NIC.c);
    expect(await messageOf([...own, syn, sentOn, syn, sentOn])).not.toContain('arrives at a');
  });

  it('is not dropped inside a node where both ends are said to be there, and packets were on the wire', async () => {
    const both = cluster(
      pools,
      nodes,
      podsOf({ name: 'a', ip: POD.a, node: 'a' }, { name: 'b', ip: POD.b, node: 'a' }),
    );
    expect(await messageOf([...own, syn, synAck, syn, synAck], both)).not.toContain('inside a');
  });

  it('is told where the answer came to a tunnel device, not where it left by one', async () => {
    const [out, home] = [
      build.ethernet({ src: VTEP.a, dst: VTEP.b }, tcpPacket(THERE, ASK)),
      build.ethernet({ src: VTEP.b, dst: VTEP.a }, tcpPacket(BACK, SYN_ACK)),
    ];
    const withMacs = nodesOf(
      ...(['a', 'b', 'c'] as const).map((name) => ({ name, ip: `${NODE[name]}/24`, mac: VTEP[name] })),
    );
    const seen = async (node: 'a' | 'b'): Promise<string> => {
      const topology = cluster(pools, withMacs, podsOf({ name: 'x', ip: POD.a, node }));
      const name = `${node}-vxlan.calico.pcap`;
      const frames = [out, home, out, home].map((data, i) => ({ data, seconds: START + i, nanos: 0 }));
      const flow = flowBetween(await traceFrames([{ name, frames }], topology), POD.a, POD.b);
      return flow.findings.find(({ code }) => code === 'half-open')?.message ?? '';
    };
    expect(await seen('a')).toContain('the answer arrives at a and');
    // b is where the answer left, and by an old snapshot where it was for
    expect(await seen('b')).toContain('the answer is lost, or the ACK is');
  });
});
