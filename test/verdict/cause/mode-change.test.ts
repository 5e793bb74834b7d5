// A pool edited while capturing is one finding and no wall of violations; a bypass is never excused by it (design section 6).

import { describe, expect, it } from 'vitest';
import { formatTime } from '../../../src/net/time.ts';
import { convergences } from '../../../src/verdict/cause/convergence.ts';
import type { ModeChange } from '../../../src/verdict/cause/mode-spans.ts';

import type { Trace, TracedFlow } from '../../../src/verdict/trace-types.ts';
import type { BuiltPacket } from '../../support/capture-builder.ts';
import {
  clusterDocuments,
  flowBetween,
  gist,
  ip,
  NIC,
  NODE,
  POD,
  plain,
  traceFrames,
  vxlan,
} from '../../support/cluster-frames.ts';
import { cluster } from '../../support/cluster-text.ts';
import { udp } from '../../support/packet-builder.ts';

type Name = 'a' | 'b' | 'c';
type Mode = 'plain' | 'vxlan';
const START = 1_700_000_000;
const snapshotOf = (mode: string) => {
  const { pools, nodes, pods } = clusterDocuments({ vxlan: mode });
  return cluster(pools, nodes, pods);
};
const LATER = snapshotOf('Always');
const BEFORE = snapshotOf('Never');

function between(src: string, dst: string): Uint8Array {
  return ip({ src, dst, proto: 17, transport: udp({ srcport: 5000, dstport: 5000 }) });
}

/** A datagram from one node's pod to another's, `seconds` after the start. */
function datagram(seconds: number, from: Name, to: Name, mode: Mode): BuiltPacket {
  const inner = between(POD[from], POD[to]);
  const data = mode === 'vxlan' ? vxlan(inner, { from: NODE[from], to: NODE[to] }) : plain(inner, NIC[from], NIC[to]);
  return { data, seconds: START + Math.floor(seconds), nanos: Math.round((seconds % 1) * 1e9) };
}

/** One datagram a second; plain before `at`, VXLAN from then on (or the other way round). */
function switching(from: Name, to: Name, at: number, until = 20, first: Mode = 'plain'): BuiltPacket[] {
  const second = first === 'plain' ? 'vxlan' : 'plain';
  return Array.from({ length: until }, (_, i) => datagram(i + 0.1, from, to, i < at ? first : second));
}

const inOrder = (packets: BuiltPacket[]): BuiltPacket[] =>
  [...packets].sort((x, y) => (x.seconds ?? 0) - (y.seconds ?? 0) || (x.nanos ?? 0) - (y.nanos ?? 0));

async function traced(packets: BuiltPacket[], topology = LATER): Promise<Trace & { all: TracedFlow[] }> {
  // the nodes talk too, so that plain frames are known to be on NICs
  const known = (['a', 'b', 'c'] as const).map((name) => {
    const other = name === 'a' ? 'b' : 'a';
    const data = plain(between(NODE[name], NODE[other]), NIC[name], NIC[other]);
    return { data, seconds: START, nanos: 0 };
  });
  return traceFrames([{ frames: inOrder([...packets, ...known]) }], topology);
}

const codes = (trace: Trace): string[] => [...new Set(trace.causes.map((cause) => cause.code))].sort();

describe('an edit, with the snapshot from after it', () => {
  const packets = [...switching('a', 'b', 8), ...switching('b', 'a', 9)];

  it('is one finding; what came before is not judged', async () => {
    const trace = await traced(packets);
    expect(codes(trace)).toEqual(['mode-changed']);
    const flow = flowBetween(trace, POD.a, POD.b);
    expect(gist(flow)).toBe('mixed unverifiable before-mode-change');
    expect(flow.findings[0]).toMatchObject({ code: 'mode-changed', severity: 'warning' });
    expect(flow.findings[0]?.message).toContain('from plain to VXLAN');
  });

  it('tells when, who first, and how long the nodes disagreed', async () => {
    const [cause] = (await traced(packets)).causes;
    const at = formatTime({ seconds: START + 8, nanos: 100_000_000 }, 6);
    expect(cause?.also.join('\n')).toContain(`a was first, at ${at}; b 1.0 s later`);
    expect(cause?.also.join('\n')).toContain('disagreed for 0.0 s');
  });

  it('excuses flows of the same sender that end before its switch', async () => {
    const short = [datagram(1, 'a', 'c', 'plain'), datagram(2, 'a', 'c', 'plain')];
    const trace = await traced([...packets, ...short]);
    expect(gist(flowBetween(trace, POD.a, POD.c))).toBe('none unverifiable before-mode-change');
  });

  it('does not excuse flows that are still plain after it', async () => {
    const trace = await traced([...packets, datagram(1, 'a', 'c', 'plain'), datagram(15, 'a', 'c', 'plain')]);
    expect(gist(flowBetween(trace, POD.a, POD.c))).toBe('none violation overlay-bypassed');
  });

  it('does not excuse another sender that never switched', async () => {
    const trace = await traced([...packets, ...switching('c', 'a', 99)]);
    expect(gist(flowBetween(trace, POD.c, POD.a))).toBe('none violation overlay-bypassed');
  });

  it('is believed at both ends of the wire though their clocks differ', async () => {
    const late = packets.map((p) => ({ ...p, seconds: (p.seconds ?? 0) + 3 }));
    const trace = await traceFrames(
      [
        { name: 'a-x.pcap', frames: inOrder(packets) },
        { name: 'b-x.pcap', frames: inOrder(late) },
      ],
      LATER,
    );
    expect(codes(trace)).not.toContain('overlay-bypassed');
  });
});

describe('an edit, with the snapshot from before it', () => {
  it('is no wall of violations when every sender left', async () => {
    const trace = await traced([...switching('a', 'b', 8), ...switching('b', 'a', 9)], BEFORE);
    expect(codes(trace)).toEqual(['mode-changed']);
    expect(gist(flowBetween(trace, POD.a, POD.b))).toBe('mixed unverifiable after-mode-change');
  });

  it('is a violation when one sender left alone', async () => {
    const trace = await traced([...switching('a', 'b', 8), ...switching('b', 'a', 99)], BEFORE);
    expect(gist(flowBetween(trace, POD.a, POD.b))).toBe('mixed violation unexpected-overlay');
  });
});

describe('a bypass', () => {
  it('from start to end is never excused', async () => {
    const trace = await traced([...switching('a', 'b', 99), ...switching('b', 'a', 8)]);
    expect(gist(flowBetween(trace, POD.a, POD.b))).toBe('none violation overlay-bypassed');
  });

  it('that begins while the capture runs is a violation', async () => {
    const trace = await traced([...switching('a', 'b', 8, 20, 'vxlan'), ...switching('b', 'a', 0)]);
    expect(gist(flowBetween(trace, POD.a, POD.b))).toBe('mixed violation overlay-bypassed');
  });

  it('that comes and goes is a violation: the modes are not apart in time', async () => {
    const packets = Array.from({ length: 20 }, (_, i) => datagram(i + 0.1, 'a', 'b', i % 2 === 0 ? 'plain' : 'vxlan'));
    expect(gist(flowBetween(await traced(packets), POD.a, POD.b))).toBe('mixed violation overlay-bypassed');
  });

  it('that is repaired after long, while others had the overlay all along, is no edit', async () => {
    const trace = await traced([...switching('a', 'b', 30, 40), ...switching('b', 'a', 0, 40)]);
    expect(gist(flowBetween(trace, POD.a, POD.b))).toBe('mixed violation overlay-bypassed');
    expect(codes(trace)).toContain('mode-changed');
  });

  it('that another sender has beside the edit keeps its own cause', async () => {
    const trace = await traced([...switching('a', 'b', 8), ...switching('b', 'a', 9), ...switching('c', 'b', 99)]);
    expect(codes(trace)).toEqual(['mode-changed', 'overlay-bypassed']);
    expect(trace.causes.find((cause) => cause.code === 'overlay-bypassed')).toMatchObject({
      fromNode: 'c',
      toNode: 'b',
    });
  });
});

describe('a snaplen that hides the switch', () => {
  const cut = (packets: BuiltPacket[], topology = LATER) => {
    const known = (['a', 'b'] as const).map((name) => {
      const other = name === 'a' ? 'b' : 'a';
      return { data: plain(between(NODE[name], NODE[other]), NIC[name], NIC[other]), seconds: START, nanos: 0 };
    });
    return traceFrames([{ frames: inOrder([...packets, ...known]), snaplen: 68 }], topology);
  };

  it('leaves plain packets unverifiable when the tunnel begins where they end', async () => {
    const trace = await cut(switching('a', 'b', 8));
    expect(gist(flowBetween(trace, POD.a, POD.b))).toBe('none unverifiable inner-cut-off');
  });

  it('does not excuse a bypass beside the tunnel, nor one without any', async () => {
    const beside = await cut([...switching('a', 'b', 99), ...switching('a', 'b', 0)]);
    expect(gist(flowBetween(beside, POD.a, POD.b))).toBe('none violation overlay-bypassed');
    const alone = await cut([...switching('a', 'b', 99), ...switching('b', 'a', 0)]);
    expect(gist(flowBetween(alone, POD.a, POD.b))).toBe('none violation overlay-bypassed');
  });
});

describe('clocks of two captures', () => {
  const known = (name: Name, other: Name): BuiltPacket => ({
    data: plain(between(NODE[name], NODE[other]), NIC[name], NIC[other]),
    seconds: START,
    nanos: 0,
  });
  const sender = {
    name: 'a-ens5.pcap',
    frames: inOrder([known('a', 'b'), known('c', 'a'), datagram(1, 'a', 'b', 'plain')]),
  };
  const late = (packet: BuiltPacket): BuiltPacket => ({ ...packet, seconds: (packet.seconds ?? 0) + 300 });
  /** What came of the tunnel before the plain packet is cut off. */
  const receiver = {
    name: 'b-ens5.pcap',
    snaplen: 68,
    frames: inOrder([known('b', 'a'), known('c', 'b'), ...switching('a', 'b', 5, 6, 'vxlan')].map(late)),
  };

  it('are not compared where one of them saw both, whatever the order of the files', async () => {
    for (const files of [
      [sender, receiver],
      [receiver, sender],
    ]) {
      const trace = await traceFrames(files, LATER);
      expect(gist(flowBetween(trace, POD.a, POD.b))).toBe('none violation overlay-bypassed overlay-bypassed');
    }
  });
});

describe('convergence', () => {
  const change = (sender: string, firstNew: number, lastOld: number, more: Partial<ModeChange> = {}): ModeChange => ({
    ...{ sender, receiver: 'x', pool: 'pool', from: 'plain', to: 'VXLAN' },
    ...{ lastOld: { seconds: lastOld, nanos: 0 }, firstNew: { seconds: firstNew, nanos: 0 } },
    ...{ snapshotIsLater: true, poolEdited: false, repaired: false },
    ...more,
  });

  it('names senders in the order of their first new packet, each once', () => {
    const [found] = convergences([change('b', 12, 11), change('a', 10, 9), change('a', 14, 13), change('c', 11, 16)]);
    expect(found?.senders.map((s) => s.name)).toEqual(['a', 'c', 'b']);
    expect(found?.disagreedSeconds).toBe(6);
  });

  it('is told pool by pool, and direction by direction', () => {
    const all = [
      change('a', 1, 0),
      change('a', 5, 4, { pool: 'other' }),
      change('a', 9, 8, { from: 'VXLAN', to: 'plain' }),
    ];
    expect(convergences(all).length).toBe(3);
    expect(convergences([])).toEqual([]);
  });
});
