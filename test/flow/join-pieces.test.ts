// SYNs in a circle count as they do in the whole capture, wherever it is cut: the turns of one that are behind the cut are not sent again,
// and what is sent again behind them is, once.
import { describe, expect, it } from 'vitest';
import type { BuiltPacket } from '../support/capture-builder.ts';
import {
  clusterDocuments,
  flowBetween,
  NODE,
  POD,
  SYN,
  tcpPacket,
  traceFrames,
  vxlan,
} from '../support/cluster-frames.ts';
import { cluster } from '../support/cluster-text.ts';

const { pools, nodes, pods } = clusterDocuments();
const TOPOLOGY = cluster(pools, nodes, pods);
const START = 1_700_000_000;
const TURN_NANOS = 200_000;

interface Sent {
  at: number;
  id: number;
  seq?: number;
  turns: number;
}

/** One packet on its way from node a to b and back, its hop limit lower each time. */
function circle({ at, id, seq = 1, turns }: Sent): BuiltPacket[] {
  return Array.from({ length: turns }, (_, turn) => {
    const inner = tcpPacket(
      { src: POD.a, dst: POD.b, id, ttl: 63 - turn },
      { ...SYN, srcport: 40000, dstport: 80, seq_raw: seq },
    );
    const ends = turn % 2 === 0 ? { from: NODE.a, to: NODE.b } : { from: NODE.b, to: NODE.a };
    return { data: vxlan(inner, ends), seconds: START + at, nanos: turn * TURN_NANOS };
  });
}

async function counted(...pieces: BuiltPacket[][]): Promise<unknown> {
  const files = pieces.map((frames, i) => ({ name: `a-eth0.pcap${i}`, frames }));
  const { packets, tcp } = flowBetween(await traceFrames(files, TOPOLOGY), POD.a, POD.b);
  return { packets, again: tcp?.retransmissions, syn: tcp?.syn };
}

describe('SYNs in a circle', () => {
  it.each<[string, Sent[], { packets: number; again: number }]>([
    ['one', [{ at: 0, id: 1, turns: 9 }], { packets: 1, again: 0 }],
    [
      'three of one connection',
      [
        { at: 0, id: 1, turns: 7 },
        { at: 1, id: 2, turns: 7 },
        { at: 3, id: 3, turns: 7 },
      ],
      { packets: 3, again: 2 },
    ],
    [
      'two connections from the same ports',
      [
        { at: 0, id: 1, turns: 5 },
        { at: 2, id: 2, seq: 5_000_000, turns: 5 },
      ],
      { packets: 2, again: 0 },
    ],
  ])('count alike wherever the capture is cut: %s', async (_, sent, whole) => {
    const frames = sent.flatMap(circle);
    expect(await counted(frames)).toEqual({ ...whole, syn: whole.packets });
    for (let cut = 1; cut < frames.length; cut++)
      expect([cut, await counted(frames.slice(0, cut), frames.slice(cut))]).toEqual([
        cut,
        { ...whole, syn: whole.packets },
      ]);
  });
});
