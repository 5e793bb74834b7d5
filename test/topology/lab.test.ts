// The outputs of the lab this project started from, and of the lab that its captures were made in.
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadTopology } from '../../src/input/load-topology.ts';
import { answer, fixture, issueCodes, issueOf, topologyOf } from './documents.ts';

const lab = (...names: string[]) =>
  topologyOf(Object.fromEntries(names.map((name) => [name, fixture(`lab-text/${name}`)])));

describe('after the pool was set to Always', () => {
  const topology = lab(
    'ippool-always.yaml',
    'nodes-excerpt.txt',
    'control1-ip-link-after.txt',
    'control1-ip-route-after.txt',
    'control1-ip-neigh.txt',
    'control1-bridge-fdb.txt',
  );

  it('three nodes are known by their addresses', () => {
    expect(topology.nodes.map(({ name, tunnels }) => `${name} ${tunnels.vxlan?.value}`)).toEqual([
      '10.0.1.20 10.48.0.135',
      '10.0.1.30 10.48.0.206',
      '10.0.1.31 10.48.0.46',
    ]);
  });

  it('the texts are those of the node whose address is in them', () => {
    const [control1] = topology.nodes;
    expect(control1?.has).toEqual({ link: true, addr: false, route: true, neigh: true, fdb: true });
    expect([
      control1?.links.length,
      control1?.routes.length,
      control1?.neighbours.length,
      control1?.fdb.length,
    ]).toEqual([10, 15, 11, 2]);
    expect(control1?.vtepMac).toEqual({
      value: '66:c9:ee:b1:9b:47',
      ref: { file: 'control1-ip-link-after.txt', line: 20 },
    });
    expect(control1?.links.find((link) => link.name === 'cali1bff47cba53')).toMatchObject({
      ifindex: 4,
      mtu: 1500,
      mac: 'ee:ee:ee:ee:ee:ee',
    });
  });

  it.each([
    ['10.48.0.130', 'pod @10.0.1.20 by route'],
    ['10.48.0.128', 'pod @10.0.1.20 by route'],
    ['10.48.0.180', 'pod @10.0.1.20 by route'],
    ['10.48.0.200', 'pod @10.0.1.30 by route'],
    ['10.48.0.10', 'pod @10.0.1.31 by route'],
    ['10.48.128.10', 'pod @10.0.1.31 by route'],
    ['10.48.128.200', 'pod @10.0.1.30 by route'],
    ['10.48.0.135', 'tunnel @10.0.1.20 by tunnel-address'],
    ['10.0.1.31', 'node @10.0.1.31 by node-address'],
    ['8.8.8.8', 'unknown'],
  ])('%s is %s', (address, expected) => {
    expect(answer(topology.lookup(address))).toBe(expected);
  });

  it('the peers are known by their MACs too', () => {
    expect(topology.nodeByVtepMac('66:14:9d:f4:2c:1f')?.node.name).toBe('10.0.1.30');
    expect(topology.nodeByNicMac('02:df:0c:da:8e:b1')?.node.name).toBe('10.0.1.31');
    expect(topology.nodeByNicMac('02:04:7a:86:55:c1')).toBeNull();
  });

  it('only the pods that kept their old MTU are a risk', () => {
    expect(issueCodes(topology)).toEqual(['risk veth-mtu-too-large']);
    expect(issueOf(topology, 'veth-mtu-too-large').message).toBe(
      "10.0.1.20: interfaces of pods kept a larger MTU than vxlan.calico's 8951: calic628ed26868 (9001), calic7ceee6b788 (9001), cali4b871599db0 (9001), caliae0f159e5b3 (9001) and cali2135bcd7981 (9001); new pods get the smaller one",
    );
  });
});

describe('before it', () => {
  it('routes and pool agree', () => {
    const topology = lab(
      'ippool-never.yaml',
      'nodes-excerpt.txt',
      'control1-ip-link-before.txt',
      'control1-ip-route-before.txt',
    );
    expect(topology.issues).toEqual([]);
    expect(topology.lookup('10.48.0.200').node?.name).toBe('10.0.1.30');
  });

  it('the routes contradict the pool as it is after', () => {
    const topology = lab('ippool-always.yaml', 'nodes-excerpt.txt', 'control1-ip-route-before.txt');
    expect(issueOf(topology, 'route-contradiction').message).toBe(
      '10.0.1.20 has the route "10.48.0.0/26 via 10.0.1.31 dev ens5 proto bird" (and 1 more route), but IPPool default-ipv4-ippool asks for VXLAN Always',
    );
  });

  it('both routing tables at once are a conflict', () => {
    const topology = lab(
      'ippool-always.yaml',
      'nodes-excerpt.txt',
      'control1-ip-route-after.txt',
      'control1-ip-route-before.txt',
    );
    expect(issueCodes(topology)).toEqual(['conflict duplicate-object']);
    expect(topology.nodes[0]?.routes.find((route) => route.dst === '10.48.0.0/26')?.dev).toBe('vxlan.calico');
  });

  it('two states of the pool are a conflict, and the first counts', () => {
    const topology = lab('ippool-always.yaml', 'ippool-never-again.yaml');
    expect(topology.pools.map((pool) => pool.vxlanMode)).toEqual(['Always']);
    expect(issueOf(topology, 'duplicate-object').message).toBe(
      'IPPool default-ipv4-ippool: vxlanMode is Always (ippool-always.yaml:17) and Never (ippool-never-again.yaml:17): the first counts',
    );
  });
});

describe('the lab of the captures', () => {
  it('loads whole and without any issue', async () => {
    const topology = await loadTopology(['test/fixtures/lab/topology']);
    expect(topology.issues).toEqual([]);
    expect([topology.nodes.length, topology.pools.length, topology.pods.length, topology.poolsComplete]).toEqual([
      3,
      2,
      6,
      true,
    ]);
    expect([topology.deviceVNI?.value, topology.devicePort?.value]).toEqual([4096, 4789]);
    expect(answer(topology.lookup('10.48.0.200'))).toBe('pod default/db @worker1 by pod');
  });

  it('gives the same nodes from pools and annotations alone', async () => {
    const whole = await loadTopology(['test/fixtures/lab/topology']);
    const bare = await loadTopology([
      'test/fixtures/lab/topology/ippools.yaml',
      'test/fixtures/lab/topology/nodes.yaml',
    ]);
    for (const address of ['10.48.0.130', '10.48.0.131', '10.48.0.200', '10.48.0.10', '10.48.0.206']) {
      expect(bare.lookup(address).node?.name).toBe(whole.lookup(address).node?.name);
    }
    expect(answer(bare.lookup('10.48.128.200'))).toBe('pod');
  });
});

describe('samples', () => {
  const healthy = readdirSync('samples').filter((name) => /^(01|02|03|05|06|07|09)-/.test(name));

  it('are there', () => {
    expect(healthy.length).toBeGreaterThanOrEqual(6);
  });

  it.each(healthy)('%s is healthy as a snapshot', async (name) => {
    const topology = await loadTopology([`samples/${name}/topology`]);
    expect(topology.issues).toEqual([]);
  });
});
