// What a node's eBPF routes decide where snapshot and capture leave it open, by their flags.
import { describe, expect, it } from 'vitest';
import { withBpfRoutes } from '../../../src/attribution/sender/bpf-expected.ts';
import type { Expected } from '../../../src/attribution/vocabulary.ts';
import type { Topology } from '../../../src/topology/model.ts';
import { clusterDocuments, POD } from '../../support/cluster-frames.ts';
import { cluster } from '../../support/cluster-text.ts';
import { bpfRoutesOfA, inBundle, jsonOf, textOf } from '../../support/ebpf-bundle.ts';
import { who } from '../../support/rule-input.ts';

const OPEN: Expected = { encapsulation: null, pool: 'pool', reason: 'receiver-unknown' };

function topology(flags: string[], { mode = {}, text = false, isKeyed = false } = {}): Topology {
  const { pools, nodes, pods } = clusterDocuments({ vxlan: 'Always', ...mode });
  const routes = bpfRoutesOfA(['in-pool', ...flags]);
  const own = inBundle('nodes/a/bpf-routes.json', text ? textOf(routes) : jsonOf(routes));
  const keyed = {
    ...nodes,
    text: nodes.text.replace(
      'annotations:',
      'annotations:\n      projectcalico.org/WireguardPublicKey: jlkVyQYooZYzI2wFfNhSZez5eWh44yfq1wKVjLvSXgY=',
    ),
  };
  return cluster(pools, isKeyed ? keyed : nodes, pods, own);
}
const decided = (of: Topology, open: Expected = OPEN): string => {
  const { encapsulation, reason } = withBpfRoutes(of, who(of, POD.a), who(of, POD.b), open);
  return `${encapsulation ?? 'open'} ${reason}`;
};

describe('eBPF routes', () => {
  it.each([
    ['a tunnel that they name', 'vxlan bpf-route', topology(['tunneled', 'vxlan'])],
    ['a tunnel without its kind: the pool’s', 'vxlan bpf-route', topology(['tunneled'], { text: true })],
    [
      'the same of a pool with IP-in-IP',
      'ipip bpf-route',
      topology(['tunneled'], { text: true, mode: { vxlan: 'Never', ipip: 'Always' } }),
    ],
    [
      'a tunnel without its kind, where nodes have keys of WireGuard',
      'open receiver-unknown',
      topology(['tunneled'], { text: true, isKeyed: true }),
    ],
    ['VXLAN by name, whatever keys there are', 'vxlan bpf-route', topology(['tunneled', 'vxlan'], { isKeyed: true })],
    ['no tunnel', 'none bpf-route', topology([])],
  ])('decide what is open: %s', (_name, expected, of) => {
    expect(decided(of)).toBe(expected);
  });

  it('leave alone what is known', () => {
    expect(decided(topology([]), { encapsulation: 'vxlan', pool: 'pool', reason: 'pool-always' })).toBe(
      'vxlan pool-always',
    );
  });

  it('of a node decide nothing that others send', () => {
    const of = topology([]);
    const stranger = { ...who(of, POD.a), kind: 'external' } as const;
    expect(withBpfRoutes(of, stranger, who(of, POD.b), OPEN)).toEqual(OPEN);
    expect(withBpfRoutes(of, who(of, POD.b), who(of, POD.a), OPEN)).toEqual(OPEN);
  });
});
