import { describe, expect, it } from 'vitest';
import { clusterDocuments, ip, NIC, NODE, POD, plain, traceFrames, vxlan } from '../../support/cluster-frames.ts';
import { cluster } from '../../support/cluster-text.ts';
import { icmpEcho } from '../../support/packet-builder.ts';

const { pools, nodes, pods } = clusterDocuments();
const topology = cluster(pools, nodes, pods);
const [VETH, OWN] = ['ee:ee:ee:ee:ee:ee', 'd6:00:00:00:00:01'];
const ping = ip({ src: POD.a, dst: POD.b });
const pong = ip({ src: POD.b, dst: POD.a, transport: icmpEcho({ type: 0 }) });
const veth = { name: 'x.pcap', frames: [plain(ping, VETH, OWN), plain(pong, OWN, VETH)] };
const home = plain(ip({ src: NODE.a, dst: NODE.c }), NIC.a, NIC.c);

async function placeOfVeth(answering: string, name = veth.name) {
  const nic = {
    name: 'y.pcap',
    frames: [home, vxlan(ping, { to: answering }), vxlan(pong, { from: answering, to: NODE.a })],
  };
  const trace = await traceFrames([{ ...veth, name }, nic], topology);
  return trace.captures[0]?.points[0];
}

describe('a veth that the pod behind it places', () => {
  it('is on that pod’s node while packets agree', async () => {
    expect(await placeOfVeth(NODE.b)).toMatchObject({ role: 'workload', node: 'b' });
  });

  it('is on nobody’s once packets show the address on another node: the pod of the snapshot is stale', async () => {
    const point = await placeOfVeth(NODE.c);
    expect(point).toMatchObject({ role: 'workload', node: null });
    expect(point?.evidence).toContainEqual({
      source: 'contradiction',
      detail: 'default/pod-b is behind this veth, but its packets show another node',
    });
  });

  it('stays where the name of its file puts it', async () => {
    expect(await placeOfVeth(NODE.c, 'b-veth.pcap')).toMatchObject({ node: 'b' });
  });
});
