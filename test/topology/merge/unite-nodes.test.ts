import { describe, expect, it } from 'vitest';
import { issueCodes, LAB_POOLS, topologyOf } from '../documents.ts';

// As `kubectl get nodes -o yaml | grep VXLANTunnel` prints it: no names, no addresses.
const TUNNELS = ['135', '206', '46']
  .map((last) => `      projectcalico.org/IPv4VXLANTunnelAddr: 10.48.0.${last}\n`)
  .join('');
const WHOLE = ['20/135', '30/206', '31/46']
  .map((pair) => pair.split('/'))
  .map(
    ([node, tunnel]) =>
      `      projectcalico.org/IPv4Address: 10.0.1.${node}/24\n      projectcalico.org/IPv4VXLANTunnelAddr: 10.48.0.${tunnel}\n`,
  )
  .join('');
const ROUTES = 'default via 10.0.1.1 dev ens5\n10.0.1.0/24 dev ens5 proto kernel scope link src 10.0.1.20\n';
const LINK =
  '17: vxlan.calico: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 8951 qdisc noqueue state UNKNOWN mode DEFAULT group default\n    link/ether 66:c9:ee:b1:9b:47 brd ff:ff:ff:ff:ff:ff\n    vxlan id 4096 local 10.0.1.20 dev ens5 srcport 0 0 dstport 4789 nolearning\n';
const ADDRESS = '17: vxlan.calico    inet 10.48.0.135/32 scope global vxlan.calico\n';
const NEIGHBOURS =
  '10.48.0.206 dev vxlan.calico lladdr 66:14:9d:f4:2c:1f PERMANENT\n10.48.0.46 dev vxlan.calico lladdr 66:4b:ff:e1:ef:01 PERMANENT\n';
const FDB =
  '66:14:9d:f4:2c:1f dev vxlan.calico dst 10.0.1.30 self permanent\n66:4b:ff:e1:ef:01 dev vxlan.calico dst 10.0.1.31 self permanent\n';
const SESSION = `control1$ ip r\n${ROUTES}control1$ ip -d link\n${LINK}control1$ ip -o addr\n${ADDRESS}control1$ ip neigh\n${NEIGHBOURS}control1$ bridge fdb\n${FDB}`;

const nodesOf = (excerpt: string, session = SESSION) => {
  const topology = topologyOf({ 'nodes.txt': excerpt, 'session.txt': session, p: LAB_POOLS });
  return {
    nodes: topology.nodes.map(
      ({ name, addresses, tunnels }) => `${name} ${addresses.map(({ address }) => address)} ${tunnels.vxlan?.value}`,
    ),
    codes: issueCodes(topology).filter((code) => !/route-missing|no-node-address/.test(code)),
  };
};
const THREE = ['control1 10.0.1.20 10.48.0.135', '10.0.1.30 10.0.1.30 10.48.0.206', '10.0.1.31 10.0.1.31 10.48.0.46'];

describe('an excerpt of annotations and the tables of one machine are one node', () => {
  it.each([
    ['by its address', WHOLE, SESSION],
    ['by its tunnel address', TUNNELS, SESSION],
    [
      'by the local address of its device',
      WHOLE,
      SESSION.replace(ROUTES, '10.48.0.9 dev cali0123456789a scope link\n'),
    ],
  ])('%s', (_, excerpt, session) => {
    const { nodes, codes } = nodesOf(excerpt, session);
    expect([nodes.toSorted(), codes]).toEqual([THREE.toSorted(), []]);
  });

  it('by its MAC', () => {
    const excerpt =
      '  projectcalico.org/IPv4Address: 10.0.1.20/24\n  projectcalico.org/VXLANTunnelMACAddr: 66:c9:ee:b1:9b:47\n';
    const bare = `control1$ ip link\n${LINK.split('\n').slice(0, 2).join('\n')}\ncontrol1$ ip neigh\n${NEIGHBOURS}`;
    expect(nodesOf(excerpt, bare)).toEqual({
      nodes: ['control1 10.0.1.20 undefined'],
      codes: ['risk no-tunnel-address'],
    });
  });

  it('and so are two excerpts of it', () => {
    const addresses = WHOLE.replaceAll(/.*Tunnel.*\n/g, '--\n');
    expect(nodesOf(`${addresses}${TUNNELS}`).nodes.toSorted()).toEqual(THREE.toSorted());
  });
});

it('two machines stay two', () => {
  const clone = `control1$ ip r\n${ROUTES}worker9$ ip r\n${ROUTES.replace('.20', '.29')}worker9$ ip -o addr\n${ADDRESS}`;
  const { nodes, codes } = nodesOf(WHOLE, clone);
  expect(nodes).toContain('control1 10.0.1.20 10.48.0.135');
  expect(nodes).toHaveLength(4);
  expect(codes).toContain('conflict duplicate-tunnel-address');
});
