import { expect, it } from 'vitest';
import { type Files, issueCodes, LAB_NODES, LAB_POOLS, topologyOf } from '../documents.ts';

const base = { 'nodes.yaml': LAB_NODES, 'pools.yaml': LAB_POOLS };

function devicesOf(files: Files) {
  const topology = topologyOf({ ...base, ...files });
  const [node] = topology.nodes;
  const devices = node === undefined ? [] : topology.devicesOf(node);
  return { codes: issueCodes(topology), devices: devices.map(({ ref: _ref, up: _up, ...rest }) => rest) };
}

const link = (nic: number, vxlan: number, veth: number) => `2: ens5: <BROADCAST,UP> mtu ${nic} state UP
    link/ether 02:79:d5:90:06:0b brd ff:ff:ff:ff:ff:ff
3: docker0: <BROADCAST,UP> mtu 1500 state UP
    link/ether 02:42:d5:90:06:0b brd ff:ff:ff:ff:ff:ff
4: vxlan.calico: <BROADCAST,UP> mtu ${vxlan} state UNKNOWN
    link/ether 66:c9:ee:b1:9b:47 brd ff:ff:ff:ff:ff:ff
    vxlan id 4096 local 10.0.1.20 dev ens5 dstport 4789 nolearning
5: calic628ed26868@if2: <BROADCAST,UP> mtu ${veth} state UP
    link/ether ee:ee:ee:ee:ee:ee brd ff:ff:ff:ff:ff:ff
6: cali0f7dddec3a7@if2: <BROADCAST,UP> mtu ${vxlan} state UP
    link/ether ee:ee:ee:ee:ee:ee brd ff:ff:ff:ff:ff:ff
`;

it('a tunnel and its overhead fit into the NIC, and pods into the tunnel', () => {
  const { codes, devices } = devicesOf({ 'control1/ip-link.txt': link(1500, 1450, 1450) });
  expect(devices).toEqual([
    { use: 'nic', names: ['ens5'], mtu: 1500, overhead: 0, into: null, fits: null },
    { use: 'tunnel', names: ['vxlan.calico'], mtu: 1450, overhead: 50, into: { name: 'ens5', mtu: 1500 }, fits: true },
    {
      use: 'workload',
      names: ['calic628ed26868', 'cali0f7dddec3a7'],
      mtu: 1450,
      overhead: 0,
      into: { name: 'vxlan.calico', mtu: 1450 },
      fits: true,
    },
  ]);
  expect(codes).toEqual([]);
});

it('what does not fit is a risk', () => {
  const { codes, devices } = devicesOf({ 'control1/ip-link.txt': link(1500, 1480, 9000) });
  expect(devices.map(({ use, mtu, fits }) => [use, mtu, fits])).toEqual([
    ['nic', 1500, null],
    ['tunnel', 1480, false],
    ['workload', 1480, true],
    ['workload', 9000, false],
  ]);
  expect(codes).toEqual(['risk tunnel-mtu-too-large', 'risk veth-mtu-too-large']);
});

it('an IP-in-IP device that no pool asks for holds nothing back', () => {
  const tunl0 = '7: tunl0@NONE: <NOARP,UP> mtu 1440 state UNKNOWN\n    link/ipip 0.0.0.0 brd 0.0.0.0\n';
  const { codes, devices } = devicesOf({ 'control1/ip-link.txt': link(1500, 1450, 1450) + tunl0 });
  expect(devices.find(({ use }) => use === 'workload')?.into?.name).toBe('vxlan.calico');
  expect(codes).toEqual([]);
});
