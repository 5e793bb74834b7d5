// Issue 3: a conflict between two sources never changes an answer silently. It is in the findings of every flow that it decides,
// and the evidence says which source won.
import { describe, expect, it } from 'vitest';
import type { Topology } from '../../src/topology/model.ts';
import type { TracedFlow } from '../../src/verdict/trace-types.ts';
import {
  clusterDocuments,
  flowBetween,
  ip,
  NODE,
  POD,
  TUNNEL,
  traceFrames,
  VTEP,
  vxlan,
} from '../support/cluster-frames.ts';
import {
  blockAffinities,
  cluster,
  doc,
  felix,
  ipamBlocks,
  ippools,
  iproute2,
  nodes as nodeList,
  pods as podList,
} from '../support/cluster-text.ts';

const { pools, nodes, pods } = clusterDocuments();
const BLOCK_B = '10.48.0.128/26';

async function traced(topology: Topology, frame = vxlan(ip({ src: POD.a, dst: POD.b }))): Promise<TracedFlow> {
  return flowBetween(await traceFrames([{ frames: [frame, frame] }], topology), POD.a, POD.b);
}

function conflicts(flow: TracedFlow): string[] {
  return flow.findings.filter((f) => f.code === 'snapshot-conflict').map((f) => f.message);
}

function evidence(flow: TracedFlow): string {
  return flow.dst.evidence.map((e) => `${e.source}: ${e.detail}`).join('\n');
}

/** Where the second source puts pod b's address on node c. */
const ELSEWHERE = {
  'an allocation': ipamBlocks({ cidr: BLOCK_B, affinity: 'b', allocations: { 12: { node: 'c', pod: 'pod-b' } } }),
  "a block's affinity": ipamBlocks({ cidr: BLOCK_B, affinity: 'c' }),
  'a confirmed affinity': blockAffinities({ cidr: BLOCK_B, node: 'c' }),
  'a route': iproute2('a', 'ip-route', `${BLOCK_B} via ${NODE.c} dev ens5 proto bird`),
  "the other node's own route": iproute2('c', 'ip-route', `${POD.b} dev cali12345678901 scope link`),
  'a neighbour': iproute2('c', 'ip-neigh', `${POD.b} dev cali12345678901 lladdr 0a:00:00:00:00:01 REACHABLE`),
};

describe('a running pod counts more than', () => {
  for (const [name, other] of Object.entries(ELSEWHERE))
    it(`${name}, and the flow tells both`, async () => {
      const flow = await traced(cluster(pools, nodes, pods, other));
      expect(flow.dst).toMatchObject({ node: 'b', pod: 'pod-b' });
      expect(flow.verdict).toBe('ok');
      expect([POD.b, BLOCK_B].some((what) => conflicts(flow).join().includes(what))).toBe(true);
      expect(conflicts(flow).join()).toMatch(/\bb\b.*\bc\b|\bc\b.*\bb\b/);
      expect(evidence(flow)).toMatch(/disagrees, pod counts/);
    });

  it('never hides that the packets go where the other source says', async () => {
    for (const other of Object.values(ELSEWHERE)) {
      const flow = await traced(
        cluster(pools, nodes, pods, other),
        vxlan(ip({ src: POD.a, dst: POD.b }), { to: NODE.c }),
      );
      expect(flow.verdict).toBe('violation');
      expect(flow.findings.map((f) => f.code)).toEqual(
        expect.arrayContaining(['wrong-destination-vtep', 'snapshot-conflict']),
      );
    }
  });
});

describe('without pods, the order is allocation, block, affinity, route, neighbour, inferred block', () => {
  const order: [string, string, Parameters<typeof cluster>[0], Parameters<typeof cluster>[0]][] = [
    [
      'borrowed-allocation',
      'block-affinity',
      ELSEWHERE['an allocation'],
      blockAffinities({ cidr: BLOCK_B, node: 'b' }),
    ],
    ['ipam-block', 'block-affinity', ELSEWHERE["a block's affinity"], blockAffinities({ cidr: BLOCK_B, node: 'b' })],
    [
      'block-affinity',
      'route',
      ELSEWHERE['a confirmed affinity'],
      iproute2('a', 'ip-route', `${BLOCK_B} via ${NODE.b} dev ens5 proto bird`),
    ],
    [
      'route',
      'inferred-block',
      ELSEWHERE['a route'],
      iproute2('b', 'ip-neigh', '10.9.9.9 dev ens5 lladdr 0a:00:00:00:00:01 STALE'),
    ],
  ];
  for (const [winner, loser, first, second] of order)
    it(`${winner} before ${loser}`, async () => {
      const flow = await traced(cluster(pools, nodes, first, second));
      // packets went elsewhere: that is a dispute with anything that a borrowed address would explain
      const isExact = winner === 'borrowed-allocation';
      expect([flow.dst.node, flow.dst.candidates.map(({ node }) => node)]).toEqual(isExact ? ['c', []] : [null, ['b']]);
      expect(
        evidence(flow)
          .split('\n')
          .findIndex((line) => line.startsWith(winner)),
      ).toBeLessThan(
        evidence(flow)
          .split('\n')
          .findIndex((line) => line.startsWith(loser)),
      );
      expect(flow.verdict).not.toBe('ok');
      // a borrowed address and its block's affinity are both right
      if (winner !== 'borrowed-allocation') expect(conflicts(flow)).not.toEqual([]);
    });
});

describe('packets against blocks only', () => {
  it('are told beside each other, and nobody is blamed', async () => {
    const flow = await traced(cluster(pools, nodes), vxlan(ip({ src: POD.a, dst: POD.b }), { to: NODE.c }));
    expect(flow).toMatchObject({ verdict: 'unverifiable', unverified: { reason: 'owner-by-block' } });
    expect(conflicts(flow).join()).toContain('is on b by inferred-block only');
  });

  it('blame when an allocation names the very address', async () => {
    const borrowed = ipamBlocks({ cidr: BLOCK_B, affinity: 'b', allocations: { 12: { node: 'c', pod: 'pod-b' } } });
    const flow = await traced(cluster(pools, nodes, borrowed));
    expect(flow).toMatchObject({ verdict: 'violation', dst: { node: 'c' } });
  });
});

describe('two claims to one thing', () => {
  it('two running pods with one address: no node is chosen between them', async () => {
    const twin = doc(
      'more.yaml',
      `apiVersion: v1\nkind: Pod\nmetadata: {name: twin, namespace: default}\nspec: {nodeName: c}\nstatus: {phase: Running, podIP: ${POD.b}}`,
    );
    const flow = await traced(cluster(pools, nodes, pods, twin));
    expect(flow.dst.candidates.map((c) => c.node).sort()).toEqual(['b', 'c']);
    expect(flow.dst.pod).toBeNull();
    expect(conflicts(flow)).not.toEqual([]);
    expect(flow.verdict).not.toBe('violation');
  });

  it('two nodes with one tunnel address', async () => {
    const both = nodeList(
      { name: 'a', ip: `${NODE.a}/24`, vxlan: TUNNEL.a },
      { name: 'b', ip: `${NODE.b}/24`, vxlan: TUNNEL.b },
      { name: 'c', ip: `${NODE.c}/24`, vxlan: TUNNEL.b },
    );
    const frame = vxlan(ip({ src: POD.a, dst: TUNNEL.b }));
    const flow = flowBetween(await traceFrames([{ frames: [frame] }], cluster(pools, both, pods)), POD.a, TUNNEL.b);
    expect(flow.dst.candidates.length).toBe(2);
    expect(conflicts(flow)).not.toEqual([]);
    expect(flow.verdict).not.toBe('violation');
  });

  it('one pool twice with different modes: neither counts, and it is told', async () => {
    const never = doc(
      'z-pools.yaml',
      'apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: pool}\nspec: {cidr: 10.48.0.0/24, vxlanMode: Never}',
    );
    const flow = await traced(cluster(pools, never, nodes, pods));
    expect(flow).toMatchObject({ verdict: 'unverifiable', unverified: { reason: 'contradicting-files' } });
    expect(conflicts(flow).join()).toMatch(/Never|Always|pool/);
  });

  it('one pool twice around another: what is asked for hangs on both', async () => {
    const wide = { name: 'wide', cidr: '10.48.0.0/16' };
    const inner = ippools({ vxlan: 'Always' }, { ...wide, vxlan: 'Never' });
    const other = doc(
      'z-pools.yaml',
      'apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: wide}\nspec: {cidr: 10.48.0.0/16, vxlanMode: CrossSubnet}',
    );
    const flow = await traced(cluster(inner, other, nodes, pods));
    expect(flow).toMatchObject({ verdict: 'unverifiable', unverified: { reason: 'contradicting-files' } });
    expect(flow.unverified?.detail).toMatch(/wide/);
  });

  it('one node twice with different addresses', async () => {
    const moved = doc(
      'z-nodes.yaml',
      'apiVersion: v1\nkind: Node\nmetadata:\n  name: b\n  annotations:\n    projectcalico.org/IPv4Address: 10.0.1.77/24',
    );
    const flow = await traced(cluster(pools, nodes, moved, pods));
    expect(flow.verdict).toBe('ok');
    expect(conflicts(flow)).not.toEqual([]);
  });

  it('an annotation and a device with different MACs', async () => {
    const annotated = nodeList(
      { name: 'a', ip: `${NODE.a}/24`, vxlan: TUNNEL.a },
      { name: 'b', ip: `${NODE.b}/24`, vxlan: TUNNEL.b, mac: VTEP.b },
    );
    const device = iproute2(
      'b',
      'ip-link',
      '7: vxlan.calico: <UP> mtu 1450 qdisc noqueue state UNKNOWN',
      '    link/ether 66:de:ad:00:00:01 brd ff:ff:ff:ff:ff:ff',
    );
    const flow = await traced(cluster(pools, annotated, pods, device));
    expect(conflicts(flow)).not.toEqual([]);
  });

  it('FelixConfiguration and the devices with different VNIs', async () => {
    const device = iproute2(
      'a',
      'ip-link',
      '7: vxlan.calico: <UP> mtu 1450 qdisc noqueue state UNKNOWN',
      `    link/ether ${VTEP.a} brd ff:ff:ff:ff:ff:ff`,
      `    vxlan id 4096 local ${NODE.a} dev ens5 srcport 0 0 dstport 4789 nolearning`,
    );
    const flow = await traced(cluster(pools, nodes, pods, device, felix({ name: 'default', spec: 'vxlanVNI: 5000' })));
    expect(flow.verdict).toBe('violation');
    expect(flow.findings.find((f) => f.code === 'wrong-vni')?.message).toContain('FelixConfiguration');
    expect(conflicts(flow)).not.toEqual([]);
  });

  it('two nodes with one WireGuard key: the mode of the pool holds, and it is told why', async () => {
    const keyed = nodeList(
      { name: 'a', ip: `${NODE.a}/24`, vxlan: TUNNEL.a, key: 'x' },
      { name: 'b', ip: `${NODE.b}/24`, vxlan: TUNNEL.b, key: 'y' },
      { name: 'c', ip: `${NODE.c}/24`, vxlan: TUNNEL.c, key: 'y' },
    );
    const flow = await traced(cluster(pools, keyed, pods));
    expect(flow).toMatchObject({ verdict: 'ok', expected: { encapsulation: 'vxlan' } });
    expect(conflicts(flow)).not.toEqual([]);
  });

  it('a pool with both modes: VXLAN counts, and it is told', async () => {
    const flow = await traced(cluster(ippools({ vxlan: 'Always', ipip: 'Always' }), nodes, pods));
    expect(flow).toMatchObject({ verdict: 'ok', expected: { encapsulation: 'vxlan' } });
    expect(conflicts(flow)).not.toEqual([]);
  });
});

describe('what is no conflict', () => {
  it('agreeing sources raise nothing', async () => {
    const agreeing = [
      ipamBlocks({ cidr: BLOCK_B, affinity: 'b', allocations: { 12: { node: 'b', pod: 'pod-b' } } }),
      blockAffinities({ cidr: BLOCK_B, node: 'b' }),
      iproute2('a', 'ip-route', `${BLOCK_B} via ${TUNNEL.b} dev vxlan.calico onlink`),
      iproute2('b', 'ip-route', `blackhole ${BLOCK_B} proto 80`, `${POD.b} dev cali12345678901 scope link`),
    ];
    expect(conflicts(await traced(cluster(pools, nodes, pods, ...agreeing)))).toEqual([]);
  });

  it('a borrowed address is on the borrower: the block speaks of others', async () => {
    const guest = podList({ name: 'guest', ip: POD.b, node: 'c' });
    const block = ipamBlocks({ cidr: BLOCK_B, affinity: 'b', allocations: { 12: { node: 'c', pod: 'guest' } } });
    const flow = await traced(
      cluster(pools, nodes, guest, block),
      vxlan(ip({ src: POD.a, dst: POD.b }), { to: NODE.c }),
    );
    expect(flow).toMatchObject({ verdict: 'ok', dst: { node: 'c', pod: 'guest' } });
    expect(conflicts(flow)).toEqual([]);
  });

  it('a finished pod and a hostNetwork pod claim nothing', async () => {
    const old = podList(
      { name: 'pod-b', ip: POD.b, node: 'b' },
      { name: 'job', ip: POD.b, node: 'c', phase: 'Succeeded' },
      { name: 'proxy', ip: NODE.b, node: 'b', hostNetwork: true },
    );
    const flow = await traced(cluster(pools, nodes, old));
    expect(flow).toMatchObject({ verdict: 'ok', dst: { node: 'b', pod: 'pod-b' } });
    expect(conflicts(flow)).toEqual([]);
  });
});
