// ICMP errors that quote tunnel packets: who refuses, what, and which flow.
import { describe, expect, it } from 'vitest';
import type { Trace, TracedFlow } from '../../../src/verdict/trace-types.ts';
import {
  clusterDocuments,
  flowBetween,
  ip,
  ipip,
  NIC,
  NODE,
  POD,
  plain,
  SYN,
  TUNNEL,
  tcpPacket,
  traceFrames,
  vxlan,
} from '../../support/cluster-frames.ts';
import { cluster } from '../../support/cluster-text.ts';
import * as build from '../../support/packet-builder.ts';

const { pools, nodes, pods } = clusterDocuments();
const TOPOLOGY = cluster(pools, nodes, pods);
const TALK = [
  plain(ip({ src: NODE.a, dst: NODE.b }), NIC.a, NIC.b),
  plain(ip({ src: NODE.b, dst: NODE.a, transport: build.icmpEcho({ type: 0 }) }), NIC.b, NIC.a),
  plain(tcpPacket({ src: NODE.a, dst: NODE.c }, {}), NIC.a, NIC.c),
];
const syn = vxlan(tcpPacket({ src: POD.a, dst: POD.b }, SYN));

/** Node b's error about `frame`; `start` is the eight bytes of ICMP's header, `quoted` how many bytes follow. */
function error(start: string, frame: Uint8Array, quoted = 128, src: string = NODE.b): Uint8Array {
  const packet = build.ipv4({ src, dst: NODE.a, proto: 1 }, build.hex(start), frame.subarray(14, 14 + quoted));
  return plain(packet, NIC.b, NIC.a);
}

const IPIP = clusterDocuments({ ipip: 'Always' });
const IPIP_TOPOLOGY = cluster(IPIP.pools, IPIP.nodes, IPIP.pods);

async function told(...frames: Uint8Array[]): Promise<Trace & { all: TracedFlow[] }> {
  return traceFrames([{ name: 'a-eth0.pcap', frames: [...TALK, ...frames] }], TOPOLOGY);
}

const rejectionOf = async (...frames: Uint8Array[]): Promise<string | undefined> =>
  (await told(...frames)).causes.find(({ code }) => code === 'overlay-rejected')?.title;

describe('an ICMP error that quotes a tunnel packet', () => {
  it('says who refuses what, of the flow inside, which is then not told for its silence', async () => {
    const trace = await told(syn, error('030a 0000 00000000', syn));
    expect(flowBetween(trace, POD.a, POD.b).findings.map(({ code }) => code)).toContain('overlay-rejected');
    expect(trace.causes.map(({ code }) => code)).toEqual(['overlay-rejected']);
    expect(trace.causes[0]?.title).toBe(
      'b (10.0.1.2) answers a\'s VXLAN to 10.0.1.2 with ICMP "host prohibited": a firewall there has a REJECT rule for it',
    );
  });

  it('means what its type and code say', async () => {
    const means = async (start: string): Promise<string | undefined> => rejectionOf(syn, error(start, syn));
    expect(await means('0303 0000 00000000')).toContain('no VXLAN device is up');
    expect(await means('0300 0000 00000000')).toContain('no route');
    expect(await means('0301 0000 00000000')).toContain('nobody on the last link answers');
    expect(await means('0b00 0000 00000000')).toContain('in a circle');
    expect(await means('0304 0000 000005aa')).toContain('MTU 1450');
  });

  it("says nothing of the overlay where it quotes a tunnel that pods have of their own, or of a node's to a pod", async () => {
    const inside = tcpPacket({ src: '192.168.77.1', dst: '192.168.77.2' }, SYN);
    for (const from of [POD.a, TUNNEL.a, NODE.a]) {
      const own = vxlan(inside, { from, to: POD.b, srcMac: NIC.a, dstMac: NIC.b });
      expect(await rejectionOf(own, error('030a 0000 00000000', own))).toBeUndefined();
    }
    const ofNodes = vxlan(inside);
    expect(await rejectionOf(ofNodes, error('030a 0000 00000000', ofNodes))).toContain("a's VXLAN to 10.0.1.2");
  });

  it('speaks for the silent flows of its tunnel where it is too short to name one', async () => {
    const trace = await told(syn, error('0301 0000 00000000', syn, 28, '10.0.1.254'));
    expect(flowBetween(trace, POD.a, POD.b).findings.map(({ code }) => code)).toContain('overlay-rejected');
    expect(trace.causes[0]?.title).toContain("10.0.1.254 answers a's VXLAN to 10.0.1.2");
  });

  it('says nothing of a flow in its tunnel that acknowledges: it was answered by a way that nobody captured', async () => {
    const other = { ...SYN, srcport: 40002 };
    const opened = [
      vxlan(tcpPacket({ src: '203.0.113.125', dst: POD.b }, other)),
      vxlan(
        tcpPacket(
          { src: '203.0.113.125', dst: POD.b },
          { ...other, 'flags.syn': false, 'flags.ack': true, seq_raw: 2, ack_raw: 1 },
        ),
      ),
    ];
    const codesOf = async (...frames: Uint8Array[]): Promise<string[]> =>
      flowBetween(await told(syn, error('0301 0000 00000000', syn), ...frames), '203.0.113.125', POD.b).findings.map(
        ({ code }) => code,
      );
    expect(await codesOf(...opened)).not.toContain('overlay-rejected');
    expect(await codesOf(...opened.slice(0, 1))).toContain('overlay-rejected');
    expect(await codesOf(...opened, error('0301 0000 00000000', opened[0] as Uint8Array))).toContain(
      'overlay-rejected',
    );
  });

  it('is told without a flow too', async () => {
    expect(await rejectionOf(error('030a 0000 00000000', syn))).toContain("b (10.0.1.2) answers a's VXLAN");
  });

  it('quotes IP-in-IP as well', async () => {
    const inner = ipip(tcpPacket({ src: POD.a, dst: POD.b }, SYN));
    const frames = [...TALK, inner, error('0302 0000 00000000', inner)];
    const trace = await traceFrames([{ name: 'a-eth0.pcap', frames }], IPIP_TOPOLOGY);
    expect(trace.causes.map(({ title }) => title)).toContainEqual(expect.stringContaining("a's IPIP to 10.0.1.2"));
  });

  it('is none where it quotes anything else, or only advises', async () => {
    const direct = plain(tcpPacket({ src: NODE.a, dst: NODE.b }, SYN));
    expect(await rejectionOf(direct, error('030a 0000 00000000', direct))).toBeUndefined();
    expect(await rejectionOf(syn, error('0501 0000 0a000101', syn))).toBeUndefined();
  });

  it('is not the cluster’s where the tunnel is of pods: their payload was refused', async () => {
    const own = vxlan(tcpPacket({ src: '192.168.7.1', dst: '192.168.7.2' }, SYN), { from: POD.a, to: POD.b });
    expect(await rejectionOf(own, error('030a 0000 00000000', own))).toBeUndefined();
    const toGateway = vxlan(tcpPacket({ src: POD.a, dst: '192.0.2.1' }, SYN), { to: POD.b, vni: 4097, port: 4790 });
    expect(await rejectionOf(toGateway, error('030a 0000 00000000', toGateway))).toBeUndefined();
  });

  it('speaks for no client’s packets that an eBPF node forwards: they are answered by another name', async () => {
    const [client, vni] = ['203.0.113.9', 13_242_816];
    const forwarded = vxlan(tcpPacket({ src: client, dst: POD.b }, SYN), { vni });
    const trace = await told(syn, error('0301 0000 00000000', syn, 28), forwarded);
    expect(flowBetween(trace, client, POD.b).findings.map(({ code }) => code)).not.toContain('overlay-rejected');
    expect(flowBetween(trace, POD.a, POD.b).findings.map(({ code }) => code)).toContain('overlay-rejected');
  });
});
