import { expect, it } from 'vitest';
import { LAB_NODES, LAB_POOLS, podYaml, topologyOf } from '../documents.ts';

const base = { 'nodes.yaml': LAB_NODES, 'pools.yaml': LAB_POOLS };
const COMPUTED = 'cali68caf03a5f4';

function vethOf(files: Record<string, string>, pod = podYaml('web', 'control1', '10.48.0.130')) {
  return topologyOf({ ...base, 'pods.yaml': pod, ...files }).pods[0]?.hostInterface;
}

it('a veth is the one that the route to its pod leads to', () => {
  expect(vethOf({ 'control1/ip-route.txt': '10.48.0.130 dev cali0123456789a scope link\n' })).toEqual({
    name: 'cali0123456789a',
    computed: false,
  });
});

it('else the one of the neighbour entry, or the computed one if the node has such a device', () => {
  const neigh = '10.48.0.130 dev caliabc lladdr fa:67:13:92:26:c8 STALE\n';
  expect(vethOf({ 'control1/ip-neigh.txt': neigh })?.name).toBe('caliabc');
  const link = `9: ${COMPUTED}@if3: <BROADCAST,UP> mtu 1450\n    link/ether ee:ee:ee:ee:ee:ee brd ff:ff:ff:ff:ff:ff\n`;
  expect(vethOf({ 'control1/ip-link.txt': link })).toEqual({ name: COMPUTED, computed: false });
});

it('other nodes, routes over the tunnel and finished pods name none', () => {
  const own = { name: COMPUTED, computed: true };
  expect(vethOf({})).toEqual(own);
  expect(vethOf({ 'worker1/ip-route.txt': '10.48.0.130 dev cali0123456789a scope link\n' })).toEqual(own);
  expect(vethOf({ 'control1/ip-route.txt': '10.48.0.130 dev vxlan.calico scope link\n' })).toEqual(own);
  const route = { 'control1/ip-route.txt': '10.48.0.130 dev cali0123456789a scope link\n' };
  expect(vethOf(route, podYaml('web', 'control1', '10.48.0.130', 'phase Succeeded'))).toEqual(own);
});
