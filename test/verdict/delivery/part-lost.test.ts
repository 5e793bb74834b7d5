// Packets that stop inside a node while others of their flow pass.
import { describe, expect, it } from 'vitest';
import type { BuiltPacket } from '../../support/capture-builder.ts';
import {
  clusterDocuments,
  type FrameFile,
  flowBetween,
  ip,
  NIC,
  NODE,
  POD,
  POD_MAC,
  plain,
  tcpPacket,
  traceFrames,
  VETH,
  vxlan,
} from '../../support/cluster-frames.ts';
import { cluster } from '../../support/cluster-text.ts';
import * as build from '../../support/packet-builder.ts';

const { pools, nodes, pods } = clusterDocuments();
const TOPOLOGY = cluster(pools, nodes, pods);
const START = 1_700_000_000;
const TWENTY = Array.from({ length: 20 }, (_, i) => i);
const without = (...lost: number[]): number[] => TWENTY.filter((i) => !lost.includes(i));

type Packet = (i: number) => Uint8Array;

/** Datagrams, each with an identification and a length of its own choice. */
const datagram =
  (src: string, dst: string): Packet =>
  (i) =>
    ip({ src, dst, id: i + 1, proto: 17, transport: build.udp({ srcport: 5000, dstport: 7000 }, new Uint8Array(60)) });
const there = datagram(POD.a, POD.b);
const back = datagram(POD.b, POD.a);
const toPod = (packet: Uint8Array): Uint8Array => build.ethernet({ src: VETH, dst: POD_MAC }, packet);
const fromPod = (packet: Uint8Array): Uint8Array => build.ethernet({ src: POD_MAC, dst: VETH }, packet);
const at = (data: Uint8Array, tenths: number): BuiltPacket => ({
  data,
  seconds: START + Math.floor(tenths / 10),
  nanos: (tenths % 10) * 100_000_000,
});
/** Both directions of something else, before and after. */
const around = (frames: readonly BuiltPacket[], ...other: Uint8Array[]): BuiltPacket[] => [
  ...other.map((data) => at(data, 0)),
  ...frames,
  ...other.map((data) => at(data, 40)),
];
const nic = (here: 'a' | 'b', frames: readonly BuiltPacket[]): FrameFile => ({
  name: `${here}-eth0.pcap`,
  frames: around(
    frames,
    plain(tcpPacket({ src: NODE[here], dst: NODE.c }, {}), NIC[here], NIC.c),
    plain(tcpPacket({ src: NODE.c, dst: NODE[here] }, { srcport: 80, dstport: 40000 }), NIC.c, NIC[here]),
    plain(tcpPacket({ src: NODE[here], dst: here === 'a' ? NODE.b : NODE.a }, {}), NIC[here], NIC.c),
  ),
});
const veth = (here: 'a' | 'b', frames: readonly BuiltPacket[]): FrameFile => ({
  name: `${here}-cali0123456789a.pcap`,
  frames: around(
    frames,
    toPod(ip({ src: NODE[here], dst: POD[here] })),
    fromPod(ip({ src: POD[here], dst: NODE[here] })),
  ),
});
const sent = (of: Packet, which: readonly number[], wrap: (packet: Uint8Array) => Uint8Array): BuiltPacket[] =>
  which.map((i) => at(wrap(of(i)), i + 5));

async function told(...files: FrameFile[]) {
  const trace = await traceFrames(files, TOPOLOGY);
  const { findings } = flowBetween(trace, POD.a, POD.b);
  return findings.filter(({ code }) => code === 'lost-in-node').map(({ message }) => message);
}

describe('a part of what came to a node', () => {
  const all = nic(
    'b',
    sent(there, TWENTY, (packet) => vxlan(packet)),
  );

  it("is lost inside it when the pod's veth had the rest", async () => {
    const [message] = await told(all, veth('b', sent(there, without(2, 5, 6, 9, 12, 15), toPod)));
    expect(message).toContain('6 of 20 packets from default/pod-a');
    expect(message).toContain("that came to the NIC were not seen at the pod's veth of b: dropped inside");
  });

  it('is not told of less than three packets, of a veth that was captured later, or of packets cut or joined between', async () => {
    expect(await told(all, veth('b', sent(there, without(2, 5), toPod)))).toEqual([]);
    const late = veth('b', sent(there, without(0, 1, 2, 3), toPod));
    expect(await told(all, { ...late, frames: late.frames.slice(2) })).toEqual([]);
    const long = (i: number): Uint8Array =>
      ip({
        src: POD.a,
        dst: POD.b,
        id: i + 1,
        proto: 17,
        transport: build.udp({ srcport: 5000, dstport: 7000 }, new Uint8Array(120)),
      });
    expect(await told(all, veth('b', sent(long, without(2, 5, 6, 9), toPod)))).toEqual([]);
  });

  it('is not lost where segments are joined: the bytes are all there', async () => {
    const segment = (seq: number, bytes: number): Uint8Array =>
      tcpPacket(
        { src: POD.a, dst: POD.b, id: seq },
        { srcport: 40000, dstport: 80, seq_raw: seq },
        new Uint8Array(bytes),
      );
    const whole: Packet = (i) => segment(1 + i * 100, 100);
    const nicOf = nic(
      'b',
      sent(
        (i) => (i === 0 ? segment(1, 400) : segment(301 + i * 100, 100)),
        TWENTY,
        (packet) => vxlan(packet),
      ),
    );
    const joined = [0, 1, 2, 3, 4].map((i) => at(toPod(segment(1 + i * 400, 400)), i + 5));
    const rest = sent(whole, TWENTY.slice(20), toPod);
    expect(await told(nicOf, veth('b', [...joined, ...rest, at(toPod(segment(2001, 300)), 25)]))).toEqual([]);
  });
});

describe('a part of what left a pod', () => {
  it('is lost inside its node when the NIC had the rest', async () => {
    const left = veth('a', sent(there, TWENTY, fromPod));
    const [message] = await told(
      left,
      nic(
        'a',
        sent(there, without(3, 4, 8), (packet) => vxlan(packet)),
      ),
    );
    expect(message).toContain('3 of 20 packets from default/pod-a');
    expect(message).toContain("that left the pod's veth were not seen at the NIC of a: dropped inside the node");
  });

  it('does not concern what its receiver sends', async () => {
    const answers = sent(back, TWENTY, (packet) => vxlan(packet, { from: NODE.b, to: NODE.a }));
    const left = veth('a', sent(there, TWENTY, fromPod));
    const files = [left, nic('a', [...sent(there, TWENTY, (packet) => vxlan(packet)), ...answers])];
    expect(await told(...files)).toEqual([]);
    const trace = await traceFrames(files, TOPOLOGY);
    expect(flowBetween(trace, POD.b, POD.a).findings).toEqual([]);
  });
});
