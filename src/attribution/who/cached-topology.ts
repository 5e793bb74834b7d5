// A topology that remembers its answers: flows repeat addresses, MACs and nodes thousands of times.
import type { FelixSettings } from '../../topology/agent-settings.ts';
import type { Topology } from '../../topology/model.ts';

/** Same answers as `topology`, each computed once. `window` is that of the captures: `lookup` without one uses it. */
export function cachedTopology(topology: Topology, window: { first: number; last: number } | null): Topology {
  const lookup = remember((address: string) => topology.lookup(address, window ?? undefined));
  return {
    ...topology,
    lookup: (address, time) => (time === undefined ? lookup(address) : topology.lookup(address, time)),
    poolsOf: remember(topology.poolsOf),
    nodeByName: remember(topology.nodeByName),
    nodeByAddress: remember(topology.nodeByAddress),
    nodeByVtepMac: remember(topology.nodeByVtepMac),
    nodeByNicMac: remember(topology.nodeByNicMac),
    felix: remember((name: string | null): FelixSettings => topology.felix(name)),
  };
}

function remember<K, V>(ask: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) {
      value = ask(key);
      known.set(key, value);
    }
    return value;
  };
}
