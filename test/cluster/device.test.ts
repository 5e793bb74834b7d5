import { expect, it } from 'vitest';
import { isNic, useOfDeviceName } from '../../src/cluster/device.ts';
import { emptyLink } from '../../src/topology/read/iproute2/link-text.ts';

it.each([
  ['vxlan.calico', 'tunnel'],
  ['vxlan-v6.calico', 'tunnel'],
  ['tunl0', 'tunnel'],
  ['wireguard.cali', 'tunnel'],
  ['flannel.1', 'tunnel'],
  ['cilium_vxlan', 'tunnel'],
  ['calic628ed26868', 'workload'],
  ['enic440f455693', 'workload'],
  ['ens5', 'nic'],
  ['eth0', 'nic'],
  ['bond0', 'nic'],
  ['eni', 'nic'],
  ['docker0', 'other'],
  ['br-1a2b3c', 'other'],
  ['lo', 'other'],
  ['kube-ipvs0', 'other'],
])('%s is %s', (name, use) => {
  expect(useOfDeviceName(name)).toBe(use);
});

it('a NIC has a MAC of its own, and may be a veth where nodes are containers', () => {
  const link = (mac: string | null, kind: string | null) => ({
    ...emptyLink(2, 'ens5', true, { file: '', line: 1 }),
    mac,
    kind,
  });
  expect(isNic(link('02:79:d5:90:06:0b', null))).toBe(true);
  expect(isNic(link('02:79:d5:90:06:0b', 'veth'))).toBe(true);
  expect(isNic(link('ee:ee:ee:ee:ee:ee', 'veth'))).toBe(false);
  expect(isNic(link('02:79:d5:90:06:0b', 'vxlan'))).toBe(false);
  expect(isNic(link(null, null))).toBe(false);
});
