// Sources that a node translates between pods, and what only looks like it.
import { describe, expect, it } from 'vitest';
import type { BuiltPacket } from '../../support/capture-builder.ts';
import {
  clusterDocuments,
  type FrameFile,
  ip,
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
  vxlan,
} from '../../support/cluster-frames.ts';
import { cluster } from '../../support/cluster-text.ts';
import * as build from '../../support/packet-builder.ts';

const { pools, nodes, pods } = clusterDocuments();
const TOPOLOGY = cluster(pools, nodes, pods);
const PORTS = { ...SYN, srcport: 40000, dstport: 80 } as const;
const TALK = [
  plain(tcpPacket({ src: NODE.a, dst: NODE.c }, {}), NIC.a, NIC.c),
  plain(tcpPacket({ src: NODE.a, dst: NODE.b }, {}), NIC.a, NIC.b),
];

async function codes(...frames: Uint8Array[]): Promise<string[]> {
  const trace = await traceFrames([{ name: 'a-eth0.pcap', frames: [...TALK, ...frames] }], TOPOLOGY);
  return trace.causes.map(({ code }) => code);
}

describe("a tunnel's address as source", () => {
  it('was translated when its packets were routed once', async () => {
    expect(await codes(vxlan(tcpPacket({ src: TUNNEL.a, dst: POD.b, ttl: 63 }, PORTS)))).toContain('source-translated');
  });

  it('is the node itself with a hop limit that nobody lowered', async () => {
    expect(await codes(vxlan(tcpPacket({ src: TUNNEL.a, dst: POD.b, ttl: 64 }, PORTS)))).not.toContain(
      'source-translated',
    );
  });

  it("is a NodePort's when a host outside asked the node from the same port", async () => {
    const asked = plain(
      tcpPacket({ src: '192.0.2.9', dst: NODE.a, ttl: 60 }, { ...PORTS, dstport: 30080 }),
      '02:00:00:00:01:fe',
      NIC.a,
    );
    const handedOn = vxlan(tcpPacket({ src: TUNNEL.a, dst: POD.b, ttl: 63 }, PORTS));
    expect(await codes(asked, handedOn)).not.toContain('source-translated');
  });

  it('says nothing of pods that keep their address', async () => {
    expect(await codes(vxlan(tcpPacket({ src: POD.a, dst: POD.b, ttl: 63 }, PORTS)))).not.toContain(
      'source-translated',
    );
  });
});

describe("pings of a pod and of its node's tunnel address, as many", () => {
  /** Three, a second apart; `late` seconds after the beginning. */
  const threeOf = (frame: Uint8Array, late: number): BuiltPacket[] =>
    [0, 1, 2].map((i) => ({ data: frame, seconds: 1_700_000_001 + i, nanos: Math.round(late * 1e9) }));
  /** With the hop limit of what nobody routed: by that alone nothing is told. */
  const outside = vxlan(ip({ src: TUNNEL.a, dst: POD.b, ttl: 64 }));
  const nic = (late: number): { name: string; frames: BuiltPacket[] } => ({
    name: 'a-eth0.pcap',
    frames: [...TALK.map((data) => ({ data, seconds: 1_700_000_000, nanos: 0 })), ...threeOf(outside, late)],
  });
  const veth = {
    name: 'a-cali0123456789a.pcap',
    frames: threeOf(build.ethernet({ src: POD_MAC, dst: VETH }, ip({ src: POD.a, dst: POD.b, ttl: 64 })), 0),
  };

  async function codesOf(...files: FrameFile[]): Promise<string[]> {
    return (await traceFrames(files, TOPOLOGY)).causes.map(({ code }) => code);
  }

  it('are the same where one leaves as the other comes', async () => {
    expect(await codesOf(veth, nic(0.0001))).toContain('source-translated');
  });

  it('are two conversations at two times', async () => {
    expect(await codesOf(veth, nic(0.3))).not.toContain('source-translated');
  });

  it('are the same whichever capture comes first, also where another node with a clock of its own has them', async () => {
    const received = { name: 'b-eth0.pcap', frames: threeOf(outside, 40) };
    expect(await codesOf(veth, nic(0.0001), received)).toContain('source-translated');
    expect(await codesOf(received, nic(0.0001), veth)).toContain('source-translated');
  });

  it("are no one's where only another node has them: its clock is another", async () => {
    expect(await codesOf(veth, { name: 'b-eth0.pcap', frames: threeOf(outside, 0.0001) })).not.toContain(
      'source-translated',
    );
  });

  it('are not told apart where two fit', async () => {
    const ofNode = threeOf(vxlan(ip({ src: NODE.a, dst: POD.b, ttl: 64 })), 0.0002);
    const both = { name: 'a-eth0.pcap', frames: [...nic(0.0001).frames, ...ofNode].toSorted(byTime) };
    expect(await codesOf(veth, both)).not.toContain('source-translated');
  });

  it("are two where both came out at the receiver's veth: inside the sender's node was neither", async () => {
    const arrived = [POD.a, TUNNEL.a].map((src) =>
      build.ethernet({ src: VETH, dst: POD_MAC }, ip({ src, dst: POD.b })),
    );
    const frames = arrived.flatMap((frame, i) => threeOf(frame, i * 0.0001));
    const own = { name: 'b-cali0123456789a.pcap', frames: frames.toSorted(byTime) };
    expect(await codesOf(own)).not.toContain('source-translated');
  });
});

function byTime(a: BuiltPacket, b: BuiltPacket): number {
  return (a.seconds ?? 0) - (b.seconds ?? 0) || (a.nanos ?? 0) - (b.nanos ?? 0);
}
