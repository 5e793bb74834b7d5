// One VTEP MAC at two nodes is told where each sends its own packets with it, not where an outer source was put on another node's.
import { describe, expect, it } from 'vitest';
import type { Topology } from '../../../src/topology/model.ts';
import { clusterDocuments, ip, NIC, NODE, POD, traceFrames, VTEP, vxlan } from '../../support/cluster-frames.ts';
import { cluster, nodes } from '../../support/cluster-text.ts';

const { pools, pods } = clusterDocuments();
const [a, b, c] = (['a', 'b', 'c'] as const).map((name) => ({ name, ip: `${NODE[name]}/24`, mac: VTEP[name] })) as [
  { name: string; ip: string; mac: string },
  { name: string; ip: string; mac: string },
  { name: string; ip: string; mac: string },
];
const WITH_PODS = cluster(pools, nodes(a, b, c), pods);
const WITHOUT_PODS = cluster(pools, nodes(a, b, c));

/** Of a capture of c's NIC. */
async function titles(frames: readonly Uint8Array[], topology: Topology, snaplen = 262144): Promise<string[]> {
  const own = vxlan(ip({ src: POD.c, dst: POD.a }), { from: NODE.c, to: NODE.a });
  const file = { name: 'c-eth0.pcap', frames: [own, ...frames], snaplen };
  const trace = await traceFrames([file], topology);
  return trace.causes.filter(({ code }) => code === 'duplicate-tunnel-mac').map(({ title }) => title);
}

/** For c's pod, with b's address outside and a's MAC inside. */
const from = (src: string, srcMac: string, id = 0): Uint8Array =>
  vxlan(ip({ src, dst: POD.c, id }), { from: NODE.b, to: NODE.c, srcMac, innerSrcMac: VTEP.a });

describe("one node's VTEP MAC in another one's packets", () => {
  it('is at two nodes where the other one sends its own pods’ packets with it', async () => {
    expect(await titles([from(POD.b, NIC.b)], WITH_PODS)).toEqual([`a and b have one VTEP MAC, ${VTEP.a}`]);
    // over a router: the pod tells it
    expect(await titles([from(POD.b, '02:00:00:00:01:fe')], WITH_PODS)).toHaveLength(1);
  });

  it('is at two nodes where the other one’s own NIC sends it, whoever the pods are', async () => {
    const onB = { name: 'b-eth0.pcap', frames: [from(POD.b, NIC.b), from(POD.b, NIC.b, 2)] };
    const trace = await traceFrames([onB], WITHOUT_PODS, {
      at: [{ file: 'b-eth0.pcap', node: 'b', interface: 'eth0' }],
    });
    expect(trace.causes.map(({ code }) => code)).toContain('duplicate-tunnel-mac');
  });

  it('was put there by a translation where the pods are on its own node', async () => {
    expect(await titles([from(POD.a, NIC.a)], WITH_PODS)).toEqual([]);
  });

  it('is left open where nobody knows whose the packets are', async () => {
    expect(await titles([from('10.48.0.79', NIC.a)], WITHOUT_PODS)).toEqual([]);
  });

  it('is left open where the snaplen cut off what is inside: the outer source stands for it', async () => {
    expect(await titles([from(POD.a, NIC.a), from(POD.a, NIC.a, 2)], WITH_PODS, 68)).toEqual([]);
  });

  it('is one node’s where one of the two names has no address: they may be of one machine', async () => {
    const nameless = cluster(pools, nodes({ name: 'a', ip: null, mac: VTEP.a }, b, c), pods);
    expect(await titles([from(POD.b, NIC.b)], nameless)).toEqual([]);
  });
});
