// Connections that die while they are open, and those that merely resend.
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
const START = 1_700_000_000;
/** Seconds at which a segment is sent, and sent again (RFC 6298: each time after twice as long). */
const BACK_OFF = [1, 1.2, 1.6, 2.4, 4] as const;

interface Segment {
  at: number;
  from?: 'a' | 'b';
  seq?: number;
  ack?: number;
  bytes?: number;
  flags?: object;
  /** Identification of the IP packet. */
  id?: number;
}

/** Segments between pod a (port 40000, from sequence number 1 on) and pod b (port 80, from 1 on). */
function packet({
  from = 'a',
  seq = 1,
  ack = 1,
  bytes = 0,
  flags = { 'flags.ack': true },
  id = 0,
}: Segment): Uint8Array {
  const [src, dst] = from === 'a' ? [POD.a, POD.b] : [POD.b, POD.a];
  const ports = from === 'a' ? { srcport: 40000, dstport: 80 } : { srcport: 80, dstport: 40000 };
  const fields = { ...ports, seq_raw: seq, ack_raw: ack, ...flags };
  return tcpPacket({ src, dst, id }, fields, new Uint8Array(bytes));
}

const between = (segment: Segment): Uint8Array =>
  segment.from === 'b' ? vxlan(packet(segment), { from: NODE.b, to: NODE.a }) : vxlan(packet(segment));
const onVeth = (segment: Segment): Uint8Array => {
  const [src, dst] = segment.from === 'b' ? [POD_MAC, VETH] : [VETH, POD_MAC];
  return build.ethernet({ src, dst }, packet(segment));
};

const OPENING: Segment[] = [
  { at: 0, seq: 0, ack: 0, flags: SYN },
  { at: 0.1, from: 'b', seq: 0, ack: 1, flags: { 'flags.syn': true, 'flags.ack': true } },
  { at: 0.2 },
  { at: 0.3, bytes: 100 },
  { at: 0.4, from: 'b', ack: 101, bytes: 50 },
  { at: 0.5, seq: 101, ack: 51 },
];
const again = (bytes: number, seq = 101): Segment[] => BACK_OFF.map((at) => ({ at, seq, ack: 51, bytes }));

const timed = (segments: readonly Segment[], frame: (segment: Segment) => Uint8Array): BuiltPacket[] =>
  segments.map((segment) => ({
    data: frame(segment),
    seconds: START + Math.floor(segment.at),
    nanos: Math.round((segment.at % 1) * 1e9),
  }));

/** What tells whose NIC it is. */
const talk = (here: 'a' | 'b'): BuiltPacket[] =>
  [NODE.c, here === 'a' ? NODE.b : NODE.a].map((dst, nanos) => {
    const answer = ip({ src: NODE[here], dst, transport: build.icmpEcho({ type: 0 }) });
    return { data: plain(answer, NIC[here], NIC.c), seconds: START, nanos };
  });

const nic = (here: 'a' | 'b', segments: readonly Segment[]): FrameFile => ({
  name: `${here}-eth0.pcap`,
  frames: [...talk(here), ...timed(segments, between)],
});

async function told(...files: FrameFile[]) {
  const trace = await traceFrames(files, TOPOLOGY);
  const flow = flowBetween(trace, POD.a, POD.b);
  const codes = trace.causes.map(({ code }) => code);
  const messages = flow.findings.map(({ code, message }) => `${code}: ${message}`);
  return { outcome: flow.outcome, text: messages.join('\n'), causes: codes.filter((code) => code !== 'bad-checksum') };
}

describe('a connection', () => {
  it('dies when one segment is sent again and again and never acknowledged: told with the side that is seen', async () => {
    const { outcome, text, causes } = await told(nic('a', [...OPENING, ...again(200)]));
    expect(outcome).toBe('partly-answered');
    expect(text).toContain('no-reply: one segment from default/pod-a');
    expect(text).toContain('was sent again 4 times in 2.8 s and never acknowledged: it leaves a; it does not get to b');
    expect(causes).toEqual(['no-reply']);
  });

  it('speaks for the receiver at its NIC and at its veth', async () => {
    const there = nic('b', [...OPENING, ...again(200)]);
    expect((await told(there)).text).toContain('it arrives at b and does not get to the pod');
    const veth = { name: 'b-cali0123456789a.pcap', frames: timed([...OPENING, ...again(200)], onVeth) };
    expect((await told(there, veth)).text).toContain('it reaches the veth on b; the pod no longer answers');
  });

  it('dies also when it then is reset', async () => {
    const reset = { at: 5, seq: 301, ack: 51, flags: { 'flags.reset': true, 'flags.ack': true } };
    expect((await told(nic('a', [...OPENING, ...again(200), reset]))).outcome).toBe('partly-answered');
  });

  it('goes on when the segment is acknowledged at last', async () => {
    const { outcome, text } = await told(
      nic('a', [...OPENING, ...again(200), { at: 5, from: 'b', seq: 51, ack: 301 }]),
    );
    expect([outcome, text]).toEqual(['answered', '']);
  });

  it('goes on where it resent other segments, or one twice only', async () => {
    const others = BACK_OFF.flatMap((at, i) => [1, 2].map(() => ({ at, seq: 101 + i, ack: 51, bytes: 200 })));
    expect((await told(nic('a', [...OPENING, ...others]))).outcome).toBe('answered');
    expect((await told(nic('a', [...OPENING, ...again(200).slice(0, 3)]))).outcome).toBe('answered');
  });

  it('is not told to die where a segment comes many times at once, as copies do, or where no answer could be seen', async () => {
    const copies = again(200).map((segment, i) => ({ ...segment, at: 1 + i / 20 }));
    expect((await told(nic('a', [...OPENING, ...copies]))).outcome).toBe('answered');
    const oneWay = [...OPENING, ...again(200)].filter(({ from }) => from !== 'b');
    expect((await told(nic('a', oneWay))).text).toBe('');
  });

  it('dies for the size of its segments only where no large one was acknowledged before', async () => {
    const first = await told(nic('a', [...OPENING, ...again(1200)]));
    expect([first.outcome, first.causes]).toEqual(['partly-answered', ['mtu-black-hole']]);
    const large: Segment[] = [
      { at: 0.6, seq: 101, ack: 51, bytes: 3000 },
      { at: 0.7, from: 'b', seq: 51, ack: 3101 },
    ];
    const later = await told(nic('a', [...OPENING, ...large, ...again(1200, 3101)]));
    expect([later.outcome, later.causes]).toEqual(['partly-answered', ['no-reply']]);
  });

  it('loses its packets on the underlay where both NICs tell so', async () => {
    const end: Segment = { at: 5, from: 'b', seq: 51, ack: 101 };
    const there = nic('b', [...OPENING, end]);
    const { causes } = await told(nic('a', [...OPENING, ...again(100), end]), there);
    expect(causes).toEqual(['lost-on-underlay']);
    const largest = await told(nic('a', [...OPENING, ...again(200), end]), there);
    expect(largest.text).toContain("it leaves a's NIC and does not arrive at b's");
  });
});

describe('a connection in pieces of a capture', () => {
  /** All of them together are no large one, however few of them a piece has. */
  const small = Array.from({ length: 30 }, (_, i) => ({ at: 0.6 + i / 100, seq: 101 + 100 * i, ack: 51, bytes: 100 }));
  const passed: Segment = { at: 0.95, from: 'b', seq: 51, ack: 3101 };

  it.each([
    ['dies for a small segment', [...OPENING, ...again(200)]],
    ['dies for a large one', [...OPENING, ...again(1200)]],
    ['dies for a large one behind many small ones', [...OPENING, ...small, passed, ...again(1200, 3101)]],
    ['goes on', [...OPENING, ...again(200), { at: 5, from: 'b' as const, seq: 51, ack: 301 }]],
  ])('%s wherever it is cut', async (_, segments) => {
    const { frames } = nic('a', segments);
    const whole = await told({ name: 'a-eth0.pcap', frames });
    for (let cut = 3; cut < frames.length; cut++) {
      const [first, second] = [frames.slice(0, cut), frames.slice(cut)];
      const pieces = await told({ name: 'a-eth0.pcap', frames: first }, { name: 'a-eth0.pcap1', frames: second });
      expect([cut, pieces]).toEqual([cut, whole]);
    }
  });
});

describe('a capture in pieces that has every packet twice', () => {
  const again1: Segment = { at: 0.05, seq: 0, ack: 0, flags: SYN };
  const fin: Segment = { at: 5, seq: 301, ack: 51, flags: { 'flags.fin': true, 'flags.ack': true } };
  const segments = [OPENING[0] as Segment, again1, ...OPENING.slice(1), ...again(200), fin, { ...fin, at: 5.5 }];
  const twice = segments.flatMap((one, i) => [0, 1e-5].map((late) => ({ ...one, at: one.at + late, id: 100 + i })));

  it('counts what was sent again as the whole does, wherever it is cut', async () => {
    const { frames } = nic('a', twice);
    const tcp = async (...pieces: (typeof frames)[]): Promise<unknown> => {
      const files = pieces.map((piece, i) => ({ name: `a-eth0.pcap${i}`, frames: piece }));
      const trace = await traceFrames(files, TOPOLOGY);
      return [
        [POD.a, POD.b],
        [POD.b, POD.a],
      ].map(([src = '', dst = '']) => flowBetween(trace, src, dst).tcp);
    };
    const whole = await tcp(frames);
    expect(whole).toMatchObject([
      { syn: 2, data: 6, fin: 2, retransmissions: 6 },
      { synAck: 1, data: 1 },
    ]);
    for (let cut = 3; cut < frames.length; cut++)
      expect([cut, await tcp(frames.slice(0, cut), frames.slice(cut))]).toEqual([cut, whole]);
  });
});

describe('an opening from both sides at once', () => {
  it('resends nothing: its SYN/ACKs are no SYNs sent again', async () => {
    const both = { 'flags.syn': true, 'flags.ack': true };
    const segments: Segment[] = [
      { at: 0, seq: 0, ack: 0, flags: SYN },
      { at: 0.1, from: 'b', seq: 0, ack: 0, flags: SYN },
      { at: 0.2, seq: 0, flags: both },
      { at: 0.3, from: 'b', seq: 0, flags: both },
      { at: 0.4, bytes: 100 },
      { at: 0.5, from: 'b', ack: 101 },
    ];
    const trace = await traceFrames([nic('a', segments)], TOPOLOGY);
    expect(flowBetween(trace, POD.a, POD.b).tcp?.retransmissions).toBe(0);
    expect(flowBetween(trace, POD.b, POD.a).tcp?.retransmissions).toBe(0);
  });
});
