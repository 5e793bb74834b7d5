// What people have besides objects and tables of ip: Calico's client, WireGuard, jq, rows without headers, the eBPF dataplane.
import { describe, expect, it } from 'vitest';
import { factsOf, issueCodes, LAB_NODES, LAB_POOLS, topologyOf } from '../documents.ts';

const BORROWED = `+-------------+----------------+-----------------+-------------+------+------------------+
|     IP      | BORROWING-NODE |      BLOCK      | BLOCK OWNER | TYPE |   ALLOCATED-TO   |
+-------------+----------------+-----------------+-------------+------+------------------+
| 10.48.0.201 | worker2        | 10.48.0.192/26  | worker1     | pod  | shop/db-0        |
+-------------+----------------+-----------------+-------------+------+------------------+
`;
const BLOCKS = `+----------+--------------+-----------+------------+--------------+
| GROUPING |     CIDR     | IPS TOTAL | IPS IN USE |   IPS FREE   |
+----------+--------------+-----------+------------+--------------+
| IP Pool  | 10.48.0.0/24 |       256 | 20 (8%)    | 236 (92%)    |
| Block    | 10.48.0.0/26 |        64 | 5 (8%)     | 59 (92%)     |
+----------+--------------+-----------+------------+--------------+
`;
const CHECK = `Checking IPAM for inconsistencies...

Loading all IPAM blocks...
Found 2 IPAM blocks.
 IPAM block 10.48.0.192/26 affinity=host:worker1:
 IPAM block 10.48.0.64/26 affinity=<none>:
IPAM blocks record 9 allocations.

Loading all IPAM pools...
  10.48.0.0/24
Found 1 active IP pools.
Scanning for IPs that are allocated but not actually in use...
  10.48.0.77 leaked; attrs node=worker1 pod=shop/old
Found 1 IPs that are allocated in IPAM but not actually in use.
Check complete; found 1 problems.
`;
const STATUS = `Calico process is running.

IPv4 BGP status
+--------------+-------------------+-------+------------+-------------+
| PEER ADDRESS |     PEER TYPE     | STATE |   SINCE    |    INFO     |
+--------------+-------------------+-------+------------+-------------+
| 10.0.1.30    | node-to-node mesh | up    | 2026-11-01 | Established |
| 10.0.1.1     | global            | up    | 2026-11-01 | Established |
+--------------+-------------------+-------+------------+-------------+

IPv6 BGP status
No IPv6 peers found.
`;
const [OWN, PEER] = ['a', 'b'].map((letter) => `${letter.repeat(43)}=`);
const WG = `interface: wireguard.cali
  public key: ${OWN}
  private key: (hidden)
  listening port: 51820
  fwmark: 0x200000

peer: ${PEER}
  endpoint: 10.0.1.30:51820
  allowed ips: 10.48.0.192/26, 10.48.0.206/32
  latest handshake: 1 minute, 12 seconds ago
  transfer: 14.17 KiB received, 16.43 KiB sent
`;

describe("Calico's client", () => {
  it('tells who borrowed an address, and whose the block is', () => {
    const topology = topologyOf({ n: LAB_NODES, p: LAB_POOLS, b: BORROWED });
    expect(topology.lookup('10.48.0.201')).toMatchObject({ node: { name: 'worker2' }, namespace: 'shop', pod: 'db-0' });
    expect(topology.lookup('10.48.0.202')).toMatchObject({ node: { name: 'worker1' }, nodeSource: 'block-affinity' });
  });

  it('names the nodes of blocks in its check, and nothing else that it mentions becomes a fact', () => {
    const facts = factsOf({ c: CHECK });
    expect(facts.blocks.map(({ cidr, node }) => `${cidr} ${node}`)).toEqual(['10.48.0.192/26 worker1']);
    expect([facts.pods, facts.pools, facts.issues]).toEqual([[], [], []]);
  });

  it('shows peers, of which those of the mesh are nodes', () => {
    expect(topologyOf({ s: STATUS }).nodes.map(({ name, named }) => [name, named])).toEqual([['10.0.1.30', false]]);
    expect(topologyOf({ n: LAB_NODES, s: STATUS }).nodes).toHaveLength(3);
    expect(topologyOf({ n: LAB_NODES, s: STATUS, b: BLOCKS }).issues).toEqual([]);
  });
});

describe('wg show', () => {
  it('has the own key, and those of the peers by their addresses', () => {
    const topology = topologyOf({ n: LAB_NODES, 'control1/wg.txt': WG });
    expect(topology.nodes.map(({ wireguardKey }) => wireguardKey?.value)).toEqual([OWN, PEER, undefined]);
    expect(topology.issues).toEqual([]);
  });

  it('a key that differs from the annotation is a conflict', () => {
    const nodes = LAB_NODES.replace('10.48.0.206', `10.48.0.206\n      projectcalico.org/WireguardPublicKey: ${OWN}`);
    expect(issueCodes(topologyOf({ n: nodes, w: `$ ssh control1 sudo wg show\n${WG}` }))).toContain(
      'conflict duplicate-object',
    );
  });

  it('of another device it is nothing of the cluster', () => {
    expect(
      topologyOf({ n: LAB_NODES, 'control1/wg.txt': WG.replace('wireguard.cali', 'wg0') }).nodes.map(
        ({ wireguardKey }) => wireguardKey,
      ),
    ).toEqual([null, null, null]);
  });
});

describe('rows of pods without their header', () => {
  it.each([
    [
      'shop   web-0   1/1   Running   0   12d   10.48.0.130   control1   <none>   <none>',
      'shop/web-0 10.48.0.130 control1 false',
    ],
    [
      'shop   web-1   0/1   Completed   3 (5d20h ago)   12d   10.48.0.131   control1   <none>   <none>',
      'shop/web-1 10.48.0.131 control1 true',
    ],
    ['web-2   2/2   Running   1   4h32m   <none>   <none>   <none>   <none>', '?/web-2  null false'],
  ])('%s', (row, expected) => {
    expect(
      factsOf({ p: `${row}\n` }).pods.map(
        (pod) => `${pod.namespace}/${pod.name} ${pod.addresses} ${pod.nodeName} ${pod.finished}`,
      ),
    ).toEqual([expected]);
  });

  it('behind a command with a namespace they are of it', () => {
    expect(
      factsOf({
        p: '$ kubectl -n shop get pods -o wide --no-headers\nweb-2   2/2   Running   1   4h   10.48.0.9   n1   <none>   <none>\n',
      }).pods[0]?.namespace,
    ).toBe('shop');
  });

  it('prose is none of them', () => {
    expect(factsOf({ p: `${LAB_POOLS}---\n`, q: 'LAB 2/2 Part 3 5d 10.0.0.1 shows it all\n' }).pods).toEqual([]);
  });
});

describe('annotations by themselves', () => {
  const annotations = {
    'projectcalico.org/IPv4Address': '10.0.1.30/24',
    'projectcalico.org/IPv4VXLANTunnelAddr': '10.48.0.206',
    x: 'y',
  };
  it.each([
    [
      'a stream',
      `${JSON.stringify(annotations, null, 2)}\n${JSON.stringify({ ...annotations, 'projectcalico.org/IPv4Address': '10.0.1.31/24', 'projectcalico.org/IPv4VXLANTunnelAddr': '10.48.0.46' }, null, 2)}\n`,
      ['10.0.1.30', '10.0.1.31'],
    ],
    [
      'compact',
      `$ kubectl get nodes -o json | jq -c '.items[].metadata.annotations'\n${JSON.stringify(annotations)}\n`,
      ['10.0.1.30'],
    ],
    ['with the metadata', JSON.stringify({ name: 'worker1', annotations }), ['worker1']],
    ['with a name that somebody chose', JSON.stringify({ name: 'worker1', a: annotations }), ['worker1']],
  ])('%s', (_, text, expected) => {
    const { nodes } = topologyOf({ 'jq.txt': text });
    expect(nodes.map(({ name }) => name)).toEqual(expected);
    expect(nodes[0]?.tunnels.vxlan?.value).toBe('10.48.0.206');
  });

  it("flannel's, pasted as text", () => {
    const text = `      flannel.alpha.coreos.com/backend-data: '{"VNI":1,"VtepMAC":"7a:dd:46:2c:5f:18"}'
      flannel.alpha.coreos.com/backend-type: vxlan
      flannel.alpha.coreos.com/public-ip: 10.0.1.30
    name: worker1
    podCIDR: 10.244.1.0/24
`;
    expect(topologyOf({ n: text }).nodes[0]).toMatchObject({
      name: 'worker1',
      vtepMac: { value: '7a:dd:46:2c:5f:18' },
      podCIDRs: ['10.244.1.0/24'],
      tunnels: { vxlan: { value: '10.244.1.0' } },
    });
  });
});

it('tables of pools before v3 do not tell which mode is on', () => {
  const [on, off] = topologyOf({
    p: 'CIDR                       NAT    IPIP\n192.168.0.0/16             true   true\n10.9.0.0/16                false  false\n',
  }).pools;
  expect(on).toMatchObject({ name: '192.168.0.0/16', natOutgoing: true });
  expect(on?.disputed).toContain('Always or CrossSubnet');
  expect(off).toMatchObject({ ipipMode: 'Never', vxlanMode: 'Never' });
  expect(off?.disputed).toBeUndefined();
});

describe('routes of the eBPF dataplane', () => {
  const TEXT =
    '   10.0.1.20/32: local host\n 10.48.0.130/32: local workload in-pool idx 12\n 10.48.0.192/26: remote workload in-pool nat-out tunneled nh 10.0.1.30\n';
  const JSON_TEXT = JSON.stringify(
    [
      { dest: '10.0.1.20/32', flags: ['local', 'host'] },
      { dest: '10.48.0.130/32', flags: ['local', 'workload', 'in-pool'], ifindex: 12 },
      {
        dest: '10.48.0.192/26',
        flags: ['remote', 'workload', 'in-pool', 'nat-out', 'tunneled'],
        next_hop: '10.0.1.30',
      },
    ],
    null,
    2,
  );

  it.each([
    ['text', TEXT],
    ['JSON', JSON_TEXT],
    ['text behind a command', `$ ssh control1 calico-node -bpf routes dump\n${TEXT}`],
  ])('as %s', (_, text) => {
    const topology = topologyOf({ n: LAB_NODES, 'control1/bpf-routes.json': text });
    expect(
      topology.nodes[0]?.bpfRoutes?.map(({ dst, flags, nextHop, ifindex }) => [dst, flags.at(-1), nextHop, ifindex]),
    ).toEqual([
      ['10.0.1.20/32', 'host', null, null],
      ['10.48.0.130/32', 'in-pool', null, 12],
      ['10.48.0.192/26', 'tunneled', '10.0.1.30', null],
    ]);
    expect(topology.nodes[0]?.routes).toEqual([]);
    expect(topology.nodes[1]?.bpfRoutes).toBeNull();
    expect(topology.issues).toEqual([]);
  });
});
