// Sent and arrived: what one NIC sent and the other received, only inside the time that both were captured.
import { describe, expect, it } from 'vitest';
import type { Trace, TracedFlow } from '../../src/verdict/trace-types.ts';
import { verifyTrace } from '../../src/verdict/verify/verify.ts';
import { type BuiltPacket, joinBytes } from '../support/capture-builder.ts';
import {
  arpRequest,
  clusterDocuments,
  flowBetween,
  ip,
  NIC,
  NODE,
  POD,
  plain,
  tcpPacket,
  traceFrames,
  vxlan,
} from '../support/cluster-frames.ts';
import { cluster } from '../support/cluster-text.ts';
import * as build from '../support/packet-builder.ts';

const { pools, nodes, pods } = clusterDocuments();
const TOPOLOGY = cluster(pools, nodes, pods);
const START = 1_700_000_000;

function at(seconds: number, data: Uint8Array): BuiltPacket {
  return { data, seconds: START + Math.floor(seconds), nanos: Math.round((seconds % 1) * 1e9) };
}

/** No packet looks like another one, so that it is known where it was seen twice. */
const idAt = (seconds: number): number => Math.round(seconds * 500) + 1;
const request = (seconds: number): BuiltPacket => at(seconds, vxlan(ip({ src: POD.a, dst: POD.b, id: idAt(seconds) })));
/** What the nodes always say: both captures begin and end with it. */
const talk = (seconds: number): BuiltPacket =>
  at(seconds, plain(ip({ src: NODE.a, dst: NODE.b, id: idAt(seconds) }), NIC.a, NIC.b));
const answer = (seconds: number): BuiltPacket =>
  at(seconds, plain(ip({ src: NODE.b, dst: NODE.a, id: idAt(seconds) }), NIC.b, NIC.a));
/** ARP, as any capture without a filter has it. */
const arp = (seconds: number): BuiltPacket => at(seconds, arpRequest(NODE.b, NODE.a, NIC.b));
const around = (packets: BuiltPacket[], from = 0, to = 10): BuiltPacket[] => [
  talk(from),
  arp(from),
  answer(from),
  ...packets,
  answer(to),
  talk(to),
];
const shifted = (packets: BuiltPacket[], seconds: number): BuiltPacket[] =>
  packets.map((packet) => ({ ...packet, seconds: (packet.seconds ?? 0) + seconds }));

async function ends(atA: BuiltPacket[], atB: BuiltPacket[]): Promise<Trace & { all: TracedFlow[] }> {
  return traceFrames(
    [
      { name: 'a-x.pcap', frames: atA },
      { name: 'b-x.pcap', frames: atB },
    ],
    TOPOLOGY,
  );
}

const arrival = async (atA: BuiltPacket[], atB: BuiltPacket[]) =>
  flowBetween(await ends(atA, atB), POD.a, POD.b).arrival;

describe('what arrives', () => {
  it('is counted on both ends', async () => {
    const packets = [1, 2, 3].map(request);
    expect(await arrival(around(packets), around(packets))).toEqual({ sent: 3, arrived: 3, lost: false });
  });

  it('is missed when less arrives', async () => {
    const packets = [1, 2, 3].map(request);
    expect(await arrival(around(packets), around(packets.slice(1)))).toEqual({ sent: 3, arrived: 2, lost: true });
  });

  it('is nothing when none does: the outcome says so, and verify tells it beside the result', async () => {
    const trace = await ends(around([1, 2, 3].map(request)), around([]));
    const flow = flowBetween(trace, POD.a, POD.b);
    expect(flow).toMatchObject({
      outcome: 'sent-never-arrived',
      verdict: 'ok',
      arrival: { sent: 3, arrived: 0, lost: true },
    });
    expect(trace.causes.map((cause) => cause.code)).toContain('lost-on-underlay');
    const report = verifyTrace(trace, {
      expect: 'config',
      pools: [],
      strict: false,
      topology: TOPOLOGY,
    });
    expect(report).toMatchObject({ exitCode: 0, undecided: [], delivery: { lostFlows: 1, lostPackets: 3 } });
    expect(report.delivery.causes.map(({ code }) => code)).toContain('lost-on-underlay');
  });
});

describe("a mirror's copies, in GRE from one node's NIC to the other's", () => {
  /** What went by at b's NIC, as b hands it to a collector on a. */
  const copy = (seconds: number): BuiltPacket => {
    const frame = Uint8Array.from(request(seconds).data);
    const outer = build.ipv4({ src: NODE.b, dst: NODE.a, proto: 47 }, build.gre({ proto: 0x6558 }, frame));
    return at(seconds + 0.01, plain(outer, NIC.b, NIC.a));
  };
  const plainOnes = [1, 2].map(request);

  it('are not what the collector sent: what it missed itself, and the other NIC too, is no loss', async () => {
    const atA = [...plainOnes, ...[1, 2, 3].map(copy)].toSorted(byTime);
    const atB = [...plainOnes, ...[1, 2].map(copy)].toSorted(byTime);
    expect(await arrival(around(atA), around(atB))).toEqual({ sent: 2, arrived: 2, lost: false });
  });

  it('are not what came to the mirror: where its NIC saw less itself, that did not arrive', async () => {
    const atB = [request(1), ...[1, 2].map(copy)].toSorted(byTime);
    expect(await arrival(around(plainOnes), around(atB))).toEqual({ sent: 2, arrived: 1, lost: true });
  });

  it('say nothing of losses beside what both have', async () => {
    const all = [...plainOnes, ...[1, 2].map(copy)].toSorted(byTime);
    expect(await arrival(around(all), around(all))).toEqual({ sent: 2, arrived: 2, lost: false });
  });
});

function byTime(a: BuiltPacket, b: BuiltPacket): number {
  return (a.seconds ?? 0) - (b.seconds ?? 0) || (a.nanos ?? 0) - (b.nanos ?? 0);
}

describe('captures of several times', () => {
  const LATER = 100;
  const late = (packets: BuiltPacket[]): BuiltPacket[] => around(packets, LATER, LATER + 10);
  const traced = async (files: Readonly<Record<string, BuiltPacket[]>>) => {
    const trace = await traceFrames(
      Object.entries(files).map(([name, frames]) => ({ name, frames })),
      TOPOLOGY,
    );
    return { trace, flow: flowBetween(trace, POD.a, POD.b) };
  };
  const asked = [1, 2, 3].map((second) => request(LATER + second));
  const third = [talk(0), arp(0), at(1, vxlan(ip({ src: POD.c, dst: POD.b, id: 7 }), { from: NODE.c })), talk(9)];

  it('each counts for itself: a third node that was captured at another time hides no loss', async () => {
    const { flow, trace } = await traced({
      ...{ 'c/c-x.pcap': third, 'a/a-x.pcap': around([]), 'b/b-x.pcap': around([]) },
      ...{ 'd/a-x.pcap': late(asked), 'e/b-x.pcap': late([]) },
    });
    expect(flow).toMatchObject({ outcome: 'sent-never-arrived', arrival: { sent: 3, arrived: 0, lost: true } });
    expect(trace.causes.map(({ code }) => code)).toContain('lost-on-underlay');
    expect(trace.window?.parts?.map(({ first }) => first?.slice(11, 19))).toEqual(['22:13:20', '22:15:00']);
  });

  it('what was sent while the other end was not captured is not lost', async () => {
    const { flow } = await traced({
      ...{ 'a/a-x.pcap': around([request(1)]), 'b/b-x.pcap': around([request(1)]) },
      ...{ 'd/a-x.pcap': late(asked) },
    });
    expect(flow.arrival).toEqual({ sent: 1, arrived: 1, lost: false });
  });

  it('nor where one end was captured all the time, and the other one twice', async () => {
    const { flow, trace } = await traced({
      'a/a-x.pcap': [...around([request(1)]), ...[40, 50, 60].map(request), ...late([request(LATER + 1)])],
      'b/b-x.pcap': around([request(1)]),
      'e/b-x.pcap': late([request(LATER + 1)]),
    });
    expect(flow.arrival).toBeNull();
    expect(trace.causes.map(({ code }) => code)).not.toContain('lost-on-underlay');
  });
});

describe('the window', () => {
  it('is the time that both cover, and is told', async () => {
    const trace = await ends(around([request(5)], 0, 10), around([request(5)], 4, 14));
    expect(trace.window).toEqual({
      first: '2023-11-14T22:13:24.000000Z',
      last: '2023-11-14T22:13:30.000000Z',
      nodes: ['a', 'b'],
    });
  });

  it('leaves out what was sent before the other end listened', async () => {
    const packets = [1, 2, 6, 7].map(request);
    expect(await arrival(around(packets, 0, 10), around(packets.slice(2), 5, 14))).toEqual({
      sent: 2,
      arrived: 2,
      lost: false,
    });
  });

  it('is none where the captures do not overlap, or one node alone was captured', async () => {
    const [packets, later] = [[1, 2].map(request), [101, 102].map(request)];
    expect((await ends(around(packets), around(later, 100, 110))).window).toBeNull();
    expect((await traceFrames([{ name: 'a-x.pcap', frames: around(packets) }], TOPOLOGY)).window).toBeNull();
    expect(await arrival(around(packets), around(later, 100, 110))).toBeNull();
  });

  it('lets packets on their way over its edge arrive', async () => {
    const sent = [...around([request(5)], 0, 10), request(9.999)].sort((x, y) => (x.seconds ?? 0) - (y.seconds ?? 0));
    const received = around([request(5.001)], 0.001, 10).concat(request(10.02));
    expect(await arrival(sent, received)).toMatchObject({ lost: false });
  });

  it('tells nothing when the receiver saw the flow at another time only: its clock is another one', async () => {
    const packets = [1, 2, 3].map(request);
    const trace = await ends(around(packets), around(shifted(packets, 20), 0, 40));
    const flow = flowBetween(trace, POD.a, POD.b);
    expect(flow.arrival).toBeNull();
    expect(flow.outcome).not.toBe('sent-never-arrived');
    expect(trace.causes.map((cause) => cause.code)).not.toContain('lost-on-underlay');
  });
});

describe('segmentation and fragments', () => {
  const segment = (seconds: number, sequence: number, length: number): BuiltPacket =>
    at(seconds, vxlan(tcpPacket({ src: POD.a, dst: POD.b }, { seq_raw: sequence }, new Uint8Array(length))));

  const withSnaplens = async (atA: BuiltPacket[], atB: BuiltPacket[], a?: number, b?: number) => {
    const files = [
      { name: 'a-x.pcap', frames: around(atA), ...(a && { snaplen: a }) },
      { name: 'b-x.pcap', frames: around(atB), ...(b && { snaplen: b }) },
    ];
    return flowBetween(await traceFrames(files, TOPOLOGY), POD.a, POD.b).arrival?.lost;
  };

  it('a super-frame that arrives as segments is no loss', async () => {
    const pieces = [0, 1, 2, 3].map((i) => segment(2 + i / 100, 1000 * i, 1000));
    const found = await arrival(around([segment(2, 0, 4000)]), around(pieces));
    expect(found?.lost).not.toBe(true);
    expect(found?.sent).toBe(1);
  });

  it('segments that arrive merged are no loss either', async () => {
    const pieces = [0, 1, 2, 3].map((i) => segment(2 + i / 100, 1000 * i, 1000));
    expect((await arrival(around(pieces), around([segment(2.05, 0, 4000)])))?.lost).not.toBe(true);
  });

  it('a super-frame of which a segment is missing is a loss', async () => {
    const pieces = [0, 1, 2].map((i) => segment(2 + i / 100, 1000 * i, 1000));
    expect((await arrival(around([segment(2, 0, 4000)]), around(pieces)))?.lost).toBe(true);
  });

  it('bytes tell nothing where a snaplen cut off which of them are TCP’s header', async () => {
    const small = [1, 2, 3, 4, 5].map((n) => segment(2 + n / 100, n, 0));
    const [question, longest] = [segment(2.1, 9, 33), segment(2.02, 5, 57)];
    const there = [...small.slice(0, 2), longest, ...small.slice(2), question];
    // a, whose snaplen ends inside the TCP header, missed the longest one
    expect(await withSnaplens([...small, question], there, 96, undefined)).toBeNull();
    const [whole, pieces] = [[segment(2, 0, 4000)], [0, 1, 2].map((i) => segment(2 + i / 100, 1000 * i, 1000))];
    expect(await withSnaplens(whole, pieces, undefined, 96)).toBeNull();
    expect(await withSnaplens(whole, pieces, 128, 128)).toBe(true);
  });

  it('later fragments of the outer packet count nowhere', async () => {
    const whole = vxlan(ip({ src: POD.a, dst: POD.b, transport: build.icmpEcho({}, new Uint8Array(1400)) }));
    const [head, tail] = fragments(whole);
    const found = await arrival(around([at(2, head), at(2, tail)]), around([at(2.01, head), at(2.01, tail)]));
    expect(found).toEqual({ sent: 1, arrived: 1, lost: false });
  });
});

/** The outer IP packet of an Ethernet frame in two fragments. */
function fragments(frame: Uint8Array): [Uint8Array, Uint8Array] {
  const payload = frame.subarray(34);
  const [first, rest] = [payload.subarray(0, 800), payload.subarray(800)];
  const ends = { src: NODE.a, dst: NODE.b, id: 77 };
  const wrap = (packet: Uint8Array): Uint8Array => joinBytes([frame.subarray(0, 14), packet]);
  return [
    wrap(build.ipv4({ ...ends, 'flags.mf': true }, first)),
    wrap(build.ipv4({ ...ends, frag_offset: 100 }, rest)),
  ];
}

describe('a snaplen that hides whose packets arrive', () => {
  const packets = [1, 2, 3].map(request);
  /** Up to the inner Ethernet header. */
  const IN_TUNNEL = 14 + 20 + 8 + 8 + 14;
  /** Up to the ports. */
  const BEFORE_TUNNEL = 14 + 20 + 8;

  it.each([
    ['the nodes are known', TOPOLOGY],
    ['the configuration has no nodes', cluster(pools, pods)],
  ])('loses nothing, where %s', async (_, topology) => {
    for (const snaplen of [IN_TUNNEL, BEFORE_TUNNEL]) {
      const files = [
        { name: 'a-x.pcap', frames: around(packets) },
        { name: 'b-x.pcap', frames: around(packets), snaplen },
      ];
      const { outcome, arrival } = flowBetween(await traceFrames(files, topology), POD.a, POD.b);
      expect({ outcome, lost: arrival?.lost ?? null }).toEqual({ outcome: 'no-answer', lost: null });
    }
  });
});

describe('packets that may be copies', () => {
  const datagram = (seconds: number, id: number): BuiltPacket =>
    at(
      seconds,
      vxlan(ip({ src: POD.a, dst: POD.b, proto: 17, id, transport: build.udp({}, new Uint8Array(20).fill(id)) })),
    );

  it('are not lost for being there once at the other end', async () => {
    const atA = [datagram(1, 1), datagram(2, 2), datagram(5, 1), datagram(6, 2)];
    expect(await arrival(around(atA), around(atA.slice(0, 2)))).toEqual({ sent: 4, arrived: 2, lost: null });
    expect((await arrival(around(atA), around(atA.slice(0, 1))))?.lost).toBe(true);
  });
});

describe('a mirror’s copies whose TCP header the snaplen cut off', () => {
  const sent = [1, 2, 3].map((n) => tcpPacket({ src: POD.a, dst: POD.b, id: n }, { seq_raw: n }));
  /** On a's NIC, each with its copy in a tunnel to a collector on c. */
  const mirrored = sent.flatMap((segment, n) => [
    at(n + 1, plain(segment)),
    at(n + 1.00002, vxlan(segment, { to: NODE.c, vni: 7700 })),
  ]);

  it('are neither counted for sure nor lost', async () => {
    const files = [
      { name: 'a-x.pcap', frames: around(mirrored), snaplen: 96 },
      { name: 'b-x.pcap', frames: around(sent.map((segment, n) => at(n + 1.0001, plain(segment)))) },
    ];
    const { arrival: found, packetsBetween } = flowBetween(await traceFrames(files, TOPOLOGY), POD.a, POD.b);
    expect([found?.lost ?? null, packetsBetween]).toEqual([null, { least: 3, most: 6 }]);
  });

  it('are known as copies where it did not', async () => {
    const files = [
      { name: 'a-x.pcap', frames: around(mirrored), snaplen: 128 },
      { name: 'b-x.pcap', frames: around(sent.slice(1).map((segment, n) => at(n + 2.0001, plain(segment)))) },
    ];
    const { arrival: found, packets } = flowBetween(await traceFrames(files, TOPOLOGY), POD.a, POD.b);
    expect([found?.lost, packets]).toEqual([true, 3]);
  });
});

describe('clocks', () => {
  it('that are apart by any time change nothing, and are told', async () => {
    const packets = [1, 2, 3].map(request);
    for (const seconds of [1, 60, 3600, -3600]) {
      const trace = await ends(around(packets), shifted(around(packets), seconds));
      expect(flowBetween(trace, POD.a, POD.b).arrival).toEqual({ sent: 3, arrived: 3, lost: false });
      expect(trace.clocks).toMatchObject([{ node: 'b', aheadOf: 'a', seconds, assumed: false, isMissed: false }]);
    }
  });

  it('do not hide what is lost', async () => {
    const packets = [1, 2, 3].map(request);
    const lost = around(packets.slice(1));
    expect(await arrival(around(packets), shifted(lost, 60))).toEqual({ sent: 3, arrived: 2, lost: true });
  });

  it('are taken to be right where nothing at all is in both captures, and that is said', async () => {
    // b hears others, and nothing of a
    const heard = [0, 10].map((seconds) =>
      at(seconds, plain(ip({ src: NODE.c, dst: NODE.b, id: idAt(seconds) }), NIC.c, NIC.b)),
    );
    const trace = await ends([talk(0), ...[1, 2, 3].map(request), talk(10)], [arp(0), ...heard, answer(10)]);
    expect(flowBetween(trace, POD.a, POD.b)).toMatchObject({
      outcome: 'sent-never-arrived',
      arrival: { sent: 3, arrived: 0, lost: true },
    });
    expect(trace.clocks.map(({ node, seconds, assumed }) => ({ node, seconds, assumed }))).toEqual([
      { node: 'a', seconds: null, assumed: false },
      { node: 'b', seconds: null, assumed: true },
    ]);
  });

  it('are not known where a flow is in both, but no packet: nothing is lost then, and that is said', async () => {
    const trace = await ends(around([1, 2, 3].map(request), 0, 10), around([], 1.5, 9.5));
    expect(flowBetween(trace, POD.a, POD.b)).toMatchObject({ arrival: null });
    expect(trace.clocks.filter(({ isMissed }) => isMissed)).toHaveLength(1);
    expect(trace.window).toBeNull();
  });
});
