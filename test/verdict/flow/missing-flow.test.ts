// What answers prove was sent and is in no file: under way when the capture began or ended, or kept out of it.
import { describe, expect, it } from 'vitest';
import type { BuiltPacket } from '../../support/capture-builder.ts';
import { clusterDocuments, ip, NODE, POD, tcpPacket, traceFrames, vxlan } from '../../support/cluster-frames.ts';
import { cluster } from '../../support/cluster-text.ts';
import * as build from '../../support/packet-builder.ts';

const { pools, nodes, pods } = clusterDocuments();
const TOPOLOGY = cluster(pools, nodes, pods);
const ping = vxlan(ip({ src: POD.a, dst: POD.b }));
const pong = vxlan(ip({ src: POD.b, dst: POD.a, transport: build.icmpEcho({ type: 0 }) }), {
  from: NODE.b,
  to: NODE.a,
});
/** Acknowledges what is in no capture. */
const acknowledgement = vxlan(tcpPacket({ src: POD.b, dst: POD.a }, { ack_raw: 5 }), { from: NODE.b, to: NODE.a });

const at = (time: number, data: Uint8Array): BuiltPacket => ({
  seconds: 1000 + Math.floor(time),
  nanos: Math.round((time % 1) * 1e9),
  data,
});

/** Why the packets are missing that were acknowledged at these times, in a capture of so many seconds. */
async function reason(duration: number, ...times: number[]): Promise<string | undefined> {
  const packets = [at(0, ping), ...times.map((time) => at(time, acknowledgement)), at(duration, pong)];
  const trace = await traceFrames([{ frames: packets }], TOPOLOGY);
  return trace.all.find((flow) => flow.packets === 0)?.unverified?.reason;
}

describe('packets that only their answers show', () => {
  it.each([
    ['cut-by-capture', 20, [1]],
    ['not-in-capture', 20, [1.001]],
    ['cut-by-capture', 20, [19]],
    ['not-in-capture', 20, [18.999]],
    ['cut-by-capture', 20, [0.1, 0.2, 0.3, 0.9]],
    ['not-in-capture', 20, [0.5, 5]],
    ['not-in-capture', 20, [15, 19.5]],
    ['cut-by-capture', 10, [0.9]],
    ['not-in-capture', 9.999, [0.9]],
  ])('%s: in a capture of %i s, acknowledged at %o', async (why, duration, times) => {
    expect(await reason(duration, ...times)).toBe(why);
  });

  it.each([
    ['cut-by-capture', 5, [0.1]],
    ['cut-by-capture', 5, [0.05, 0.1]],
    ['not-in-capture', 5, [0.101]],
    ['not-in-capture', 5, [0.05, 0.06, 0.07]],
    ['cut-by-capture', 5, [4.9]],
    ['not-in-capture', 5, [4.899]],
    ['cut-by-capture', 1, [0.01]],
    ['not-in-capture', 0.999, [0.01]],
  ])('%s: in a short one of %d s, one or two acknowledged at %o', async (why, duration, times) => {
    expect(await reason(duration, ...times)).toBe(why);
  });

  it('are not cut by a capture that begins with an answer and has more of them', async () => {
    const packets = [at(0, acknowledgement), at(5, acknowledgement), at(6, ping), at(20, pong)];
    const trace = await traceFrames([{ frames: packets }], TOPOLOGY);
    expect(trace.all.find((flow) => flow.packets === 0)?.unverified?.reason).toBe('not-in-capture');
  });

  it('are said to be on their node, and what would show them', async () => {
    const trace = await traceFrames([{ frames: [at(0, ping), at(5, acknowledgement), at(9, pong)] }], TOPOLOGY);
    const missing = trace.all.find((flow) => flow.packets === 0);
    expect(missing?.unverified?.detail).toContain('answers show that a sent it');
    expect(missing?.unverified?.advice).toContain('a# tcpdump');
    expect([missing?.src.ip, missing?.dst.ip, missing?.src.port, missing?.dst.port]).toEqual([POD.a, POD.b, 80, 40000]);
    expect([missing?.bytes, missing?.overheadBytes, missing?.outcome, missing?.verdict]).toEqual([
      ...[0, 0, 'answered', 'unverifiable'],
    ]);
  });
});
