// Nodes of which the snapshot has a name and no address: an outer address that nobody else has by name may be theirs.
import { describe, expect, it } from 'vitest';
import type { Topology } from '../../../src/topology/model.ts';
import { flowBetween, ip, NIC, NODE, POD, TUNNEL, traceFrames, vxlan } from '../../support/cluster-frames.ts';
import { cluster, ippools, iproute2, nodes, pods } from '../../support/cluster-text.ts';

const PODS = pods({ name: 'pod-a', ip: POD.a, node: 'a' }, { name: 'pod-b', ip: POD.b, node: 'b' });
const known = (name: 'a' | 'b' | 'c') => ({ name, ip: `${NODE[name]}/24`, vxlan: TUNNEL[name] });

async function told(topology: Topology, to: string = NODE.b): Promise<string> {
  const flow = flowBetween(
    await traceFrames([{ frames: [vxlan(ip({ src: POD.a, dst: POD.b }), { to })] }], topology),
    POD.a,
    POD.b,
  );
  return [flow.verdict, flow.unverified?.reason, ...flow.findings.map(({ code }) => code)].filter(Boolean).join(' ');
}

describe('a node without an address in the snapshot', () => {
  it('is neither accused nor passed at an outer address that nobody has', async () => {
    expect(await told(cluster(ippools({}), nodes(known('a'), { name: 'b', annotated: false }), PODS))).toBe(
      'unverifiable receiver-unknown',
    );
    expect(await told(cluster(ippools({}), nodes({ name: 'a', annotated: false }, known('b')), PODS))).toBe(
      'unverifiable sender-unknown',
    );
  });

  it('does not have the address of another one', async () => {
    const topology = cluster(ippools({}), nodes(known('a'), { name: 'b', annotated: false }, known('c')), PODS);
    expect(await told(topology, NODE.c)).toContain('wrong-destination-vtep');
  });
});

describe('a sender that nobody knows', () => {
  it('is the node in whose tunnel the packet left: it is judged by its pools', async () => {
    const neighbours = iproute2('b', 'ip-neigh', `${NODE.a} dev ens5 lladdr ${NIC.a} REACHABLE`);
    const topology = cluster(ippools({}), nodes(known('a'), known('b')), PODS, neighbours);
    const stray = vxlan(ip({ src: '10.99.0.1', dst: POD.b }), { port: 8472 });
    const flow = flowBetween(await traceFrames([{ frames: [stray] }], topology), '10.99.0.1', POD.b);
    expect([flow.verdict, flow.findings.map(({ code }) => code)]).toEqual(['violation', ['wrong-udp-port']]);
  });
});
