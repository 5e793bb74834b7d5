// Silence is a finding only where an answer would have been seen.
import { describe, expect, it } from 'vitest';
import {
  clusterDocuments,
  flowBetween,
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

const echo = (src: string, dst: string, type: 0 | 8, ident: number): Uint8Array =>
  ip({ src, dst, transport: build.icmpEcho({ type, ident }) });
const toB = (type: 0 | 8, ident: number): Uint8Array => vxlan(echo(POD.a, POD.b, type, ident));
/** Both directions of another conversation, on another way. */
const answered = [
  vxlan(echo(POD.a, POD.c, 8, 1), { to: NODE.c }),
  vxlan(echo(POD.c, POD.a, 0, 1), { from: NODE.c, to: NODE.a }),
];
const other = plain(ip({ src: NODE.a, dst: NODE.c }), NIC.a, NIC.c);

/** Codes of causes in a capture of one frame each second, cut before frame `cut`. */
async function codes(frames: readonly Uint8Array[], cut = 0): Promise<string[]> {
  const timed = frames.map((data, i) => ({ data, seconds: 1_700_000_000 + i, nanos: 0 }));
  const pieces = [timed.slice(0, cut), timed.slice(cut)].filter((piece) => piece.length > 0);
  const files = pieces.map((piece, i) => ({ name: `a-eth0.pcap${i}`, frames: piece }));
  return (await traceFrames(files, TOPOLOGY)).causes.map(({ code }) => code);
}

describe('an echo request without an answer', () => {
  it('is told where both directions of others are seen', async () => {
    expect(await codes([...answered, toB(8, 2), other, other])).toContain('no-reply');
    expect(await codes([...answered, toB(8, 2), other, other], 3)).toContain('no-reply');
  });

  it('is not where answers go the same way to questions that no capture has: what comes back is hidden', async () => {
    const frames = [...answered, toB(8, 2), toB(0, 3), other];
    expect(await codes(frames)).not.toContain('no-reply');
    expect(await codes(frames, 3)).not.toContain('no-reply');
    const toOther = vxlan(echo(POD.a, '10.48.0.141', 0, 3));
    expect(await codes([...answered, toB(8, 2), toOther, other])).not.toContain('no-reply');
  });

  it('is not where a connection goes on that way, of whose other side no capture has anything', async () => {
    const segment = (values: object, port: number): Uint8Array =>
      vxlan(tcpPacket({ src: POD.a, dst: POD.b }, { srcport: port, dstport: 80, ...values }));
    const [syn, on] = [segment({ seq_raw: 1, ...SYN }, 40_001), segment({ seq_raw: 2, 'flags.ack': true }, 40_001)];
    const frames = [...answered, syn, on, toB(8, 2), other];
    expect(await codes(frames)).not.toContain('no-reply');
    // what asked and what goes on are in two pieces
    for (let cut = 3; cut < frames.length; cut++) expect(await codes(frames, cut)).not.toContain('no-reply');
    // an ACK of something older, and SYNs that nobody acknowledges
    const older = segment({ seq_raw: 2, 'flags.ack': true }, 40_002);
    expect(await codes([...answered, older, toB(8, 2), other, other])).toContain('no-reply');
    const toC = [SYN, { 'flags.ack': true }].map((flags) =>
      vxlan(tcpPacket({ src: POD.a, dst: POD.c }, { srcport: 40_003, dstport: 80, ...flags }), { to: NODE.c }),
    );
    expect(await codes([...answered, ...toC, toB(8, 2), other, other])).toContain('no-reply');
  });

  it('is not where both sides of others are seen in one tunnel one way only: they are copies', async () => {
    const copied = answered.map((frame) => vxlan(frame.subarray(64), { from: NODE.b, to: NODE.a, vni: 77 }));
    expect(await codes([...copied, toB(8, 2), other])).not.toContain('no-reply');
    // whatever tunnels were seen before
    const before = vxlan(ip({ src: POD.a, dst: POD.c, proto: 17, transport: build.udp({}) }), { to: NODE.c });
    expect(await codes([before, ...copied, toB(8, 2), other])).not.toContain('no-reply');
  });

  it('is told beside an answer to what was asked before the capture began, or that went another way', async () => {
    expect(await codes([toB(0, 3), ...answered, toB(8, 2), other, other])).toContain('no-reply');
    const toC = vxlan(echo(POD.a, '10.48.0.201', 0, 3), { to: NODE.c });
    expect(await codes([...answered, toB(8, 2), toC, other])).toContain('no-reply');
  });
});

describe('a question right before the end of a capture', () => {
  /** Outcome of echo requests from a to b, so many seconds before the end of a capture that sees others both ways. */
  async function outcome(before: readonly number[], cut = 0): Promise<string | null> {
    const end = 20;
    const at = (time: number, data: Uint8Array) => ({
      seconds: 1_700_000_000 + Math.floor(time),
      nanos: Math.round((time % 1) * 1e9),
      data,
    });
    const asked = before.map((time, i) => at(end - time, vxlan(ip({ src: POD.a, dst: POD.b, id: i + 1 }))));
    const packets = [...answered.map((frame, i) => at(i, frame)), ...asked, at(end, other)];
    const pieces = cut === 0 ? [packets] : [packets.slice(0, -cut), packets.slice(-cut)];
    const files = pieces.map((frames, i) => ({ name: `a-eth0.pcap${i}`, frames }));
    return flowBetween(await traceFrames(files, TOPOLOGY), POD.a, POD.b).outcome;
  }

  it.each([
    ['one-way', 'once, and 0.1 s before', [0.1]],
    ['no-answer', 'once, and 0.25 s before', [0.25]],
    ['no-answer', 'once, and a second before', [1]],
    ['no-answer', 'twice, though right before', [0.15, 0.1]],
    ['no-answer', 'three times', [3, 2, 0.1]],
  ])('is %s when asked %s', async (told, _, before) => {
    expect(await outcome(before)).toBe(told);
  });

  it('is one of several in whichever piece of the capture the others are', async () => {
    expect(await outcome([0.15, 0.1], 2)).toBe('no-answer');
    expect(await outcome([0.1], 2)).toBe('one-way');
  });
});
