// Captures whose packets several clocks stamped: how they are known, and that nothing is told of their clocks.

import { describe, expect, it } from 'vitest';
import { clockSentences } from '../../../src/render/trace/clock-lines.ts';
import type { BuiltPacket } from '../../support/capture-builder.ts';
import { clusterDocuments, type FrameFile, ip, NODE, POD, traceFrames, vxlan } from '../../support/cluster-frames.ts';
import { cluster } from '../../support/cluster-text.ts';

const { pools, nodes, pods } = clusterDocuments();
const TOPOLOGY = cluster(pools, nodes, pods);
const START = 1_700_000_000;
type Name = 'a' | 'b' | 'c';

interface Sent {
  from: Name;
  to: Name;
  id: number;
  /** Seconds since the start, of true time. */
  at: number;
}

/** `count` packets there and as many back, one every tenth of a second from `at` on; the same numbers give the same packets. */
function talk(a: Name, b: Name, at: number, count = 5): Sent[] {
  return Array.from({ length: count * 2 }, (_, i) => {
    const [from, to] = i % 2 === 0 ? [a, b] : [b, a];
    return { from, to, id: 1000 + at * 100 + i, at: at + i * 0.1 };
  });
}

/** As a NIC saw them whose clock is ahead by `ahead`. */
function seen(packets: readonly Sent[], ahead: number): BuiltPacket[] {
  return packets.map(({ from, to, id, at }) => {
    const data = vxlan(ip({ src: POD[from], dst: POD[to], id }), { from: NODE[from], to: NODE[to] });
    const micros = Math.round((at + ahead) * 1e6);
    const seconds = Math.floor(micros / 1e6);
    return { data, seconds: START + seconds, nanos: (micros - seconds * 1e6) * 1000 };
  });
}

function file(name: string, ...parts: BuiltPacket[][]): FrameFile {
  const frames = parts.flat().sort((x, y) => timeOf(x) - timeOf(y));
  return { name, frames };
}

function timeOf({ seconds = 0, nanos = 0 }: BuiltPacket): number {
  return seconds + nanos / 1e9;
}

type Traced = Awaited<ReturnType<typeof traceFrames>>;
const several = (trace: Traced): unknown[] => (trace.index?.clocks.all ?? []).map((clock) => clock.several);
const told = (trace: Traced): (string | number | null)[][] =>
  trace.clocks.filter(({ seconds }) => seconds !== null).map(({ name, seconds }) => [name, seconds]);

describe('a merge of captures with a clock each', () => {
  const ab = talk('a', 'b', 0);
  const ac = talk('a', 'c', 2);
  const bc = talk('b', 'c', 4);

  it('has twice, by one difference, what its nodes said to each other: several clocks, and nothing is told of them', async () => {
    const merge = file('m.pcap', seen([...ab, ...ac], 0), seen([...ab, ...bc], 300));
    const trace = await traceFrames([merge, file('n.pcap', seen([...ac, ...bc], 50))], TOPOLOGY);
    expect(several(trace)).toEqual(['seen', null]);
    expect(told(trace)).toEqual([]);
    expect(clockSentences(trace.clocks, false)).toContain(
      'several clocks stamped the packets of m.pcap: none of them is told',
    );
  });

  it('is said of a merge that was given alone, and of one that one MAC is all over', async () => {
    const trace = await traceFrames([file('m.pcap', seen(ab, 0), seen([...ab, ...bc], -20))], TOPOLOGY);
    expect(trace.clocks.map((clock) => clock.several)).toEqual(['seen']);
  });

  it('is possible where frames of several NICs stand in one capture, and no packet twice', async () => {
    const merge = file('m.pcap', seen([...ac, ...talk('a', 'b', 9)], 0), seen(bc, 300));
    const trace = await traceFrames([merge, file('n.pcap', seen([...ac, ...talk('c', 'b', 11)], 50))], TOPOLOGY);
    expect(several(trace)).toEqual(['possible', null]);
    expect(told(trace)).toEqual([]);
    expect(clockSentences(trace.clocks, false)).toEqual([
      'several clocks may have stamped the packets of m.pcap: none is told',
    ]);
  });
});

describe('a capture of one clock', () => {
  const [ab, ac] = [talk('a', 'b', 0), talk('a', 'c', 2)];

  it('may have some packets once more: who asks again does so one way, or not always', async () => {
    const again = ab.filter(({ from }) => from === 'a').map((packet) => ({ ...packet, at: packet.at + 5 }));
    const trace = await traceFrames([file('a.pcap', seen([...ab, ...again, ...ac], 0))], TOPOLOGY);
    expect(several(trace)).toEqual([null]);
  });

  it('may have the same packets from time to time', async () => {
    const often = [0, 7, 14, 21].flatMap((later) => ab.map((packet) => ({ ...packet, at: packet.at + later })));
    const trace = await traceFrames([file('a.pcap', seen([...often, ...ac], 0))], TOPOLOGY);
    expect(several(trace)).toEqual([null]);
  });

  it('is told as before', async () => {
    const trace = await traceFrames(
      [file('a.pcap', seen([...ab, ...ac], 0)), file('b.pcap', seen([...ab, ...talk('b', 'c', 4)], 300))],
      TOPOLOGY,
    );
    expect(several(trace)).toEqual([null, null]);
    expect(told(trace)).toEqual([['b', 300]]);
  });
});

describe('captures that are named alike', () => {
  const [ab, ac] = [talk('a', 'b', 0), talk('a', 'c', 2)];
  const clocks = async (one: string, other: string, late: Sent[]): Promise<number> => {
    const trace = await traceFrames([file(one, seen([...ab, ...ac], 0)), file(other, seen(late, 100))], TOPOLOGY);
    expect(new Set(trace.index?.points.rings.ringOf).size).toBe(1);
    return trace.index?.clocks.all.length ?? 0;
  };

  it('have one clock where a tool numbered them', async () => {
    expect(await clocks('x.pcap', 'x.pcap1', talk('a', 'b', 5))).toBe(1);
  });

  it('have one each where nothing tells the node of one: it may be another', async () => {
    expect(await clocks('x1.pcap', 'x2.pcap', talk('a', 'b', 5))).toBe(2);
  });

  it('have one where both show the same node', async () => {
    expect(await clocks('x1.pcap', 'x2.pcap', [...talk('a', 'b', 5), ...talk('a', 'c', 7)])).toBe(1);
  });
});
