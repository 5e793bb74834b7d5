// Silence is a finding only where an answer would have been seen.
import { describe, expect, it } from 'vitest';
import {
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
  });

  it('is told beside an answer to what was asked before the capture began, or that went another way', async () => {
    expect(await codes([toB(0, 3), ...answered, toB(8, 2), other, other])).toContain('no-reply');
    const toC = vxlan(echo(POD.a, '10.48.0.201', 0, 3), { to: NODE.c });
    expect(await codes([...answered, toB(8, 2), toC, other])).toContain('no-reply');
  });
});
