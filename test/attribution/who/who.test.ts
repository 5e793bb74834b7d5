// Who is behind an address: the snapshot first; where it knows no node, the outer header or a NIC's MAC; never the other way round.
import { describe, expect, it } from 'vitest';
import {
  clusterDocuments,
  flowBetween,
  ip,
  NIC,
  NODE,
  POD,
  plain,
  traceFrames,
  vxlan,
} from '../../support/cluster-frames.ts';
import { cluster, ippools, iproute2 } from '../../support/cluster-text.ts';

const { pools, nodes, pods } = clusterDocuments();
const BARE = cluster(pools, nodes);
/** In a block that no tunnel address is in. */
const STRAY = '10.48.0.10';

const NEIGHBOURS = iproute2(
  'a',
  'ip-neigh',
  `${NODE.b} dev ens5 lladdr ${NIC.b} REACHABLE`,
  `${NODE.c} dev ens5 lladdr ${NIC.c} REACHABLE`,
);

/** `c outer-header`: node and what it rests on. */
async function found(frames: Uint8Array[], topology = BARE, side: 'src' | 'dst' = 'src'): Promise<string> {
  const trace = await traceFrames([{ frames }], topology);
  const flow = trace.all.find((one) => one[side].ip === STRAY);
  return `${flow?.[side].node} ${flow?.[side].evidence.at(-1)?.source}`;
}

describe('an address without a node in the snapshot', () => {
  it('is where its tunnel packets come from', async () => {
    const frames = [vxlan(ip({ src: STRAY, dst: POD.b }), { from: NODE.c, to: NODE.b })];
    expect(await found(frames)).toBe('c outer-header');
  });

  it('is not named by where unanswered packets to it go, which is what would have to be judged', async () => {
    const frames = [vxlan(ip({ src: POD.a, dst: STRAY }), { to: NODE.c })];
    expect(await found(frames, BARE, 'dst')).toBe('null ip-pool');
    const [flow] = (await traceFrames([{ frames }], BARE)).all;
    expect(flow?.dst.candidates.map(({ node }) => node)).toEqual(['c']);
  });

  it('is where it sends from, wherever its packets go', async () => {
    const both = [
      vxlan(ip({ src: POD.a, dst: STRAY }), { to: NODE.c }),
      vxlan(ip({ src: STRAY, dst: POD.a }), { from: NODE.b, to: NODE.a }),
    ];
    expect(await found(both, BARE, 'dst')).toBe('b outer-header');
  });

  it('is behind the NIC its routed packets come from', async () => {
    const topology = cluster(ippools({ vxlan: 'Never' }), nodes, NEIGHBOURS);
    expect(await found([plain(ip({ src: STRAY, dst: POD.a }), NIC.c, NIC.a)], topology)).toBe('c nic-mac');
    expect(await found([plain(ip({ src: POD.a, dst: STRAY }), NIC.a, NIC.b)], topology, 'dst')).toBe('null ip-pool');
  });

  it('is behind a captured NIC that talked to another one of which each piece shows two MACs', async () => {
    const home = (name: string, from: number, ...frames: Uint8Array[]) => ({
      name,
      frames,
      start: 1_700_000_000 + from,
    });
    const withB = [
      plain(ip({ src: POD.a, dst: STRAY }), NIC.a, NIC.b),
      plain(ip({ src: STRAY, dst: POD.a }), NIC.b, NIC.a),
    ];
    const withC = [
      plain(ip({ src: POD.a, dst: POD.c }), NIC.a, NIC.c),
      plain(ip({ src: POD.c, dst: POD.a }), NIC.c, NIC.a),
    ];
    const topology = cluster(ippools({ vxlan: 'Never' }), nodes);
    const files = [
      home('b-ens5.pcap', 0, ...withB),
      home('a-ens5.pcap0', 0, ...withB),
      home('a-ens5.pcap1', 60, ...withC),
    ];
    const flow = flowBetween(await traceFrames(files, topology), STRAY, POD.a);
    expect(`${flow.src.node} ${flow.src.evidence.at(-1)?.source}`).toBe('b nic-mac');
  });

  it('is nowhere when two nodes send for it', async () => {
    const frames = [
      vxlan(ip({ src: STRAY, dst: POD.b }), { from: NODE.c, to: NODE.b }),
      vxlan(ip({ src: STRAY, dst: POD.b }), { from: NODE.a, to: NODE.b }),
    ];
    expect(await found(frames)).toBe('null ip-pool');
  });

  it('is nowhere by packets of a tunnel device or a veth', async () => {
    const frames = [plain(ip({ src: STRAY, dst: POD.b }), '66:00:00:00:00:0c', '66:00:00:00:00:0b')];
    expect(await found(frames)).toBe('null ip-pool');
  });
});

describe('what the snapshot knows', () => {
  it('is never overridden by packets: a block that they contradict names nobody any more, and they are candidates', async () => {
    const frames = [vxlan(ip({ src: POD.a, dst: POD.b }), { from: NODE.c, to: NODE.c })];
    const named = flowBetween(await traceFrames([{ frames }], cluster(pools, nodes, pods)), POD.a, POD.b);
    expect([named.src.node, named.dst.node]).toEqual(['a', 'b']);
    const { src, dst } = flowBetween(await traceFrames([{ frames }], BARE), POD.a, POD.b);
    expect([src.node, dst.node]).toEqual([null, null]);
    expect([src, dst].map((end) => end.candidates.map(({ node }) => node))).toEqual([['c'], ['c']]);
  });

  it('shows its evidence, with file and line, strongest first', async () => {
    const flow = flowBetween(
      await traceFrames([{ frames: [vxlan(ip({ src: POD.a, dst: POD.b }))] }], cluster(pools, nodes, pods)),
      POD.a,
      POD.b,
    );
    expect(flow.dst.evidence.map((e) => e.source)).toEqual(['pod', 'inferred-block', 'ip-pool']);
    expect(flow.dst.evidence[0]?.detail).toMatch(/pods\.yaml:\d+ .*default\/pod-b runs on b/);
    expect(flow.dst).toMatchObject({ kind: 'pod', namespace: 'default', pod: 'pod-b', node: 'b', pool: 'pool' });
  });

  it('makes Always and Never askable without any node, CrossSubnet not', async () => {
    const frames = [vxlan(ip({ src: STRAY, dst: '10.48.0.11' }), { from: '10.0.1.50', to: NODE.b })];
    const expectation = async (vxlanMode: string): Promise<string | null> => {
      const topology = cluster(ippools({ vxlan: vxlanMode }), nodes);
      const trace = await traceFrames([{ frames }], topology);
      return flowBetween(trace, STRAY, '10.48.0.11').expected.encapsulation;
    };
    expect(await expectation('Always')).toBe('vxlan');
    expect(await expectation('Never')).toBe('none');
    expect(await expectation('CrossSubnet')).toBeNull();
  });
});
