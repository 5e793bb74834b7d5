import { describe, expect, it } from 'vitest';
import { buildTopology } from '../../../src/topology/build.ts';
import { type Files, issueCodes, issueOf, LAB_NODES, LAB_POOLS, topologyOf } from '../documents.ts';

const ROUTES =
  '10.0.1.0/24 dev ens5 proto kernel scope link src 10.0.1.20\n10.48.0.192/26 via 10.48.0.206 dev vxlan.calico onlink\n';
const FDB =
  '66:14:9d:f4:2c:1f dev vxlan.calico dst 10.0.1.30 self permanent\n66:4b:ff:e1:ef:01 dev vxlan.calico dst 10.0.1.31 self permanent\n';
const ALIASES = LAB_NODES.replaceAll(
  /control1|worker1|worker2/g,
  (name) => `ip-10-0-1-${{ control1: 20, worker1: 30, worker2: 31 }[name]}.eu-west-1.compute.internal`,
);

/** Names of the nodes that have routes or FDB entries. */
const holders = (files: Files) =>
  topologyOf(files)
    .nodes.filter((node) => node.routes.length + node.fdb.length > 0)
    .map((node) => node.name);

describe('by name', () => {
  it.each([
    ['a folder', 'control1/ip-route.txt'],
    ['a folder above', 'control1/tables/ip-route.txt'],
    ['the start of the file name', 'control1-ip-route.txt'],
    ['the end of the file name', 'ip-route_control1.out'],
    ['the middle', '2024.control1.route.txt'],
  ])('%s', (_, file) => {
    expect(holders({ n: LAB_NODES, [file]: '10.48.0.192/26 via 10.48.0.206 dev vxlan.calico onlink\n' })).toEqual([
      'control1',
    ]);
  });

  it('the longest name that fits', () => {
    const nodes = LAB_NODES.replaceAll('worker1', 'control1-b');
    expect(
      holders({ n: nodes, 'control1-b-ip-route.txt': '10.48.0.0/26 via 10.48.0.46 dev vxlan.calico onlink\n' }),
    ).toEqual(['control1-b']);
  });

  it('the first label of the name, as shells show it', () => {
    expect(holders({ n: ALIASES, 'ip-10-0-1-20/bridge-fdb.txt': FDB })).toEqual([
      'ip-10-0-1-20.eu-west-1.compute.internal',
    ]);
    expect(holders({ n: ALIASES, a: `ubuntu@ip-10-0-1-20:~$ bridge fdb\n${FDB}` })).toEqual([
      'ip-10-0-1-20.eu-west-1.compute.internal',
    ]);
  });

  it('the pod that kubectl exec ran in', () => {
    const pod =
      'apiVersion: v1\nkind: Pod\nmetadata: {name: calico-node-x7k2p, namespace: calico-system}\nspec: {nodeName: worker1, hostNetwork: true}\nstatus: {podIP: 10.0.1.30}\n';
    expect(
      holders({
        n: LAB_NODES,
        p: pod,
        a: `$ kubectl exec -n calico-system calico-node-x7k2p -- bridge fdb show\n${FDB}`,
      }),
    ).toEqual(['worker1']);
  });
});

describe('by content', () => {
  it.each([
    ['the source of a kernel route', ROUTES],
    [
      'a device address',
      '2: ens5    inet 10.0.1.20/24 brd 10.0.1.255 scope global ens5\\       valid_lft forever\n10.48.0.192/26 via 10.48.0.206 dev vxlan.calico onlink\n',
    ],
    [
      'the VXLAN local address',
      '4: vxlan.calico: <UP> mtu 8951\n    link/ether 66:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff\n    vxlan id 4096 local 10.0.1.20 dev ens5 dstport 4789\n10.48.0.192/26 via 10.48.0.206 dev vxlan.calico onlink\n',
    ],
    [
      'the tunnel address',
      '4: vxlan.calico    inet 10.48.0.135/32 scope global vxlan.calico\n10.48.0.192/26 via 10.48.0.206 dev vxlan.calico onlink\n',
    ],
    ['the one peer that is missing', FDB],
  ])('%s', (_, text) => {
    expect(holders({ n: LAB_NODES, 'all.txt': text })).toEqual(['control1']);
  });

  it('the MAC that Felix computes from the name', () => {
    const text =
      '4: vxlan.calico: <UP> mtu 8951\n    link/ether 66:c9:ee:b1:9b:47 brd ff:ff:ff:ff:ff:ff\n10.48.64.0/26 via 10.48.0.99 dev vxlan.calico onlink\n';
    expect(holders({ n: ALIASES, a: text })).toEqual(['ip-10-0-1-20.eu-west-1.compute.internal']);
  });

  it('the other texts in the same folder, when its name is none of a node', () => {
    const topology = topologyOf({
      n: ALIASES,
      'control1/ip-route.txt': ROUTES,
      'control1/ip-neigh.txt': '10.0.1.10 dev ens5 lladdr 02:88:a0:32:73:4d REACHABLE\n',
    });
    expect(topology.nodes[0]?.has).toMatchObject({ route: true, neigh: true });
    expect(topology.issues).toEqual([]);
  });

  it('the other texts with the same start of their names', () => {
    const topology = topologyOf({
      n: ALIASES,
      'control1-ip-route.txt': ROUTES,
      'control1-ip-neigh.txt': '10.0.1.10 dev ens5 lladdr 02:88:a0:32:73:4d REACHABLE\n',
    });
    expect(topology.nodes[0]?.has).toMatchObject({ route: true, neigh: true });
  });
});

it('name and content that disagree are a conflict, and the name counts', () => {
  const topology = topologyOf({ 'nodes.yaml': LAB_NODES, 'worker1/ip-route.txt': ROUTES });
  expect(topology.nodes[1]?.has.route).toBe(true);
  expect(issueOf(topology, 'owner-conflict').message).toBe(
    'worker1/ip-route.txt:1: the folder worker1 says worker1, its addresses are those of control1: worker1 counts',
  );
  // The other node's address does not become its own.
  expect(topology.nodes[1]?.addresses.map(({ address }) => address)).toEqual(['10.0.1.30']);
});

it('what cannot be told is told', () => {
  const topology = topologyOf({ n: LAB_NODES, 'x.txt': '10.0.1.10 dev ens5 lladdr 02:88:a0:32:73:4d REACHABLE\n' });
  expect(issueOf(topology, 'unattributed-text').message).toBe(
    'x.txt:1: which node this was taken on cannot be told: put it into a folder named like the node',
  );
});

it('several nodes in one pasted log', () => {
  const log = `control1$ ip route\n${ROUTES}control1$ bridge fdb\n${FDB}worker1$ ip route\n10.0.1.0/24 dev ens5 proto kernel scope link src 10.0.1.30\n`;
  const topology = topologyOf({ n: LAB_NODES, log });
  expect(topology.nodes.map((node) => [node.routes.length, node.fdb.length])).toEqual([
    [2, 2],
    [1, 0],
    [0, 0],
  ]);
  expect(topology.nodes[1]?.routes[0]?.ref).toEqual({ file: 'log', line: 8 });
});

it('ip link and ip addr complete each other', () => {
  const link = '2: ens5: <UP> mtu 9001 qdisc mq state UP\n    link/ether 02:79:d5:90:06:0b brd ff:ff:ff:ff:ff:ff\n';
  const addr = `${link}    inet 10.0.1.20/24 brd 10.0.1.255 scope global ens5\n`;
  const [node] = topologyOf({ n: LAB_NODES, 'control1/ip-link.txt': link, 'control1/ip-addr.txt': addr }).nodes;
  expect(node?.links).toHaveLength(1);
  expect(node?.links[0]).toMatchObject({
    mtu: 9001,
    mac: '02:79:d5:90:06:0b',
    addresses: [{ address: '10.0.1.20', prefixLength: 24 }],
  });
});

it('two tables of one node that differ are a conflict, and the first counts', () => {
  const before = '10.48.0.192/26 via 10.0.1.30 dev ens5 proto bird\n';
  const after = '10.48.0.192/26 via 10.48.0.206 dev vxlan.calico onlink\n';
  const topology = topologyOf({ n: LAB_NODES, 'control1/1-ip-route.txt': before, 'control1/2-ip-route.txt': after });
  expect(topology.nodes[0]?.routes.map((route) => route.dev)).toEqual(['ens5']);
  expect(issueOf(topology, 'duplicate-object').message).toBe(
    'route of control1 is "10.48.0.192/26 via 10.0.1.30 dev ens5 proto bird" (control1/1-ip-route.txt:1) and "10.48.0.192/26 via 10.48.0.206 dev vxlan.calico onlink" (control1/2-ip-route.txt:1): the first counts',
  );
});

describe('without Node objects', () => {
  const texts = {
    'control1/ip-route.txt': ROUTES,
    'control1/bridge-fdb.txt': FDB,
    'control1/ip-neigh.txt':
      '10.48.0.206 dev vxlan.calico lladdr 66:14:9d:f4:2c:1f PERMANENT\n10.48.0.46 dev vxlan.calico lladdr 66:4b:ff:e1:ef:01 PERMANENT\n',
  };

  it('the texts make nodes, and their tables the peers', () => {
    const topology = topologyOf({ ...texts, p: LAB_POOLS });
    expect(topology.nodes.map(({ name, tunnels }) => [name, tunnels.vxlan?.value])).toEqual([
      ['control1', undefined],
      ['10.0.1.30', '10.48.0.206'],
      ['10.0.1.31', '10.48.0.46'],
    ]);
    expect(topology.lookup('10.48.0.200').node?.name).toBe('10.0.1.30');
    expect(issueCodes(topology)).toEqual([]);
  });

  it('tables complete nodes of which only names and addresses are known', () => {
    const table =
      'NAME      STATUS   ROLES    AGE   VERSION   INTERNAL-IP   EXTERNAL-IP   OS-IMAGE\nworker1   Ready    <none>   12d   v1.30.1   10.0.1.30     <none>        Ubuntu\n';
    expect(topologyOf({ ...texts, n: table }).nodeByName('worker1')?.tunnels.vxlan?.value).toBe('10.48.0.206');
  });

  it('a node that the Node objects do not know is told', () => {
    const topology = topologyOf({ n: LAB_NODES, 'x/ip-route.txt': ROUTES.replace('10.0.1.20', '10.0.1.99') });
    expect(issueCodes(topology)).toContain('warning unknown-node');
  });
});

it('a device whose address or MAC differs from the annotation is a conflict', () => {
  const nodes = LAB_NODES.replace(
    '10.48.0.135',
    '10.48.0.135\n      projectcalico.org/VXLANTunnelMACAddr: 66:00:00:00:00:01',
  );
  const link =
    '4: vxlan.calico: <UP> mtu 8951\n    link/ether 66:c9:ee:b1:9b:47 brd ff:ff:ff:ff:ff:ff\n    inet 10.48.0.136/32 scope global vxlan.calico\n';
  const topology = topologyOf({ n: nodes, 'control1/ip-addr.txt': link });
  expect(topology.nodes[0]?.vtepMac?.value).toBe('66:00:00:00:00:01');
  expect(issueOf(topology, 'tunnel-mac-differs').message).toContain('but its device has 66:c9:ee:b1:9b:47');
  expect(issueOf(topology, 'tunnel-address-differs').message).toBe(
    'Node control1: its device has 10.48.0.136, but its vxlan tunnel address is 10.48.0.135: the annotation counts',
  );
});

it.each([
  ['node1', 'node1'],
  ['host-2', 'host-2'],
  ['nodes', '10.0.1.20'],
  ['step2', '10.0.1.20'],
])('a folder %s, where no object names nodes, makes the node %s', (folder, name) => {
  const path = `${folder}/ip-route.txt`;
  const text = '10.0.1.0/24 dev ens5 proto kernel scope link src 10.0.1.20\n';
  const topology = buildTopology([{ file: `t/${path}`, path, named: false, text }]);
  expect(topology.nodes.map((node) => node.name)).toEqual([name]);
});
