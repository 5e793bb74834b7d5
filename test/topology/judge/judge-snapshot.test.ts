// The snapshot judged by itself: each rule with a snapshot that breaks it, and the lab's healthy snapshot that breaks none.
import { describe, expect, it } from 'vitest';
import {
  type Files,
  issueCodes,
  issueOf,
  LAB_NODES,
  LAB_POOLS,
  listYaml,
  nodeYaml,
  podYaml,
  poolYaml,
  topologyOf,
} from '../documents.ts';

const base = { 'nodes.yaml': LAB_NODES, 'pools.yaml': LAB_POOLS };
const codes = (files: Files) => issueCodes(topologyOf({ ...base, ...files }));
const message = (files: Files, code: string) => issueOf(topologyOf({ ...base, ...files }), code).message;

const ROUTES = `10.0.1.0/24 dev ens5 proto kernel scope link src 10.0.1.20
10.48.0.0/26 via 10.48.0.46 dev vxlan.calico onlink
10.48.0.192/26 via 10.48.0.206 dev vxlan.calico onlink
10.48.128.192/26 via 10.0.1.30 dev ens5 proto bird
`;
const NEIGH =
  '10.48.0.206 dev vxlan.calico lladdr 66:14:9d:f4:2c:1f PERMANENT\n10.48.0.46 dev vxlan.calico lladdr 66:4b:ff:e1:ef:01 PERMANENT\n';
const FDB =
  '66:14:9d:f4:2c:1f dev vxlan.calico dst 10.0.1.30 self permanent\n66:4b:ff:e1:ef:01 dev vxlan.calico dst 10.0.1.31 self permanent\n';
const link = (mac: string, more = '', mtu = 8951) => `2: ens5: <BROADCAST,UP> mtu 9001
    link/ether 02:79:d5:90:06:0b brd ff:ff:ff:ff:ff:ff
4: vxlan.calico: <BROADCAST,UP> mtu ${mtu}
    link/ether ${mac} brd ff:ff:ff:ff:ff:ff
    vxlan id 4096 ${more} dev ens5 dstport 4789 nolearning
5: calic628ed26868@if2: <BROADCAST,UP> mtu 8951
    link/ether ee:ee:ee:ee:ee:ee brd ff:ff:ff:ff:ff:ff
`;
const TABLES = {
  'control1/ip-route.txt': ROUTES,
  'control1/ip-neigh.txt': NEIGH,
  'control1/bridge-fdb.txt': FDB,
  'control1/ip-link.txt': link('66:c9:ee:b1:9b:47', 'local 10.0.1.20'),
};

it('a healthy snapshot has no issue', () => {
  expect(codes(TABLES)).toEqual([]);
});

describe('pools', () => {
  it('both modes', () => {
    const files = { 'pools.yaml': listYaml(poolYaml('a', '10.48.0.0/24', 'vxlanMode: Always, ipipMode: CrossSubnet')) };
    expect(message(files, 'both-modes')).toBe(
      'IPPool a sets vxlanMode Always and ipipMode CrossSubnet: Felix uses VXLAN',
    );
  });

  it('IPIP on IPv6', () => {
    expect(message({ p: poolYaml('v6', 'fd00:10::/48', 'ipipMode: Always') }, 'ipip-on-ipv6')).toContain(
      'Calico has no IPIP for IPv6',
    );
  });

  it('disabled', () => {
    expect(codes({ p: poolYaml('b', '10.50.0.0/24', 'disabled: true') })).toEqual(['warning disabled-pool']);
  });

  it('overlapping', () => {
    expect(message({ p: poolYaml('half', '10.48.0.0/25') }, 'overlapping-pools')).toBe(
      'IPPools default-ipv4-ippool (10.48.0.0/24) and half (10.48.0.0/25) overlap: the more specific one decides the mode',
    );
  });

  it('over the nodes', () => {
    expect(message({ p: poolYaml('wide', '10.0.0.0/16', 'vxlanMode: Never') }, 'node-address-in-pool')).toBe(
      'IPPool wide (10.0.0.0/16) holds node addresses: control1 10.0.1.20, worker1 10.0.1.30 and worker2 10.0.1.31',
    );
    expect(message({ p: poolYaml('near', '10.0.1.128/25', 'vxlanMode: Never') }, 'pool-over-node-subnet')).toBe(
      "IPPool near (10.0.1.128/25) overlaps the nodes' subnet 10.0.1.0/24 (control1)",
    );
  });
});

describe('overlaps', () => {
  it('are told once per pair', () => {
    const topology = topologyOf({
      p: listYaml(poolYaml('a', '10.0.0.0/8'), poolYaml('b', '10.1.0.0/16'), poolYaml('c', '10.2.0.0/16')),
    });
    expect(topology.issues.map((issue) => issue.subjects)).toEqual([
      ['a', 'b'],
      ['a', 'c'],
    ]);
  });
});

describe('CrossSubnet', () => {
  const pools = { 'pools.yaml': listYaml(poolYaml('default-ipv4-ippool', '10.48.0.0/24', 'vxlanMode: CrossSubnet')) };

  it('with a /32, or without any prefix', () => {
    for (const written of ['10.0.1.30/32', '10.0.1.30']) {
      const files = { ...pools, 'nodes.yaml': LAB_NODES.replace('10.0.1.30/24', written) };
      expect(message(files, 'crosssubnet-host-prefix')).toBe(
        'IPPool default-ipv4-ippool is CrossSubnet, but worker1 has an IPv4Address without a subnet: it always encapsulates',
      );
    }
  });

  it('with unequal prefixes', () => {
    const nodes = LAB_NODES.replace('10.0.1.20/24', '10.0.1.20/16')
      .replaceAll('10.0.1.30', '10.0.2.30')
      .replaceAll('10.0.1.31', '10.0.2.31');
    const found = topologyOf({ ...base, ...pools, 'nodes.yaml': nodes }).issues.map((issue) => issue.message);
    expect(found).toEqual([
      'IPPool default-ipv4-ippool is CrossSubnet and the prefixes differ: control1 sends to worker1 plainly, worker1 to control1 encapsulated (and 1 more pair)',
    ]);
  });

  it('with equal ones is no risk', () => {
    expect(codes(pools)).toEqual([]);
  });

  it('Always and Never do not care', () => {
    expect(codes({ 'nodes.yaml': LAB_NODES.replaceAll('/24', '/32') })).toEqual([]);
  });
});

describe('two nodes', () => {
  it.each([
    [
      'one address',
      'duplicate-node-address',
      LAB_NODES.replaceAll('10.0.1.31', '10.0.1.30'),
      'worker1 and worker2 have the same address, 10.0.1.30',
    ],
    [
      'one tunnel address',
      'duplicate-tunnel-address',
      LAB_NODES.replace('10.48.0.46', '10.48.0.206'),
      'worker1 and worker2 have the same tunnel address, 10.48.0.206',
    ],
    [
      'one key',
      'duplicate-wireguard-key',
      LAB_NODES.replaceAll(
        /( +)(projectcalico.org\/IPv4Address: 10.0.1.3)/g,
        `$1projectcalico.org/WireguardPublicKey: ${'A'.repeat(43)}=\n$1$2`,
      ),
      `worker1 and worker2 have the same WireGuard key, ${'A'.repeat(43)}=`,
    ],
  ])('with %s', (_, code, nodes, expected) => {
    expect(message({ 'nodes.yaml': nodes }, code)).toBe(expected);
  });

  it('with one VTEP MAC', () => {
    const files = {
      'worker1/ip-link.txt': link('66:14:9d:f4:2c:1f'),
      'worker2/ip-link.txt': link('66:14:9d:f4:2c:1f'),
    };
    expect(message(files, 'duplicate-tunnel-mac')).toBe(
      'worker1 and worker2 have the same VTEP MAC, 66:14:9d:f4:2c:1f',
    );
  });
});

describe('a node', () => {
  it('without tunnel address in a tunnel pool', () => {
    const nodes = LAB_NODES.replace(/\n.*10\.48\.0\.206/, '');
    expect(message({ 'nodes.yaml': nodes }, 'no-tunnel-address')).toBe(
      'worker1 has no vxlan tunnel address, but IPPool default-ipv4-ippool asks for VXLAN Always',
    );
  });

  it('whose annotations are not known may have one', () => {
    expect(codes({ p: podYaml('web', 'worker9', '10.48.0.70') })).toEqual([]);
  });

  it('without node address is no VTEP', () => {
    const nodes = LAB_NODES.replace(/\n.*IPv4Address: 10\.0\.1\.30\/24/, '').replace(
      'annotations:\n    projectcalico.org/IPv4VX',
      'annotations:\n    projectcalico.org/IPv4VX',
    );
    expect(message({ 'nodes.yaml': nodes }, 'no-node-address')).toContain(
      'worker1 has a vxlan tunnel address but no projectcalico.org/IPv4Address',
    );
  });

  it('whose IPv4Address is not its InternalIP', () => {
    const nodes = LAB_NODES.replace('address: 10.0.1.30', 'address: 192.168.9.30');
    expect(message({ 'nodes.yaml': nodes }, 'address-not-internal-ip')).toBe(
      'worker1: projectcalico.org/IPv4Address is 10.0.1.30, but its InternalIP is 192.168.9.30',
    );
  });

  it('with a tunnel address outside its blocks, or outside every pool', () => {
    const block =
      '{"apiVersion": "crd.projectcalico.org/v1", "kind": "IPAMBlock", "metadata": {"name": "x"}, "spec": {"cidr": "10.48.0.192/26", "affinity": "host:worker2", "allocations": [], "attributes": []}}';
    expect(message({ b: block }, 'tunnel-address-borrowed')).toBe(
      "worker1's vxlan tunnel address 10.48.0.206 is in worker2's block 10.48.0.192/26: borrowed, or left over",
    );
    expect(message({ b: block.replace('host:worker2', '') }, 'tunnel-outside-blocks')).toBe(
      "worker1's vxlan tunnel address 10.48.0.206 is in a block without affinity 10.48.0.192/26: borrowed, or left over",
    );
    expect(message({ 'nodes.yaml': LAB_NODES.replace('10.48.0.206', '10.77.0.1') }, 'tunnel-outside-pools')).toBe(
      "worker1's vxlan tunnel address 10.77.0.1 is in no IPPool",
    );
  });
});

describe('tables', () => {
  it('an FDB entry that leads to another node', () => {
    const files = { ...TABLES, 'control1/bridge-fdb.txt': FDB.replace('dst 10.0.1.30', 'dst 10.0.1.31') };
    expect(message(files, 'fdb-contradiction')).toBe(
      'control1 sends packets for 10.48.0.206 (worker1, 66:14:9d:f4:2c:1f) to 10.0.1.31, which is worker2',
    );
    expect(codes(files)).toEqual(['conflict fdb-contradiction']);
  });

  it('an FDB entry that leads nowhere', () => {
    const files = { ...TABLES, 'control1/bridge-fdb.txt': FDB.replace('dst 10.0.1.30', 'dst 10.0.1.99') };
    expect(message(files, 'fdb-contradiction')).toContain('to 10.0.1.99, which is no node of the snapshot');
  });

  it('an FDB entry against a written MAC, without neighbours', () => {
    const files = {
      'control1/bridge-fdb.txt': FDB.replace('dst 10.0.1.30', 'dst 10.0.1.31'),
      'worker1/ip-link.txt': link('66:14:9d:f4:2c:1f'),
    };
    expect(message(files, 'fdb-contradiction')).toBe(
      'control1 sends frames for 66:14:9d:f4:2c:1f (worker1) to 10.0.1.31, which is worker2',
    );
  });

  it('a neighbour entry against a written MAC', () => {
    const files = { ...TABLES, 'worker1/ip-link.txt': link('66:00:00:00:00:01') };
    expect(message(files, 'neighbour-contradiction')).toBe(
      "control1 has 66:14:9d:f4:2c:1f for 10.48.0.206, but worker1's VTEP MAC is 66:00:00:00:00:01",
    );
  });

  it("a neighbour entry with another node's MAC, and not the FDB entry that sends that MAC to its node", () => {
    const files = {
      ...TABLES,
      'control1/ip-neigh.txt': NEIGH.replace('66:14:9d:f4:2c:1f', '66:4b:ff:e1:ef:01'),
      'worker1/ip-link.txt': link('66:14:9d:f4:2c:1f'),
      'worker2/ip-link.txt': link('66:4b:ff:e1:ef:01'),
    };
    expect(codes(files).filter((code) => code.startsWith('conflict'))).toEqual(['conflict neighbour-contradiction']);
  });

  it('a computed MAC never raises anything', () => {
    const nodes = LAB_NODES.replaceAll('worker1', 'ip-10-0-1-30.eu-west-1.compute.internal');
    const wrong = {
      'control1/ip-neigh.txt': NEIGH.replace('66:14:9d:f4:2c:1f', '66:00:00:00:00:01'),
      'control1/bridge-fdb.txt': FDB.replace('66:14:9d:f4:2c:1f', '66:00:00:00:00:01'),
    };
    expect(codes({ ...TABLES, ...wrong, 'nodes.yaml': nodes })).toEqual([]);
  });

  it('missing entries', () => {
    expect(message({ ...TABLES, 'control1/ip-neigh.txt': NEIGH.split('\n')[0] ?? '' }, 'neighbour-missing')).toBe(
      "control1 has no neighbour entry for worker2's tunnel address 10.48.0.46",
    );
    expect(message({ ...TABLES, 'control1/bridge-fdb.txt': `${FDB.split('\n')[0]}\n` }, 'fdb-missing')).toBe(
      'control1 has no FDB entry for 66:4b:ff:e1:ef:01, the VTEP of worker2',
    );
    expect(codes({ ...TABLES, 'control1/ip-neigh.txt': '' })).toEqual([
      'risk neighbour-missing',
      'risk neighbour-missing',
    ]);
  });

  it('tables that were not given miss nothing', () => {
    const { 'control1/ip-neigh.txt': _, ...rest } = TABLES;
    expect(codes(rest)).toEqual([]);
  });

  it('an eBPF device needs no entries', () => {
    const external = link('66:c9:ee:b1:9b:47', '').replace('vxlan id 4096', 'vxlan external id 0');
    expect(
      codes({ 'control1/ip-link.txt': external, 'control1/ip-neigh.txt': '', 'control1/bridge-fdb.txt': '' }),
    ).toEqual([]);
  });
});

describe('routes', () => {
  const routes = (more: string) => ({
    'control1/ip-route.txt': `10.0.1.0/24 dev ens5 proto kernel scope link src 10.0.1.20\n${more}`,
  });
  const CROSS = { 'pools.yaml': listYaml(poolYaml('default-ipv4-ippool', '10.48.0.0/24', 'vxlanMode: CrossSubnet')) };

  it.each([
    [
      'plain in an Always pool',
      '10.48.0.192/26 via 10.0.1.30 dev ens5 proto bird\n',
      {},
      'IPPool default-ipv4-ippool asks for VXLAN Always',
    ],
    [
      'tunnelled in a Never pool',
      '10.48.128.192/26 via 10.48.0.206 dev vxlan.calico onlink\n',
      {},
      'IPPool flat-ippool asks for no encapsulation',
    ],
    [
      'another tunnel',
      '10.48.0.192/26 via 10.0.1.30 dev tunl0 proto bird onlink\n',
      {},
      'IPPool default-ipv4-ippool asks for VXLAN Always',
    ],
    [
      'tunnelled in one subnet',
      '10.48.0.192/26 via 10.48.0.206 dev vxlan.calico onlink\n',
      CROSS,
      'IPPool default-ipv4-ippool asks for VXLAN CrossSubnet and control1 and worker1 are in one subnet',
    ],
  ])('%s', (_, text, pools, because) => {
    expect(message({ ...pools, ...routes(text) }, 'route-contradiction')).toBe(
      `control1 has the route "${text.trim()}", but ${because}`,
    );
  });

  it.each([
    ['CrossSubnet, one subnet', '10.48.0.192/26 via 10.0.1.30 dev ens5 proto 80 onlink\n', CROSS],
    [
      'CrossSubnet, two subnets',
      '10.48.0.192/26 via 10.48.0.206 dev vxlan.calico onlink\n',
      { ...CROSS, 'nodes.yaml': LAB_NODES.replaceAll('10.0.1.30', '10.0.2.30') },
    ],
    ['WireGuard overrides', '10.48.0.192/26 dev wireguard.cali scope link\n', {}],
    ['own block and pods', 'blackhole 10.48.0.128/26 proto 80\n10.48.0.130 dev calic628ed26868 scope link\n', {}],
    ['a borrowed tunnel address', '10.48.0.46 dev vxlan.calico scope link mtu 1450\n', {}],
    ['the default route', 'default via 10.0.1.1 dev ens5\n', {}],
    ['another table', 'throw 10.48.0.192/26 table 1 proto 80\n10.48.0.192/26 via 10.0.1.30 dev ens5 table 7\n', {}],
  ])('lawful: %s', (_, text, files) => {
    expect(codes({ ...files, ...routes(text) })).toEqual([]);
  });

  it("to another node than the block's", () => {
    const affinity =
      'apiVersion: crd.projectcalico.org/v1\nkind: BlockAffinity\nmetadata: {name: x}\nspec: {cidr: 10.48.0.64/26, node: worker1, state: confirmed}\n';
    const topology = topologyOf({
      ...base,
      a: affinity,
      ...routes('10.48.0.64/26 via 10.48.0.46 dev vxlan.calico onlink\n'),
    });
    expect(issueOf(topology, 'route-owner-contradiction')).toMatchObject({
      severity: 'conflict',
      message:
        'control1 routes 10.48.0.64/26 to worker2 ("10.48.0.64/26 via 10.48.0.46 dev vxlan.calico onlink"), but the block belongs to worker1 (BlockAffinity)',
    });
    const inferred = topologyOf({ ...base, ...routes('10.48.0.192/26 via 10.48.0.46 dev vxlan.calico onlink\n') });
    expect(issueOf(inferred, 'route-owner-contradiction').severity).toBe('risk');
  });

  it('that are missing for a block', () => {
    const affinity =
      'apiVersion: crd.projectcalico.org/v1\nkind: BlockAffinity\nmetadata: {name: x}\nspec: {cidr: 10.48.0.64/26, node: worker1, state: confirmed}\n';
    expect(message({ a: affinity, ...routes('') }, 'route-missing')).toBe(
      'control1 has no route to 10.48.0.64/26 (worker1): packets there follow its default route',
    );
  });
});

describe('devices', () => {
  it('a tunnel that does not fit its NIC', () => {
    expect(message({ 'control1/ip-link.txt': link('66:c9:ee:b1:9b:47', '', 9001) }, 'tunnel-mtu-too-large')).toBe(
      "control1: vxlan.calico has MTU 9001, which with 50 bytes of tunnel does not fit ens5's 9001",
    );
  });

  it('pods that kept a larger MTU', () => {
    expect(message({ 'control1/ip-link.txt': link('66:c9:ee:b1:9b:47', '', 1450) }, 'veth-mtu-too-large')).toContain(
      "vxlan.calico's 1450: calic628ed26868 (8951)",
    );
    const never = { 'pools.yaml': listYaml(poolYaml('a', '10.48.0.0/24', 'vxlanMode: Never')) };
    expect(codes({ ...never, 'control1/ip-link.txt': link('66:c9:ee:b1:9b:47', '', 1450) })).toEqual([]);
  });

  const felix = (spec: string) =>
    `apiVersion: projectcalico.org/v3\nkind: FelixConfiguration\nmetadata: {name: default}\nspec: {${spec}}\n`;

  it('VNI and port against FelixConfiguration', () => {
    const files = { f: felix('vxlanVNI: 4097, vxlanPort: 4790'), 'control1/ip-link.txt': link('66:c9:ee:b1:9b:47') };
    expect(codes(files)).toEqual(['conflict device-port-differs', 'conflict device-vni-differs']);
    expect(message(files, 'device-vni-differs')).toBe(
      'control1: vxlan.calico uses VNI 4096, but FelixConfiguration says 4097',
    );
  });

  it('against each other', () => {
    const files = {
      'control1/ip-link.txt': link('66:c9:ee:b1:9b:47'),
      'worker1/ip-link.txt': link('66:14:9d:f4:2c:1f').replace('4096', '4097'),
    };
    expect(message(files, 'device-vni-differs')).toBe(
      "the nodes' VXLAN devices do not agree on the VNI: 4096 on control1 and 4097 on worker1",
    );
  });

  it("a local address that is not the node's", () => {
    expect(
      message({ 'control1/ip-link.txt': link('66:c9:ee:b1:9b:47', 'local 192.168.9.20') }, 'device-local-differs'),
    ).toBe('control1: vxlan.calico sends from 192.168.9.20, but projectcalico.org/IPv4Address is 10.0.1.20');
  });

  it('VXLAN switched off that a pool asks for', () => {
    expect(message({ f: felix('vxlanEnabled: false') }, 'vxlan-disabled')).toContain('its routes cannot work');
  });
});

describe('owners', () => {
  it('two running pods with one address', () => {
    expect(
      message(
        { p: listYaml(podYaml('a', 'worker1', '10.48.0.200'), podYaml('b', 'worker1', '10.48.0.200')) },
        'duplicate-pod-address',
      ),
    ).toBe('default/a and default/b run with one address, 10.48.0.200');
    expect(
      codes({
        p: listYaml(podYaml('a', 'worker1', '10.48.0.200'), podYaml('b', 'worker1', '10.48.0.200', 'phase Succeeded')),
      }),
    ).toEqual([]);
  });

  it('a pod and a tunnel with one address', () => {
    expect(message({ p: podYaml('a', 'worker1', '10.48.0.206') }, 'owner-conflict')).toBe(
      "10.48.0.206 is default/a's address and worker1's vxlan tunnel address: the pod counts",
    );
  });

  it("a pod in another node's block may be borrowed: a warning; elsewhere in a table: a conflict", () => {
    const pod = { 'pods.yaml': podYaml('web', 'worker2', '10.48.0.200') };
    const inferred = issueOf(topologyOf({ ...base, ...pod }), 'owner-conflict');
    expect(inferred.severity).toBe('warning');
    expect(inferred.message).toBe(
      "10.48.0.200: default/web runs on worker2 (pods.yaml:1), but block 10.48.0.192/26 holds worker1's tunnel address, so it is probably its block (nodes.yaml:18): pod counts; the address may be borrowed",
    );
    const routed = topologyOf({
      ...base,
      ...pod,
      'worker1/ip-route.txt': '10.48.0.200 dev cali1111111111a scope link\n',
    });
    expect(routed.issues.map((issue) => `${issue.severity} ${issue.subjects.join(' ')}`)).toEqual([
      'conflict 10.48.0.200 worker2 worker1',
      'warning 10.48.0.200 worker2 worker1',
    ]);
  });

  it('one issue tells about all addresses with the same two owners', () => {
    const pods = Array.from({ length: 20 }, (_, i) => podYaml(`web-${i}`, 'worker2', `10.48.0.${210 + i}`));
    const topology = topologyOf({ ...base, p: listYaml(...pods) });
    expect(topology.issues).toHaveLength(1);
    expect(topology.issues[0]?.message).toContain('10.48.0.210 (and 19 more addresses): default/web-0 runs on worker2');
    expect(topology.issues[0]?.subjects).toContain('10.48.0.229');
  });

  it('an allocation that names another node than the pod', () => {
    const allocations = Array.from({ length: 64 }, (_, i) => (i === 8 ? 0 : null));
    const block = JSON.stringify({
      apiVersion: 'crd.projectcalico.org/v1',
      kind: 'IPAMBlock',
      metadata: { name: 'x' },
      spec: {
        cidr: '10.48.0.192/26',
        affinity: 'host:worker1',
        allocations,
        attributes: [{ secondary: { node: 'worker1', pod: 'web', namespace: 'default' } }],
      },
    });
    const topology = topologyOf({ ...base, p: podYaml('web', 'worker2', '10.48.0.200'), b: block });
    expect(topology.issues[0]).toMatchObject({ code: 'owner-conflict', severity: 'conflict' });
  });

  it("a hostNetwork pod that shows another node's address", () => {
    const pod =
      'apiVersion: v1\nkind: Pod\nmetadata: {name: proxy, namespace: kube-system}\nspec: {nodeName: worker1, hostNetwork: true}\nstatus: {podIP: 10.0.1.31}\n';
    expect(message({ p: pod }, 'owner-conflict')).toBe(
      "kube-system/proxy uses the network of worker1, but its address 10.0.1.31 is worker2's",
    );
  });
});

it('every issue names where it stands', () => {
  const files = {
    ...TABLES,
    'control1/bridge-fdb.txt': FDB.replace('dst 10.0.1.30', 'dst 10.0.1.31'),
    n: nodeYaml('worker1', { IPv4Address: '10.0.1.99/24' }),
  };
  for (const issue of topologyOf({ ...base, ...files }).issues) {
    expect(issue.refs.length).toBeGreaterThan(0);
    expect(issue.refs.every((ref) => ref.line !== null)).toBe(true);
  }
});
