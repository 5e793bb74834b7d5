import { expect, it } from 'vitest';
import { CALICO } from '../../src/cluster/calico/calico-profile.ts';
import { isNic, looksLikeTunnelDevice, meaningOfDeviceName, useOfDeviceName } from '../../src/cluster/device.ts';
import { isVxlanDevice } from '../../src/cluster/profile.ts';
import { emptyLink } from '../../src/topology/read/iproute2/link-text.ts';

it.each([
  ['vxlan.calico', 'vxlan'],
  ['vxlan-v6.calico', 'vxlan-v6'],
  ['tunl0', 'ipip'],
  ['wireguard.cali', 'wireguard'],
  ['wg-v6.cali', 'wireguard-v6'],
  ['flannel.1', null],
  ['constructor', null],
])("%s is Calico's device for %s", (name, kind) => {
  expect(CALICO.tunnelKindOf(name)).toBe(kind);
  expect(isVxlanDevice(CALICO, name)).toBe(name.startsWith('vxlan'));
});

it.each([
  ['vxlan.calico', 'tunnel'],
  ['vxlan-v6.calico', 'tunnel'],
  ['tunl0', 'tunnel'],
  ['wireguard.cali', 'tunnel'],
  ['wg-v6.cali', 'tunnel'],
  ['egress.calico', 'tunnel'],
  ['flannel.1', 'tunnel'],
  ['flannel-v6.1', 'tunnel'],
  ['flannel-wg', 'tunnel'],
  ['cilium_vxlan', 'tunnel'],
  ['cilium_geneve', 'tunnel'],
  ['genev_sys_6081', 'tunnel'],
  ['antrea-gw0', 'tunnel'],
  ['antrea-tun0', 'tunnel'],
  ['calic628ed26868', 'workload'],
  ['cali1234', 'workload'],
  ['enic440f455693', 'workload'],
])('the name %s means %s wherever it stands', (name, use) => {
  expect(meaningOfDeviceName(name)).toBe(use);
  expect(useOfDeviceName(name)).toBe(use);
});

it.each([
  ['lxc1a2b3c', 'workload'],
  ['tap0123', 'workload'],
  ['veth12ab', 'workload'],
  ['cali', 'workload'],
  ['ens5', 'nic'],
  ['eth0', 'nic'],
  ['bond0', 'nic'],
  ['eni', 'nic'],
  ['any', 'nic'],
  ['vxlan0', 'nic'],
  ['docker0', 'other'],
  ['br-1a2b3c', 'other'],
  ['lo', 'other'],
  ['kube-ipvs0', 'other'],
  ['cilium_host', 'other'],
  ['antrea-egress0', 'other'],
  ['sit0', 'other'],
])('the name %s alone does not tell what was captured there; on a node it is %s', (name, use) => {
  expect(meaningOfDeviceName(name)).toBeNull();
  expect(useOfDeviceName(name)).toBe(use);
});

it('a route to a device named as tunnels usually are leads into one', () => {
  expect(['vxlan0', 'tunl1', 'wireguard0', 'wg-v6.cali', 'flannel.1'].every(looksLikeTunnelDevice)).toBe(true);
  expect(['ens5', 'wg0', 'calic628ed26868'].some(looksLikeTunnelDevice)).toBe(false);
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
