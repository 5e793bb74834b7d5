// Which CNI carries, and what flannel's statements come to: by what kubectl and ip print, truth by flannel's own documentation.
import { describe, expect, it } from 'vitest';
import { expectedOf } from '../../../src/attribution/sender/expected.ts';
import { type Who, whoByTopology } from '../../../src/attribution/who/who.ts';
import type { Topology } from '../../../src/topology/model.ts';
import { answer, type Files, issueCodes, listYaml, poolYaml, topologyOf } from '../documents.ts';

const MACS = ['ae:4b:5c:00:01:7e', '4e:90:1d:00:02:b3', 'da:07:e6:00:03:55'];
const ADDRESSES = ['192.0.2.11', '192.0.2.12', '198.51.100.13'];

function nodeYaml(i: number, backend = 'vxlan', more = ''): string {
  const prefix = 'flannel.alpha.coreos.com';
  return `apiVersion: v1
kind: Node
metadata:
  name: node-${i}
  annotations:
    ${prefix}/backend-data: '{"VNI":1,"VtepMAC":"${MACS[i - 1]}"}'
    ${prefix}/backend-type: ${backend}
    ${prefix}/public-ip: ${ADDRESSES[i - 1]}${more}
spec: {podCIDR: 10.244.${i}.0/24, podCIDRs: [10.244.${i}.0/24]}
status: {addresses: [{type: InternalIP, address: ${ADDRESSES[i - 1]}}]}
`;
}

const NODES = listYaml(nodeYaml(1), nodeYaml(2), nodeYaml(3));
const conf = (backend: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kube-flannel-cfg}\ndata:\n  net-conf.json: |\n    {"Network": "10.244.0.0/16", "Backend": ${backend}}\n`;
const routes = (...lines: string[]): string =>
  ['default via 192.0.2.1 dev eth0', '192.0.2.0/24 dev eth0 proto kernel scope link src 192.0.2.11', ...lines].join(
    '\n',
  );
const POD_LIST = (...pods: [string, number][]): string =>
  listYaml(
    ...pods.map(
      ([ip, node]) =>
        `apiVersion: v1\nkind: Pod\nmetadata: {name: p${ip.replaceAll('.', '-')}, namespace: shop}\nspec: {nodeName: node-${node}}\nstatus: {phase: Running, podIP: ${ip}}\n`,
    ),
  );

function who(topology: Topology, address: string): Who {
  return whoByTopology(topology.lookup(address));
}

function asked(files: Files, from: string, to: string): string {
  const topology = topologyOf(files);
  const { encapsulation, reason } = expectedOf({ topology, src: who(topology, from), dst: who(topology, to) });
  return `${encapsulation} ${reason}`;
}

const [POD1, POD2, POD3] = ['10.244.1.5', '10.244.2.5', '10.244.3.5'];

describe('what is asked for', () => {
  it('Backend Type vxlan: the tunnel, between all nodes', () => {
    const files = { 'nodes.yaml': NODES, 'cm.yaml': conf('{"Type": "vxlan"}') };
    expect(asked(files, POD1, POD2)).toBe('vxlan pool-always');
    expect(asked(files, POD1, POD3)).toBe('vxlan pool-always');
    expect(topologyOf(files).issues).toEqual([]);
  });

  it('host-gw: none', () => {
    const nodes = listYaml(nodeYaml(1, 'host-gw'), nodeYaml(2, 'host-gw'));
    expect(asked({ 'n.yaml': nodes, 'cm.yaml': conf('{"Type": "host-gw"}') }, POD1, POD2)).toBe('none pool-never');
  });

  it("DirectRouting: by the gateway in the sender's route to the other node, whatever prefix is written", () => {
    const direct = { 'n.yaml': NODES, 'cm.yaml': conf('{"Type": "vxlan", "DirectRouting": true}') };
    const withRoutes = { ...direct, 'node-1/ip-route.txt': routes() };
    expect(asked(withRoutes, POD1, POD2)).toBe('none crosssubnet-same');
    expect(asked(withRoutes, POD1, POD3)).toBe('vxlan crosssubnet-different');
    const hostRoute = { ...direct, 'node-1/ip-route.txt': routes('192.0.2.12 via 192.0.2.1 dev eth0') };
    expect(asked(hostRoute, POD1, POD2)).toBe('vxlan crosssubnet-different');
    expect(asked(direct, POD1, POD2)).toBe('null subnet-unknown');
  });

  it("DirectRouting under canal: the prefix of Calico's annotation tells too", () => {
    const more = '\n    projectcalico.org/IPv4Address: 192.0.2.11/24';
    const nodes = listYaml(nodeYaml(1, 'vxlan', more), nodeYaml(2), nodeYaml(3));
    const files = { 'n.yaml': nodes, 'cm.yaml': conf('{"Type": "vxlan", "DirectRouting": true}') };
    expect(asked(files, POD1, POD2)).toBe('none crosssubnet-same');
    expect(asked(files, POD1, POD3)).toBe('vxlan crosssubnet-different');
  });

  it('without the ConfigMap (k3s) DirectRouting is open, unless routes show it', () => {
    expect(asked({ 'n.yaml': NODES }, POD1, POD2)).toBe('vxlan direct-routing-unknown');
    const tunnelled = routes('10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink');
    expect(asked({ 'n.yaml': NODES, 'node-1/ip-route.txt': tunnelled }, POD1, POD2)).toBe('vxlan pool-always');
    const plain = routes('10.244.2.0/24 via 192.0.2.12 dev eth0', '10.244.3.0/24 via 10.244.3.0 dev flannel.1 onlink');
    expect(asked({ 'n.yaml': NODES, 'node-1/ip-route.txt': plain }, POD1, POD2)).toBe('none crosssubnet-same');
    const mixed = `${tunnelled}\n10.244.4.0/24 via 192.0.2.14 dev eth0`;
    expect(asked({ 'n.yaml': NODES, 'node-1/ip-route.txt': mixed }, POD1, POD2)).toBe('vxlan pool-always');
  });

  it('wireguard: encrypted between nodes that publish keys', () => {
    const key = (i: number): string => `"PublicKey":"${'ABC'[i]?.repeat(42)}M="`;
    const nodes = [1, 2].map((i) => nodeYaml(i, 'wireguard').replace(/"VNI".*"(?=})/, key(i)));
    const cm = conf('{"Type": "wireguard"}');
    expect(asked({ 'n.yaml': listYaml(...nodes), 'cm.yaml': cm }, POD1, POD2)).toBe('wireguard wireguard-keys');
    expect(asked({ 'n.yaml': listYaml(nodes[0] ?? '', nodeYaml(2, 'wireguard')), 'cm.yaml': cm }, POD1, POD2)).toBe(
      'null backend-not-read',
    );
  });

  it.each(['udp', 'ipsec', 'ali-vpc'])('%s is not read: nothing is expected', (type) => {
    const nodes = listYaml(nodeYaml(1, type), nodeYaml(2, type));
    expect(asked({ 'n.yaml': nodes, 'cm.yaml': conf(`{"Type": "${type}"}`) }, POD1, POD2)).toBe(
      'null backend-not-read',
    );
  });

  it('a ConfigMap that was edited and not yet followed: neither statement counts silently', () => {
    const topology = topologyOf({ 'n.yaml': NODES, 'cm.yaml': conf('{"Type": "host-gw"}') });
    expect(issueCodes(topology)).toEqual(['conflict duplicate-object']);
    expect(topology.pools.map(({ disputed }) => disputed !== undefined)).toEqual([true]);
  });
});

describe('which CNI carries', () => {
  const carrier = (files: Files): string => topologyOf(files).profile.name;
  const NEVER = poolYaml('default-ipv4-ippool', '10.244.0.0/16', 'vxlanMode: Never, ipipMode: Never');

  it('canal: flannel, and the pool that decides nothing is named', () => {
    const topology = topologyOf({ 'n.yaml': NODES, 'pools.yaml': listYaml(NEVER) });
    expect(topology.profile.name).toBe('flannel');
    expect(topology.pools.map(({ cidr, vxlanMode }) => `${cidr} ${vxlanMode}`)).toEqual(['10.244.0.0/16 Always']);
    expect(issueCodes(topology)).toEqual(['warning unused-object']);
  });

  it('canal without annotations: by routes over its device', () => {
    const files = {
      'p.yaml': listYaml(NEVER),
      'node-1/r.txt': routes('10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink'),
    };
    expect(carrier(files)).toBe('flannel');
  });

  it('annotations left behind by a migration: Calico, where its pools, blocks or routes are there alone with routes', () => {
    const always = poolYaml('p', '10.244.0.0/16', 'vxlanMode: Always');
    const calico = routes('10.244.2.0/26 via 10.244.2.1 dev vxlan.calico onlink');
    expect(carrier({ 'n.yaml': NODES, 'p.yaml': listYaml(always), 'node-1/r.txt': calico })).toBe('calico');
  });

  it('both state it and no route tells: nobody counts', () => {
    const topology = topologyOf({
      'n.yaml': NODES,
      'p.yaml': listYaml(poolYaml('p', '10.244.0.0/16', 'vxlanMode: Always')),
    });
    expect(issueCodes(topology)).toContain('conflict several-carriers');
    expect(topology.pools.every(({ disputed }) => disputed !== undefined)).toBe(true);
  });

  it("pods outside their nodes' parts got their addresses from Calico", () => {
    const files = { 'n.yaml': NODES, 'p.yaml': listYaml(NEVER), 'pods.yaml': POD_LIST(['10.244.200.7', 1]) };
    expect(issueCodes(topologyOf(files))).toContain('conflict several-carriers');
    expect(carrier({ ...files, 'pods.yaml': POD_LIST(['10.244.1.7', 1]) })).toBe('flannel');
  });

  it('a snapshot without any sign is read as Calico', () => {
    expect(carrier({ 'pods.yaml': POD_LIST(['10.48.0.7', 1]) })).toBe('calico');
  });
});

describe('who has an address', () => {
  const topology = topologyOf({ 'n.yaml': NODES, 'cm.yaml': conf('{"Type": "vxlan"}') });

  it("a node's part of the network names the node of its pods; the first address is the tunnel's", () => {
    expect(answer(topology.lookup('10.244.2.9'))).toBe('pod @node-2 by pod-cidr');
    expect(answer(topology.lookup('10.244.2.0'))).toBe('tunnel @node-2 by tunnel-address');
    expect(answer(topology.lookup('192.0.2.12'))).toBe('node @node-2 by node-address');
    expect(answer(topology.lookup('10.244.9.9'))).toBe('pod');
    expect(answer(topology.lookup('8.8.8.8'))).toBe('external');
  });

  it('MACs are those that the annotations write', () => {
    expect(topology.nodeByVtepMac(MACS[1] ?? '')).toMatchObject({ node: { name: 'node-2' }, written: true });
  });

  it('VNI and port by net-conf.json', () => {
    const odd = topologyOf({ 'n.yaml': NODES, 'cm.yaml': conf('{"Type": "vxlan", "VNI": 1, "Port": 14789}') });
    const { vxlanVNI, vxlanPort } = odd.felix('node-1');
    expect([vxlanVNI?.value, vxlanPort?.value]).toEqual([1, 14789]);
  });

  it('public-ip-overwrite: the others send to an address that a NAT translates, the device sends from its own', () => {
    const nodes = NODES.replace('public-ip: 192.0.2.11', 'public-ip: 203.0.113.7');
    const device =
      '4: flannel.1: <BROADCAST,UP> mtu 1450\n    link/ether ae:4b:5c:00:01:7e\n    vxlan id 1 local 192.0.2.11 dev eth0 dstport 8472 nolearning';
    const found = topologyOf({ 'n.yaml': nodes, 'node-1/ip-link.txt': device });
    expect(issueCodes(found)).toEqual(['risk address-not-internal-ip']);
    expect(found.nodeByAddress('192.0.2.11')?.name).toBe('node-1');
    expect(found.nodeByAddress('203.0.113.7')?.name).toBe('node-1');
  });

  it('two families: an address, a MAC and a tunnel address of each', () => {
    const more = `\n    flannel.alpha.coreos.com/public-ipv6: 2001:db8::11\n    flannel.alpha.coreos.com/backend-v6-data: '{"VNI":1,"VtepMAC":"0a:00:00:00:00:06"}'`;
    const dual = nodeYaml(1, 'vxlan', more).replace(
      'podCIDRs: [10.244.1.0/24]',
      "podCIDRs: [10.244.1.0/24, 'fd00:42:0:1::/64']",
    );
    const [one] = topologyOf({ 'n.yaml': listYaml(dual, nodeYaml(2)) }).nodes;
    expect([one?.bgpIPv6?.address, one?.vtepMacV6?.value, one?.tunnels['vxlan-v6']?.value]).toEqual([
      '2001:db8::11',
      '0a:00:00:00:00:06',
      'fd00:42:0:1::',
    ]);
  });

  it('an excerpt of annotations makes nodes', () => {
    const text = NODES.split('\n')
      .filter((line) => /flannel/.test(line))
      .join('\n');
    const found = topologyOf({ 'grep.txt': text });
    expect(found.nodes.map(({ name, vtepMac }) => [name, vtepMac?.value])).toEqual(
      ADDRESSES.map((one, i) => [one, MACS[i]]),
    );
  });
});

describe('tables against what flannel promises', () => {
  const fdb = (dst: string): string =>
    `${MACS[1]} dev flannel.1 dst ${ADDRESSES[1]} self permanent\n${MACS[2]} dev flannel.1 dst ${dst} self permanent\n`;
  const neigh = `10.244.2.0 dev flannel.1 lladdr ${MACS[1]} PERMANENT\n10.244.3.0 dev flannel.1 lladdr ${MACS[2]} PERMANENT\n`;
  const table = routes(
    '10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink',
    '10.244.3.0/24 via 10.244.3.0 dev flannel.1 onlink',
  );

  it('healthy ones raise nothing, a stale FDB line does', () => {
    const files = {
      'n.yaml': NODES,
      'cm.yaml': conf('{"Type": "vxlan"}'),
      'node-1/r.txt': table,
      'node-1/n.txt': neigh,
    };
    expect(topologyOf({ ...files, 'node-1/f.txt': fdb(ADDRESSES[2] ?? '') }).issues).toEqual([]);
    expect(issueCodes(topologyOf({ ...files, 'node-1/f.txt': fdb(ADDRESSES[1] ?? '') }))).toEqual([
      'conflict fdb-contradiction',
    ]);
  });

  it('DirectRouting: no VTEP entries for a node on the same link, and a plain route to it', () => {
    const direct = routes('10.244.2.0/24 via 192.0.2.12 dev eth0', '10.244.3.0/24 via 10.244.3.0 dev flannel.1 onlink');
    const files = {
      'n.yaml': NODES,
      'cm.yaml': conf('{"Type": "vxlan", "DirectRouting": true}'),
      'node-1/r.txt': direct,
    };
    const tables = {
      'node-1/n.txt': neigh.split('\n')[1] ?? '',
      'node-1/f.txt': fdb(ADDRESSES[2] ?? '').split('\n')[1] ?? '',
    };
    expect(topologyOf({ ...files, ...tables }).issues).toEqual([]);
    const { 'cm.yaml': _, ...without } = { ...files, ...tables };
    expect(topologyOf(without).issues).toEqual([]);
    expect(issueCodes(topologyOf({ ...files, 'cm.yaml': conf('{"Type": "vxlan"}'), ...tables }))).toContain(
      'conflict route-contradiction',
    );
  });
});
