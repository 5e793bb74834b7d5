// Design section 4: where a capture was taken, by the first of seven rules that speaks; and that no plain copy is a bypass.
import { describe, expect, it } from 'vitest';
import { readFileName, roleOfDevice } from '../../../src/attribution/points/point-device.ts';
import type { Topology } from '../../../src/topology/model.ts';
import type { TraceOptions } from '../../../src/trace.ts';
import {
  arpRequest,
  clusterDocuments,
  cooked,
  cooked2,
  type FrameFile,
  flowBetween,
  gist,
  ip,
  NIC,
  NODE,
  POD,
  POD_MAC,
  plain,
  TUNNEL,
  traceFrames,
  VETH,
  VTEP,
  vxlan,
} from '../../support/cluster-frames.ts';
import { blockAffinities, cluster, iproute2, nodes as nodeList } from '../../support/cluster-text.ts';
import * as build from '../../support/packet-builder.ts';

const { pools, nodes, pods } = clusterDocuments();
const BARE = cluster(pools, nodes);
const PODS = cluster(pools, nodes, pods);
const WRITTEN = cluster(
  pools,
  nodeList(
    ...(['a', 'b', 'c'] as const).map((name) => ({
      name,
      ip: `${NODE[name]}/24`,
      vxlan: TUNNEL[name],
      mac: VTEP[name],
    })),
  ),
);
const LINKS = iproute2(
  'a',
  'ip-link',
  '2: ens5: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP',
  `    link/ether ${NIC.a} brd ff:ff:ff:ff:ff:ff`,
  '7: vxlan.calico: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UNKNOWN',
  `    link/ether ${VTEP.a} brd ff:ff:ff:ff:ff:ff promiscuity 0`,
  `    vxlan id 4096 local ${NODE.a} dev ens5 srcport 0 0 dstport 4789 nolearning`,
  '9: calia: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UP',
  `    link/ether ${VETH} brd ff:ff:ff:ff:ff:ff`,
);
const TABLES = cluster(pools, nodes, pods, LINKS);

const request = ip({ src: POD.a, dst: POD.b });
const atVeth = ip({ src: POD.a, dst: POD.b, ttl: 64 });
const answer = ip({ src: POD.b, dst: POD.a, transport: build.icmpEcho({ type: 0 }) });
const ON_NIC = [vxlan(request), vxlan(answer, { from: NODE.b, to: NODE.a })];
const ON_TUNNEL = [plain(request, VTEP.a, VTEP.b), plain(answer, VTEP.b, VTEP.a)];
const ON_VETH = [plain(atVeth, POD_MAC, VETH), plain(answer, VETH, POD_MAC)];
/** As seen where link addresses say nothing. */
const ANYWHERE = [plain(atVeth, '02:bb:00:00:00:01', '02:bb:00:00:00:02')];

/** `underlay a ens5 link-addresses+file-name`: role, node, interface and sources of evidence (whose place it is, then what it is) of each point. */
async function points(
  file: Omit<FrameFile, 'frames'> & { frames: readonly Uint8Array[] },
  topology: Topology | null,
  options: Partial<TraceOptions> = {},
): Promise<string[]> {
  const trace = await traceFrames([file], topology, options);
  const found = trace.captures[0]?.points ?? [];
  return found.map((p) =>
    `${p.role} ${p.node} ${p.interface} ${[...new Set(p.evidence.map((e) => e.source))].join('+')}`.trim(),
  );
}

describe('rule 1: the user', () => {
  it('outranks what the packets look like', async () => {
    const at = [{ file: 'x.pcap', node: 'b', interface: 'cali123' }];
    expect(await points({ name: 'x.pcap', frames: ON_NIC }, BARE, { at })).toEqual([
      'workload b cali123 user+contradiction',
    ]);
  });

  it('is contradicted in the open', async () => {
    const at = [{ file: 'x.pcap', node: 'b', interface: 'cali123' }];
    const trace = await traceFrames([{ name: 'x.pcap', frames: ON_NIC }], BARE, { at });
    expect(trace.captures[0]?.warnings.join()).toContain('outer headers between node addresses');
    expect(trace.captures[0]?.points[0]?.evidence.map((e) => e.source)).toContain('contradiction');
  });

  it('may give a node only', async () => {
    const at = [{ file: 'x.pcap', node: 'b', interface: null }];
    expect(await points({ name: 'x.pcap', frames: ON_NIC }, BARE, { at })).toEqual([
      'underlay b null user+link-addresses',
    ]);
  });

  it('speaks of the file it names, by base name, and of no other', async () => {
    const at = [{ file: 'y.pcap', node: 'b', interface: 'cali123' }];
    expect(await points({ name: 'x.pcap', frames: ON_NIC }, BARE, { at })).toEqual([
      'underlay null null link-addresses',
    ]);
  });
});

describe('rule 2: devices', () => {
  const role = (name: string, node: string | null = 'a'): string | undefined =>
    roleOfDevice(TABLES, node === null ? null : TABLES.nodeByName(node), name)?.role;

  it('are told by names that mean one thing', () => {
    for (const name of [
      'vxlan.calico',
      'vxlan-v6.calico',
      'tunl0',
      'wireguard.cali',
      'wg-v6.cali',
      'flannel.1',
      'cilium_vxlan',
    ])
      expect(role(name)).toBe('tunnel');
    for (const name of ['cali1bff47cba53', 'eni0123456789a']) expect(role(name)).toBe('workload');
  });

  it('of other names say nothing', () => {
    for (const name of ['eth0', 'any', 'enp3s0', 'eni', 'eno1', 'lo']) expect(role(name, 'b')).toBeUndefined();
  });

  it("that a VXLAN device sends through, or that have the default route or the node's address, are the underlay", () => {
    expect(role('ens5')).toBe('underlay');
    const other = cluster(
      pools,
      nodes,
      iproute2(
        'b',
        'ip-route',
        'default via 10.0.1.254 dev bond0',
        '10.0.1.0/24 dev eth7 proto kernel scope link src 10.0.1.2',
      ),
    );
    expect(roleOfDevice(other, other.nodeByName('b'), 'bond0')?.role).toBe('underlay');
    expect(roleOfDevice(other, other.nodeByName('b'), 'eth7')?.role).toBe('underlay');
    expect(roleOfDevice(other, other.nodeByName('a'), 'bond0')).toBeNull();
  });

  it("are found by an ifindex through the node's ip link", async () => {
    const frames = [
      cooked2(ON_NIC[0] as Uint8Array, 4, 2),
      cooked2(ON_TUNNEL[0] as Uint8Array, 4, 7),
      cooked2(ON_VETH[0] as Uint8Array, 0, 9),
    ];
    const found = await points({ frames, options: { linkType: 276 } }, TABLES);
    expect(found).toEqual([
      'underlay a ens5 link-addresses+device',
      'tunnel a vxlan.calico link-addresses+device',
      'workload a calia link-addresses+device',
    ]);
  });
});

describe('rule 3: the link type', () => {
  it('raw IP is a tunnel device', async () => {
    expect(await points({ frames: [request], options: { linkType: 101 } }, BARE)).toEqual([
      'tunnel null null link-type',
    ]);
  });
});

describe('rule 4: link addresses', () => {
  it('ee:ee:ee:ee:ee:ee is a veth, of the node of the pod behind it if more than a block says so', async () => {
    expect(await points({ frames: ON_VETH }, PODS)).toEqual(['workload a null company+link-addresses']);
    expect(await points({ frames: ON_VETH }, BARE)).toEqual(['workload null null link-addresses']);
    expect(await points({ name: 'c.pcap', frames: ON_VETH }, BARE)).toEqual([
      'workload c null link-addresses+file-name',
    ]);
  });

  it('VTEP MACs on both sides are the tunnel device, also those nobody has heard of', async () => {
    expect(await points({ frames: ON_TUNNEL }, BARE)).toEqual(['tunnel null null link-addresses']);
    expect(await points({ frames: ON_TUNNEL }, null)).toEqual(['tunnel null null link-addresses']);
  });

  it('outer headers between nodes are a NIC', async () => {
    expect(await points({ frames: ON_NIC }, BARE)).toEqual(['underlay null null link-addresses']);
  });

  it('outer headers between pods are no NIC, where no Nodes are known either', async () => {
    const own = (srcMac: string, dstMac: string): Uint8Array =>
      vxlan(ip({ src: '192.168.77.1', dst: '192.168.77.2' }), { from: POD.a, to: POD.b, srcMac, dstMac });
    const pool = cluster(pools);
    const onTunnel = [own(VTEP.a, VTEP.b), ...ON_TUNNEL];
    expect(await points({ frames: onTunnel }, pool)).toEqual(['tunnel null null link-addresses']);
    expect(await points({ frames: [own(POD_MAC, VETH), ...ON_VETH] }, pool)).toEqual([
      'workload null null link-addresses',
    ]);
    expect(await points({ frames: ON_NIC }, pool)).toEqual(['underlay null null link-addresses']);
    const elsewhere = await points({ frames: [own('02:00:00:00:00:01', '02:00:00:00:00:02')] }, pool);
    expect(elsewhere.join()).not.toContain('underlay');
  });

  it('the one NIC MAC in every frame names the node', async () => {
    const frames = [...ON_NIC, vxlan(ip({ src: POD.c, dst: POD.a }), { from: NODE.c, to: NODE.a })];
    expect(await points({ frames }, BARE)).toEqual(['underlay a null link-addresses']);
  });

  it("a node's NIC MAC from its tables is enough for plain packets", async () => {
    expect(await points({ frames: [plain(request, NIC.a, '02:00:00:00:01:fe')] }, TABLES)).toEqual([
      'underlay null null link-addresses',
    ]);
  });

  it('of one peer only, it may be that peer’s NIC as well: the file name decides, or nobody knows', async () => {
    const frames = [vxlan(request), vxlan(answer, { from: NODE.b, to: NODE.a }), plain(request, NIC.a, NIC.b)];
    for (const topology of [BARE, TABLES]) {
      expect(await points({ frames }, topology)).toEqual(['underlay null null link-addresses']);
      expect(await points({ name: 'b-x.pcap', frames }, topology)).toEqual([
        'underlay b null link-addresses+file-name',
      ]);
    }
  });

  it('the only peer shows by what it is sent that it is a gateway, or a fabric: then the other one is the node’s', async () => {
    const gateway = '02:00:00:00:01:fe';
    const frames = [
      vxlan(request, { dstMac: gateway }),
      vxlan(ip({ src: POD.a, dst: POD.c }), { to: NODE.c, dstMac: gateway }),
      vxlan(answer, { from: NODE.b, to: NODE.a, srcMac: gateway }),
    ];
    expect(await points({ frames }, BARE)).toEqual(['underlay a null link-addresses']);
    const azure = [vxlan(request, { dstMac: '12:34:56:78:9a:bc' })];
    expect(await points({ frames: azure }, BARE)).toEqual(['underlay a null link-addresses']);
  });

  it('an outer source that is another node’s does not make the capture that node’s', async () => {
    const answered = vxlan(answer, { from: NODE.b, to: NODE.a });
    const fromC = vxlan(ip({ src: POD.c, dst: POD.a }), { from: NODE.c, to: NODE.a });
    expect(await points({ frames: [vxlan(request, { from: NODE.c, srcMac: NIC.a }), answered, fromC] }, BARE)).toEqual([
      'underlay a null link-addresses',
    ]);
  });

  it('a flooded frame of the peer’s does not make its MAC the capture’s own', async () => {
    const [ab, ba] = [vxlan(request), vxlan(answer, { from: NODE.b, to: NODE.a })];
    const toC = vxlan(ip({ src: POD.b, dst: POD.c }), { from: NODE.b, to: NODE.c });
    const frames = [...Array(20).fill(ab), ...Array(20).fill(ba), toC];
    expect(await points({ frames }, BARE)).toEqual(['underlay null null link-addresses']);
  });

  it('overlay packets with one address of no node are a NIC too', async () => {
    const frames = [vxlan(request, { from: '10.9.9.9', to: NODE.b })];
    expect(await points({ frames }, BARE)).toEqual(['underlay null null link-addresses']);
  });

  it("a pod's own VXLAN on its veth makes no NIC of it", async () => {
    const inside = vxlan(request, { srcMac: POD_MAC, dstMac: VETH });
    expect(await points({ frames: [...ON_VETH, inside] }, BARE)).toEqual(['workload null null link-addresses']);
  });
});

describe('a tunnel device', () => {
  const toOther = plain(ip({ src: POD.c, dst: POD.b }), VTEP.c, VTEP.b);

  it('may get what is for another VTEP: whoever is in every frame is at home only where all answer', async () => {
    const both = [...ON_TUNNEL, toOther];
    expect(await points({ frames: both }, WRITTEN)).toEqual(['tunnel null null link-addresses']);
    expect(await points({ name: 'a-dump.pcap', frames: both }, WRITTEN)).toEqual([
      'tunnel a null link-addresses+file-name',
    ]);
    const answered = plain(ip({ src: POD.b, dst: POD.c }), VTEP.b, VTEP.c);
    expect(await points({ frames: [...both, answered] }, WRITTEN)).toEqual(['tunnel b null link-addresses']);
  });
});

describe('a cooked capture', () => {
  it('places what leaves by the MAC that nodes’ own packets leave by, whatever device that is', async () => {
    const own = cooked(plain(ip({ src: NODE.a, dst: NODE.b, ttl: 64 }), NIC.a, NIC.b), 4);
    const frames = [own, cooked(plain(request, NIC.a, NIC.b), 4)];
    expect(await points({ frames, options: { linkType: 113 } }, BARE)).toEqual(['underlay a null link-addresses']);
  });

  it('that has another pod’s name is not of the node of the pod that the snapshot has at the address', async () => {
    // SHA-1 over "default.pod-a" and "default.newcomer"
    const [own, others] = ['cali5e1c4d6c68c', 'calib5b95b13274'];
    const at = (name: string): Promise<string[]> => points({ name, frames: ON_VETH }, PODS);
    const byPod = 'workload a null company+link-addresses+contradiction';
    expect(await at(`c-${own}.pcap`)).toEqual([byPod]);
    expect(await at(`c-${own.replace('cali', 'eni')}.pcap`)).toEqual([byPod]);
    expect(await at('c-calia.pcap')).toEqual([byPod]);
    expect(await at(`c-${others}.pcap`)).toEqual(['workload c null link-addresses+file-name']);
    expect(await at(`${others}_00001_20261122082950.pcap`)).toEqual(['workload null null link-addresses']);
    const named = { frames: ON_VETH, name: `c-${others}.pcap` };
    expect(await points(named, PODS, { at: [{ file: named.name, node: 'b', interface: null }] })).toEqual([
      'workload b null user+link-addresses+contradiction',
    ]);
  });

  it('is not of the pod’s node where a block has the address on another node', async () => {
    const at = (node: string): Promise<string[]> =>
      points({ frames: ON_VETH }, cluster(pools, nodes, pods, blockAffinities({ cidr: `${POD.a}/32`, node })));
    expect(await at('a')).toEqual(['workload a null company+link-addresses']);
    expect(await at('c')).toEqual(['workload null null link-addresses']);
  });

  it('is not of the node of whom all its pods talk to', async () => {
    const [one, other] = [POD.a, '10.48.0.71'];
    const frames = [one, other].map((dst) => cooked(plain(ip({ src: POD.b, dst, ttl: 62 }), VETH, POD_MAC), 4));
    expect(await points({ frames, options: { linkType: 113 } }, PODS)).toEqual(['workload null null link-addresses']);
  });
});

describe('rule 5: the company', () => {
  it("packets or ARP between nodes' own addresses make it a NIC", async () => {
    const talk = plain(ip({ src: NODE.a, dst: NODE.b }), '02:bb:00:00:00:01', '02:bb:00:00:00:02');
    expect(await points({ frames: [...ANYWHERE, talk] }, BARE)).toEqual(['underlay null null company']);
    const asked = arpRequest(NODE.a, NODE.b, '02:bb:00:00:00:01');
    expect(await points({ frames: [...ANYWHERE, asked] }, BARE)).toEqual(['underlay null null company']);
  });

  it('tunnel addresses are no such company', async () => {
    const talk = plain(ip({ src: TUNNEL.a, dst: TUNNEL.b, ttl: 64 }), '02:bb:00:00:00:01', '02:bb:00:00:00:02');
    expect((await points({ frames: [...ANYWHERE, talk] }, BARE)).join()).toMatch(/^unknown/);
  });
});

describe('rule 6: the file name', () => {
  it('gives a node, and an interface only if the node has it', () => {
    expect(readFileName(TABLES, '/tmp/a-ens5.pcap')).toMatchObject({ node: { name: 'a' }, interface: 'ens5' });
    expect(readFileName(TABLES, 'a_vxlan.calico.pcap.gz')).toMatchObject({ interface: 'vxlan.calico' });
    expect(readFileName(TABLES, 'b-ens5.pcap')).toMatchObject({ node: { name: 'b' }, interface: null });
    expect(readFileName(TABLES, 'capture.pcap')).toBeNull();
  });

  it('is the longest node name that it starts with', () => {
    const topology = cluster(clusterDocuments().pools, nodes);
    expect(readFileName(topology, 'about.pcap')).toBeNull();
    expect(readFileName(topology, 'a.pcap')?.node.name).toBe('a');
  });

  it('speaks where nothing stronger does', async () => {
    expect(await points({ name: 'a-calia.pcap', frames: ANYWHERE }, TABLES)).toEqual(['workload a calia file-name']);
  });

  it('never outranks what the packets say, and the contradiction is told', async () => {
    const trace = await traceFrames([{ name: 'a-calia.pcap', frames: ON_TUNNEL }], TABLES);
    expect(trace.captures[0]?.points[0]).toMatchObject({ role: 'tunnel', node: 'a' });
    expect(trace.captures[0]?.warnings.length).toBeGreaterThan(0);
  });

  it("a wrong node in it is told, and the packets' node is taken", async () => {
    const gateway = '02:00:00:00:01:fe';
    const frames = [plain(request, NIC.a, gateway), plain(answer, gateway, NIC.a), plain(answer, NIC.b, NIC.a)];
    const trace = await traceFrames([{ name: 'b-ens5.pcap', frames }], TABLES);
    expect(trace.captures[0]?.points[0]?.node).toBe('a');
    expect(trace.captures[0]?.warnings.join()).toContain('the file name says b');
  });
});

describe('rule 7: elimination', () => {
  it('routed pod packets between MACs of neither VTEP nor veth are on a NIC', async () => {
    const frames = [plain(request, '02:bb:00:00:00:01', '02:bb:00:00:00:02')];
    expect(await points({ frames }, BARE)).toEqual(['underlay null null elimination']);
    expect(gist(flowBetween(await traceFrames([{ frames }], BARE), POD.a, POD.b))).toBe(
      'none violation overlay-bypassed',
    );
  });

  it('needs a TTL that one router lowered', async () => {
    for (const ttl of [64, 128, 255, 62, 60])
      expect(
        await points(
          { frames: [plain(ip({ src: POD.a, dst: POD.b, ttl }), '02:bb:00:00:00:01', '02:bb:00:00:00:02')] },
          BARE,
        ),
      ).toEqual(['unknown null null']);
  });

  it('does not speak where pods were heard before any router: that is a veth of an unusual MAC', async () => {
    const [pod, host] = ['0a:00:00:00:00:70', '0a:00:00:00:00:71'];
    const frames = [plain(atVeth, pod, host), plain(ip({ src: '10.48.0.71', dst: POD.a }), host, pod)];
    expect(await points({ frames }, PODS)).toEqual(['unknown null null']);
  });

  it('needs both MACs: a cooked frame has one', async () => {
    const frames = [cooked(plain(request, '02:bb:00:00:00:01', '02:bb:00:00:00:02'), 4)];
    expect(await points({ frames, options: { linkType: 113 } }, BARE)).toEqual(['unknown null null']);
  });
});

describe('plain copies are no bypass', () => {
  const cases: [string, Uint8Array[]][] = [
    ['veth', ON_VETH],
    ['tunnel device', ON_TUNNEL],
    ['nobody knows where', ANYWHERE],
  ];
  for (const [name, frames] of cases)
    it(`on a ${name}, whatever the file is called and whatever the snapshot has`, async () => {
      for (const topology of [BARE, PODS, TABLES])
        for (const file of ['x.pcap', 'b-ens5.pcap', 'c.pcap']) {
          const trace = await traceFrames([{ name: file, frames }], topology);
          expect(flowBetween(trace, POD.a, POD.b).verdict).toBe('unverifiable');
        }
    });

  it('in -i any, v2: three copies are one encapsulated packet', async () => {
    const frames = [
      cooked2(ON_VETH[0] as Uint8Array, 0, 9),
      cooked2(ON_TUNNEL[0] as Uint8Array, 4, 7),
      cooked2(ON_NIC[0] as Uint8Array, 4, 2),
    ];
    for (const topology of [BARE, PODS, TABLES]) {
      const trace = await traceFrames([{ frames, options: { linkType: 276 } }], topology);
      const flow = flowBetween(trace, POD.a, POD.b);
      expect(gist(flow)).toBe('vxlan ok');
      expect(flow.packets).toBe(1);
      expect(flow.observations.length).toBe(3);
    }
  });

  it('in -i any, v1: each frame speaks for itself', async () => {
    const frames = [
      cooked(ON_VETH[1] as Uint8Array, 4),
      cooked(ON_TUNNEL[0] as Uint8Array, 4),
      cooked(ON_NIC[0] as Uint8Array, 4),
    ];
    for (const topology of [BARE, PODS, TABLES]) {
      const trace = await traceFrames([{ frames, options: { linkType: 113 } }], topology);
      expect(gist(flowBetween(trace, POD.a, POD.b))).toBe('vxlan ok');
      expect(trace.captures[0]?.points.map((p) => p.role).sort()).toEqual(['tunnel', 'underlay', 'workload']);
      expect(trace.summary.violation).toBe(0);
    }
  });

  it("in -i any, v1: a bypass on the NIC is one, by the NIC's MAC", async () => {
    const frames = [cooked(plain(request, NIC.a, NIC.b), 4), cooked(ON_NIC[1] as Uint8Array, 0)];
    const trace = await traceFrames([{ frames, options: { linkType: 113 } }], TABLES);
    expect(gist(flowBetween(trace, POD.a, POD.b))).toBe('none violation overlay-bypassed');
  });
});

describe('mirrored copies', () => {
  const carried = (frame: Uint8Array): Uint8Array => {
    const inner = build.ipv4(
      { src: '172.16.0.1', dst: '172.16.0.2' },
      build.udp({ dstport: 4789, srcport: 50000 }, build.vxlan({ vni: 99 }, frame)),
    );
    return build.ethernet({ src: '02:cc:00:00:00:01', dst: '02:cc:00:00:00:02' }, inner);
  };

  it('are stepped over, named, and judged by what they carry', async () => {
    const trace = await traceFrames(
      [{ frames: [carried(ON_NIC[0] as Uint8Array), carried(ON_NIC[1] as Uint8Array)] }],
      BARE,
    );
    const flow = flowBetween(trace, POD.a, POD.b);
    expect(gist(flow)).toBe('vxlan ok');
    expect(flow.observations[0]?.carriers.join()).toContain('99');
    expect(flow.observations[0]).toMatchObject({ outerSrc: NODE.a, outerDst: NODE.b, vni: 4096 });
  });

  it('of a veth are plain, and no bypass', async () => {
    const trace = await traceFrames(
      [{ frames: [carried(ON_VETH[0] as Uint8Array), carried(ON_NIC[0] as Uint8Array)] }],
      BARE,
    );
    expect(gist(flowBetween(trace, POD.a, POD.b))).toBe('vxlan ok');
    expect(trace.summary.violation).toBe(0);
  });

  it('of a bypass on a NIC are one', async () => {
    const frames = [carried(plain(request, NIC.a, NIC.b)), carried(ON_NIC[1] as Uint8Array)];
    expect(gist(flowBetween(await traceFrames([{ frames }], BARE), POD.a, POD.b))).toBe(
      'none violation overlay-bypassed',
    );
  });
});
