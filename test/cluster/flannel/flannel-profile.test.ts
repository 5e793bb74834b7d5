import { expect, it } from 'vitest';
import { FLANNEL } from '../../../src/cluster/flannel/flannel-profile.ts';

it.each([
  ['flannel.1', 'vxlan'],
  ['flannel.4096', 'vxlan'],
  ['flannel-v6.1', 'vxlan-v6'],
  ['flannel.ipip', 'ipip'],
  ['flannel-wg', 'wireguard'],
  ['flannel-wg-v6', 'wireguard-v6'],
  ['flannel0', null],
  ['flannel.x', null],
  ['vxlan.calico', null],
  ['cni0', null],
])("%s is flannel's device for %s", (name, kind) => {
  expect(FLANNEL.tunnelKindOf(name)).toBe(kind);
});

it('devices carry the VNI that the cluster uses', () => {
  expect(FLANNEL.tunnelDevice('vxlan')).toBe('flannel.1');
  expect(FLANNEL.withVni(7).tunnelDevice('vxlan-v6')).toBe('flannel-v6.7');
  expect(FLANNEL.vniOfDevice?.('flannel.4096')).toBe(4096);
  expect(FLANNEL.vniOfDevice?.('flannel-wg')).toBeNull();
});

it("the tunnel's device has the first address of the node's part, with backends that have such a device", () => {
  expect(FLANNEL.tunnelOfPodCIDR?.('10.244.3.0/24', 'vxlan')).toEqual({ kind: 'vxlan', address: '10.244.3.0' });
  expect(FLANNEL.tunnelOfPodCIDR?.('2001:cafe:42:1::/64', 'vxlan')).toEqual({
    kind: 'vxlan-v6',
    address: '2001:cafe:42:1::',
  });
  expect(FLANNEL.tunnelOfPodCIDR?.('10.244.3.0/24', 'host-gw')).toBeNull();
});

it('no MAC is computed, so that none is taken for one', () => {
  expect(FLANNEL.vtepMacOfNode('node-1', 4)).toBeNull();
  expect(FLANNEL.vtepMacLooksComputed('66:c9:ee:b1:9b:47')).toBe(false);
  expect(FLANNEL.isMissentVni(1)).toBe(false);
});
