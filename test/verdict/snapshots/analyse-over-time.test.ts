// Two snapshots of one cluster given together: each is used for its time.
import { describe, expect, it } from 'vitest';
import { buildTopology } from '../../../src/topology/build.ts';
import type { Topology } from '../../../src/topology/model.ts';
import type { SnapshotDocument } from '../../../src/topology/read/read-documents.ts';
import { verifyTrace } from '../../../src/verdict/verify/verify.ts';
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
  SYN,
  tcpPacket,
  traceFrames,
  vxlan,
} from '../../support/cluster-frames.ts';
import { ippools, pods } from '../../support/cluster-text.ts';

const { nodes, pods: podList } = clusterDocuments();
/** Epoch second of the first frames; the snapshots are told relative to it. */
const START = 1_700_000_000;

function taken(document: SnapshotDocument, file: string, after: number): SnapshotDocument {
  return { ...document, file, given: file, taken: { seconds: START + after, from: 'date file', file } };
}

const pools = (vxlan: string, file: string, after: number): SnapshotDocument => taken(ippools({ vxlan }), file, after);

/** Always at 100 s, Never at 200 s. */
const EDITED = buildTopology([
  pools('Always', 'old/ippools.yaml', 100),
  pools('Never', 'new/ippools.yaml', 200),
  nodes,
  podList,
]);

const at = (data: Uint8Array, after: number): BuiltPacket => ({ data, seconds: START + after, nanos: 0 });

/** Flows told apart by their ports: each frame at its time. */
const tunnelled = (port: number, after: number): BuiltPacket =>
  at(vxlan(tcpPacket({ src: POD.a, dst: POD.b }, { ...SYN, srcport: port, dstport: 80 })), after);
const bare = (port: number, after: number): BuiltPacket =>
  at(plain(tcpPacket({ src: POD.a, dst: POD.b }, { ...SYN, srcport: port, dstport: 80 })), after);

async function gists(frames: BuiltPacket[], topology: Topology): Promise<Record<string, string>> {
  const { all } = await traceFrames([{ frames }], topology);
  return Object.fromEntries(all.map((flow) => [flow.src.port, gist(flow)]));
}

describe('a pool edited between two snapshots', () => {
  it('before the first and after the last each flow is judged by its own', async () => {
    expect(await gists([tunnelled(1, 0), bare(2, 50), tunnelled(3, 250), bare(4, 260)], EDITED)).toEqual({
      1: 'vxlan ok',
      2: 'none violation overlay-bypassed',
      3: 'vxlan violation unexpected-overlay',
      4: 'none ok',
    });
  });

  it('between them nothing tells, and both are named', async () => {
    const { all } = await traceFrames([{ frames: [tunnelled(1, 150), bare(2, 160)] }], EDITED);
    for (const flow of all) {
      expect(flow).toMatchObject({
        verdict: 'unverifiable',
        unverified: { reason: 'snapshot-conflict', advice: null },
        expected: { encapsulation: null, pool: 'pool', reason: 'snapshots-differ' },
        inScope: false,
      });
      expect(flow.unverified?.detail).toBe(
        'by old/ippools.yaml (2023-11-14T22:15:00Z) VXLAN is expected, by new/ippools.yaml (2023-11-14T22:16:40Z) plain is expected, and nothing tells when that changed',
      );
      expect(flow.findings.map(({ code, severity }) => `${code} ${severity}`)).toEqual(['snapshot-conflict warning']);
    }
  });

  it('a flow that runs from one time into the next is judged by both', async () => {
    expect(await gists([tunnelled(1, 50), tunnelled(1, 150)], EDITED)).toEqual({
      1: 'vxlan unverifiable snapshot-conflict',
    });
  });

  it('captures of one time alone need one snapshot alone, whatever the order they are given in', async () => {
    const reversed = buildTopology([
      ...[podList, nodes],
      pools('Never', 'new/ippools.yaml', 200),
      pools('Always', 'old/ippools.yaml', 100),
    ]);
    for (const topology of [EDITED, reversed]) {
      expect(await gists([tunnelled(1, 0), tunnelled(2, 1)], topology)).toEqual({ 1: 'vxlan ok', 2: 'vxlan ok' });
      expect(await gists([bare(1, 200), bare(2, 201)], topology)).toEqual({ 1: 'none ok', 2: 'none ok' });
    }
  });

  it('the trace sums up and verify proves what each flow was judged', async () => {
    const frames = [tunnelled(1, 0), tunnelled(2, 150), bare(3, 250)];
    const trace = await traceFrames([{ frames }], EDITED);
    expect(trace.summary).toMatchObject({ flows: 3, ok: 2, violation: 0, unverifiable: 1 });
    const topology = trace.index?.topology ?? null;
    const report = verifyTrace(trace, { expect: 'config', pools: [], strict: false, topology });
    expect(report.result).toBe('undecided');
    expect(trace.causes.map(({ code }) => code)).toEqual(['snapshot-conflict']);
  });

  it('the chain of a violation is that of its own snapshot', async () => {
    const trace = await traceFrames([{ frames: [bare(1, 0), bare(2, 250)] }], EDITED);
    const cause = trace.causes.find(({ code }) => code === 'overlay-bypassed');
    expect(cause).toMatchObject({ flows: 1, capture: 0, firstPacket: 1 });
    expect(cause?.expected).toContain('old/ippools.yaml');
  });
});

describe('a flow with packets from before and after the change', () => {
  /** Two senders change from VXLAN to plain, each at once: so does a pool, and no single node. */
  const both = (first: number, change: number, last: number): BuiltPacket[] =>
    [NODE.a, NODE.c].flatMap((from) => {
      const src = from === NODE.a ? POD.a : POD.c;
      const packet = tcpPacket({ src, dst: POD.b }, { ...SYN, srcport: 1, dstport: 80 });
      const wrapped = (after: number): BuiltPacket => at(vxlan(packet, { from }), after);
      const naked = (after: number): BuiltPacket => at(plain(packet, from === NODE.a ? NIC.a : NIC.c), after);
      return [wrapped(first), wrapped(change - 1), naked(change), naked(last)];
    });
  const inOrder = (frames: BuiltPacket[]): BuiltPacket[] =>
    frames.toSorted((a, b) => (a.seconds ?? 0) - (b.seconds ?? 0));

  it.each([
    ['both between the snapshots', both(110, 150, 190)],
    ['from before the first', both(50, 150, 190)],
    ['until after the last', both(110, 150, 290)],
  ])('%s: no snapshot speaks for all of them, and which is the later is no question', async (_, frames) => {
    const { all } = await traceFrames([{ frames: inOrder(frames) }], EDITED);
    expect(all.map(gist)).toEqual(Array(2).fill('mixed unverifiable across-mode-change'));
    for (const flow of all) {
      expect(flow).toMatchObject({
        expected: { encapsulation: null, pool: 'pool', reason: 'snapshots-differ' },
        inScope: false,
      });
      expect(flow.unverified?.detail).toContain('VXLAN is expected by old/ippools.yaml (2023-11-14T22:15:00Z), plain');
      expect(flow.unverified?.detail).not.toContain('the later state');
    }
  });

  it('with one of them alone is told by it, as ever', async () => {
    const after = buildTopology([pools('Never', 'new/ippools.yaml', 200), nodes, podList]);
    const { all } = await traceFrames([{ frames: inOrder(both(110, 150, 190)) }], after);
    expect(all.map(gist)).toEqual(Array(2).fill('mixed unverifiable before-mode-change'));
  });

  it('keeps verify from a pass', async () => {
    const trace = await traceFrames([{ frames: inOrder(both(110, 150, 190)) }], EDITED);
    const topology = trace.index?.topology ?? null;
    const report = verifyTrace(trace, { expect: 'config', pools: [], strict: false, topology });
    expect(report.result).toBe('undecided');
    expect(report.doubts.map(({ reason }) => reason)).toEqual(['across-mode-change']);
  });

  it.each([
    ['between them, in VXLAN: the first', 150, 'vxlan', 'Always', 'vxlan'],
    ['between them, plain: the last', 150, 'none', 'Never', 'none'],
    ['before the first', 50, 'none', 'Always', 'vxlan'],
    ['after the last', 250, 'vxlan', 'Never', 'none'],
    ['between them, where nothing shows how it was sent: the last', 150, null, 'Never', 'none'],
  ] as const)('of a packet %s counts, with its own expectation', async (_, after, encapsulation, mode, expected) => {
    const trace = await traceFrames([{ frames: inOrder(both(110, 150, 190)) }], EDITED);
    const sent = trace.index?.ofPacket(1, { seconds: START + after, encapsulation });
    expect(sent?.topology?.pools[0]?.vxlanMode).toBe(mode);
    expect(sent?.flow.expected.encapsulation).toBe(encapsulation === null ? null : expected);
    expect(sent?.flow.verdict).toBe('unverifiable');
  });
});

describe('a pod that moved', () => {
  const moved = (after: number, answered: boolean): BuiltPacket[] => [
    at(vxlan(tcpPacket({ src: POD.a, dst: POD.b }, { ...SYN, srcport: 9, dstport: 80 }), { to: NODE.c }), after),
    ...(answered
      ? [
          at(
            vxlan(
              tcpPacket({ src: POD.b, dst: POD.a }, { 'flags.syn': true, 'flags.ack': true, srcport: 80, dstport: 9 }),
              { from: NODE.c, to: NODE.a },
            ),
            after,
          ),
        ]
      : []),
  ];
  const list = (node: string): SnapshotDocument =>
    pods(
      ...[{ name: 'pod-a', ip: POD.a, node: 'a' }],
      ...[{ name: 'pod-b', ip: POD.b, node }],
      ...[{ name: 'pod-c', ip: POD.c, node: 'c' }],
    );
  const topology = buildTopology([
    ...[nodes, ippools({ vxlan: 'Always' })],
    taken(list('b'), 'old/pods.yaml', 100),
    taken(list('c'), 'new/pods.yaml', 200),
  ]);
  const result = async (frames: BuiltPacket[]) => flowBetween(await traceFrames([{ frames }], topology), POD.a, POD.b);

  it('is where each snapshot has it, at its time', async () => {
    expect(await result(moved(0, false))).toMatchObject({ verdict: 'violation', dst: { node: 'b' } });
    expect(await result(moved(250, false))).toMatchObject({ verdict: 'ok', dst: { node: 'c' } });
  });

  it('between them it is on either, and no name is chosen', async () => {
    const flow = await result(moved(150, false));
    expect(flow).toMatchObject({ verdict: 'unverifiable', dst: { node: null, pod: 'pod-b' } });
    expect(flow.dst.candidates.map(({ node }) => node)).toEqual(['b', 'c']);
    expect(flow.unverified?.detail).toContain('from a to b');
    expect(flow.unverified?.detail).toContain('from a to c');
  });

  it('between them its answers prove where it was', async () => {
    const flow = await result(moved(150, true));
    expect(flow).toMatchObject({ verdict: 'ok', dst: { node: 'c', pod: 'pod-b' } });
  });
});

describe('what does not matter for a flow', () => {
  it('another pool was edited: as ever', async () => {
    const both = (mode: string, file: string, after: number): SnapshotDocument =>
      taken(ippools({ vxlan: 'Always' }, { name: 'other', cidr: '10.99.0.0/24', vxlan: mode }), file, after);
    const topology = buildTopology([both('Always', 'old', 100), both('Never', 'new', 200), nodes, podList]);
    expect(topology.timeline?.snapshots).toHaveLength(2);
    const { all } = await traceFrames([{ frames: [tunnelled(1, 150), bare(2, 160)] }], topology);
    expect(all.map(gist)).toEqual(['vxlan ok', 'none violation overlay-bypassed']);
    expect(all.map(({ dst }) => `${dst.node} ${dst.pod}`)).toEqual(['b pod-b', 'b pod-b']);
  });

  it('a pod that has another name in each: the verdict holds, the name does not', async () => {
    const named = (name: string, file: string, after: number): SnapshotDocument =>
      taken(pods({ name: 'pod-a', ip: POD.a, node: 'a' }, { name, ip: POD.b, node: 'b' }), file, after);
    const topology = buildTopology([
      ...[nodes, ippools({ vxlan: 'Always' })],
      ...[named('one', 'old', 100), named('two', 'new', 200)],
    ]);
    const trace = await traceFrames([{ frames: [tunnelled(1, 150)] }], topology);
    const flow = flowBetween(trace, POD.a, POD.b);
    expect(flow).toMatchObject({ verdict: 'ok', dst: { pod: null, namespace: null, node: 'b' } });
    expect(flow.dst.candidates.map(({ pod }) => pod)).toEqual(['one', 'two']);
    const [brief] = trace.flows.briefs?.() ?? [];
    expect(brief?.dst).toMatchObject({ pod: null, node: 'b' });
  });
});

it('ports, VNIs and nodes of every snapshot are known while the captures are read', async () => {
  const later = buildTopology([
    taken(ippools({ vxlan: 'Always' }), 'old/p', 100),
    taken(ippools({ vxlan: 'Always', blockSize: 28 }), 'new/p', 200),
    taken(clusterDocuments().nodes, 'new/n', 210),
    podList,
  ]);
  const odd = vxlan(ip({ src: POD.a, dst: POD.b }), { srcMac: NIC.a });
  const { all } = await traceFrames([{ frames: [at(odd, 0), at(odd, 300)] }], later);
  expect(all.map(gist)).toEqual(['vxlan ok']);
});
