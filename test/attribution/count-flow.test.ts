// A packet counts once, however often it was captured; packets that differ all count.
import { describe, expect, it } from 'vitest';
import type { Trace, TracedFlow } from '../../src/verdict/trace-types.ts';
import type { BuiltPacket } from '../support/capture-builder.ts';
import {
  clusterDocuments,
  flowBetween,
  ip,
  NIC,
  NODE,
  POD,
  plain,
  SYN,
  traceFrames,
  vxlan,
} from '../support/cluster-frames.ts';
import { cluster } from '../support/cluster-text.ts';
import * as build from '../support/packet-builder.ts';

const { pools, nodes, pods } = clusterDocuments();
const TOPOLOGY = cluster(pools, nodes, pods);
const GATEWAY = ['02:00:00:00:01:f0', '02:00:00:00:01:f1'] as const;

const segment = (id: number, values: Parameters<typeof build.tcp>[0], payload = 0): Uint8Array =>
  ip({ src: POD.a, dst: POD.b, proto: 6, id, transport: build.tcp(values, new Uint8Array(payload)) });
/** A connection that sends large segments. */
const TALK = [
  segment(1, { ...SYN, seq_raw: 999 }),
  ...[0, 1, 2, 3].map((n) => segment(n + 2, { seq_raw: 1000 + n * 1400 }, 1400)),
];
const each = (make: (inner: Uint8Array) => Uint8Array[]): Uint8Array[] => TALK.flatMap(make);

function packetAt(data: Uint8Array, time: number): BuiltPacket {
  const nanos = Math.round(time * 1e9);
  return { data, seconds: 1_700_000_000 + Math.floor(nanos / 1e9), nanos: nanos % 1e9 };
}

async function traced(frames: Uint8Array[], times: (i: number) => number): Promise<{ trace: Trace; flow: TracedFlow }> {
  const trace = await traceFrames([{ frames: frames.map((data, i) => packetAt(data, times(i))) }], TOPOLOGY);
  return { trace, flow: flowBetween(trace, POD.a, POD.b) };
}

/** Frames in pairs, the second one 50 µs after the first. */
const pairs = (i: number): number => Math.floor(i / 2) * 0.02 + (i % 2) * 50e-6;

describe('a packet that is captured twice counts once', () => {
  it.each([
    ['by a mirror of both directions', each((inner) => [vxlan(inner), vxlan(inner)])],
    [
      'on both sides of a router',
      each((inner) => [vxlan(inner, { dstMac: GATEWAY[0] }), vxlan(inner, { srcMac: GATEWAY[1] })]),
    ],
    [
      'tagged and untagged',
      each((inner) => {
        const frame = vxlan(inner);
        const tag = new Uint8Array([0x81, 0x00, 0x00, 0x64]);
        return [frame, new Uint8Array([...frame.subarray(0, 12), ...tag, ...frame.subarray(12)])];
      }),
    ],
  ])('%s', async (_name, frames) => {
    const { trace, flow } = await traced(frames, pairs);
    expect([flow.packets, flow.tcp?.syn, flow.tcp?.data, flow.tcp?.retransmissions]).toEqual([5, 1, 4, 0]);
    expect(flow.observations.reduce((sum, one) => sum + one.packets, 0)).toBe(10);
    expect(flow.findings.map(({ code }) => code)).not.toContain('mtu-black-hole');
    expect(trace.captures[0]?.warnings.join()).toMatch(/each packet is there twice: a mirror, or a merge of several/);
  });

  it('in a merge of captures whose clocks differ', async () => {
    const frames = [...TALK, ...TALK].map((inner) => vxlan(inner));
    const { flow } = await traced(frames, (i) => (i % TALK.length) * 0.02 + (i < TALK.length ? 0 : 90));
    expect([flow.packets, flow.tcp?.retransmissions]).toEqual([5, 0]);
  });

  describe('by a mirror whose copies travel to the collector that was captured', () => {
    const inGre = (frame: Uint8Array): Uint8Array =>
      build.ethernet(
        { src: NIC.b, dst: NIC.a },
        build.ipv4({ src: NODE.b, dst: NODE.a, proto: 47 }, build.gre({ proto: 0x6558 }, frame)),
      );
    /** No two after the same time. */
    const later =
      (seconds: number) =>
      (i: number): number =>
        Math.floor(i / 2) * 4 + (i % 2) * seconds * (1 + i / 10);

    it('as late as networks delay them', async () => {
      const plainFrames = each((inner) => [plain(inner), inGre(plain(inner))]);
      expect((await traced(plainFrames, later(0.05))).flow.packets).toBe(5);
      const wrapped = each((inner) => [vxlan(inner), inGre(vxlan(inner))]);
      expect((await traced(wrapped, later(0.4))).flow.packets).toBe(5);
    });

    it('but not what comes much later, as with an identification that comes again', async () => {
      const [first = new Uint8Array()] = TALK;
      const { flow } = await traced([plain(first), inGre(plain(first))], later(1.5));
      expect([flow.packetsBetween?.least ?? flow.packets, flow.packetsBetween?.most ?? flow.packets]).toEqual([1, 2]);
    });
  });

  it('without an identification, where the whole capture is there twice', async () => {
    const bare = [0, 1, 2, 3, 4].map((n) => plain(segment(0, { seq_raw: 1000 + n * 100 }, 100)));
    const { flow } = await traced(
      bare.flatMap((frame) => [frame, frame]),
      pairs,
    );
    expect([flow.packets, flow.tcp?.retransmissions]).toEqual([5, 0]);
  });
});

describe('in a merge of the captures of both ends', () => {
  const OTHERS = [0, 1, 2, 3, 4, 5].map((n) =>
    plain(ip({ src: POD.a, dst: POD.c, proto: 6, transport: build.tcp({ seq_raw: n * 100 }, new Uint8Array(n + 1)) })),
  );

  it('packets without an identification count once, though others are there once', async () => {
    const both = [0, 1, 2, 3].map((n) => plain(segment(0, { seq_raw: 1000 + n * 100 }, 100)));
    const { flow } = await traced(
      [...both.flatMap((frame) => [frame, frame]), ...OTHERS, ...OTHERS.slice(0, 1)],
      pairs,
    );
    expect([flow.packets, flow.tcp?.retransmissions]).toEqual([4, 0]);
  });

  it('a datagram counts once, whatever the snaplens left of it', async () => {
    const datagram = vxlan(
      ip({
        src: POD.a,
        dst: POD.b,
        proto: 17,
        id: 7,
        transport: build.udp({ dstport: 53 }, new Uint8Array(30).fill(9)),
      }),
    );
    const whole = packetAt(datagram, 0);
    const cut = { ...packetAt(datagram.subarray(0, 96), 50e-6), original: datagram.length };
    const flow = flowBetween(await traceFrames([{ frames: [whole, cut] }], TOPOLOGY), POD.a, POD.b);
    expect(flow.packets).toBe(1);
  });
});

describe('packets that are not the same all count', () => {
  it.each([
    ['sent again with another identification', [segment(1, { seq_raw: 1 }, 50), segment(2, { seq_raw: 1 }, 50)]],
    ['without an identification', [segment(0, { seq_raw: 1 }, 50), segment(0, { seq_raw: 1 }, 50)]],
  ])('%s', async (_name, inner) => {
    const frames = [...inner, segment(9, { seq_raw: 51 }, 9)].map((one) => plain(one));
    const { trace, flow } = await traced(frames, pairs);
    expect([flow.packets, flow.tcp?.retransmissions]).toEqual([3, 1]);
    expect(trace.captures[0]?.warnings).toEqual([]);
  });

  it('asked again moments later', async () => {
    const query = (id: number): Uint8Array =>
      vxlan(ip({ src: POD.a, dst: POD.b, proto: 17, id, transport: build.udp({ dstport: 53 }, new Uint8Array(30)) }));
    const { flow } = await traced([query(7), query(8)], pairs);
    expect(flow.packets).toBe(2);
  });

  it('of one connection over the two slaves of a bond, in a file each', async () => {
    const files = [0, 1].map((slave) => ({
      name: `a-eth${slave}.pcap`,
      frames: TALK.filter((_, i) => i % 2 === slave).map((inner) => vxlan(inner, { srcMac: NIC.a, to: NODE.b })),
    }));
    const flow = flowBetween(await traceFrames(files, TOPOLOGY), POD.a, POD.b);
    expect([flow.packets, flow.tcp?.data]).toEqual([5, 4]);
  });
});

describe('where nothing tells whether packets are copies, the count is a range', () => {
  /** Datagrams from pod a to pod b on the wire between two machines. */
  const datagram = (id: number, content: number, macs: { srcMac?: string; dstMac?: string } = {}): Uint8Array =>
    vxlan(
      ip({
        src: POD.a,
        dst: POD.b,
        proto: 17,
        id,
        transport: build.udp({ dstport: 8125 }, new Uint8Array(20).fill(content)),
      }),
      macs,
    );
  /** Between other machines: no NIC has all frames. */
  const elsewhere = vxlan(ip({ src: POD.b, dst: POD.c }), { from: NODE.b, to: NODE.c });
  const there = [0, 0.02, 90, 90.02, 100];

  it('of a merge with few packets, whose clocks differ', async () => {
    const frames = [datagram(1, 1), datagram(2, 2), datagram(1, 1), datagram(2, 2), elsewhere];
    const { trace, flow } = await traced(frames, (i) => there[i] ?? 0);
    expect([flow.packets, flow.packetsBetween]).toEqual([4, { least: 2, most: 4 }]);
    expect(trace.captures[0]?.warnings).toEqual([
      '2 packets may be copies, and nothing in the capture tells: if it is a merge of captures whose clocks differ, give those one by one',
    ]);
  });

  it('also without an identification, unless one NIC may have seen every frame', async () => {
    const frames = [datagram(0, 1), datagram(0, 2), datagram(0, 1), datagram(0, 2)];
    const time = (i: number): number => there[i] ?? 0;
    expect((await traced([...frames, elsewhere], time)).flow.packetsBetween).toBeNull();
    const apart = frames.map((_, i) =>
      datagram(0, (i % 2) + 1, i < 2 ? {} : { srcMac: GATEWAY[0], dstMac: GATEWAY[1] }),
    );
    expect((await traced(apart, time)).flow.packetsBetween).toEqual({ least: 2, most: 4 });
  });

  it('of segments whose TCP header one snaplen of a merge cut off', async () => {
    const frames = [1, 2].map((id) => vxlan(segment(id, { seq_raw: id * 100 }, 100)));
    const merged = frames.flatMap((data, i) => [
      packetAt(data, i * 0.02),
      { ...packetAt(data.subarray(0, 96), i * 0.02 + 50e-6), original: data.length },
    ]);
    const flow = flowBetween(await traceFrames([{ frames: merged }], TOPOLOGY), POD.a, POD.b);
    expect(flow.packetsBetween).toEqual({ least: 2, most: 4 });
  });

  it('of datagrams without an identification that are sent twice into a mirror of both directions', async () => {
    const soon = (i: number): number => i * 50e-6;
    const others = [1, 2, 3, 4].map((content) => datagram(0, content)).flatMap((frame) => [frame, frame]);
    const twice = datagram(0, 9);
    for (const copies of [4, 3]) {
      const { flow } = await traced([...others, ...Array.from({ length: copies }, () => twice)], soon);
      expect([flow.packets, flow.packetsBetween]).toEqual([6, { least: 5, most: 6 }]);
    }
    const tag = new Uint8Array([0x81, 0x00, 0x00, 0x64]);
    const tagged = new Uint8Array([...twice.subarray(0, 12), ...tag, ...twice.subarray(12)]);
    const { flow } = await traced([...others, twice, tagged, twice, tagged], soon);
    expect([flow.packets, flow.packetsBetween]).toEqual([6, { least: 5, most: 6 }]);
  });

  it('but not of what is sent again and again', async () => {
    const frames = [0, 1, 2, 3].map(() => datagram(5, 1));
    const { trace, flow } = await traced(frames, (i) => i * 10);
    expect([flow.packets, flow.packetsBetween]).toEqual([4, null]);
    expect(trace.captures[0]?.warnings).toEqual([]);
  });

  it('and segments in doubt are not said to be sent again', async () => {
    const frames = [1, 2, 1, 2].map((n) => vxlan(segment(n, { seq_raw: n * 100 }, 100)));
    const { flow } = await traced([...frames, elsewhere], (i) => there[i] ?? 0);
    expect(flow.packetsBetween).toEqual({ least: 2, most: 4 });
    expect([flow.tcp?.data, flow.tcp?.retransmissions]).toEqual([2, 0]);
  });

  it('of files that are named like pieces of one, and hold the same packets', async () => {
    const files = [0, 1].map((piece) => ({
      name: `merged.pcap${piece}`,
      frames: TALK.map((inner, i) => packetAt(vxlan(inner), piece * 100 + i * 0.01)),
    }));
    const trace = await traceFrames(files, TOPOLOGY);
    const flow = flowBetween(trace, POD.a, POD.b);
    expect([flow.packets, flow.packetsBetween]).toEqual([5, { least: 5, most: 10 }]);
    for (const { warnings } of trace.captures) expect(warnings.join()).toMatch(/^named and timed like a piece/);
  });

  it('of pieces, where a packet stands on both sides of the cut', async () => {
    const packets = [datagram(1, 1), datagram(2, 2), datagram(1, 1)].map((frame, i) => packetAt(frame, i * 30));
    const files = [packets.slice(0, 2), packets.slice(2)].map((frames, i) => ({ name: `a.pcap${i}`, frames }));
    const flow = flowBetween(await traceFrames(files, TOPOLOGY), POD.a, POD.b);
    expect([flow.packets, flow.packetsBetween]).toEqual([3, { least: 2, most: 3 }]);
  });
});
