// One healthy conversation between pods on two nodes, changed in one place each time: the verdict that calico-facts implies.
import { describe, expect, it } from 'vitest';
import type { TraceOptions } from '../../src/trace.ts';
import {
  arpRequest,
  clusterDocuments,
  flowBetween,
  gist,
  ip,
  ipip,
  NIC,
  NODE,
  POD,
  plain,
  SYN,
  TUNNEL,
  tcpPacket,
  traceFrames,
  VETH,
  VTEP,
  type VxlanFields,
  vxlan,
} from '../support/cluster-frames.ts';
import { cluster, doc, felix, iproute2 } from '../support/cluster-text.ts';
import * as build from '../support/packet-builder.ts';

const request = ip({ src: POD.a, dst: POD.b });
const reply = ip({ src: POD.b, dst: POD.a, transport: build.icmpEcho({ type: 0 }) });
const healthyReply = vxlan(reply, { from: NODE.b, to: NODE.a });
const other = vxlan(ip({ src: POD.c, dst: POD.a }), { from: NODE.c, to: NODE.a });

const { pools, nodes, pods } = clusterDocuments();
const SNAPSHOTS = {
  full: cluster(pools, nodes, pods),
  'no pods': cluster(pools, nodes),
};

/** The gist of the request, of two packets seen on a's NIC among others. */
async function judged(
  frame: Uint8Array,
  topology = SNAPSHOTS.full,
  options: Partial<TraceOptions> = {},
): Promise<string> {
  const frames = [arpRequest(NODE.a, NODE.b, NIC.a), frame, frame, healthyReply, other];
  const trace = await traceFrames([{ name: 'x.pcap', frames }], topology, options);
  return gist(flowBetween(trace, POD.a, POD.b));
}

const mutated = (fields: VxlanFields): Uint8Array => vxlan(request, fields);

describe('a packet of the overlay', () => {
  it('is as configured when nothing is changed', async () => {
    for (const topology of Object.values(SNAPSHOTS)) expect(await judged(mutated({}), topology)).toBe('vxlan ok');
  });

  it("may go through a gateway: NIC MACs are nobody's business", async () => {
    expect(await judged(mutated({ dstMac: '02:00:00:00:01:fe' }))).toBe('vxlan ok');
    expect(await judged(mutated({ srcMac: NIC.b, dstMac: NIC.a }))).toBe('vxlan ok');
  });

  it('with another VNI is wrong-vni, with or without pods', async () => {
    for (const topology of Object.values(SNAPSHOTS))
      expect(await judged(mutated({ vni: 4097 }), topology)).toBe('vxlan violation wrong-vni');
  });

  it('with the VNI that FelixConfiguration or the user names is right', async () => {
    const configured = cluster(pools, nodes, pods, felix({ name: 'default', spec: 'vxlanVNI: 4097' }));
    expect(await judged(mutated({ vni: 4097 }), configured)).toBe('vxlan ok');
    expect(await judged(mutated({}), configured)).toBe('vxlan violation wrong-vni');
    expect(await judged(mutated({ vni: 4097 }), SNAPSHOTS.full, { vxlanVNI: 4097 })).toBe('vxlan ok');
  });

  it("is judged by its sender's FelixConfiguration", async () => {
    const ofA = cluster(pools, nodes, pods, felix({ name: 'node.a', spec: 'vxlanVNI: 4097' }));
    expect(await judged(mutated({ vni: 4097 }), ofA)).toBe('vxlan ok');
    const ofB = cluster(pools, nodes, pods, felix({ name: 'node.b', spec: 'vxlanVNI: 4097' }));
    expect(await judged(mutated({ vni: 4097 }), ofB)).toBe('vxlan violation wrong-vni');
  });

  it('on another UDP port is wrong-udp-port, unless the user allows it', async () => {
    expect(await judged(mutated({ port: 8472 }))).toBe('vxlan violation wrong-udp-port');
    expect(await judged(mutated({ port: 8472 }), SNAPSHOTS.full, { vxlanPorts: [8472] })).toBe('vxlan ok');
  });

  it("of VNI 0 or 1 between the pods' own nodes is an eBPF release's mistake (4.7)", async () => {
    const ebpf = { innerSrcMac: '0a:00:00:00:00:70', innerDstMac: VETH };
    expect(await judged(mutated({ vni: 0, ...ebpf }))).toBe('vxlan violation wrong-vni');
  });

  it('of VNI 0xca11c0 is NodePort traffic, whatever the pools say', async () => {
    const nodePort = { vni: 0xca11c0, innerSrcMac: '00:00:00:00:00:00', innerDstMac: '00:00:00:00:00:00' };
    expect(await judged(mutated(nodePort))).toBe('vxlan unverifiable ebpf-nodeport');
  });

  it("of another VNI without Calico's MACs is somebody else's tunnel", async () => {
    const foreign = { vni: 77, innerSrcMac: '02:aa:00:00:00:01', innerDstMac: '02:aa:00:00:00:02' };
    expect(await judged(mutated(foreign))).toBe('vxlan unverifiable foreign-tunnel');
  });
});

describe('the outer addresses', () => {
  it('to a third node are wrong-destination-vtep; by blocks alone, a doubt', async () => {
    const toC = { to: NODE.c, innerDstMac: VTEP.b, dstMac: NIC.c };
    expect(await judged(mutated(toC))).toBe('vxlan violation wrong-destination-vtep');
    expect(await judged(mutated(toC), SNAPSHOTS['no pods'])).toBe('vxlan unverifiable owner-by-block');
  });

  it('to an address of nobody are wrong-destination-vtep', async () => {
    expect(await judged(mutated({ to: '10.0.1.99', innerDstMac: VTEP.b }))).toBe(
      'vxlan violation wrong-destination-vtep',
    );
  });

  it('from a third node, or from nobody, are wrong-source-vtep', async () => {
    expect(await judged(mutated({ from: NODE.c, innerSrcMac: VTEP.a }))).toBe('vxlan violation wrong-source-vtep');
    expect(await judged(mutated({ from: '10.0.1.99', innerSrcMac: VTEP.a }))).toBe('vxlan violation wrong-source-vtep');
    expect(await judged(mutated({ from: NODE.c, innerSrcMac: VTEP.a }), SNAPSHOTS['no pods'])).toBe(
      'vxlan unverifiable owner-by-block',
    );
  });

  it('of an eBPF node may be any of its own, known or not (1.2)', async () => {
    const frame = mutated({ from: '192.168.7.1', innerSrcMac: '0a:00:00:00:00:70', innerDstMac: VETH });
    expect(await judged(frame)).toBe('vxlan ok');
    const toC = mutated({ to: NODE.c, innerSrcMac: '0a:00:00:00:00:70', innerDstMac: VETH });
    expect(await judged(toC)).toBe('vxlan violation wrong-destination-vtep');
  });

  it('by a second address of the node are right', async () => {
    const second = cluster(
      pools,
      nodes,
      pods,
      iproute2(
        'a',
        'ip-addr',
        '2: eth1: <UP> mtu 1500 qdisc noqueue state UP',
        '    link/ether 02:00:00:00:09:0a brd ff:ff:ff:ff:ff:ff',
        '    inet 192.168.7.1/24 scope global eth1',
      ),
    );
    expect(await judged(mutated({ from: '192.168.7.1', innerSrcMac: VTEP.a }), second)).toBe('vxlan ok');
  });
});

describe('the inner MACs', () => {
  const written = cluster(
    pools,
    nodes,
    pods,
    iproute2(
      'b',
      'ip-link',
      '7: vxlan.calico: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UNKNOWN',
      `    link/ether ${VTEP.b} brd ff:ff:ff:ff:ff:ff`,
    ),
  );

  it('of another VTEP are wrong-tunnel-mac when the snapshot has the right one', async () => {
    expect(await judged(mutated({ innerDstMac: VTEP.c }), written)).toBe('vxlan violation wrong-tunnel-mac');
    expect(await judged(mutated({ innerDstMac: '66:77:88:99:aa:bb' }), written)).toBe(
      'vxlan violation wrong-tunnel-mac',
    );
  });

  it('are no violation by what packets teach alone, but no pass either', async () => {
    expect(await judged(mutated({ innerDstMac: '66:77:88:99:aa:bb' }))).toBe('vxlan unverifiable tunnel-mac-differs');
  });

  it('are found wrong in a later packet too', async () => {
    const frames = [mutated({}), healthyReply, mutated({ innerDstMac: '66:77:88:99:aa:bb' })];
    const trace = await traceFrames([{ frames }], written);
    expect(gist(flowBetween(trace, POD.a, POD.b))).toBe('vxlan violation wrong-tunnel-mac');
  });

  it("of pods say nothing: eBPF nodes carry the pods' frames", async () => {
    const ebpf = { innerSrcMac: '0a:00:00:00:00:70', innerDstMac: VETH };
    expect(await judged(mutated(ebpf), written)).toBe('vxlan ok');
    expect(await judged(mutated(ebpf))).toBe('vxlan ok');
  });
});

describe('another encapsulation', () => {
  it('none is a bypass', async () => {
    for (const topology of Object.values(SNAPSHOTS))
      expect(await judged(plain(request), topology)).toBe('none violation overlay-bypassed');
  });

  it('none toward the gateway is one too: the node had no route', async () => {
    expect(await judged(plain(request, NIC.a, '02:00:00:00:01:fe'))).toBe('none violation overlay-bypassed');
  });

  it("IPIP is wrong-encapsulation, also from another NIC's address that the kernel chose", async () => {
    expect(await judged(ipip(request))).toBe('ipip violation wrong-encapsulation');
    expect(await judged(ipip(request, '192.168.7.1', NODE.b))).toBe('ipip violation wrong-encapsulation');
  });

  it('VXLAN is unexpected when the pool says Never, or CrossSubnet on one subnet', async () => {
    for (const vxlanMode of ['Never', 'CrossSubnet']) {
      const documents = clusterDocuments({ vxlan: vxlanMode });
      const topology = cluster(documents.pools, documents.nodes, documents.pods);
      expect(await judged(mutated({}), topology)).toBe('vxlan violation unexpected-overlay');
      expect(await judged(ipip(request), topology)).toBe('ipip violation unexpected-overlay');
      expect(await judged(plain(request), topology)).toBe('none ok');
    }
  });
});

describe('traffic that is not between pods', () => {
  const trace = (frames: Uint8Array[]) => traceFrames([{ frames: [...frames, healthyReply, other] }], SNAPSHOTS.full);
  const verdictOf = async (src: string, dst: string, wrap: (inner: Uint8Array) => Uint8Array): Promise<string> =>
    gist(flowBetween(await trace([wrap(ip({ src, dst })), wrap(ip({ src, dst }))]), src, dst));

  it('pod to node is plain, its answer overlay', async () => {
    expect(await verdictOf(POD.a, NODE.b, plain)).toBe('none ok');
    expect(await verdictOf(NODE.b, POD.a, (inner) => vxlan(inner, { from: NODE.b, to: NODE.a }))).toBe('vxlan ok');
    expect(await verdictOf(NODE.b, POD.a, (inner) => plain(inner, NIC.b, NIC.a))).toBe(
      'none violation overlay-bypassed',
    );
  });

  it('pod to node in the tunnel is not what Calico chooses, and no violation by a pool', async () => {
    expect(await verdictOf(POD.a, NODE.b, vxlan)).toBe('vxlan unverifiable not-calicos-choice');
  });

  it('tunnel addresses are in the overlay', async () => {
    expect(await verdictOf(TUNNEL.a, POD.b, vxlan)).toBe('vxlan ok');
    expect(await verdictOf(POD.a, TUNNEL.b, vxlan)).toBe('vxlan ok');
    expect(await verdictOf(POD.a, TUNNEL.b, plain)).toBe('none violation overlay-bypassed');
  });

  it('pod to the world is plain', async () => {
    expect(await verdictOf(POD.a, '8.8.8.8', (inner) => plain(inner, NIC.a, '02:00:00:00:01:fe'))).toBe('none ok');
  });

  it("the world to a pod is nobody's to judge", async () => {
    expect(await verdictOf('8.8.8.8', POD.a, (inner) => plain(inner, '02:00:00:00:01:fe', NIC.a))).toBe(
      'none unverifiable sender-not-a-node',
    );
  });

  it('pods of one node on the NIC are a violation', async () => {
    const twin = '10.48.0.71';
    const topology = cluster(
      pools,
      nodes,
      pods,
      doc(
        'more.yaml',
        `apiVersion: v1\nkind: Pod\nmetadata: {name: twin, namespace: default}\nspec: {nodeName: a}\nstatus: {phase: Running, podIP: ${twin}}`,
      ),
    );
    const frames = [plain(ip({ src: POD.a, dst: twin }), NIC.a, '02:00:00:00:01:fe'), healthyReply, other];
    expect(gist(flowBetween(await traceFrames([{ frames }], topology), POD.a, twin))).toBe(
      'none violation local-traffic-on-underlay',
    );
    expect(gist(flowBetween(await traceFrames([{ frames }], SNAPSHOTS.full), POD.a, twin))).toBe(
      'none unverifiable owner-by-block',
    );
  });
});

describe('without a snapshot', () => {
  it('nothing is judged, and what was seen is shown', async () => {
    const frames = [mutated({}), healthyReply, plain(tcpPacket({ src: POD.a, dst: POD.c }, SYN))];
    const trace = await traceFrames([{ frames }], null);
    expect(trace.all.every((flow) => flow.verdict === 'unverifiable')).toBe(true);
    expect(
      trace.all.every((flow) => flow.expected.encapsulation === null && flow.unverified?.reason === 'no-snapshot'),
    ).toBe(true);
    expect(flowBetween(trace, POD.a, POD.b).observed).toMatchObject({ encapsulation: 'vxlan', vni: 4096 });
    expect(trace.causes.filter((cause) => cause.severity === 'violation')).toEqual([]);
    expect(trace.summary).toMatchObject({ violation: 0, ok: 0, outOfScope: trace.summary.flows });
  });
});
