// Two bundles of one cluster, taken before and after a change: what their tools and archives say of the time tells them apart.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadTopology } from '../../../src/input/load-topology.ts';
import { sortArguments } from '../../../src/input/sort-arguments.ts';
import type { Topology } from '../../../src/topology/model.ts';
import { traceCaptures } from '../../../src/trace.ts';
import { type BundleFiles, clusterDiags, nodeDiags, tarGzOf } from '../../support/bundle-builder.ts';
import { captureOf, HOSTS } from '../../support/bundle-lab.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'overlens-two-times-'));
});
afterAll(() => rmSync(root, { recursive: true }));

async function archive(name: string, files: BundleFiles, time: string): Promise<string> {
  const path = join(root, name);
  writeFileSync(path, await tarGzOf(files, time));
  return path;
}

/** The same cluster with another mode in every form of its pool. */
function withMode(mode: string): BundleFiles {
  const entries = Object.entries(clusterDiags()).map(([name, content]): [string, string | Uint8Array] => [
    name,
    /ippools/.test(name) && typeof content === 'string'
      ? content.replaceAll('vxlanMode: Always', `vxlanMode: ${mode}`)
      : content,
  ]);
  return Object.fromEntries(entries);
}

const modes = ({ timeline }: Topology): (readonly [string, string | undefined])[] =>
  timeline?.snapshots.map(({ time, topology }) => [
    new Date(time.first * 1000).toISOString(),
    topology.pools.find(({ name }) => name === 'default-ipv4-ippool')?.vxlanMode,
  ]) ?? [];

describe('cluster diags before and after an edit of the pool', () => {
  it('are two snapshots by the times of their members; captures beside them are judged by the one of their time', async () => {
    const before = await archive('before.tar.gz', withMode('Always'), '2026-11-22T10:30:00Z');
    const after = await archive('after.tar.gz', withMode('Never'), '2026-11-22T12:30:00Z');
    const paths = HOSTS.map((host) => join(root, `${host}.pcap`));
    for (const [i, path] of paths.entries()) writeFileSync(path, captureOf(HOSTS[i] ?? HOSTS[0]));
    for (const order of [
      [before, after],
      [after, before],
    ]) {
      const { captures, documents } = await sortArguments([...order, ...paths]);
      const topology = await loadTopology([], documents);
      expect(modes(topology)).toEqual([
        ['2026-11-22T10:30:00.000Z', 'Always'],
        ['2026-11-22T12:30:00.000Z', 'Never'],
      ]);
      // the captures are of 09:50
      const { summary } = await traceCaptures({ captures, topology });
      expect(summary).toMatchObject({ flows: 20, violation: 0 });
      expect(summary.ok).toBeGreaterThan(10);
    }
  });

  it('-t takes them like arguments', async () => {
    const before = await archive('old.tar.gz', withMode('Always'), '2026-11-22T08:30:00Z');
    const after = await archive('new.tar.gz', withMode('Never'), '2026-11-22T12:30:00Z');
    expect(modes(await loadTopology([after, before])).map(([, mode]) => mode)).toEqual(['Always', 'Never']);
  });
});

it('bundles of several nodes, taken one after the other, are one snapshot', async () => {
  const at = async (i: number, minute: string): Promise<string> => {
    const files = nodeDiags(HOSTS[i] ?? HOSTS[0]);
    const dated = { ...files, 'diagnostics/date': `Mon Nov  2 08:${minute}:00 UTC 2026\n` };
    return archive(`node${i}.tar.gz`, dated, '2026-11-03T00:00:00Z');
  };
  const topology = await loadTopology([await at(0, '30'), await at(1, '35'), await at(2, '40')]);
  expect(topology.timeline).toBeNull();
  expect(topology.nodes).toHaveLength(3);
  const [first, last] = [Date.UTC(2026, 10, 2, 8, 30) / 1000, Date.UTC(2026, 10, 2, 8, 40) / 1000];
  expect(topology.taken).toMatchObject({ first, last, from: 'date file', isLeast: false });
  expect(topology.taken?.ref?.file).toMatch(/node0\.tar\.gz!diagnostics\/date$/);
});
