import { describe, expect, it } from 'vitest';
import { issueOf, LAB_NODES, listYaml, nodeYaml, topologyOf } from '../../documents.ts';

const KEY = `${'A'.repeat(43)}=`;

describe('annotations of kubectl', () => {
  const text = nodeYaml(
    'worker1',
    {
      IPv4Address: '10.0.1.30/24',
      IPv6Address: 'fd00:0::30/64',
      IPv4IPIPTunnelAddr: '10.48.0.193',
      IPv4VXLANTunnelAddr: '10.48.0.206/32',
      VXLANTunnelMACAddr: '66-14-9D-F4-2C-1F',
      IPv6VXLANTunnelAddr: 'fd00:10::1',
      VXLANTunnelMACAddrV6: '66:0f:35:f2:60:df',
      IPv4WireguardInterfaceAddr: '10.48.0.194',
      IPv6WireguardInterfaceAddr: 'fd00:10::2',
      WireguardPublicKey: KEY,
      RouteReflectorClusterID: '244.0.0.1',
      ASNumber: '64512',
    },
    '10.0.1.30',
  );
  const [node] = topologyOf({ 'n.yaml': text }).nodes;

  it('give addresses, strongest first, and never the cluster ID or tunnel addresses', () => {
    expect(
      node?.addresses.map(({ address, prefixLength, source, also }) => [address, prefixLength, source, also]),
    ).toEqual([
      ['10.0.1.30', 24, 'projectcalico.org/IPv4Address', ['InternalIP']],
      ['fd00::30', 64, 'projectcalico.org/IPv6Address', undefined],
    ]);
    expect(node?.bgpIPv4).toMatchObject({ address: '10.0.1.30', prefixLength: 24, ref: { file: 'n.yaml', line: 6 } });
    expect(node?.bgpIPv6).toMatchObject({ address: 'fd00::30', prefixLength: 64 });
  });

  it('give tunnels, MACs and keys', () => {
    const values = Object.fromEntries(Object.entries(node?.tunnels ?? {}).map(([kind, { value }]) => [kind, value]));
    expect(values).toEqual({
      vxlan: '10.48.0.206',
      'vxlan-v6': 'fd00:10::1',
      ipip: '10.48.0.193',
      wireguard: '10.48.0.194',
      'wireguard-v6': 'fd00:10::2',
    });
    expect(node?.vtepMac?.value).toBe('66:14:9d:f4:2c:1f');
    expect(node?.vtepMacV6?.value).toBe('66:0f:35:f2:60:df');
    expect(node?.wireguardKey?.value).toBe(KEY);
    expect(node?.annotated).toBe(true);
  });
});

it('the spec of calicoctl gives the same', () => {
  const text = `apiVersion: projectcalico.org/v3
items:
- apiVersion: projectcalico.org/v3
  kind: Node
  metadata:
    annotations:
      projectcalico.org/kube-labels: '{"a":"b"}'
    name: worker1
    resourceVersion: "123"
  spec:
    addresses:
    - address: 10.0.1.30/24
      type: CalicoNodeIP
    - address: 10.0.1.30
      type: InternalIP
    bgp:
      ipv4Address: 10.0.1.30/24
      ipv4IPIPTunnelAddr: 10.48.0.193
    ipv4VXLANTunnelAddr: 10.48.0.206
    vxlanTunnelMACAddr: 66:14:9d:f4:2c:1f
    orchRefs:
    - nodeName: worker1
      orchestrator: k8s
    wireguard:
      interfaceIPv4Address: 10.48.0.194
  status:
    podCIDRs:
    - 10.244.1.0/24
    wireguardPublicKey: ${KEY}
kind: NodeList
metadata:
  resourceVersion: "5000"
`;
  const [node] = topologyOf({ 'n.yaml': text }).nodes;
  expect(node?.addresses.map(({ address, source, also }) => [address, source, also])).toEqual([
    ['10.0.1.30', 'projectcalico.org/IPv4Address', ['InternalIP']],
  ]);
  expect(node?.tunnels.vxlan).toEqual({ value: '10.48.0.206', ref: { file: 'n.yaml', line: 19 } });
  expect(node?.tunnels.ipip?.value).toBe('10.48.0.193');
  expect(node?.tunnels.wireguard?.value).toBe('10.48.0.194');
  expect(node?.vtepMac?.value).toBe('66:14:9d:f4:2c:1f');
  expect(node?.wireguardKey?.value).toBe(KEY);
  expect(node?.podCIDRs).toEqual(['10.244.1.0/24']);
});

it.each([
  ['IPv4Address', 'ens5'],
  ['IPv4Address', 'fd00::1/64'],
  ['IPv4VXLANTunnelAddr', '10.48.0.128/26'],
  ['IPv4VXLANTunnelAddr', '10.48.0.256'],
  ['VXLANTunnelMACAddr', '66:14:9d'],
  ['WireguardPublicKey', 'abc'],
])('%s: %s is a warning and counts as not set', (annotation, value) => {
  const topology = topologyOf({ 'n.yaml': nodeYaml('a', { [annotation]: `"${value}"` }) });
  const [node] = topology.nodes;
  expect([node?.bgpIPv4, node?.tunnels, node?.vtepMac, node?.wireguardKey]).toEqual([null, {}, null, null]);
  const issue = issueOf(topology, 'invalid-annotation');
  expect(issue.message).toBe(
    `projectcalico.org/${annotation} of a is "${value}", which is not valid: treated as not set`,
  );
  expect(issue.refs).toEqual([{ file: 'n.yaml', line: 6 }]);
});

it('an address without prefix keeps none', () => {
  expect(
    topologyOf({ 'n.yaml': nodeYaml('a', { IPv4Address: '10.0.1.20' }) }).nodes[0]?.bgpIPv4?.prefixLength,
  ).toBeNull();
});

it('further interfaces are addresses, but not those of tunnels, pods and bridges', () => {
  const interfaces = JSON.stringify([
    { name: 'ens6', addresses: ['192.168.9.30/24'] },
    { name: 'vxlan.calico', addresses: ['10.48.0.206/32'] },
    { name: 'docker0', addresses: ['172.17.0.1/16'] },
  ]);
  const text = nodeYaml('a', { IPv4Address: '10.0.1.30/24', Interfaces: `'${interfaces}'` });
  expect(topologyOf({ n: text }).nodes[0]?.addresses.map(({ address, source }) => `${address} ${source}`)).toEqual([
    '10.0.1.30 projectcalico.org/IPv4Address',
    '192.168.9.30 spec.interfaces',
  ]);
});

describe('one node in several sources', () => {
  it('kubectl and a table complete each other', () => {
    const table = `NAME       STATUS   ROLES    AGE   VERSION   INTERNAL-IP   EXTERNAL-IP    OS-IMAGE
control1   Ready    <none>   5d    v1.30.1   10.0.1.20     52.18.1.2      Ubuntu
`;
    const topology = topologyOf({ 'nodes.txt': table, 'nodes.yaml': LAB_NODES });
    expect(topology.nodes.map((node) => node.name)).toEqual(['control1', 'worker1', 'worker2']);
    expect(topology.nodes[0]?.addresses.map(({ address }) => address)).toEqual(['10.0.1.20', '52.18.1.2']);
    expect(topology.issues).toEqual([]);
  });

  it('given twice with different content is a conflict: the first counts', () => {
    const first = nodeYaml('a', { IPv4Address: '10.0.1.20/24' });
    const topology = topologyOf({
      'a.yaml': first,
      'b.yaml': nodeYaml('a', { IPv4Address: '10.0.1.99/24', IPv4VXLANTunnelAddr: '10.48.0.1' }),
    });
    expect(topology.nodes[0]?.bgpIPv4?.address).toBe('10.0.1.20');
    expect(topology.nodes[0]?.tunnels).toEqual({});
    expect(topology.issues.map((issue) => issue.message)).toEqual([
      'Node a: IPv4Address is 10.0.1.20/24 (a.yaml:6) and 10.0.1.99/24 (b.yaml:6): the first counts',
      'Node a: vxlan tunnel address is not set (a.yaml:1) and 10.48.0.1 (b.yaml:7): the first counts',
    ]);
  });
});

it('answers to its hostname and first label where only one node has it', () => {
  const hostname = `${nodeYaml('ip-10-0-1-20.eu-west-1.compute.internal', {})}`.replace(
    'metadata:\n',
    'metadata:\n  labels: {kubernetes.io/hostname: control1}\n',
  );
  const topology = topologyOf({
    n: listYaml(
      hostname,
      nodeYaml('ip-10-0-1-30.eu-west-1.compute.internal', {}),
      nodeYaml('db.a', {}),
      nodeYaml('db.b', {}),
    ),
  });
  expect(topology.nodeByName('control1')?.index).toBe(0);
  expect(topology.nodeByName('ip-10-0-1-30')?.index).toBe(1);
  expect(topology.nodeByName('db.b')?.index).toBe(3);
  expect(topology.nodeByName('db')).toBeNull();
});
