// How a conversation went, as far as the capture shows it; and that silence is told only where an answer would have been seen.
import { describe, expect, it } from 'vitest';
import type { TracedFlow } from '../../src/verdict/trace-types.ts';
import type { BuiltPacket } from '../support/capture-builder.ts';
import {
  clusterDocuments,
  flowBetween,
  ip,
  NODE,
  POD,
  POD_MAC,
  plain,
  SYN,
  tcpPacket,
  traceFrames,
  VETH,
  vxlan,
} from '../support/cluster-frames.ts';
import { cluster } from '../support/cluster-text.ts';
import * as build from '../support/packet-builder.ts';

const { pools, nodes, pods } = clusterDocuments();
const TOPOLOGY = cluster(pools, nodes, pods);
const START = 1_700_000_000;
const [TO, BACK] = [
  { src: POD.a, dst: POD.b },
  { src: POD.b, dst: POD.a },
] as const;
const there = (inner: Uint8Array): Uint8Array => vxlan(inner);
const back = (inner: Uint8Array): Uint8Array => vxlan(inner, { from: NODE.b, to: NODE.a });
const syn = there(tcpPacket(TO, { ...SYN, seq_raw: 100 }));
const ports = { srcport: 80, dstport: 40000 };
const synAck = back(tcpPacket(BACK, { ...ports, 'flags.syn': true, ack_raw: 101 }));
const reset = back(tcpPacket(BACK, { ...ports, 'flags.reset': true, ack_raw: 101 }));
/** Another conversation, seen both ways: proof that answers would be seen. */
const OTHER = [
  there(ip({ src: POD.a, dst: POD.c })),
  back(ip({ src: POD.c, dst: POD.a, transport: build.icmpEcho({ type: 0 }) })),
];

async function flow(frames: Uint8Array[]): Promise<TracedFlow> {
  return flowBetween(await traceFrames([{ frames }], TOPOLOGY), POD.a, POD.b);
}
const outcome = async (frames: Uint8Array[]): Promise<string | null> => (await flow(frames)).outcome;
const codes = async (frames: Uint8Array[]): Promise<string[]> => (await flow(frames)).findings.map((f) => f.code);

describe('TCP', () => {
  it('is answered when both directions were seen, with the handshake', async () => {
    expect(await outcome([syn, synAck])).toBe('answered');
    expect((await flow([syn, synAck])).tcp).toMatchObject({ syn: 1, handshake: true });
  });

  it('is refused when nothing but a reset comes back', async () => {
    expect(await outcome([syn, reset])).toBe('refused');
  });

  it('is no refusal when data came first', async () => {
    const data = back(tcpPacket(BACK, { ...ports, ack_raw: 101 }, new Uint8Array(10)));
    expect(await outcome([syn, synAck, data, reset])).toBe('answered');
  });

  it('without an answer is told only where one would have been seen', async () => {
    expect(await outcome([syn, syn, ...OTHER])).toBe('no-answer');
    expect(await codes([syn, syn, ...OTHER])).toContain('no-reply');
    expect(await outcome([syn, syn])).toBe('one-way');
    expect(await codes([syn, syn])).not.toContain('no-reply');
  });

  it('in the middle of a connection is one way, not unanswered', async () => {
    const data = there(tcpPacket(TO, { seq_raw: 100 }, new Uint8Array(20)));
    expect(await outcome([data, ...OTHER])).toBe('one-way');
  });
});

describe('ICMP', () => {
  const ping = there(ip(TO));
  const pong = back(ip({ ...BACK, transport: build.icmpEcho({ type: 0 }) }));

  it('is answered, unanswered or seen one way', async () => {
    expect(await outcome([ping, pong])).toBe('answered');
    expect(await outcome([ping, ping, ...OTHER])).toBe('no-answer');
    expect(await outcome([ping])).toBe('one-way');
  });

  it('counts a request once, however many places saw it', async () => {
    const veth = plain(ip({ ...TO, ttl: 64 }), POD_MAC, VETH);
    const frames = [ping, ping, ...OTHER];
    const trace = await traceFrames([{ frames }, { frames: [veth, veth] }], TOPOLOGY);
    const found = flowBetween(trace, POD.a, POD.b);
    expect(found.packets).toBe(2);
    expect(found.findings.find((f) => f.code === 'no-reply')?.message).toMatch(/^2 echo requests/);
  });
});

describe('a single question right before the capture ends', () => {
  const ping = there(ip(TO));

  it.each([
    ['SYN', syn],
    ['echo request', ping],
  ])('%s: may still be answered', async (_what, question) => {
    const later = async (seconds: number): Promise<string | null> => {
      const others = OTHER.map((data) => ({ data, seconds: START + seconds }));
      const packets = [{ data: question, seconds: START }, ...others];
      return flowBetween(await traceFrames([{ frames: packets }], TOPOLOGY), POD.a, POD.b).outcome;
    };
    expect(await later(0)).toBe('one-way');
    expect(await later(1)).toBe('no-answer');
  });

  it('is not answered where the piece ends with it, but the capture goes on or asks again', async () => {
    const outcome = async (...pieces: BuiltPacket[][]): Promise<string | null> => {
      const files = pieces.map((list, i) => ({ name: `a-eth0.pcap${i}`, frames: list }));
      return flowBetween(await traceFrames(files, TOPOLOGY), POD.a, POD.b).outcome;
    };
    const at = (nanos: number, data: Uint8Array, seconds = START): BuiltPacket => ({ data, seconds, nanos });
    const before = OTHER.map((data) => at(0, data));
    const asked = [...before, at(1, syn)];
    expect(await outcome(asked, [at(2, syn)])).toBe('no-answer');
    expect(
      await outcome(
        asked,
        before.map(({ data }) => at(0, data, START + 1)),
      ),
    ).toBe('no-answer');
    expect(await outcome(before, [at(1, syn)])).toBe('one-way');
  });
});

describe('UDP', () => {
  const query = there(ip({ ...TO, proto: 17, transport: build.udp({ dstport: 53, srcport: 40000 }) }));
  const reply = back(ip({ ...BACK, proto: 17, transport: build.udp({ dstport: 40000, srcport: 53 }) }));

  it('is never called unanswered: nobody must answer', async () => {
    expect(await outcome([query, reply])).toBe('answered');
    expect(await outcome([query, query, ...OTHER])).toBe('one-way');
    expect(await codes([query, query, ...OTHER])).not.toContain('no-reply');
  });

  it('is refused by ICMP port unreachable', async () => {
    const quoted = build.ipv4({ src: POD.a, dst: POD.b, proto: 17 }, build.udp({ dstport: 53, srcport: 40000 }));
    const refused = Uint8Array.from([3, 3, 0, 0, 0, 0, 0, 0, ...quoted]);
    expect(await outcome([query, back(ip({ ...BACK, transport: refused }))])).toBe('refused');
  });
});

describe('super-frames and copies', () => {
  it('are no retransmissions that make a black hole', async () => {
    const large = tcpPacket(TO, { seq_raw: 200 }, new Uint8Array(1400));
    const small = tcpPacket(TO, { seq_raw: 190 }, new Uint8Array(10));
    const acknowledged = back(tcpPacket(BACK, { ...ports, ack_raw: 200 }));
    const once = [there(small), acknowledged, there(large), there(large)];
    const veth = once.map((_, i) =>
      plain(
        tcpPacket({ ...TO, ttl: 64 }, { seq_raw: i < 2 ? 190 : 200 }, new Uint8Array(i < 2 ? 10 : 1400)),
        POD_MAC,
        VETH,
      ),
    );
    const trace = await traceFrames([{ frames: once }, { frames: veth }, { frames: once }], TOPOLOGY);
    expect(flowBetween(trace, POD.a, POD.b).findings.map((f) => f.code)).not.toContain('mtu-black-hole');
    const hole = [there(small), acknowledged, there(large), there(large), there(large), there(large)];
    expect(await codes(hole)).toContain('mtu-black-hole');
  });
});
