// Snapshots of the tree, read once by whatever asks about traces: to read one takes as long as to trace a small capture.
import { loadTopology } from '../../src/input/load-topology.ts';
import type { Topology } from '../../src/topology/model.ts';

const loaded = new Map<string, Promise<Topology>>();

/** The topology of files or folders that do not change while the tests run. */
export function topologyIn(...paths: string[]): Promise<Topology> {
  const key = paths.join('\0');
  let topology = loaded.get(key);
  if (topology === undefined) {
    topology = loadTopology(paths);
    loaded.set(key, topology);
  }
  return topology;
}
