// Sources that a node translates between pods, and what only looks like it.
import { describe, expect, it } from 'vitest';
import {
  clusterDocuments,
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

describe("a pod's packets inside its node, and alike ones of the node outside", () => {
  const inside = (packet: Uint8Array): Uint8Array => build.ethernet({ src: POD_MAC, dst: VETH }, packet);
  const told = async (own: readonly Uint8Array[], sent: readonly Uint8Array[]): Promise<string[]> => {
    const files = [
      { name: 'a-cali0123456789a.pcap', frames: own.map(inside) },
      { name: 'a-eth0.pcap', frames: [...TALK, ...sent.map((packet) => vxlan(packet))] },
    ];
    return (await traceFrames(files, TOPOLOGY)).causes.map(({ code }) => code);
  };
  const datagram = (src: string, id: number): Uint8Array =>
    ip({ src, dst: POD.b, id, proto: 17, ttl: 64, transport: build.udp({ srcport: 5123, dstport: 514 }) });
  const ping = (src: string, id: number): Uint8Array => ip({ src, dst: POD.b, id, ttl: 64 });

  it('are the same ones by their ports: the source was translated', async () => {
    expect(
      await told(
        [1, 2].map((id) => datagram(POD.a, id)),
        [1, 2].map((id) => datagram(TUNNEL.a, id)),
      ),
    ).toContain('source-translated');
  });

  it('are two who ping one pod where they are pings: all of these are alike', async () => {
    expect(
      await told(
        [1, 2].map((id) => ping(POD.a, id)),
        [3, 4].map((id) => ping(TUNNEL.a, id)),
      ),
    ).not.toContain('source-translated');
  });
});
