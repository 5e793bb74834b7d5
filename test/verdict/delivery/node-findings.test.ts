// What nodes do to each other's packets: handshakes, next hops, strangers; and circles. Each with its healthy twin.
import { describe, expect, it } from 'vitest';
import { type BuiltPacket, joinBytes } from '../../support/capture-builder.ts';
import {
  arpReply,
  arpRequest,
  clusterDocuments,
  ip,
  NIC,
  NODE,
  POD,
  plain,
  SYN,
  tcpPacket,
  traceFrames,
  vxlan,
} from '../../support/cluster-frames.ts';
import { cluster } from '../../support/cluster-text.ts';
import * as build from '../../support/packet-builder.ts';

const { pools, nodes, pods } = clusterDocuments();
const TOPOLOGY = cluster(pools, nodes, pods);
const START = 1_700_000_000;
const TALK = [
  arpRequest(NODE.a, NODE.b, NIC.a),
  arpReply(NODE.b, NODE.a, NIC.b, NIC.a),
  arpReply(NODE.c, NODE.a, NIC.c, NIC.a),
  plain(tcpPacket({ src: NODE.a, dst: NODE.c }, {}), NIC.a, NIC.c),
  plain(tcpPacket({ src: NODE.c, dst: NODE.a }, { srcport: 80, dstport: 40000 }), NIC.c, NIC.a),
];

async function codes(...frames: (Uint8Array | BuiltPacket)[]): Promise<string[]> {
  const timed = [...TALK, ...frames].map((frame, i) =>
    frame instanceof Uint8Array ? { data: frame, seconds: START + i, nanos: 0 } : frame,
  );
  const trace = await traceFrames([{ name: 'a-eth0.pcap', frames: timed }], TOPOLOGY);
  return [...trace.causes.map(({ code }) => code), ...trace.all.flatMap((f) => f.findings.map(({ code }) => code))];
}

describe('WireGuard handshakes', () => {
  const message = (type: number, from: 'a' | 'b', size: number): Uint8Array => {
    const to = from === 'a' ? 'b' : 'a';
    const body = joinBytes([Uint8Array.of(type, 0, 0, 0), new Uint8Array(size - 4).fill(7)]);
    const packet = build.ipv4(
      { src: NODE[from], dst: NODE[to], proto: 17 },
      build.udp({ srcport: 51820, dstport: 51820 }, body),
    );
    return plain(packet, NIC[from], NIC[to]);
  };
  const initiation = message(1, 'a', 148);

  it('without a response are told', async () => {
    expect(await codes(initiation, initiation, initiation)).toContain('handshake-unanswered');
  });

  it('with one, or of which two were lost, are not', async () => {
    expect(await codes(initiation, initiation, initiation, message(2, 'b', 92))).not.toContain('handshake-unanswered');
    expect(await codes(initiation, initiation)).not.toContain('handshake-unanswered');
  });
});

describe("a node's address", () => {
  const syn = tcpPacket({ src: POD.a, dst: POD.b }, SYN);

  it("is reached by the wrong NIC where frames for it carry another node's MAC", async () => {
    expect(await codes(vxlan(syn, { dstMac: NIC.c }))).toContain('wrong-next-hop');
  });

  it('is not where one MAC answers for everybody', async () => {
    const gateway = '02:00:00:00:01:fe';
    const all = [NODE.b, NODE.c].map((address) => arpReply(address, NODE.a, gateway, NIC.a));
    const frames = [arpRequest(NODE.a, NODE.b, NIC.a), ...all, vxlan(syn, { dstMac: gateway })];
    const trace = await traceFrames([{ name: 'a-eth0.pcap', frames }], TOPOLOGY);
    expect(trace.causes.map(({ code }) => code)).not.toContain('wrong-next-hop');
    expect(await codes(vxlan(syn))).not.toContain('wrong-next-hop');
  });
});

describe("the cluster's VXLAN", () => {
  const from = (outer: string, src: string): Uint8Array => vxlan(ip({ src, dst: POD.a }), { from: outer, to: NODE.a });

  it('from an address that is no node is told', async () => {
    expect(await codes(from('10.0.1.66', '10.48.0.20'))).toContain('foreign-vtep');
  });

  it('is not of a node, nor where a pod of a known node was in it: then the address was translated', async () => {
    expect(await codes(from(NODE.b, '10.48.0.20'))).not.toContain('foreign-vtep');
    expect(await codes(from('10.0.1.66', POD.b))).not.toContain('foreign-vtep');
  });
});

describe('a packet', () => {
  const hop = (ttl: number, id: number, i: number): BuiltPacket => {
    const packet = ip({ src: POD.a, dst: POD.b, ttl, id });
    return { data: vxlan(packet), seconds: START + 60, nanos: i * 100_000 };
  };

  it('that comes by again and again with a falling hop limit goes in a circle', async () => {
    expect(await codes(...[63, 61, 59, 57, 55].map((ttl, i) => hop(ttl, 9, i)))).toContain('routing-loop');
  });

  it('that is sent with a rising one is traceroute, and others are others', async () => {
    expect(await codes(...[1, 2, 3, 4, 5].map((ttl, i) => hop(ttl, 9 + i, i)))).not.toContain('routing-loop');
    expect(await codes(...[63, 63, 63, 63].map((ttl, i) => hop(ttl, 9, i)))).not.toContain('routing-loop');
  });

  it('that a node sends back out of its NIC is bounced', async () => {
    const [there, back] = [64, 63].map((ttl) => tcpPacket({ src: POD.c, dst: '10.48.0.80', ttl }, SYN)) as [
      Uint8Array,
      Uint8Array,
    ];
    const arrived = vxlan(there, { from: NODE.c, to: NODE.a });
    const returned = plain(back, NIC.a, NIC.c);
    expect(await codes(arrived, returned, arrived, returned)).toContain('routing-loop');
    expect(await codes(arrived, arrived)).not.toContain('routing-loop');
  });
});

describe('a node that is asked for by ARP', () => {
  const asks = Array.from({ length: 4 }, () => [
    arpRequest(NODE.b, NODE.a, NIC.b),
    arpRequest(NODE.c, NODE.a, NIC.c),
  ]).flat();
  const own = plain(tcpPacket({ src: NODE.b, dst: NODE.a }, {}), NIC.b, NIC.a);
  const unreachable = async (name: string, frames: readonly Uint8Array[]): Promise<boolean> => {
    const trace = await traceFrames([{ name, frames }], TOPOLOGY);
    return trace.causes.some(({ code }) => code === 'node-unreachable');
  };

  it('is unreachable where nobody answers those who ask', async () => {
    expect(
      await unreachable('b-eth0.pcap', [
        ...asks,
        plain(tcpPacket({ src: NODE.b, dst: NODE.c }, {}), NIC.b, NIC.c),
        plain(tcpPacket({ src: NODE.c, dst: NODE.b }, {}), NIC.c, NIC.b),
      ]),
    ).toBe(true);
  });

  it('may have answered where only what it hears was captured', async () => {
    expect(await unreachable('a-eth0.pcap', [...asks, own])).toBe(false);
  });

  it('has not answered where what it sends was captured, too', async () => {
    const sent = plain(tcpPacket({ src: NODE.a, dst: NODE.b }, {}), NIC.a, NIC.b);
    const other = plain(tcpPacket({ src: NODE.a, dst: NODE.c }, {}), NIC.a, NIC.c);
    expect(await unreachable('a-eth0.pcap', [...asks, own, sent, other])).toBe(true);
  });
});
