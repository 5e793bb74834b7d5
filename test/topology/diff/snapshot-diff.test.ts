import { describe, expect, it } from 'vitest';
import { diffSnapshots, type SnapshotDiff } from '../../../src/topology/diff/snapshot-diff.ts';
import { type Files, LAB_NODES, listYaml, nodeYaml, podYaml, poolYaml, topologyOf } from '../documents.ts';

function diffOf(before: Files, after: Files): SnapshotDiff {
  return diffSnapshots(topologyOf(before), topologyOf(after));
}

/** `pool default changed vxlanMode Never>Always`. */
function told({ changes }: SnapshotDiff): string[] {
  return changes.map(({ kind, node, subject, change, fields }) => {
    const values = fields.map(({ name, before, after }) => `${name} ${before}>${after}`);
    return [kind, ...(node === null ? [] : [`(${node})`]), subject, change, ...values].join(' ');
  });
}

const pools = (...all: string[]): string => listYaml(...all);

describe('pools, nodes, pods and blocks', () => {
  it('a mode, a range of blocks; what is gone from a list of all, and what is new in one', () => {
    const before = pools(poolYaml('a', '10.48.0.0/24', 'vxlanMode: Never'), poolYaml('b', '10.49.0.0/24'));
    const after = pools(
      poolYaml('a', '10.48.0.0/24', 'vxlanMode: Always, blockSize: 28'),
      poolYaml('c', '10.50.0.0/24'),
    );
    expect(told(diffOf({ p: before }, { p: after }))).toEqual([
      'pool a changed vxlanMode Never>Always blockSize 26>28',
      expect.stringMatching(/^pool b gone cidr 10\.49\.0\.0\/24>null/),
      expect.stringMatching(/^pool c new cidr null>10\.50\.0\.0\/24/),
    ]);
  });

  it('one pool alone proves nothing of others', () => {
    const two = pools(poolYaml('a', '10.48.0.0/24'), poolYaml('b', '10.49.0.0/24'));
    expect(told(diffOf({ p: two }, { p: poolYaml('a', '10.48.0.0/24') }))).toEqual([]);
    expect(told(diffOf({ p: poolYaml('a', '10.48.0.0/24') }, { p: two }))).toEqual([]);
  });

  it("a node's address and tunnel", () => {
    const node = (ip: string, tunnel: string): string =>
      listYaml(nodeYaml('n1', { IPv4Address: ip, IPv4VXLANTunnelAddr: tunnel }));
    expect(told(diffOf({ n: node('10.0.1.20/24', '10.48.0.1') }, { n: node('10.0.1.21/25', '10.48.0.1') }))).toEqual([
      'node n1 changed addresses 10.0.1.20>10.0.1.21 address for tunnels 10.0.1.20/24>10.0.1.21/25',
    ]);
    expect(told(diffOf({ n: node('10.0.1.20/24', '10.48.0.1') }, { n: node('10.0.1.20/24', '10.48.0.9') }))).toEqual([
      'node n1 changed vxlan tunnel address 10.48.0.1>10.48.0.9',
    ]);
  });

  it('a pod that moved, one that is gone, one in a namespace that was not listed', () => {
    const before = listYaml(
      ...[podYaml('web', 'n1', '10.48.0.5'), podYaml('old', 'n1', '10.48.0.6')],
      podYaml('far', 'n1', '10.48.0.7').replace('namespace: default', 'namespace: other'),
    );
    const after = listYaml(podYaml('web', 'n2', '10.48.0.5'));
    const changes = told(diffOf({ p: before }, { p: after }));
    expect(changes).toEqual([
      'pod default/web changed node n1>n2',
      'pod default/old gone node n1>null addresses 10.48.0.6>null',
    ]);
  });

  it('what only objects of nodes say is not gone where there are none', () => {
    const objects = { n: listYaml(nodeYaml('n1', { IPv4Address: '10.0.1.20/24', IPv4VXLANTunnelAddr: '10.48.0.1' })) };
    const pods = { p: listYaml(podYaml('web', 'n1', '10.48.0.5')) };
    const tables = { t: 'n1$ ip -4 addr\n2: ens5: <UP> mtu 1500\n    inet 10.0.1.20/24 scope global ens5\n' };
    for (const [one, other] of [
      [objects, pods],
      [pods, objects],
      [objects, tables],
      [
        { ...objects, ...pods },
        { ...tables, ...pods },
      ],
    ] as const) {
      const diff = diffOf(one, other);
      expect(diff.changes).toEqual([]);
      expect(diff.notCompared.join()).toMatch(/nodes( say)?: only the (first|second) has any/);
    }
  });

  it('a setting is not gone where nothing that sets any was given', () => {
    const felix = (vni: number): string =>
      `apiVersion: projectcalico.org/v3\nkind: FelixConfiguration\nmetadata: {name: default}\nspec: {vxlanVNI: ${vni}}\n`;
    const none = felix(1).replace('vxlanVNI: 1', '');
    const [with_, without] = [{ n: LAB_NODES, f: felix(4242) }, { n: LAB_NODES }];
    expect(diffOf(with_, without)).toEqual({ changes: [], notCompared: ['settings: only the first has any'] });
    expect(told(diffOf(with_, { n: LAB_NODES, f: none }))).toEqual(['setting vxlanVNI gone value 4242>null']);
    expect(told(diffOf({ n: LAB_NODES, f: none }, with_))).toEqual(['setting vxlanVNI new value null>4242']);
  });

  it('what only one of them has is not compared, and told', () => {
    const diff = diffOf(
      { p: pools(poolYaml('a', '10.48.0.0/24')), n: LAB_NODES },
      { p: pools(poolYaml('a', '10.48.0.0/24')) },
    );
    expect(diff).toEqual({ changes: [], notCompared: ['nodes: only the first has any'] });
  });
});

describe('tables of a node', () => {
  const tables = (...blocks: string[]): Files => ({ n: LAB_NODES, t: blocks.join('\n') });
  const ROUTES = `control1$ ip route
10.0.1.0/24 dev ens5 proto kernel scope link src 10.0.1.20
10.48.0.192/26 via 10.48.0.206 dev vxlan.calico onlink
`;

  it('a route that leads elsewhere', () => {
    const after = ROUTES.replace('10.48.0.206 dev vxlan.calico', '10.0.1.30 dev ens5');
    const [change] = diffOf(tables(ROUTES), tables(after)).changes;
    expect(change).toMatchObject({
      ...{ kind: 'route', node: 'control1', subject: '10.48.0.192/26', change: 'changed' },
      before: { file: 't', line: 3 },
      after: { file: 't', line: 3 },
    });
    expect(change?.fields).toEqual([
      { name: 'via', before: '10.48.0.206', after: '10.0.1.30' },
      { name: 'dev', before: 'vxlan.calico', after: 'ens5' },
    ]);
  });

  it('neighbours of a tunnel and its forwarding entries; states change by themselves', () => {
    const table = (mac: string, state: string, dst: string): string => `control1$ ip neigh
10.48.0.206 dev vxlan.calico lladdr ${mac} PERMANENT
10.0.1.99 dev ens5 lladdr 02:00:00:00:00:99 ${state}
control1$ bridge fdb
66:14:9d:f4:2c:1f dev vxlan.calico dst ${dst} self permanent
`;
    const before = table('66:14:9d:f4:2c:1f', 'REACHABLE', '10.0.1.30');
    expect(told(diffOf(tables(before), tables(table('66:14:9d:f4:2c:1f', 'STALE', '10.0.1.30'))))).toEqual([]);
    expect(told(diffOf(tables(before), tables(table('66:00:00:00:00:01', 'STALE', '10.0.1.31'))))).toEqual([
      'neighbour (control1) 10.48.0.206 vxlan.calico changed MAC 66:14:9d:f4:2c:1f>66:00:00:00:00:01',
      'fdb (control1) 66:14:9d:f4:2c:1f vxlan.calico changed dst 10.0.1.30>10.0.1.31',
    ]);
  });

  it('an MTU; veths of pods come and go', () => {
    const links = (mtu: number, veth: string): string => `control1$ ip -d link
2: ens5: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu ${mtu} qdisc mq state UP mode DEFAULT group default qlen 1000
    link/ether 02:79:d5:90:06:0b brd ff:ff:ff:ff:ff:ff
5: ${veth}@if3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UP mode DEFAULT group default
    link/ether ee:ee:ee:ee:ee:ee brd ff:ff:ff:ff:ff:ff link-netnsid 0
`;
    const diff = diffOf(tables(links(9001, 'cali0123456789a')), tables(links(1500, 'califedcba98765')));
    expect(told(diff)).toEqual(['device (control1) ens5 changed MTU 9001>1500']);
  });

  it('a table that only one of them has is not compared', () => {
    const diff = diffOf(tables(ROUTES), { n: LAB_NODES });
    expect(diff.changes).toEqual([]);
    expect(diff.notCompared).toEqual(['routes of control1: only the first has them']);
  });
});

it('settings of the agent, for all nodes and for one', () => {
  const felix = (name: string, spec: string): string =>
    `apiVersion: projectcalico.org/v3\nkind: FelixConfiguration\nmetadata: {name: ${name}}\nspec: {${spec}}\n`;
  const before = { n: LAB_NODES, f: felix('default', 'vxlanPort: 4789'), o: felix('node.control1', 'vxlanMTU: 1450') };
  const after = { n: LAB_NODES, f: felix('default', 'vxlanPort: 4790'), o: felix('node.control1', 'vxlanMTU: 1400') };
  expect(told(diffOf(before, after))).toEqual([
    'setting vxlanPort changed value 4789>4790',
    'setting (control1) vxlanMTU changed value 1450>1400',
  ]);
});
