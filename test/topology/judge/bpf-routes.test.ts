// eBPF's routes as evidence of who has an address, and against what pools ask for.
import { describe, expect, it } from 'vitest';
import { whatIsMissing } from '../../../src/input/missing.ts';
import { clusterDocuments, NODE, POD, TUNNEL } from '../../support/cluster-frames.ts';
import { cluster, felix, iproute2 } from '../../support/cluster-text.ts';
import { type BpfRouteJson, bpfRoutesOfA, inBundle, jsonOf } from '../../support/ebpf-bundle.ts';
import { issueCodes, issueOf } from '../documents.ts';

const { pools, nodes } = clusterDocuments();
const bundled = (routes: readonly BpfRouteJson[]) => inBundle('nodes/a/bpf-routes.json', jsonOf(routes));
const workload = (dest: string, next_hop: string, ...flags: string[]): BpfRouteJson => ({
  ...{ dest, next_hop },
  flags: ['remote', 'workload', 'in-pool', ...flags],
});

describe('who has an address', () => {
  it('is told by a workload route: its own, or behind the next hop', () => {
    const topology = cluster(pools, nodes, bundled(bpfRoutesOfA()));
    expect(topology.lookup(POD.a)).toMatchObject({ kind: 'pod', node: { name: 'a' }, nodeSource: 'route' });
    expect(topology.lookup(POD.c)).toMatchObject({ node: { name: 'c' }, nodeSource: 'route' });
    expect(topology.lookup(POD.c).evidence[0]?.detail).toContain('a has the route "10.48.0.192/26: remote workload');
  });

  it('is not told by the kernel where eBPF decides', () => {
    const kernel = iproute2('a', 'ip-route', `10.48.0.192/26 via ${TUNNEL.b} dev vxlan.calico onlink`);
    expect(cluster(pools, nodes, kernel).lookup(POD.c).node?.name).toBe('b');
    const topology = cluster(pools, nodes, kernel, bundled(bpfRoutesOfA()));
    expect(topology.lookup(POD.c).node?.name).toBe('c');
  });

  it('nor by a route that names a pool only', () => {
    const topology = cluster(pools, nodes, bundled([{ dest: '10.48.0.0/24', flags: ['remote', 'in-pool'] }]));
    expect(topology.lookup('10.48.0.20').nodeSource).not.toBe('route');
  });
});

describe('route-contradiction', () => {
  it('is a workload sent plain that the pool wants tunneled, and the reverse', () => {
    const plain = cluster(pools, nodes, bundled([workload('10.48.0.128/26', NODE.b)]));
    expect(issueOf(plain, 'route-contradiction').message).toBe(
      `a has the route "10.48.0.128/26: remote workload in-pool nh ${NODE.b}", but IPPool pool asks for VXLAN Always`,
    );
    const never = clusterDocuments({ vxlan: 'Never' }).pools;
    const routes = [workload('10.48.0.128/26', NODE.b, 'tunneled', 'vxlan')];
    expect(issueCodes(cluster(never, nodes, bundled(routes)))).toContain('conflict route-contradiction');
    // tunneled alone may be WireGuard's
    const keyed = [workload('10.48.0.128/26', NODE.b, 'tunneled')];
    expect(issueCodes(cluster(never, nodes, bundled(keyed)))).not.toContain('conflict route-contradiction');
  });

  it('is not told of what is as asked', () => {
    expect(issueCodes(cluster(pools, nodes, bundled(bpfRoutesOfA())))).toEqual([]);
    const cross = clusterDocuments({ vxlan: 'CrossSubnet' }).pools;
    const inside = [workload('10.48.0.128/26', NODE.b, 'same-subnet', 'tunneled', 'vxlan')];
    expect(issueCodes(cluster(cross, nodes, bundled(inside)))).toEqual([]);
  });

  it('that leads to another node than the owner of the block is a contradiction of its own', () => {
    const astray = [workload('10.48.0.192/26', NODE.b, 'tunneled', 'vxlan')];
    expect(issueOf(cluster(pools, nodes, bundled(astray)), 'route-owner-contradiction').message).toContain(
      'a routes 10.48.0.192/26 to b',
    );
  });
});

describe('what is missing', () => {
  const missing = (...more: Parameters<typeof cluster>) =>
    whatIsMissing(cluster(pools, nodes, ...more)).filter(({ what }) => what !== 'pods' && what !== 'settings');

  it('is neither routes nor FDB of a node whose eBPF routes are there', () => {
    const found = missing(bundled(bpfRoutesOfA())).filter((one) => one.nodes.includes('a'));
    expect(found.map(({ what }) => what)).toEqual(['link', 'neigh']);
  });

  it('is the eBPF routes of nodes that run eBPF', () => {
    const on = felix({ name: 'default', spec: 'bpfEnabled: true' });
    expect(missing(on, bundled(bpfRoutesOfA())).find(({ what }) => what === 'bpf-routes')).toMatchObject({
      nodes: ['b', 'c'],
      command: 'calicoctl cluster diags   # its archive has them: nodes/NODE/bpf-routes.json',
    });
    expect(missing().some(({ what }) => what === 'bpf-routes')).toBe(false);
  });
});
