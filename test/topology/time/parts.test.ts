import { describe, expect, it } from 'vitest';
import { buildTopology } from '../../../src/topology/build.ts';
import type { SnapshotDocument } from '../../../src/topology/read/read-documents.ts';
import { LAB_NODES, listYaml, podYaml, poolYaml } from '../documents.ts';

/** A file of its own argument, taken at that second; null: nobody knows when. */
function part(file: string, text: string, seconds: number | null): SnapshotDocument {
  const taken = seconds === null ? {} : { taken: { seconds, from: 'archive' as const, file } };
  return { file, text, named: true, given: file, ...taken };
}

const pools = (mode: string): string => listYaml(poolYaml('default', '10.48.0.0/24', `vxlanMode: ${mode}`));
const pod = (node: string): string => listYaml(podYaml('web', node, '10.48.0.140'));

function timelineOf(...documents: SnapshotDocument[]) {
  const topology = buildTopology(documents);
  return { topology, snapshots: topology.timeline?.snapshots ?? [] };
}

describe('two snapshots of one cluster', () => {
  it('are told apart by one object that is stated otherwise at another time', () => {
    const { topology, snapshots } = timelineOf(part('new', pools('Always'), 200), part('old', pools('Never'), 100));
    expect(snapshots.map(({ name, differs }) => [name, differs])).toEqual([
      ['old', []],
      ['new', ['IPPool default']],
    ]);
    expect(snapshots.map(({ topology: { pools } }) => pools.map(({ vxlanMode }) => vxlanMode))).toEqual([
      ['Never'],
      ['Always'],
    ]);
    expect(topology.pools[0]?.vxlanMode).toBe('Always');
    expect(topology.pools[0]?.disputed).toBeUndefined();
    expect(topology.issues.filter(({ code }) => code === 'duplicate-object')).toEqual([]);
  });

  it('a pod that moved, a pool that is gone from a list of all, a node that is new', () => {
    const moved = timelineOf(part('old', pod('control1'), 100), part('new', pod('worker1'), 200));
    expect(moved.snapshots.map(({ differs }) => differs)).toEqual([[], ['pod default/web']]);
    const both = listYaml(poolYaml('default', '10.48.0.0/24'), poolYaml('more', '10.49.0.0/24'));
    const gone = timelineOf(part('old', both, 100), part('new', listYaml(poolYaml('default', '10.48.0.0/24')), 200));
    expect(gone.snapshots.map(({ topology }) => topology.pools.map(({ name }) => name))).toEqual([
      ['default', 'more'],
      ['default'],
    ]);
  });

  it('what only one of them has, or what has no time, completes both', () => {
    const { snapshots } = timelineOf(
      part('old', pools('Never'), 100),
      part('nodes', LAB_NODES, null),
      part('new', pools('Always'), 200),
      part('pods', pod('control1'), 150),
    );
    for (const { topology } of snapshots) {
      expect(topology.nodes).toHaveLength(3);
      expect(topology.pods.map(({ name }) => name)).toEqual(['web']);
    }
    expect(snapshots).toHaveLength(2);
  });

  it('pods of another time are none of a snapshot that has pods', () => {
    const other = listYaml(podYaml('db', 'worker1', '10.48.0.141'));
    const { snapshots } = timelineOf(part('old', pod('control1'), 100), part('new', other, 200));
    expect(snapshots.map(({ topology }) => topology.pods.map(({ name }) => name))).toEqual([['web'], ['db']]);
  });

  it('tables from before a pool was edited keep whose addresses are whose, and lose ways and gaps', () => {
    const routes = `control1$ ip route
default via 10.0.1.1 dev ens5
10.0.1.0/24 dev ens5 proto kernel scope link src 10.0.1.20
blackhole 10.48.0.128/26 proto 80
10.48.0.192/26 via 10.0.1.30 dev ens5 proto 80 onlink
`;
    const { snapshots } = timelineOf(
      part('old', pools('Never'), 100),
      part('tables', routes, 110),
      part('nodes', LAB_NODES, null),
      part('new', pools('Always'), 200),
    );
    const routesOf = snapshots.map(({ topology }) => topology.nodeByName('control1')?.routes.map(({ dst }) => dst));
    expect(routesOf.map((own) => own?.includes('10.48.0.192/26'))).toEqual([true, false]);
    expect(routesOf.map((own) => own?.includes('10.48.0.128/26'))).toEqual([true, true]);
    expect(snapshots.map(({ topology }) => topology.nodeByName('control1')?.has.route)).toEqual([true, false]);
  });
});

describe('one snapshot', () => {
  it('in many files, of different times, that say nothing otherwise', () => {
    const { topology, snapshots } = timelineOf(
      part('pools', pools('Always'), 100),
      part('nodes', LAB_NODES, 150),
      part('again', pools('Always'), 200),
    );
    expect(snapshots).toEqual([]);
    expect(topology.taken).toMatchObject({ first: 100, last: 200 });
  });

  it('whose parts contradict each other at one time, or at none: as ever', () => {
    for (const times of [
      [100, 100],
      [100, null],
      [null, null],
    ] as const) {
      const { topology, snapshots } = timelineOf(
        part('one', pools('Always'), times[0]),
        part('two', pools('Never'), times[1]),
      );
      expect(snapshots).toEqual([]);
      expect(topology.pools[0]?.disputed).toBeDefined();
    }
  });

  it('a table and an object of other columns are no contradiction', () => {
    const table =
      'NAME      STATUS   ROLES    AGE   VERSION   INTERNAL-IP   EXTERNAL-IP   OS-IMAGE\ncontrol1   Ready    <none>   5d    v1.31.0   10.0.1.20     <none>        Ubuntu\n';
    const { snapshots } = timelineOf(part('table', table, 100), part('nodes', LAB_NODES, 200));
    expect(snapshots).toEqual([]);
  });
});
