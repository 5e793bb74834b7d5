// Packets that stop inside a node, and those that merely went where nobody looked.
import { describe, expect, it } from 'vitest';
import type { TracedFlow } from '../../../src/verdict/trace-types.ts';
import {
  arpRequest,
  clusterDocuments,
  cooked2,
  type FrameFile,
  flowBetween,
  ip,
  ipip,
  NIC,
  NODE,
  POD,
  POD_MAC,
  plain,
  SYN,
  tcpPacket,
  traceFrames,
  VETH,
  VTEP,
  vxlan,
} from '../../support/cluster-frames.ts';
import { cluster } from '../../support/cluster-text.ts';
import * as build from '../../support/packet-builder.ts';

const { pools, nodes, pods } = clusterDocuments();
const TOPOLOGY = cluster(pools, nodes, pods);
const START = 1_700_000_000;
/** The VNI that Calico's eBPF program gives what it forwards, 0xca11c0. */
const EBPF_NODEPORT = 13_242_816;

/** A frame each tenth of a second; `null` is a moment in which nothing comes. */
function file(name: string, frames: readonly (Uint8Array | null)[], late = 0): FrameFile {
  const timed = frames.flatMap((data, i) =>
    data === null ? [] : [{ data, seconds: START + late + Math.floor(i / 10), nanos: (i % 10) * 100_000_000 }],
  );
  return { name, frames: timed };
}

const request = (src: string, dst: string, ttl = 63): Uint8Array =>
  tcpPacket({ src, dst, ttl }, { ...SYN, srcport: 40000, dstport: 80 });
const reset = (src: string, dst: string): Uint8Array =>
  tcpPacket({ src, dst }, { 'flags.reset': true, 'flags.ack': true, srcport: 80, dstport: 40000 });
const talk = (here: 'a' | 'b'): Uint8Array[] => {
  const there = here === 'a' ? 'b' : 'a';
  return [
    arpRequest(NODE[here], NODE.c, NIC[here]),
    plain(tcpPacket({ src: NODE[here], dst: NODE.c }, {}), NIC[here], NIC.c),
    plain(tcpPacket({ src: NODE[here], dst: NODE[there] }, {}), NIC[here], NIC[there]),
    plain(tcpPacket({ src: NODE[there], dst: NODE[here] }, { srcport: 80, dstport: 40000 }), NIC[there], NIC[here]),
  ];
};
const toPod = (packet: Uint8Array): Uint8Array => build.ethernet({ src: VETH, dst: POD_MAC }, packet);
const fromPod = (packet: Uint8Array): Uint8Array => build.ethernet({ src: POD_MAC, dst: VETH }, packet);
/** What the node asks its own pod, and what the pod answers. */
const probe = (pod: string, node: string): Uint8Array[] => [toPod(request(node, pod)), fromPod(reset(pod, node))];

const codesOf = (...files: FrameFile[]): Promise<string[]> => codesFrom(POD.a, files);

async function codesFrom(src: string, files: readonly FrameFile[]): Promise<string[]> {
  const trace = await traceFrames(files, TOPOLOGY);
  const flow: TracedFlow = flowBetween(trace, src, POD.b);
  return flow.findings.map(({ code }) => code);
}

describe('a packet that arrived at a node', () => {
  const asked = vxlan(request(POD.a, POD.b));
  const nic = file('b-eth0.pcap', [...talk('b'), asked, null, asked, null, asked, ...talk('b')]);
  const gap = [null, null, null, null];

  it("is lost inside it when the pod's veth, captured too, never had it", async () => {
    const veth = file('b-cali0123456789a.pcap', [...probe(POD.b, NODE.b), ...gap, ...probe(POD.b, NODE.b)]);
    expect(await codesOf(nic, veth)).toContain('lost-in-node');
  });

  it('is not when the veth had it, or shows another pod, another port, another time', async () => {
    const had = file('b-cali0123456789a.pcap', [
      ...probe(POD.b, NODE.b),
      toPod(request(POD.a, POD.b)),
      ...gap,
      ...probe(POD.b, NODE.b),
    ]);
    expect(await codesOf(nic, had)).not.toContain('lost-in-node');
    const others = file('b-cali0123456789a.pcap', [
      ...probe('10.48.0.141', NODE.b),
      ...gap,
      ...probe('10.48.0.141', NODE.b),
    ]);
    expect(await codesOf(nic, others)).not.toContain('lost-in-node');
    const dns = (port: number): Uint8Array =>
      toPod(ip({ src: NODE.b, dst: POD.b, proto: 17, transport: build.udp({ dstport: port }) }));
    expect(await codesOf(nic, file('b-cali0123456789a.pcap', [dns(53), ...gap, dns(53)]))).not.toContain(
      'lost-in-node',
    );
    const late = file('b-cali0123456789a.pcap', [...probe(POD.b, NODE.b), ...gap, ...probe(POD.b, NODE.b)], 60);
    expect(await codesOf(nic, late)).not.toContain('lost-in-node');
  });

  it('is not when it was answered by another way', async () => {
    const answer = vxlan(reset(POD.b, POD.a), { from: NODE.b, to: NODE.a });
    const answered = file('b-eth0.pcap', [...talk('b'), asked, null, asked, answer, ...talk('b')]);
    const veth = file('b-cali0123456789a.pcap', [...probe(POD.b, NODE.b), ...gap, ...probe(POD.b, NODE.b)]);
    expect(await codesOf(answered, veth)).not.toContain('lost-in-node');
  });

  it('is lost before the tunnel device when that one shows others', async () => {
    const other = (packet: Uint8Array): Uint8Array => build.ethernet({ src: VTEP.c, dst: VTEP.b }, packet);
    const [ping, syn] = [other(ip({ src: POD.c, dst: POD.b })), other(request(NODE.c, '10.48.0.141'))];
    const tunnel = file('b-vxlan.calico.pcap', [ping, ...gap, syn, null, ping]);
    expect(await codesOf(nic, tunnel)).toContain('lost-in-node');
    // a capture of ICMP, perhaps
    const pings = file('b-vxlan.calico.pcap', [ping, ...gap, null, null, ping]);
    expect(await codesOf(nic, pings)).not.toContain('lost-in-node');
  });

  const atTunnel = (packet: Uint8Array): Uint8Array => build.ethernet({ src: VTEP.a, dst: VTEP.b }, packet);
  const tunnel = file('b-vxlan.calico.pcap', [
    ...[0, 1].map(() => atTunnel(request(POD.a, POD.b))),
    ...gap,
    atTunnel(request(POD.a, POD.b)),
  ]);

  it('is lost behind the tunnel device that had it, with the NIC captured or not', async () => {
    const veth = file('b-cali0123456789a.pcap', [...probe(POD.b, NODE.b), ...gap, ...probe(POD.b, NODE.b)]);
    expect(await codesOf(nic, tunnel, veth)).toContain('lost-in-node');
    expect(await codesOf(tunnel, veth)).toContain('lost-in-node');
  });

  it('is not when the veth had it behind the tunnel device', async () => {
    const frames = [...probe(POD.b, NODE.b), toPod(request(POD.a, POD.b)), ...gap, ...probe(POD.b, NODE.b)];
    expect(await codesOf(nic, tunnel, file('b-cali0123456789a.pcap', frames))).not.toContain('lost-in-node');
  });

  it('is lost before a veth that shows another kind of packets, with ARP beside it: no filter by protocol, port or host', async () => {
    const ping = toPod(ip({ src: NODE.b, dst: POD.b }));
    const arp = arpRequest(NODE.b, POD.b, VETH);
    expect(await codesOf(nic, file('b-cali0123456789a.pcap', [ping, arp, ...gap, ping]))).toContain('lost-in-node');
    expect(await codesOf(nic, file('b-cali0123456789a.pcap', [ping, ...gap, ping]))).not.toContain('lost-in-node');
  });
});

describe('an answer that arrived at the node of the side that asked', () => {
  it("is the cause where the pod's veth never had it: the handshake is half-open by that", async () => {
    const synAck = (src: string, dst: string, port: number): Uint8Array =>
      tcpPacket({ src, dst }, { 'flags.syn': true, 'flags.ack': true, srcport: 80, dstport: port });
    const ask = (port: number): Uint8Array =>
      tcpPacket({ src: POD.a, dst: POD.b }, { ...SYN, srcport: port, dstport: 80 });
    const back = { from: NODE.b, to: NODE.a };
    const [out, home] = [vxlan(ask(40000)), vxlan(synAck(POD.b, POD.a, 40000), back)];
    const nic = file('a-eth0.pcap', [...talk('a'), out, home, out, home, out, home, ...talk('a')]);
    const other = [
      fromPod(tcpPacket({ src: POD.a, dst: POD.c }, { ...SYN, srcport: 50000, dstport: 80 })),
      toPod(synAck(POD.c, POD.a, 50000)),
    ];
    const asked = fromPod(ask(40000));
    const veth = file('a-cali0123456789a.pcap', [
      ...other,
      null,
      asked,
      null,
      asked,
      null,
      asked,
      null,
      null,
      ...other,
    ]);
    const trace = await traceFrames([nic, veth], TOPOLOGY);
    expect(flowBetween(trace, POD.a, POD.b).findings.map(({ code }) => code)).toContain('half-open');
    const [cause] = trace.causes.filter(({ code }) => code === 'lost-in-node' || code === 'half-open');
    expect(cause?.code).toBe('lost-in-node');
    expect(cause?.check.join()).toContain('a$ nstat');
    expect(trace.causes.map(({ code }) => code)).not.toContain('half-open');
  });
});

describe('a capture of all devices in pieces', () => {
  const [FOR_US, SENT_BY_US] = [0, 4] as const;
  const onNic = (frame: Uint8Array, type: number = FOR_US): Uint8Array => cooked2(frame, type, 2);
  const onTunnel = cooked2(build.ethernet({ src: VTEP.c, dst: VTEP.b }, ip({ src: POD.c, dst: POD.b })), FOR_US, 5);
  const others = [
    onNic(arpRequest(NODE.a, NODE.b, NIC.a)),
    onNic(plain(tcpPacket({ src: NODE.c, dst: NODE.b }, {}), NIC.c, NIC.b)),
    onNic(plain(tcpPacket({ src: NODE.b, dst: NODE.c }, {}), NIC.b, NIC.c), SENT_BY_US),
    onNic(vxlan(ip({ src: POD.c, dst: POD.b }), { from: NODE.c, to: NODE.b })),
    onTunnel,
  ];
  const asked = onNic(vxlan(request(POD.a, POD.b)));
  const last = plain(tcpPacket({ src: NODE.b, dst: NODE.c }, { srcport: 9 }), NIC.b, NIC.c);
  const frames = [...others, asked, null, asked, null, null, asked, onNic(last, SENT_BY_US)];
  const sll2 = (name: string, own: readonly (Uint8Array | null)[], late = 0): FrameFile => ({
    ...file(name, own, late),
    options: { linkType: 276 },
  });

  it('misses a packet at the tunnel device wherever it was cut', async () => {
    expect(await codesOf(sll2('b-any.pcap', frames))).toContain('lost-in-node');
    for (const cut of [5, 6, 8]) {
      const rest = [...frames.slice(0, cut).map(() => null), ...frames.slice(cut)];
      const pieces = [sll2('b-any.pcap0', frames.slice(0, cut)), sll2('b-any.pcap1', rest)];
      expect(await codesOf(...pieces)).toContain('lost-in-node');
    }
  });
});

describe("a client's packet that one node forwards to another for a service, in eBPF mode", () => {
  const CLIENT = '203.0.113.9';
  const forwarded = vxlan(request(CLIENT, POD.b), { vni: EBPF_NODEPORT });
  const seen = (here: 'a' | 'b'): FrameFile =>
    file(`${here}-eth0.pcap`, [...talk(here), forwarded, null, forwarded, null, forwarded, ...talk(here)]);
  const gap = [null, null, null, null];

  it('is lost inside the receiver, whichever file is read first', async () => {
    const veth = file('b-cali0123456789a.pcap', [...probe(POD.b, NODE.b), ...gap, ...probe(POD.b, NODE.b)]);
    const files = [seen('a'), seen('b'), veth];
    expect(await codesFrom(CLIENT, files)).toContain('lost-in-node');
    expect(await codesFrom(CLIENT, files.reverse())).toContain('lost-in-node');
  });

  it('is not missing at the tunnel device: the program on the NIC opens it', async () => {
    const other = build.ethernet({ src: VTEP.c, dst: VTEP.b }, ip({ src: POD.c, dst: POD.b }));
    const tunnel = file('b-vxlan.calico.pcap', [other, ...gap, null, null, other]);
    const files = [seen('a'), seen('b'), tunnel];
    expect(await codesFrom(CLIENT, files)).not.toContain('lost-in-node');
    expect(await codesFrom(CLIENT, files.reverse())).not.toContain('lost-in-node');
  });
});

describe('a packet that left a pod', () => {
  const veth = file('a-cali0123456789a.pcap', [
    null,
    fromPod(request(POD.a, POD.b, 64)),
    null,
    fromPod(request(POD.a, POD.b, 64)),
  ]);

  it('is lost inside its node when the NIC, captured too, never had it', async () => {
    expect(await codesOf(veth, file('a-eth0.pcap', [...talk('a'), ...talk('a')]))).toContain('lost-in-node');
  });

  it('is not when the NIC had it, or had it from another address', async () => {
    const had = file('a-eth0.pcap', [...talk('a'), vxlan(request(POD.a, POD.b)), ...talk('a')]);
    expect(await codesOf(veth, had)).not.toContain('lost-in-node');
    const translated = file('a-eth0.pcap', [...talk('a'), vxlan(request('10.48.0.65', POD.b)), ...talk('a')]);
    expect(await codesOf(veth, translated)).not.toContain('lost-in-node');
  });

  const others = [
    vxlan(ip({ src: POD.a, dst: POD.c }), { to: NODE.c }),
    vxlan(ip({ src: POD.c, dst: POD.a }), { from: NODE.c, to: NODE.a }),
  ];

  it('is not where a filter may have kept it out of the NIC, by protocol, port or peer', async () => {
    expect(await codesOf(veth, file('a-eth0.pcap', [...others, null, ...others]))).not.toContain('lost-in-node');
    expect(await codesOf(veth, file('a-eth0.pcap', [...talk('a'), ...others, ...talk('a')]))).toContain('lost-in-node');
    const tcpOnly = talk('a').slice(1);
    expect(await codesOf(veth, file('a-eth0.pcap', [...tcpOnly, null, ...tcpOnly]))).not.toContain('lost-in-node');
    const tcpToC = plain(tcpPacket({ src: NODE.c, dst: NODE.a }, { dstport: 9 }), NIC.c, NIC.a);
    const ofC = [...talk('a').slice(0, 2), tcpToC, ...others];
    expect(await codesOf(veth, file('a-eth0.pcap', [...ofC, ...ofC]))).not.toContain('lost-in-node');
  });

  it('is not where the snaplen hid on the NIC whose packets they were', async () => {
    const frames = [...talk('a'), ...others, ...talk('a')];
    const cut = { ...file('a-eth0.pcap', frames), snaplen: 68 };
    expect(await codesOf(veth, cut)).not.toContain('lost-in-node');
  });

  it('is not where the nodes have WireGuard between them: it may be inside', async () => {
    const sealed = build.ipv4(
      { src: NODE.a, dst: NODE.b, proto: 17 },
      build.udp({ srcport: 51820, dstport: 51820 }, Uint8Array.of(4, 0, 0, 0), new Uint8Array(60).fill(7)),
    );
    const frames = [...talk('a'), plain(sealed), ...talk('a')];
    expect(await codesOf(veth, file('a-eth0.pcap', frames))).not.toContain('lost-in-node');
  });
});

describe('a tunnel device of another kind', () => {
  it('shows nothing of a packet: it came in IP-in-IP, and vxlan.calico was captured', async () => {
    const asked = ipip(request(POD.a, POD.b));
    const nic = file('b-eth0.pcap', [...talk('b'), asked, null, asked, null, asked, ...talk('b')]);
    const other = (packet: Uint8Array): Uint8Array => build.ethernet({ src: VTEP.c, dst: VTEP.b }, packet);
    const gap = [null, null, null, null];
    const frames = [
      other(ip({ src: POD.c, dst: POD.b })),
      null,
      null,
      null,
      other(request(NODE.c, '10.48.0.141')),
      null,
    ];
    const tunnel = file('b-vxlan.calico.pcap', [...frames, ...frames]);
    expect(await codesOf(nic, tunnel)).not.toContain('lost-in-node');
    const bare = {
      ...file('b-tunl0.pcap', [ip({ src: POD.c, dst: POD.b }), ...gap, ...gap, request(NODE.c, '10.48.0.141')]),
      options: { linkType: 101 },
    };
    expect(await codesOf(nic, bare)).toContain('lost-in-node');
  });
});

describe('a question whose answer was seen', () => {
  it('was not lost in the node that answered it, though its handshake goes no further', async () => {
    const synAck = vxlan(
      tcpPacket({ src: POD.b, dst: POD.a }, { 'flags.syn': true, 'flags.ack': true, srcport: 80, dstport: 40000 }),
      { from: NODE.b, to: NODE.a },
    );
    const asked = vxlan(request(POD.a, POD.b));
    const nic = file('b-eth0.pcap', [...talk('b'), asked, synAck, asked, synAck, asked, synAck, ...talk('b')]);
    const veth = file('b-cali0123456789a.pcap', [...probe(POD.b, NODE.b), null, null, null, ...probe(POD.b, NODE.b)]);
    const codes = await codesOf(nic, veth);
    expect(codes).toContain('half-open');
    expect(codes).not.toContain('lost-in-node');
  });
});
