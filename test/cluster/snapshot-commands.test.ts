import { expect, it } from 'vitest';
import { snapshotCommands } from '../../src/cluster/snapshot-commands.ts';
import { splitSections } from '../../src/topology/read/sections.ts';

const lines = snapshotCommands().split('\n');

it('one kubectl line is enough and can be pasted as it is', () => {
  const kubectl = lines.filter((line) => line.startsWith('kubectl '));
  expect(kubectl).toHaveLength(1);
  for (const kind of ['ippools', 'nodes', 'pods', 'ipamblocks', 'blockaffinities', 'felixconfigurations']) {
    expect(kubectl[0]).toContain(kind);
  }
  expect(kubectl[0]).toMatch(/ -A -o json > snapshot\.json$/);
});

it('everything else is a command or a comment', () => {
  for (const line of lines) expect(line).toMatch(/^(#.*|mkdir .*|(kubectl|ip|bridge) .*> .*|)$/);
});

it('the files it names are recognised by their names', () => {
  const files = lines.flatMap((line) => /> "\$\(hostname\)\/([\w.-]+)"/.exec(line)?.[1] ?? []);
  expect(files).toEqual(['ip-link.txt', 'ip-addr.txt', 'ip-route.txt', 'ip-neigh.txt', 'bridge-fdb.txt']);
  expect(splitSections(snapshotCommands()).length).toBeGreaterThan(0);
});
