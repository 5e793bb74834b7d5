// ICMP that is answered between two nodes where TCP is not; and TCP that passes there, whoever sends it.
import { describe, expect, it } from 'vitest';
import {
  clusterDocuments,
  ip,
  NODE,
  POD,
  SYN,
  TUNNEL,
  tcpPacket,
  traceFrames,
  vxlan,
} from '../../support/cluster-frames.ts';
import { cluster } from '../../support/cluster-text.ts';
import * as build from '../../support/packet-builder.ts';

const { pools, nodes, pods } = clusterDocuments();
/** Pods name their nodes; whose tunnel addresses are, nothing tells. */
const NO_NODES = cluster(pools, pods);
const OTHER = '10.48.0.141';
const BACK = { from: NODE.b, to: NODE.a } as const;

const ping = (seq: number): Uint8Array[] => [
  vxlan(ip({ src: POD.a, dst: POD.b, id: seq, transport: build.icmpEcho({ seq }) })),
  vxlan(ip({ src: POD.b, dst: POD.a, id: seq, transport: build.icmpEcho({ type: 0, seq }) }), BACK),
];
const silent = [11, 12, 13].map((id) => vxlan(tcpPacket({ src: POD.a, dst: POD.b, id }, { ...SYN, srcport: 40000 })));
/** A handshake of `src` with another pod of b, in the tunnel to b. */
const passes = (src: string, outer: { from: string; to: string } = { from: NODE.a, to: NODE.b }): Uint8Array[] => {
  const [asks, answers] = [
    { srcport: 41000, dstport: 80 },
    { srcport: 80, dstport: 41000 },
  ];
  return [
    vxlan(tcpPacket({ src, dst: OTHER, id: 21 }, { ...SYN, ...asks }), outer),
    vxlan(tcpPacket({ src: OTHER, dst: src, id: 22 }, { ...SYN, 'flags.ack': true, ...answers }), {
      from: outer.to,
      to: outer.from,
    }),
    vxlan(tcpPacket({ src, dst: OTHER, id: 23 }, asks), outer),
  ];
};

/** Frames of one capture, one each millisecond from that second on. */
const from = (second: number, frames: readonly Uint8Array[]) => ({
  name: `${second}/x.pcap`,
  frames: frames.map((data, i) => ({ data, seconds: 1_700_000_000 + second, nanos: i * 1e6 })),
});

async function codesOfTimes(...times: readonly (readonly Uint8Array[])[]): Promise<string[]> {
  const { causes } = await traceFrames(
    times.map((frames, i) => from(100 * i, frames)),
    NO_NODES,
  );
  return causes.map(({ code }) => code);
}

async function codesOf(frames: readonly Uint8Array[], topology = NO_NODES): Promise<string[]> {
  const trace = await traceFrames(
    [{ name: 'x.pcap', frames: [...ping(1), ...silent, ...frames, ...ping(2)] }],
    topology,
  );
  return trace.causes.map(({ code }) => code);
}

describe('TCP of a pod that is not answered, where its pings are', () => {
  it('is told of the two nodes', async () => {
    expect(await codesOf([])).toContain('icmp-only');
    expect(await codesOf([], cluster(pools, nodes, pods))).toContain('icmp-only');
  });

  it('is not where the pings are of another time: what passed then says nothing of now', async () => {
    const both = passes(POD.a);
    expect(await codesOfTimes([...ping(1), ...both, ...ping(2)], silent)).not.toContain('icmp-only');
    expect(await codesOfTimes([...ping(1), ...ping(2)], silent)).not.toContain('icmp-only');
    expect(await codesOfTimes(silent, [...ping(1), ...ping(2)])).not.toContain('icmp-only');
  });

  it('is where both are of one of several times', async () => {
    expect(await codesOfTimes([...ping(1), ...silent, ...ping(2)], ping(3))).toContain('icmp-only');
  });

  it('is not where TCP of an address whose node nobody knows passes in the same tunnel', async () => {
    expect(await codesOf(passes(TUNNEL.a))).not.toContain('icmp-only');
  });

  it('is where it passes between two others', async () => {
    expect(await codesOf(passes(TUNNEL.c, { from: NODE.c, to: NODE.b }))).toContain('icmp-only');
  });
});
