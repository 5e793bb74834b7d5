import { describe, expect, it } from 'vitest';
import { answer, LAB_NODES, LAB_POOLS, listYaml, nodeYaml, podYaml, poolYaml, topologyOf } from '../documents.ts';

const base = { 'nodes.yaml': LAB_NODES, 'pools.yaml': LAB_POOLS };

describe('pools and node annotations alone', () => {
  const topology = topologyOf(base);

  it.each([
    ['10.0.1.30', 'node @worker1 by node-address'],
    ['10.48.0.206', 'tunnel @worker1 by tunnel-address'],
    ['10.48.0.200', 'pod @worker1 by inferred-block'],
    ['10.48.0.130', 'pod @control1 by inferred-block'],
    ['10.48.0.64', 'pod'],
    ['10.48.128.200', 'pod'],
    ['8.8.8.8', 'external'],
    ['10.0.1.99', 'external'],
    ['2001:db8::1', 'external'],
  ])('%s is %s', (address, expected) => {
    expect(answer(topology.lookup(address))).toBe(expected);
  });

  it('tell where each answer stands', () => {
    expect(topology.lookup('10.48.0.200').evidence).toEqual([
      {
        source: 'inferred-block',
        detail: "nodes.yaml:18 block 10.48.0.192/26 holds worker1's tunnel address, so it is probably its block",
      },
      { source: 'ip-pool', detail: 'pools.yaml:4 10.48.0.200 is in IPPool default-ipv4-ippool (10.48.0.0/24)' },
    ]);
  });

  it('name the pool, however an address is written', () => {
    expect(topology.lookup('10.48.128.200').pool?.name).toBe('flat-ippool');
    const v6 = topologyOf({ p: poolYaml('v6', 'fd00:10::/48') });
    expect(v6.lookup('FD00:10:0::c8').address).toBe('fd00:10::c8');
    expect(v6.lookup('FD00:10:0::c8').pool?.name).toBe('v6');
  });
});

describe('what is not complete excludes nothing', () => {
  it.each([
    ['one bare pool', { n: LAB_NODES, p: poolYaml('a', '10.48.0.0/24') }],
    ['no nodes', { p: LAB_POOLS }],
    ['nothing at all', {}],
  ])('%s', (_, files) => {
    const owner = topologyOf(files).lookup('8.8.8.8');
    expect(owner.kind).toBe('unknown');
    expect(owner.evidence.at(-1)?.detail).toBe('8.8.8.8 is in no IPPool of the snapshot, which may not hold all pools');
  });
});

describe('pods', () => {
  it('come before blocks: their address may be borrowed', () => {
    const topology = topologyOf({ ...base, p: podYaml('web', 'worker2', '10.48.0.200') });
    const owner = topology.lookup('10.48.0.200');
    expect(answer(owner)).toBe('pod default/web @worker2 by pod');
    expect(owner.evidence[0]).toEqual({ source: 'pod', detail: 'p:1 default/web runs on worker2' });
    expect(owner.evidence[1]?.detail).toContain('disagrees, pod counts (the address may be borrowed)');
  });

  it('that run count before those that have finished', () => {
    const pods = listYaml(
      podYaml('job', 'worker1', '10.48.0.200', 'phase Succeeded'),
      podYaml('web', 'worker1', '10.48.0.200'),
    );
    const owner = topologyOf({ ...base, p: pods }).lookup('10.48.0.200');
    expect(answer(owner)).toBe('pod default/web @worker1 by pod');
    expect(owner.evidence[0]?.detail).toContain('default/job has finished on worker1; default/web runs on worker1');
    expect(owner.candidates).toEqual([]);
  });

  it('that began after the capture did may have taken the address over', () => {
    const pods = listYaml(
      podYaml('job', 'worker1', '10.48.0.200', 'phase Succeeded'),
      podYaml('web', 'worker1', '10.48.0.200', 'created creationTimestamp: "2024-03-01T10:00:30Z"'),
    );
    const at = 1709287200;
    const topology = topologyOf({ ...base, p: pods });
    const owner = topology.lookup('10.48.0.200', { first: at, last: at + 60 });
    expect(owner.pod).toBeNull();
    expect(owner.candidates.map((candidate) => candidate.pod)).toEqual(['job', 'web']);
    expect(answer(topology.lookup('10.48.0.200', { first: at + 40, last: at + 60 }))).toBe(
      'pod default/web @worker1 by pod',
    );
  });

  it('that began after the last packet on the node of the block are candidates only', () => {
    const topology = topologyOf({
      ...base,
      p: podYaml('web', 'worker1', '10.48.0.200', 'created creationTimestamp: "2024-03-01T10:00:00Z"'),
    });
    const owner = topology.lookup('10.48.0.200', { first: 1709287000, last: 1709287100 });
    expect(answer(owner)).toBe('pod @worker1 by inferred-block');
    expect(owner.candidates.map(({ pod }) => pod)).toEqual(['web']);
  });

  it('that began after the last packet on another node borrowed the address: the block does not say who had it before', () => {
    const topology = topologyOf({
      ...base,
      p: podYaml('web', 'worker2', '10.48.0.200', 'created creationTimestamp: "2024-03-01T10:00:00Z"'),
    });
    const owner = topology.lookup('10.48.0.200', { first: 1709287000, last: 1709287100 });
    expect(owner.node).toBeNull();
    expect(owner.candidates).toEqual([
      {
        namespace: 'default',
        pod: 'web',
        node: 'worker2',
        detail: 'default/web was created after the last packet on worker2 (p:1)',
      },
    ]);
    expect(answer(topology.lookup('10.48.0.200'))).toBe('pod default/web @worker2 by pod');
  });

  it('that have finished are candidates, and their node is the last resort', () => {
    const owner = topologyOf({ ...base, p: podYaml('job', 'worker2', '10.48.0.70', 'phase Failed') }).lookup(
      '10.48.0.70',
    );
    expect(answer(owner)).toBe('pod @worker2 by pod');
    expect(owner.candidates.map((candidate) => candidate.pod)).toEqual(['job']);
  });

  it('that share an address are all named and none is chosen', () => {
    const pods = listYaml(podYaml('a', 'worker1', '10.48.0.70'), podYaml('b', 'worker2', '10.48.0.70'));
    const owner = topologyOf({ ...base, p: pods }).lookup('10.48.0.70');
    expect(answer(owner)).toBe('pod');
    expect(owner.candidates.map((candidate) => `${candidate.pod}@${candidate.node}`)).toEqual([
      'a@worker1',
      'b@worker2',
    ]);
    const same = listYaml(podYaml('a', 'worker1', '10.48.0.70'), podYaml('b', 'worker1', '10.48.0.70'));
    expect(answer(topologyOf({ ...base, p: same }).lookup('10.48.0.70'))).toBe('pod @worker1 by pod');
  });

  it('without pools are still pods', () => {
    expect(answer(topologyOf({ p: podYaml('web', 'worker1', '10.48.0.200') }).lookup('10.48.0.200'))).toBe(
      'pod default/web @worker1 by pod',
    );
  });
});

describe('routes', () => {
  const routes = `10.0.1.0/24 dev ens5 proto kernel scope link src 10.0.1.20
blackhole 10.48.0.128/26 proto 80
10.48.0.130 dev calic628ed26868 scope link
10.48.0.64/26 via 10.48.0.206 dev vxlan.calico onlink
10.48.128.0/26 via 10.0.1.31 dev ens5 proto bird
192.168.0.0/16 via 10.0.1.31 dev ens5 proto static
default via 10.0.1.31 dev ens5
`;
  const topology = topologyOf({ ...base, 'control1/ip-route.txt': routes });

  it.each([
    ['10.48.0.130', 'pod @control1 by route'],
    ['10.48.0.131', 'pod @control1 by route'],
    ['10.48.0.70', 'pod @worker1 by route'],
    ['10.48.128.10', 'pod @worker2 by route'],
    ['192.168.3.4', 'external'],
    ['8.8.8.8', 'external'],
  ])('%s is %s', (address, expected) => {
    expect(answer(topology.lookup(address))).toBe(expected);
  });

  it('say themselves in evidence', () => {
    expect(topology.lookup('10.48.0.70').evidence[0]).toEqual({
      source: 'route',
      detail:
        'control1/ip-route.txt:4 control1 has the route "10.48.0.64/26 via 10.48.0.206 dev vxlan.calico onlink": worker1',
    });
  });

  it('that disagree choose nobody', () => {
    const other = topologyOf({
      ...base,
      'control1/ip-route.txt': routes,
      'worker2/ip-route.txt': '10.48.0.64/26 via 10.48.0.135 dev vxlan.calico onlink\n',
    });
    const owner = other.lookup('10.48.0.70');
    expect(answer(owner)).toBe('pod');
    expect(owner.candidates.map((candidate) => candidate.node)).toEqual(['worker1', 'control1']);
  });

  it("the owner's own table outranks the others", () => {
    const other = topologyOf({
      ...base,
      'control1/ip-route.txt': routes,
      'worker2/ip-route.txt': 'blackhole 10.48.0.64/26 proto bird\n',
    });
    expect(answer(other.lookup('10.48.0.70'))).toBe('pod @worker2 by route');
  });
});

it('a neighbour on a pod interface is a pod of that node', () => {
  const topology = topologyOf({
    ...base,
    'worker2/ip-neigh.txt':
      '10.48.0.70 dev cali2222222222b lladdr fa:67:13:92:26:c8 REACHABLE\n10.48.0.71 dev cali2222222222b FAILED\n',
  });
  expect(answer(topology.lookup('10.48.0.70'))).toBe('pod @worker2 by neighbour');
  expect(answer(topology.lookup('10.48.0.71'))).toBe('pod');
});

describe('two nodes', () => {
  it('with tunnel addresses in one block: no block is inferred', () => {
    const nodes = LAB_NODES.replace('10.48.0.46', '10.48.0.207');
    const topology = topologyOf({ n: nodes, p: LAB_POOLS });
    expect(topology.blocks.map((block) => block.cidr)).toEqual(['10.48.0.128/26']);
    expect(answer(topology.lookup('10.48.0.207'))).toBe('tunnel @worker2 by tunnel-address');
  });

  it('with one tunnel address: both are candidates', () => {
    const owner = topologyOf({ n: LAB_NODES.replace('10.48.0.46', '10.48.0.206'), p: LAB_POOLS }).lookup('10.48.0.206');
    expect(answer(owner)).toBe('tunnel');
    expect(owner.candidates.map((candidate) => candidate.node)).toEqual(['worker1', 'worker2']);
  });

  it('with one node address: the one that has it by more sources', () => {
    const stale = LAB_NODES.replace('10.0.1.20/24', '10.0.1.30/24');
    const topology = topologyOf({ n: stale, p: LAB_POOLS });
    expect(topology.nodeByAddress('10.0.1.30')?.name).toBe('worker1');
    expect(topology.lookup('10.0.1.30').candidates.map((candidate) => candidate.node)).toEqual(['control1', 'worker1']);
    const tie = stale.replaceAll('address: 10.0.1.20', 'address: 10.0.1.30');
    expect(topologyOf({ n: tie, p: LAB_POOLS }).nodeByAddress('10.0.1.30')).toBeNull();
  });
});

describe('pools around an address', () => {
  const pools = listYaml(
    poolYaml('wide', '10.48.0.0/16', 'vxlanMode: Never'),
    poolYaml('narrow', '10.48.0.0/24'),
    poolYaml('vips', '10.48.0.192/28', 'allowedUses: [LoadBalancer]'),
    poolYaml('tunnels', '10.49.0.0/24', 'allowedUses: [Tunnel]'),
  );
  const topology = topologyOf({ p: pools, n: LAB_NODES });

  it('are told widest first', () => {
    expect(topology.poolsOf('10.48.0.200').map((pool) => pool.name)).toEqual(['wide', 'narrow', 'vips']);
    expect(topology.poolsOf('8.8.8.8')).toEqual([]);
  });

  it('the most specific one that is not for load balancers counts', () => {
    expect(topology.lookup('10.48.0.200').pool?.name).toBe('narrow');
  });

  it('decide what an address may be', () => {
    expect(topology.lookup('10.49.0.7').kind).toBe('tunnel');
    const only = topologyOf({ p: poolYaml('vips', '10.50.0.0/24', 'allowedUses: [LoadBalancer]') });
    expect([only.lookup('10.50.0.1').kind, only.lookup('10.50.0.1').pool?.name]).toEqual(['service', 'vips']);
  });
});

describe('MACs', () => {
  const link =
    '2: ens5: <UP> mtu 9001\n    link/ether 02:79:d5:90:06:0b brd ff:ff:ff:ff:ff:ff\n4: vxlan.calico: <UP> mtu 8951\n    link/ether 66:c9:ee:b1:9b:47 brd ff:ff:ff:ff:ff:ff\n    vxlan id 4096 local 10.0.1.20 dev ens5 dstport 4789\n5: calic628ed26868@if2: <UP> mtu 8951\n    link/ether ee:ee:ee:ee:ee:ee brd ff:ff:ff:ff:ff:ff\n';
  const neigh =
    '10.48.0.206 dev vxlan.calico lladdr 66:14:9d:f4:2c:1f PERMANENT\n10.0.1.30 dev ens5 lladdr 02:85:fc:c5:96:85 REACHABLE\n10.0.1.1 dev ens5 lladdr 02:04:7a:86:55:c1 REACHABLE\n';
  const topology = topologyOf({
    ...base,
    'control1/ip-link.txt': link,
    'control1/ip-neigh.txt': neigh,
    'control1/bridge-fdb.txt': '66:4b:ff:e1:ef:01 dev vxlan.calico dst 10.0.1.31 self permanent\n',
  });

  it.each([
    ['66:C9:EE:B1:9B:47', 'control1', true],
    ['66:14:9d:f4:2c:1f', 'worker1', false],
    ['66:4b:ff:e1:ef:01', 'worker2', false],
  ])('the VTEP %s is of %s', (mac, node, written) => {
    const owner = topology.nodeByVtepMac(mac);
    expect([owner?.node.name, owner?.written]).toEqual([node, written]);
  });

  it("of a VTEP may be computed, which outranks another node's table", () => {
    const named = LAB_NODES.replaceAll('worker2', 'ip-10-0-1-31.eu-west-1.compute.internal');
    const wrong = '10.48.0.206 dev vxlan.calico lladdr 66:4b:ff:e1:ef:01 PERMANENT\n';
    const owner = topologyOf({ n: named, p: LAB_POOLS, 'control1/ip-neigh.txt': wrong }).nodeByVtepMac(
      '66:4b:ff:e1:ef:01',
    );
    expect(owner?.node.name).toBe('ip-10-0-1-31.eu-west-1.compute.internal');
    expect([owner?.written, owner?.evidence.source]).toEqual([false, 'computed-name']);
  });

  it('that two nodes write belongs to neither', () => {
    const other = topologyOf({
      ...base,
      'control1/ip-link.txt': link,
      'worker1/ip-link.txt': link.replace('10.0.1.20', '10.0.1.30'),
    });
    expect(other.nodeByVtepMac('66:c9:ee:b1:9b:47')).toBeNull();
  });

  it("of NICs: a node's own, else as its neighbours have it", () => {
    expect(topology.nodeByNicMac('02:79:d5:90:06:0b')?.node.name).toBe('control1');
    expect(topology.nodeByNicMac('02:85:fc:c5:96:85')).toMatchObject({
      node: { name: 'worker1' },
      evidence: {
        source: 'nic-mac',
        detail: 'control1/ip-neigh.txt:2 control1 has 02:85:fc:c5:96:85 for 10.0.1.30 of worker1',
      },
    });
    for (const mac of ['02:04:7a:86:55:c1', 'ee:ee:ee:ee:ee:ee', '66:c9:ee:b1:9b:47'])
      expect(topology.nodeByNicMac(mac)).toBeNull();
  });
});

describe('VNI and port of the devices', () => {
  const device = (id: number, port = 4789, more = '') =>
    `4: vxlan.calico: <UP> mtu 8951\n    link/ether 66:00:00:00:00:0${id % 10} brd ff:ff:ff:ff:ff:ff\n    vxlan ${more}id ${id} dstport ${port} nolearning\n`;

  it('are told when all agree', () => {
    const topology = topologyOf({ ...base, 'control1/ip-link.txt': device(4096), 'worker1/ip-link.txt': device(4096) });
    expect([topology.deviceVNI, topology.devicePort]).toEqual([
      { value: 4096, ref: { file: 'control1/ip-link.txt', line: 1 } },
      { value: 4789, ref: { file: 'control1/ip-link.txt', line: 1 } },
    ]);
  });

  it('are not when they differ', () => {
    const topology = topologyOf({ ...base, 'control1/ip-link.txt': device(4096), 'worker1/ip-link.txt': device(4097) });
    expect([topology.deviceVNI, topology.devicePort?.value]).toEqual([null, 4789]);
  });

  it('eBPF devices have no VNI, other CNIs none that counts', () => {
    const flannel = device(1, 8472).replace('vxlan.calico', 'flannel.1');
    const topology = topologyOf({ ...base, 'control1/ip-link.txt': device(0, 4790, 'external ') + flannel });
    expect([topology.deviceVNI, topology.devicePort?.value]).toEqual([null, 4790]);
  });
});

it('a node that is only mentioned says that its tunnels are not known', () => {
  const topology = topologyOf({ p: podYaml('web', 'worker9', '10.48.0.1'), n: nodeYaml('worker1', {}) });
  expect(topology.nodes.map((node) => [node.name, node.annotated])).toEqual([
    ['worker1', true],
    ['worker9', false],
  ]);
});
