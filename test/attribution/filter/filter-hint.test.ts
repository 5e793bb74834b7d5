// What a filter leaves behind, and what it hides: nothing that was filtered away may pass for proof.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { traceCaptures } from '../../../src/trace.ts';
import type { TracedCapture } from '../../../src/verdict/trace-types.ts';
import { suspectNics } from '../../../src/verdict/verify/undecided-flows.ts';
import { verifyTrace } from '../../../src/verdict/verify/verify.ts';
import {
  buildPcapng,
  interfaceBlock,
  type PacketFields,
  packetBlock,
  sectionBlock,
} from '../../support/capture-builder.ts';
import {
  arpRequest,
  clusterDocuments,
  cooked,
  type FrameFile,
  flowBetween,
  gist,
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
  vxlan,
} from '../../support/cluster-frames.ts';
import { cluster } from '../../support/cluster-text.ts';
import * as build from '../../support/packet-builder.ts';

const { pools, nodes, pods } = clusterDocuments();
const TOPOLOGY = cluster(pools, nodes, pods);
const ping = vxlan(ip({ src: POD.a, dst: POD.b }));
const pong = vxlan(ip({ src: POD.b, dst: POD.a, transport: build.icmpEcho({ type: 0 }) }), {
  from: NODE.b,
  to: NODE.a,
});
const arp = arpRequest(NODE.a, NODE.b, NIC.a);
const times = (count: number, ...frames: Uint8Array[]): Uint8Array[] =>
  Array.from({ length: count }, () => frames).flat();

async function filter(frames: Uint8Array[], file: Partial<FrameFile> = {}): Promise<TracedCapture['filter']> {
  return (await traceFrames([{ ...file, frames }], TOPOLOGY)).captures[0]?.filter ?? null;
}

async function exitCode(frames: Uint8Array[]): Promise<number> {
  const trace = await traceFrames([{ frames }], TOPOLOGY);
  return verifyTrace(trace, { expect: 'config', pools: [], strict: false, topology: TOPOLOGY }).exitCode;
}

/** pcapng files of these interfaces, one second apart. */
async function pcapngs(
  interfaces: readonly string[],
  files: Record<string, readonly PacketFields[]>,
): Promise<readonly TracedCapture[]> {
  const folder = mkdtempSync(join(tmpdir(), 'overlens-'));
  try {
    const captures = Object.entries(files).map(([name, packets], file) => {
      const path = join(folder, name);
      const blocks = packets.map((packet, i) => packetBlock({ units: BigInt(file * 1e6 + i), ...packet }));
      writeFileSync(
        path,
        buildPcapng([sectionBlock(), ...interfaces.map((name) => interfaceBlock({ name })), ...blocks]),
      );
      return path;
    });
    return (await traceCaptures({ captures, topology: TOPOLOGY })).captures;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('a filter is guessed', () => {
  it('from nothing but UDP 4789', async () => {
    expect(await filter(times(10, ping, pong))).toMatchObject({ expression: 'udp port 4789', hidesBypass: true });
    expect(await exitCode(times(10, ping, pong))).toBe(3);
  });

  it('from nothing but UDP 4789, some of it a tunnel of somebody else', async () => {
    const other = build.ethernet({}, ip({ src: '192.168.88.1', dst: '192.168.88.2' }));
    const strange = (port: number): Uint8Array =>
      plain(
        build.ipv4(
          { src: NODE.a, dst: '10.30.0.8', proto: 17 },
          build.udp({ srcport: 45000, dstport: port }, build.vxlan({ vni: 4242 }, other)),
        ),
      );
    expect(await filter([...times(10, ping, pong), strange(4789)])).toMatchObject({ expression: 'udp port 4789' });
    expect(await exitCode([...times(10, ping, pong), strange(4789)])).toBe(3);
    // what such an expression would have kept out
    expect((await filter([...times(10, ping, pong), strange(8472)]))?.expression).not.toBe('udp port 4789');
  });

  it('from nothing but IP-in-IP', async () => {
    const inner = ip({ src: POD.a, dst: POD.b });
    expect(await filter(times(10, ipip(inner), ipip(inner, NODE.b, NODE.a)))).toMatchObject({
      expression: 'ip proto 4',
    });
  });

  it('from the first packet on, weakly; not with ARP, not with anything else beside it', async () => {
    expect(await filter([ping, pong])).toMatchObject({ expression: 'udp port 4789', weak: true });
    expect(await filter(times(10, ping, pong))).toMatchObject({ weak: false });
    expect(await exitCode([ping, pong])).toBe(3);
    expect(await filter([ping, pong, arp])).toBeNull();
    expect(await filter([...times(10, ping, pong), plain(ip({ src: NODE.a, dst: NODE.b }))])).toBeNull();
    expect(await exitCode([ping, pong, arp])).toBe(0);
  });

  it('from nothing but one IP protocol, in tunnels or not', async () => {
    const query = plain(
      ip({ src: NODE.a, dst: '8.8.8.8', proto: 17, transport: build.udp({ srcport: 5000, dstport: 53 }) }),
    );
    expect(await filter([ping, pong, query])).toMatchObject({
      expression: 'udp',
      hidesBypass: true,
      hidesOverlay: false,
    });
    const syn = plain(tcpPacket({ src: NODE.a, dst: NODE.b }, SYN));
    const answer = plain(tcpPacket({ src: NODE.b, dst: NODE.a }, { ...SYN, ack_raw: 1 }), NIC.b, NIC.a);
    expect(await filter([syn, answer])).toMatchObject({ expression: 'tcp', hidesBypass: true, hidesOverlay: true });
    expect(await filter([syn, answer, query])).toBeNull();
  });

  it('never from a veth, a tunnel device or a mirror: they show one kind of packet without any filter', async () => {
    const veth = times(
      10,
      plain(ip({ src: POD.a, dst: POD.b, ttl: 64 }), POD_MAC, VETH),
      plain(ip({ src: POD.c, dst: POD.a }), VETH, POD_MAC),
    );
    expect(await filter(veth)).toBeNull();
  });

  it('from a handful when answers show that something is missing', async () => {
    expect(await filter([pong, pong])).toMatchObject({ hidesBypass: true });
    expect(await exitCode([pong, pong])).toBe(3);
  });

  it('from one or two addresses in every plain packet of a NIC, unless they are nodes', async () => {
    const udp = build.udp({ srcport: 5000, dstport: 53 });
    const of = (src: string, dst: string): Uint8Array[] => [
      plain(ip({ src, dst, ttl: 63, proto: 17, transport: udp })),
      plain(ip({ src, dst, ttl: 63 })),
      plain(ip({ src: dst, dst: src, ttl: 63 }), NIC.b, NIC.a),
    ];
    expect(await filter(of(POD.a, POD.b))).toMatchObject({
      expression: `host ${POD.b} and host ${POD.a}`,
      ...{ hidesBypass: true, hidesOverlay: true },
    });
    expect(await filter(of(NODE.a, NODE.b))).toBeNull();
  });

  it('with all that may be hidden, where several filters would leave the same', async () => {
    const udp = build.udp({ srcport: 5000, dstport: 53 });
    const query = plain(ip({ src: POD.a, dst: POD.b, ttl: 63, proto: 17, transport: udp }));
    const other = plain(ip({ src: POD.c, dst: NODE.a, ttl: 63, proto: 17, transport: udp }), NIC.b, NIC.a);
    expect(await filter([query])).toMatchObject({ expression: 'udp', hidesBypass: true, hidesOverlay: true });
    expect(await filter([query, other])).toMatchObject({ expression: 'udp', hidesBypass: true, hidesOverlay: false });
  });

  it('of captures that may be of one node or of two only as what is possible: a pass names them', async () => {
    const topology = cluster(pools, pods);
    const udp = build.udp({ srcport: 5000, dstport: 53 });
    const query = plain(ip({ src: POD.a, dst: POD.b, ttl: 63, proto: 17, transport: udp }));
    const syn = plain(tcpPacket({ src: '10.9.0.1', dst: '10.9.0.2' }, SYN));
    const answer = plain(tcpPacket({ src: '10.9.0.2', dst: '10.9.0.1' }, { ...SYN, ack_raw: 1 }), NIC.b, NIC.a);
    const files = [{ frames: [query] }, { frames: [syn, answer], start: 1_700_000_100 }];
    const { captures } = await traceFrames(files, topology);
    expect(captures.map(({ filter }) => filter)).toEqual([null, null]);
    expect(captures.map(({ possibleFilter }) => possibleFilter?.expression)).toEqual(['udp', 'tcp']);
    expect(suspectNics(captures, []).map(({ hint }) => hint.expression)).toEqual(['udp', 'tcp']);
  });

  it('of pieces of one capture together, also where one of them holds a NIC that nobody knows', async () => {
    const between = (src: string, dst: string, ...macs: [string, string]): Uint8Array =>
      plain(ip({ src, dst, proto: 17, transport: build.udp({ srcport: 5000, dstport: 3260 }) }), ...macs);
    const others = [between(NODE.b, NODE.c, NIC.b, NIC.c), between(NODE.c, NODE.b, NIC.c, NIC.b)];
    // no packet is in two pieces
    const echoes = (id: number): Uint8Array[] => [
      vxlan(ip({ src: POD.a, dst: POD.c, transport: build.icmpEcho({ ident: id }) }), { to: NODE.c }),
      vxlan(ip({ src: POD.c, dst: POD.a, transport: build.icmpEcho({ type: 0, ident: id }) }), {
        from: NODE.c,
        to: NODE.a,
      }),
      ...[1, 2, 3, 4].flatMap((seq) => [
        vxlan(ip({ src: POD.a, dst: POD.b, transport: build.icmpEcho({ ident: id, seq }) })),
        vxlan(ip({ src: POD.b, dst: POD.a, transport: build.icmpEcho({ type: 0, ident: id, seq }) }), {
          from: NODE.b,
          to: NODE.a,
        }),
      ]),
    ];
    const main = (frames: Uint8Array[]): PacketFields[] => frames.map((data) => ({ data, interface: 0 }));
    const pieces = await pcapngs(['if0', 'if1'], {
      'x.pcapng0': [...main(echoes(1)), ...others.map((data) => ({ data, interface: 1 }))],
      'x.pcapng1': main([arp, ...echoes(2)]),
    });
    expect(pieces.map(({ points }) => points.map(({ node }) => node))).toEqual([['a', null], ['a']]);
    expect(pieces.map(({ filter }) => filter)).toEqual([null, null]);
  });

  it('from frames of one direction only', async () => {
    expect(await filter(times(20, ping, plain(ip({ src: NODE.a, dst: NODE.b }))))).toMatchObject({
      expression: 'one direction',
      hidesBypass: true,
    });
    const sent = times(20, cooked(ping, 4), cooked(plain(ip({ src: NODE.a, dst: NODE.c })), 4));
    expect(await filter(sent, { options: { linkType: 113 } })).toMatchObject({ expression: 'one direction' });
    expect(await filter(times(20, ping, plain(ip({ src: NODE.b, dst: NODE.a }), NIC.b, NIC.a)))).toBeNull();
  });
});

describe('a recorded filter counts for itself', () => {
  async function recorded(
    expression: string,
    frames: Uint8Array[],
  ): Promise<{ hides: boolean | undefined; exit: number }> {
    const folder = mkdtempSync(join(tmpdir(), 'overlens-'));
    try {
      const path = join(folder, 'x.pcapng');
      const blocks = frames.map((data, i) => packetBlock({ data, units: BigInt(i) }));
      writeFileSync(path, buildPcapng([sectionBlock(), interfaceBlock({ filter: expression }), ...blocks]));
      const trace = await traceCaptures({ captures: [path], topology: TOPOLOGY });
      const report = verifyTrace(trace, {
        expect: 'config',
        pools: [],
        strict: false,
        topology: TOPOLOGY,
      });
      return { hides: trace.captures[0]?.filter?.hidesBypass, exit: report.exitCode };
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  it('hides a bypass, whatever is in the file', async () => {
    expect(await recorded('udp port 4789', [ping, pong, arp])).toEqual({ hides: true, exit: 3 });
    expect(await recorded('host 10.0.1.1', [ping, pong, arp])).toEqual({ hides: true, exit: 3 });
  });

  it('unless it keeps what pods would send, of every pool and protocol', async () => {
    for (const harmless of ['ip', 'ip or ip6', 'not port 22', 'not (host 10.0.1.1 and tcp port 22)', 'net 10.0.0.0/8'])
      expect(await recorded(harmless, [ping, pong])).toEqual({ hides: false, exit: 0 });
  });
});

describe('what answers prove and no capture holds', () => {
  it('is a flow of its own: unverifiable, with the line that settles it', async () => {
    const trace = await traceFrames([{ frames: [pong, arp] }], TOPOLOGY);
    const missing = flowBetween(trace, POD.a, POD.b);
    expect(missing).toMatchObject({ packets: 0, verdict: 'unverifiable', inScope: true, observations: [] });
    expect(missing.unverified).toMatchObject({ reason: 'not-in-capture' });
    expect(missing.unverified?.advice).toMatch(/^a# tcpdump -i /);
    expect(missing.conversation).toBe(flowBetween(trace, POD.b, POD.a).conversation);
  });

  it('is known by an acknowledgement, and by data whose header the snaplen cut', async () => {
    const ends = { src: POD.b, dst: POD.a };
    const back = { from: NODE.b, to: NODE.a } as const;
    const acknowledging = vxlan(tcpPacket(ends, { ack_raw: 5 }), back);
    expect(await exitCode([acknowledging, arp, ping, pong])).toBe(3);
    const data = vxlan(tcpPacket(ends, { ack_raw: 5 }, new Uint8Array(200)), back);
    const cut = await traceFrames([{ frames: [data, arp, ping, pong], snaplen: 92 }], TOPOLOGY);
    expect(cut.all.filter((flow) => flow.unverified?.reason === 'not-in-capture').length).toBe(1);
  });

  it('is not claimed from a first SYN, from UDP, or from a veth', async () => {
    const syn = vxlan(tcpPacket({ src: POD.a, dst: POD.b }, SYN));
    const udp = vxlan(ip({ src: POD.b, dst: POD.a, proto: 17, transport: build.udp({}) }), {
      from: NODE.b,
      to: NODE.a,
    });
    const veth = plain(ip({ src: POD.b, dst: POD.a, transport: build.icmpEcho({ type: 0 }) }), VETH, POD_MAC);
    for (const frames of [[syn], [udp], [veth]]) {
      const trace = await traceFrames([{ frames: [...frames, arp] }], TOPOLOGY);
      expect(trace.all.every((flow) => flow.packets > 0)).toBe(true);
    }
  });

  it('at the edge of a long capture was under way, and keeps nothing from passing', async () => {
    const packet = (data: Uint8Array, seconds: number) => ({ data, seconds, nanos: 0 });
    const long = [packet(pong, 1000), packet(ping, 1500), packet(vxlan(ip({ src: POD.a, dst: POD.c })), 1999)];
    const early = vxlan(tcpPacket({ src: POD.b, dst: POD.a }, { ack_raw: 5 }), { from: NODE.b, to: NODE.a });
    const trace = await traceFrames([{ frames: [packet(early, 1000), ...long] }], TOPOLOGY);
    const missing = trace.all.find((flow) => flow.packets === 0);
    expect(missing?.unverified).toMatchObject({ reason: 'cut-by-capture', advice: null });
    const late = await traceFrames(
      [{ frames: [packet(ping, 1000), packet(early, 1500), packet(pong, 1999)] }],
      TOPOLOGY,
    );
    expect(late.all.find((flow) => flow.packets === 0)?.unverified?.reason).toBe('not-in-capture');
  });

  it('at the edge of a short one is believed of a last packet or two only', async () => {
    const early = vxlan(tcpPacket({ src: POD.b, dst: POD.a }, { ack_raw: 5 }), { from: NODE.b, to: NODE.a });
    const reason = async (count: number): Promise<string | undefined> => {
      const acknowledgements = Array.from({ length: count }, (_, i) => ({
        data: early,
        seconds: 1000,
        nanos: i * 1000,
      }));
      const rest = [ping, pong].map((data, i) => ({ data, seconds: 1002 + i, nanos: 0 }));
      const trace = await traceFrames([{ frames: [...acknowledgements, ...rest] }], TOPOLOGY);
      return trace.all.find((flow) => flow.packets === 0)?.unverified?.reason;
    };
    expect(await reason(2)).toBe('cut-by-capture');
    expect(await reason(3)).toBe('not-in-capture');
  });

  it('counts the last packets over all pieces of a capture', async () => {
    const acknowledgement = vxlan(tcpPacket({ src: POD.b, dst: POD.a }, { ack_raw: 5 }), { from: NODE.b, to: NODE.a });
    const early = (nanos: number) => ({ data: acknowledgement, seconds: 1000, nanos });
    const rest = [ping, pong].map((data, i) => ({ data, seconds: 1002 + i, nanos: 0 }));
    const pieces = [
      { name: 'x.pcap0', frames: [early(0)] },
      { name: 'x.pcap1', frames: [early(1000), early(2000), ...rest] },
    ];
    const trace = await traceFrames(pieces, TOPOLOGY);
    expect(trace.all.find((flow) => flow.packets === 0)?.unverified?.reason).toBe('not-in-capture');
  });
});

describe('a snaplen that cuts the inner addresses off', () => {
  it('makes tunnel packets unverifiable, and no pass beside them', async () => {
    const frames = [ping, pong, plain(ip({ src: POD.a, dst: '192.0.2.1' }), NIC.a, '02:00:00:00:01:fe')];
    const trace = await traceFrames([{ frames, snaplen: 68 }], TOPOLOGY);
    const outer = flowBetween(trace, NODE.a, NODE.b);
    expect(gist(outer)).toBe('vxlan unverifiable inner-cut-off');
    expect(outer.unverified?.advice).toContain('-s 160');
    const report = verifyTrace(trace, {
      expect: 'config',
      pools: [],
      strict: false,
      topology: TOPOLOGY,
    });
    expect(report).toMatchObject({ ok: 1, exitCode: 3, undecided: ['doubtful'] });
  });

  it('at 96 bytes leaves addresses and ports, and their verdict', async () => {
    const trace = await traceFrames([{ frames: [ping, pong], snaplen: 96 }], TOPOLOGY);
    expect(gist(flowBetween(trace, POD.a, POD.b))).toBe('vxlan ok');
  });
});

describe('pieces of a merge whose clocks are apart', () => {
  const tunnelled = [1, 2, 3, 4, 5, 6].flatMap((id) => [
    vxlan(ip({ src: POD.a, dst: POD.b, id })),
    vxlan(ip({ src: POD.b, dst: POD.a, id, transport: build.icmpEcho({ type: 0 }) }), { from: NODE.b, to: NODE.a }),
  ]);
  const at = (frames: Uint8Array[], since: number) =>
    frames.map((data, i) => ({ data, seconds: 1000 + since, nanos: i * 1_000_000 }));
  const second = [arp, ...tunnelled, plain(ip({ src: NODE.a, dst: '192.0.2.1' }), NIC.a, '02:00:00:00:01:fe')];
  const hints = async (...names: string[]) => {
    const [one = '', other = ''] = names;
    const files = [
      { name: one, frames: at(tunnelled, 0) },
      { name: other, frames: at(second, 90) },
    ];
    const { captures } = await traceFrames(files, cluster(pools));
    return captures.map(({ filter, possibleFilter }) => [filter?.expression, possibleFilter?.expression]);
  };

  it('are judged together, and what one of them suggests is a possible filter', async () => {
    expect(await hints('merged.pcap', 'merged.pcap1')).toEqual([
      [undefined, 'udp port 4789'],
      [undefined, undefined],
    ]);
  });

  it('are not where names say that they are different captures', async () => {
    expect((await hints('one.pcap', 'other.pcap'))[0]).toEqual(['udp port 4789', undefined]);
    expect((await hints('rack1.pcap', 'rack2.pcap'))[0]).toEqual(['udp port 4789', undefined]);
  });
});
