// Names that complete a line: of pods, nodes and the like of the snapshot on it, and the codes of findings.
import type { Topology } from '../../topology/model.ts';
import { FINDINGS } from '../../verdict/codes.ts';
import type { Stages } from '../stages.ts';
import type { Candidate } from './candidate.ts';

type Live = 'pod' | 'namespace' | 'node' | 'label' | 'pool' | 'finding' | 'place';

const OF_OPTION: Readonly<Record<string, Live>> = {
  '--pod': 'pod',
  '--from-pod': 'pod',
  '--to-pod': 'pod',
  '--from': 'pod',
  '--to': 'pod',
  '--namespace': 'namespace',
  '--node': 'node',
  '--nodes': 'node',
  '--label': 'label',
  '--pool': 'pool',
  '--finding': 'finding',
  '--at': 'place',
};

/** By option, also with `--not` before it. */
export const LIVE: Readonly<Record<string, Live>> = {
  ...OF_OPTION,
  ...Object.fromEntries(Object.entries(OF_OPTION).map(([option, live]) => [option.replace('--', '--not-'), live])),
};

/** Values of that kind; none where there is no snapshot, or it cannot be read. */
export async function liveValues(
  live: Live,
  current: string,
  snapshot: readonly string[],
  stages: Stages,
): Promise<Candidate[]> {
  if (live === 'finding') return Object.entries(FINDINGS).map(([value, { title }]) => ({ value, description: title }));
  if (snapshot.length === 0) return [];
  const topology = await stages.loadTopology(snapshot, [], { note: () => {} });
  return valuesIn(topology, live, current);
}

function valuesIn(
  { pods, nodes, pools, namespaces, services }: Topology,
  live: Exclude<Live, 'finding'>,
  current: string,
): Candidate[] {
  const plain = (values: Iterable<string>): Candidate[] =>
    [...new Set(values)].sort().map((value) => ({ value, description: '' }));
  const file = current.slice(0, current.lastIndexOf('=') + 1);
  switch (live) {
    case 'pod':
      return pods.map(({ namespace, name, nodeName, addresses }) => ({
        value: current === '' || current.includes('/') || namespace.startsWith(current) ? `${namespace}/${name}` : name,
        description: [nodeName ?? '', ...addresses].filter(Boolean).join(' '),
      }));
    case 'namespace':
      return plain([...pods, ...services].map(({ namespace }) => namespace).concat(namespaces.map(({ name }) => name)));
    case 'node':
      return nodes.map(({ name, addresses: [first] }) => ({ value: name, description: first?.address ?? '' }));
    case 'place':
      return file === '' ? [] : nodes.map(({ name }) => ({ value: `${file}${name}`, description: '' }));
    case 'label':
      return plain(pods.flatMap(({ labels }) => Object.entries(labels ?? {}).map(([key, text]) => `${key}=${text}`)));
    case 'pool':
      return pools.map(({ name, cidr }) => ({ value: name, description: cidr }));
  }
}
