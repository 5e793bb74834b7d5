import { expect, it } from 'vitest';
import { hostInterfaceOfPod, vtepMacOfNode } from '../../src/cluster/computed-names.ts';

// MACs seen in the lab this project started from; Calico node names recovered from them.
it.each([
  ['ip-10-0-1-20.eu-west-1.compute.internal', '66:c9:ee:b1:9b:47'],
  ['ip-10-0-1-30.eu-west-1.compute.internal', '66:14:9d:f4:2c:1f'],
  ['ip-10-0-1-31.eu-west-1.compute.internal', '66:4b:ff:e1:ef:01'],
  ['node1', '66:f9:37:c3:7e:94'],
])('the VTEP of %s has %s', (name, mac) => {
  expect(vtepMacOfNode(name, 4)).toBe(mac);
});

it('the IPv6 VTEP has a MAC of its own', () => {
  expect(vtepMacOfNode('node1', 6)).toBe('66:0f:35:f2:60:df');
});

it.each([
  ['default', 'nginx', 'calic440f455693'],
  ['kube-system', 'coredns-5d78c9869d-abcde', 'cali4d5f75c480c'],
])('the veth of %s/%s is %s', (namespace, pod, name) => {
  expect(hostInterfaceOfPod(namespace, pod)).toBe(name);
});

it('the AWS CNI uses the same rule with its prefix', () => {
  expect(hostInterfaceOfPod('default', 'nginx', 'eni')).toBe('enic440f455693');
});
