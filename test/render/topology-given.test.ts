// What a node's section of `overlens topology` says of the eBPF dataplane, of settings, offload and translations, each with its source.
import { expect, it } from 'vitest';
import { renderTopology } from '../../src/render/topology/topology-text.ts';
import { clusterDocuments, NODE, POD } from '../support/cluster-frames.ts';
import { cluster, doc, felix, iproute2 } from '../support/cluster-text.ts';
import { bpfRoutesOfA, inBundle, jsonOf } from '../support/ebpf-bundle.ts';
import { ethtoolText } from '../support/ethtool-text.ts';

it('names what decides, what is set and by whom, and what the card does', () => {
  const { pools, nodes } = clusterDocuments();
  const topology = cluster(
    ...[pools, nodes, inBundle('nodes/a/bpf-routes.json', jsonOf(bpfRoutesOfA()))],
    felix({ name: 'default', spec: 'vxlanMTU: 1400, bpfEnabled: true' }, { name: 'node.a', spec: 'vxlanMTU: 1450' }),
    doc('a/ethtool_-k_ens5', ethtoolText('ens5')),
    iproute2('a', 'bpf-nat', '10.96.0.10 port 80 proto 6 id 3 count 1 local 0', `\t3:0\t ${POD.b}:8080`),
    iproute2('a', 'bpf-conntrack', `TCP ${POD.a}:4000 -> 10.96.0.10:80 -> ${POD.b}:8080  Active ago 1s ESTABLISHED`),
  );
  const options = { width: 140, fit: true, color: false, all: false, top: 40, sort: 'problem' as const };
  const text = [...renderTopology(topology, options)].join('').replaceAll(/ {2,}/g, '  ');
  const [, settings = ''] = /SETTINGS\n([\s\S]*?)\n\n/.exec(text) ?? [];
  expect(settings).toContain('VXLAN MTU  1400  FelixConfiguration  topology/felixconfigurations.yaml:7');
  expect(settings).toContain('eBPF  true  FelixConfiguration bpfEnabled');
  const [, own = ''] = /NODE a\n([\s\S]*?)\n\n/.exec(text) ?? [];
  expect(own).toContain(NODE.a);
  expect(own).toContain('VXLAN MTU  1450  FelixConfiguration node.a');
  expect(own).toContain('8 eBPF routes, 1 translation');
  expect(own).toContain('1 eBPF service');
  expect(own).toMatch(/offload {2}ens5 {2}on: rx-checksumming, /);
  expect(own).toContain('tx-udp_tnl-csum-segmentation');
  expect(/NODE b\n([\s\S]*?)\n\n/.exec(text)?.[1]).not.toContain('MTU');
});
