// Corners of calico-facts 3.5, 7.5 and of design sections 4 to 6, where a verdict is easily wrong.
import { describe, expect, it } from 'vitest';
import type { Topology } from '../../src/topology/model.ts';
import { verifyTrace } from '../../src/verdict/verify/verify.ts';
import {
  arpRequest,
  clusterDocuments,
  cooked2,
  flowBetween,
  gist,
  ip,
  NIC,
  NODE,
  POD,
  POD_MAC,
  plain,
  SYN,
  TUNNEL,
  tcpPacket,
  traceFrames,
  VETH,
  VTEP,
  vxlan,
} from '../support/cluster-frames.ts';
import {
  barePool,
  cluster,
  doc,
  ippools,
  iproute2,
  nodes as nodeList,
  pods as podList,
  services,
} from '../support/cluster-text.ts';
import * as build from '../support/packet-builder.ts';

const { pools, nodes, pods } = clusterDocuments();
const request = ip({ src: POD.a, dst: POD.b });
const answer = ip({ src: POD.b, dst: POD.a, transport: build.icmpEcho({ type: 0 }) });

async function judged(
  topology: Topology,
  frames: Uint8Array[],
  src: string = POD.a,
  dst: string = POD.b,
): Promise<string> {
  return gist(flowBetween(await traceFrames([{ frames }], topology), src, dst));
}

describe('pods of another time', () => {
  const later = '2030-01-01T00:00:00Z';
  const earlier = '2020-01-01T00:00:00Z';

  it('one created after the capture does not own what was sent before', async () => {
    const young = podList({ name: 'a', ip: POD.a, node: 'a' }, { name: 'young', ip: POD.b, node: 'c', created: later });
    expect(await judged(cluster(pools, nodes, young), [vxlan(request), vxlan(request)])).toMatch(
      /^vxlan (ok|unverifiable)/,
    );
    const flow = flowBetween(
      await traceFrames([{ frames: [vxlan(request)] }], cluster(pools, nodes, young)),
      POD.a,
      POD.b,
    );
    // whose block it is tells nothing of an address that a node has borrowed since: the packets went to b
    expect(flow.dst.candidates.map(({ pod, node }) => pod ?? node)).toEqual(['young', 'b']);
  });

  it('nor where no block says otherwise', async () => {
    const bare = nodeList(
      { name: 'a', ip: `${NODE.a}/24` },
      { name: 'b', ip: `${NODE.b}/24` },
      { name: 'c', ip: `${NODE.c}/24` },
    );
    for (const state of [{ created: later }, { phase: 'Succeeded' }, { phase: 'Failed' }]) {
      const weak = podList({ name: 'x', ip: POD.b, node: 'c', ...state });
      expect(await judged(cluster(pools, bare, weak), [vxlan(request)])).not.toMatch(/violation/);
    }
  });

  it('one created before it does', async () => {
    const old = podList({ name: 'a', ip: POD.a, node: 'a' }, { name: 'old', ip: POD.b, node: 'c', created: earlier });
    expect(await judged(cluster(pools, nodes, old), [vxlan(request)])).toBe('vxlan violation wrong-destination-vtep');
  });

  it('a finished one beside a running one is no candidate that counts', async () => {
    const both = podList(
      { name: 'a', ip: POD.a, node: 'a' },
      { name: 'job', ip: POD.b, node: 'c', phase: 'Succeeded' },
      { name: 'db', ip: POD.b, node: 'b' },
    );
    expect(await judged(cluster(pools, nodes, both), [vxlan(request)])).toBe('vxlan ok');
  });
});

describe('addresses borrowed from another block, with pools and nodes alone', () => {
  // c is behind a router; pod b's address lies in b's block, but is used on c, and the other way round
  const far = nodeList(
    { name: 'a', ip: '10.0.1.1/24', vxlan: TUNNEL.a },
    { name: 'b', ip: '10.0.1.2/24', vxlan: TUNNEL.b },
    { name: 'c', ip: '10.0.2.3/24', vxlan: TUNNEL.c },
  );
  const cross = cluster(ippools({ vxlan: 'CrossSubnet' }), far);
  const toFar = { to: '10.0.2.3', dstMac: '02:00:00:00:01:fe', innerDstMac: VTEP.c };

  it('are no unexpected overlay when they are on a far node', async () => {
    expect(await judged(cross, [vxlan(request, toFar)])).toBe('vxlan unverifiable owner-by-block');
  });

  it('are no bypass when they are on a near node, whose NIC the frames go to', async () => {
    const known = iproute2('a', 'ip-neigh', `${NODE.b} dev ens5 lladdr ${NIC.b} REACHABLE`);
    const guest = ip({ src: POD.a, dst: POD.c });
    const topology = cluster(ippools({ vxlan: 'CrossSubnet' }), far, known);
    expect(await judged(topology, [plain(guest, NIC.a, NIC.b)], POD.a, POD.c)).toBe('none unverifiable owner-by-block');
  });

  it('are a bypass when nothing speaks against the block', async () => {
    const guest = ip({ src: POD.a, dst: POD.c });
    expect(await judged(cross, [plain(guest, NIC.a, '02:00:00:00:01:fe')], POD.a, POD.c)).toBe(
      'none violation overlay-bypassed',
    );
  });

  it('are not encrypted traffic gone clear when their real node has no key', async () => {
    const keyed = nodeList(
      { name: 'a', ip: `${NODE.a}/24`, vxlan: TUNNEL.a, key: 'x' },
      { name: 'b', ip: `${NODE.b}/24`, vxlan: TUNNEL.b, key: 'y' },
      { name: 'c', ip: `${NODE.c}/24`, vxlan: TUNNEL.c },
    );
    expect(await judged(cluster(pools, keyed), [vxlan(request, { to: NODE.c })])).toBe(
      'vxlan unverifiable owner-by-block',
    );
  });

  it('are no local traffic on the wire when both seem to be on one node', async () => {
    const twin = '10.48.0.71';
    const frames = [vxlan(ip({ src: POD.a, dst: twin }))];
    expect(await judged(cluster(pools, nodes), frames, POD.a, twin)).toBe('vxlan unverifiable owner-by-block');
  });
});

describe('excerpts', () => {
  const excerpt = doc(
    'nodes.txt',
    [
      ['a', NODE.a, TUNNEL.a],
      ['b', NODE.b, TUNNEL.b],
      ['c', NODE.c, TUNNEL.c],
    ]
      .map(
        ([, address, tunnel]) =>
          `      projectcalico.org/IPv4Address: ${address}/24\n      projectcalico.org/IPv4VXLANTunnelAddr: ${tunnel}`,
      )
      .join('\n--\n'),
  );

  it('of nodes without names are enough for Always, Never and CrossSubnet', async () => {
    for (const [mode, overlay, bare] of [
      ['Always', 'vxlan ok', 'none violation overlay-bypassed'],
      ['Never', 'vxlan violation unexpected-overlay', 'none ok'],
      ['CrossSubnet', 'vxlan violation unexpected-overlay', 'none ok'],
    ] as const) {
      const topology = cluster(ippools({ vxlan: mode }), excerpt);
      const company = vxlan(answer, { from: NODE.b, to: NODE.a });
      expect(await judged(topology, [vxlan(request), company])).toBe(overlay);
      expect(await judged(topology, [plain(request), company])).toBe(bare);
    }
  });

  it('name nodes by their address', async () => {
    const flow = flowBetween(await traceFrames([{ frames: [vxlan(request)] }], cluster(pools, excerpt)), POD.a, POD.b);
    expect(flow.dst.node).toBe(NODE.b);
  });
});

describe('half a snapshot', () => {
  it('pools alone: an overlay seen is no violation, and the reason is that no node is known', async () => {
    const found = await judged(cluster(pools), [vxlan(request), vxlan(answer, { from: NODE.b, to: NODE.a })]);
    expect(found).toMatch(/unverifiable/);
    expect(found).not.toMatch(/foreign/);
  });

  it('pools alone: routed pod packets on a NIC are not accused, since the pool may claim the nodes too', async () => {
    expect(await judged(cluster(pools), [plain(request)])).toBe('none unverifiable nodes-missing');
  });

  it('nodes alone: nothing is expected', async () => {
    for (const frame of [vxlan(request), plain(request)])
      expect(await judged(cluster(nodes), [frame])).toMatch(/unverifiable pool-not-in-snapshot$/);
  });

  it('one bare pool elsewhere: nothing is expected, and the advice is to get all', async () => {
    const topology = cluster(barePool({ cidr: '10.99.0.0/16' }), nodes);
    const flow = flowBetween(await traceFrames([{ frames: [vxlan(request)] }], topology), POD.a, POD.b);
    expect(flow.unverified).toMatchObject({ reason: 'pool-not-in-snapshot' });
    expect(flow.unverified?.advice).toContain('kubectl get ippools');
  });
});

describe('node addresses inside a pool (10.14)', () => {
  const wide = cluster(ippools({ cidr: '10.0.0.0/8' }), nodes, pods);

  it('are node addresses all the same', async () => {
    const talk = ip({ src: NODE.a, dst: NODE.b });
    expect(await judged(wide, [plain(talk), vxlan(request)], NODE.a, NODE.b)).toBe('none ok');
    expect(await judged(wide, [vxlan(request)])).toBe('vxlan ok');
    expect(await judged(wide, [plain(request)])).toBe('none violation overlay-bypassed');
  });
});

describe('services', () => {
  const withService = cluster(pools, nodes, pods, services({ name: 'web', ip: '10.96.0.7' }));
  const ends = { src: POD.a, dst: '10.96.0.7' };

  it('on a veth are named, and not judged', async () => {
    const frames = [plain(tcpPacket({ ...ends, ttl: 64 }, SYN), POD_MAC, VETH)];
    const flow = flowBetween(await traceFrames([{ frames }], withService), POD.a, '10.96.0.7');
    expect(flow.dst.kind).toBe('service');
    expect(flow).toMatchObject({ verdict: 'unverifiable', inScope: false, unverified: { reason: 'service-address' } });
  });

  it('with a cluster CIDR inside a pool are services still', async () => {
    const inside = cluster(ippools({ cidr: '10.0.0.0/8' }), nodes, pods, services({ name: 'web', ip: '10.96.0.7' }));
    const frames = [plain(tcpPacket(ends, SYN)), vxlan(request)];
    expect(await judged(inside, frames, POD.a, '10.96.0.7')).toBe('none unverifiable service-address');
  });
});

describe('who let a frame out', () => {
  const topology = cluster(pools, nodes, pods);
  const company = [
    vxlan(request),
    vxlan(answer, { from: NODE.b, to: NODE.a }),
    vxlan(ip({ src: POD.c, dst: POD.a }), { from: NODE.c, to: NODE.a }),
  ];
  const both = ip({ src: '10.48.0.71', dst: POD.a });
  const twoOnA = cluster(
    pools,
    nodes,
    podList({ name: 'p', ip: POD.a, node: 'a' }, { name: 'q', ip: '10.48.0.71', node: 'a' }),
  );

  it('is not the node that received it, whatever the snapshot says of both ends', async () => {
    const received = [...company, plain(both, NIC.c, NIC.a)];
    expect(await judged(twoOnA, received, '10.48.0.71', POD.a)).toBe('none unverifiable snapshot-conflict');
    const sent = [...company, plain(both, NIC.a, '02:00:00:00:01:fe')];
    expect(await judged(twoOnA, sent, '10.48.0.71', POD.a)).toBe('none violation local-traffic-on-underlay');
  });

  it('is the node whose NIC it left by, whoever has the source address', async () => {
    const stray = ip({ src: '10.99.0.9', dst: POD.b });
    expect(await judged(topology, [...company, plain(stray, NIC.a, NIC.b)], '10.99.0.9', POD.b)).toBe(
      'none violation overlay-bypassed',
    );
    expect(
      await judged(
        topology,
        [...company, plain(ip({ src: '10.99.0.9', dst: POD.a }), '02:00:00:00:01:fe', NIC.a)],
        '10.99.0.9',
        POD.a,
      ),
    ).toBe('none unverifiable sender-not-a-node');
  });

  it('is open where the MAC may be a node’s', async () => {
    const frames = [
      vxlan(request),
      vxlan(answer, { from: NODE.b, to: NODE.a }),
      plain(ip({ src: '10.99.0.9', dst: POD.b })),
    ];
    expect(await judged(topology, frames, '10.99.0.9', POD.b)).toBe('none unverifiable sender-unknown');
  });
});

describe('eBPF', () => {
  const zero = '00:00:00:00:00:00';

  it('NodePort tunnels raise nothing, are out of scope, and expect nothing', async () => {
    const frames = [
      vxlan(ip({ src: '192.0.2.9', dst: POD.b }), { vni: 0xca11c0, innerSrcMac: zero, innerDstMac: zero }),
    ];
    for (const mode of ['Always', 'Never', 'CrossSubnet']) {
      const documents = clusterDocuments({ vxlan: mode });
      const trace = await traceFrames([{ frames }], cluster(documents.pools, documents.nodes, documents.pods));
      const flow = flowBetween(trace, '192.0.2.9', POD.b);
      expect(flow.findings).toEqual([]);
      expect(flow).toMatchObject({ inScope: false, expected: { encapsulation: null, reason: 'ebpf-nodeport' } });
    }
  });

  it('NodePort tunnels have no other direction: questions go to the pod, answers come from the service', async () => {
    const inTunnel = { vni: 0xca11c0, innerSrcMac: zero, innerDstMac: zero };
    const client = '192.0.2.9';
    const frames = [
      arpRequest(NODE.a, NODE.b, NIC.a),
      vxlan(request),
      vxlan(answer, { from: NODE.b, to: NODE.a }),
      vxlan(tcpPacket({ src: client, dst: POD.b }, { srcport: 5000, dstport: 8080 }), inTunnel),
      vxlan(tcpPacket({ src: NODE.a, dst: client }, { srcport: 30080, dstport: 5000 }, Uint8Array.of(1)), {
        ...{ from: NODE.b, to: NODE.a },
        ...inTunnel,
      }),
    ];
    const topology = cluster(pools, nodes, pods);
    const trace = await traceFrames([{ frames }], topology);
    expect(trace.all.filter((flow) => flow.unverified?.reason === 'not-in-capture')).toEqual([]);
    const asked = { expect: 'config', pools: [], strict: false, topology } as const;
    expect(verifyTrace(trace, asked).result).toBe('pass');
  });
});

describe('pods and their own tunnels', () => {
  it("a pod's own VXLAN inside Calico's is payload", async () => {
    const own = build.ethernet(
      { src: '02:ab:00:00:00:01', dst: '02:ab:00:00:00:02' },
      ip({ src: '172.30.0.1', dst: '172.30.0.2' }),
    );
    const packet = build.ipv4(
      { src: POD.a, dst: POD.b, ttl: 63 },
      build.udp({ dstport: 4789 }, build.vxlan({ vni: 5 }, own)),
    );
    const trace = await traceFrames([{ frames: [vxlan(packet)] }], cluster(pools, nodes, pods));
    expect(gist(flowBetween(trace, POD.a, POD.b))).toBe('vxlan ok');
    expect(trace.all.some((flow) => flow.src.ip === '172.30.0.1')).toBe(false);
  });
});

describe('-i any with copies of one packet', () => {
  it('with one of them missing from the NIC is not a bypass', async () => {
    const frames = [
      cooked2(plain(ip({ src: POD.a, dst: POD.b, ttl: 64 }), POD_MAC, VETH), 0, 9),
      cooked2(plain(request, VTEP.a, VTEP.b), 4, 7),
    ];
    const trace = await traceFrames([{ frames, options: { linkType: 276 } }], cluster(pools, nodes, pods));
    expect(gist(flowBetween(trace, POD.a, POD.b))).toMatch(/^unknown unverifiable/);
  });
});

describe('scope (design section 7)', () => {
  it('is a pod or tunnel address at either end and something to expect; or a violation', async () => {
    const frames = [
      vxlan(request),
      vxlan(ip({ src: TUNNEL.a, dst: POD.b })),
      plain(ip({ src: POD.a, dst: NODE.b })),
      plain(ip({ src: NODE.a, dst: NODE.b })),
      plain(ip({ src: '192.0.2.9', dst: POD.a }), '02:00:00:00:01:fe', NIC.a),
      plain(ip({ src: POD.a, dst: '192.0.2.9' }), NIC.a, '02:00:00:00:01:fe'),
    ];
    const topology = cluster(pools, nodes, pods);
    const trace = await traceFrames([{ frames }], topology);
    const inScope = (src: string, dst: string): boolean => flowBetween(trace, src, dst).inScope;
    expect(inScope(POD.a, POD.b)).toBe(true);
    expect(inScope(TUNNEL.a, POD.b)).toBe(true);
    expect(inScope(POD.a, NODE.b)).toBe(true);
    expect(inScope(NODE.a, NODE.b)).toBe(false);
    expect(inScope('192.0.2.9', POD.a)).toBe(false);
    expect(inScope(POD.a, '192.0.2.9')).toBe(true);
    const { flows, ok, violation, unverifiable, outOfScope } = trace.summary;
    expect({ flows, ok, violation, unverifiable, outOfScope }).toEqual({
      flows: 6,
      ok: 5,
      violation: 0,
      unverifiable: 1,
      outOfScope: 2,
    });
    expect(ok + violation + unverifiable).toBe(flows);
    const report = verifyTrace(trace, { expect: 'config', pools: [], strict: false, topology });
    expect(report).toMatchObject({ flows: 4, ok: 4, exitCode: 0 });
  });

  it('holds local traffic only where it is a violation', async () => {
    const twin = '10.48.0.71';
    const topology = cluster(
      pools,
      nodes,
      podList({ name: 'a', ip: POD.a, node: 'a' }, { name: 'twin', ip: twin, node: 'a' }),
    );
    const local = ip({ src: POD.a, dst: twin, ttl: 64 });
    const onVeth = flowBetween(await traceFrames([{ frames: [plain(local, POD_MAC, VETH)] }], topology), POD.a, twin);
    expect(onVeth).toMatchObject({ inScope: false, verdict: 'ok', expected: { encapsulation: 'local' } });
    const onNic = await traceFrames([{ frames: [plain(ip({ src: POD.a, dst: twin })), vxlan(request)] }], topology);
    expect(flowBetween(onNic, POD.a, twin)).toMatchObject({ inScope: true, verdict: 'violation' });
  });
});
