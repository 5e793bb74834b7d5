import { expect, it } from 'vitest';
import { snapshotCommands } from '../../src/cluster/snapshot-commands.ts';
import { splitSections } from '../../src/topology/read/sections.ts';
import { readTableHeader } from '../../src/topology/read/wide-table.ts';

const lines = snapshotCommands().split('\n');

const kubectl = lines.filter((line) => line.startsWith('kubectl '));

it('two kubectl lines are enough and can be pasted as they are', () => {
  expect(kubectl).toHaveLength(2);
  for (const kind of ['ippools', 'nodes', 'ipamblocks', 'blockaffinities', 'felixconfigurations'])
    expect(kubectl[0]).toContain(kind);
  expect(kubectl[0]).toMatch(/ -A -o json > snapshot\.json$/);
});

it('no command prints what pods are started with', () => {
  for (const line of lines.filter((one) => /\bpods\b/.test(one) && one.includes('kubectl')))
    expect(line).toMatch(/^kubectl get pods -A -o custom-columns='[^']*' > pods\.txt$/);
  expect(kubectl[1]).not.toMatch(/containers|env|args|command|volumes|annotations/);
});

it('the columns of pods are those of a table that is read', () => {
  const columns = /custom-columns='([^']*)'/.exec(kubectl[1] ?? '')?.[1]?.split(',') ?? [];
  const header = columns.map((column) => column.split(':')[0]).join('   ');
  expect(readTableHeader(header)?.kind).toBe('pods');
});

it('everything else is a command or a comment', () => {
  for (const line of lines) expect(line).toMatch(/^(#.*|mkdir .*|(kubectl|ip|bridge) .*> .*|)$/);
});

it('the files it names are recognised by their names', () => {
  const files = lines.flatMap((line) => /> "\$\(hostname\)\/([\w.-]+)"/.exec(line)?.[1] ?? []);
  expect(files).toEqual([
    'ip-link.txt',
    'ip-addr.txt',
    'ip-route.txt',
    'ip-neigh.txt',
    'bridge-fdb.txt',
    'conntrack-list.txt',
  ]);
  expect(splitSections(snapshotCommands()).length).toBeGreaterThan(0);
});
