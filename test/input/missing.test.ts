// What a snapshot lacks is said with the command that adds it.
import { describe, expect, it } from 'vitest';
import { whatIsMissing } from '../../src/input/missing.ts';
import { renderTopology } from '../../src/render/topology/topology-text.ts';
import { buildTopology, node } from '../support/topology-builder.ts';
import { LAB_NODES, LAB_POOLS, topologyOf } from '../topology/documents.ts';

const lacks = (files: Record<string, string>) =>
  whatIsMissing(topologyOf(files)).map(({ what, nodes, command }) => [what, nodes.length, command]);

const ROUTE = '10.48.0.0/26 via 10.48.0.46 dev vxlan.calico onlink\n';

describe('a snapshot', () => {
  it('of nothing but a table lacks the objects', () => {
    expect(lacks({ 'n1/ip-route.txt': `default via 10.0.1.1 dev ens5 src 10.0.1.20\n${ROUTE}` })).toEqual([
      ['pools', 0, 'kubectl get ippools -o yaml > ippools.yaml'],
      ['nodes', 0, 'kubectl get nodes -o yaml > nodes.yaml'],
      ['pods', 0, 'kubectl get pods -A -o wide > pods.txt'],
      ['settings', 0, 'kubectl get felixconfigurations -o yaml > felixconfigurations.yaml'],
      ['link', 1, 'mkdir -p n1; ssh n1 ip -d addr > n1/ip-addr.txt'],
      ['neigh', 1, 'mkdir -p n1; ssh n1 ip neigh > n1/ip-neigh.txt'],
      ['fdb', 1, 'mkdir -p n1; ssh n1 bridge fdb show > n1/bridge-fdb.txt'],
    ]);
  });

  it('of objects lacks the tables: one command for all nodes', () => {
    const found = lacks({ 'nodes.yaml': LAB_NODES, 'pools.yaml': LAB_POOLS });
    expect(found.map(([what, nodes]) => [what, nodes])).toEqual([
      ['pods', 0],
      ['settings', 0],
      ['tables', 3],
    ]);
    expect(found.at(-1)?.[2]).toMatch(
      /^for n in control1 worker1 worker2; do mkdir -p "\$n"; ssh "\$n" '.*' > "\$n"\/tables.txt; done$/,
    );
  });

  it('whose pools never ask for VXLAN needs no FDB', () => {
    const pools = LAB_POOLS.replaceAll('vxlanMode: Always', 'vxlanMode: Never');
    const found = lacks({ 'nodes.yaml': LAB_NODES, 'pools.yaml': pools, 'control1/ip-route.txt': ROUTE });
    expect(found.map(([what]) => what)).not.toContain('fdb');
  });
});

it('of a thousand nodes it is a few lines, and the names of nodes stay words', () => {
  const nodes = Array.from({ length: 1000 }, (_, i) => node(`n${i}; reboot`, `10.0.${i >> 8}.${i & 255}`, null));
  const topology = buildTopology({ nodes });
  const missing = whatIsMissing(topology);
  const look = { width: 80, fit: true, color: false, all: false, top: 1, sort: 'problem' as const };
  const text = [...renderTopology(topology, look, missing)].join('');
  expect(
    text
      .slice(text.indexOf('MISSING'))
      .split('\n')
      .every((line) => line.length < 200),
  ).toBe(true);
  const few = whatIsMissing(buildTopology({ nodes: nodes.slice(0, 2) }));
  expect(few.at(-1)?.command).toContain("for n in 'n0; reboot' 'n1; reboot'; do");
});
