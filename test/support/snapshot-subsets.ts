// A snapshot of which parts are missing: pools and nodes always there; pods, IPAM blocks, services and each kind of iproute2 text
// on or off.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildTopology } from '../../src/topology/build.ts';
import type { Topology } from '../../src/topology/model.ts';
import type { SnapshotDocument } from '../../src/topology/read/read-documents.ts';

/** Documents of a snapshot directory, by what they can be left out as (`pods`, `ip-route`, ...); null: always there. */
export interface SnapshotParts {
  documents: readonly { part: string | null; document: SnapshotDocument }[];
  /** Parts that this snapshot has. */
  parts: readonly string[];
}

const OPTIONAL = ['pods', 'ipamblocks', 'services', 'endpointslices', 'ip-link', 'ip-route', 'ip-neigh', 'bridge-fdb'];

export function snapshotParts(directory: string): SnapshotParts {
  const documents = filesBelow(directory).map((path) => {
    const part = OPTIONAL.find((name) => (path.split('/').pop() ?? '').startsWith(name)) ?? null;
    const text = readFileSync(join(directory, path), 'utf8');
    return { part, document: { file: join(directory, path), text, named: false, path } };
  });
  const there = new Set(documents.map(({ part }) => part));
  return { documents, parts: OPTIONAL.filter((part) => there.has(part)) };
}

function filesBelow(directory: string, below = ''): string[] {
  return readdirSync(join(directory, below), { withFileTypes: true })
    .sort((a, b) => a.name.localeCompare(b.name))
    .flatMap((entry) => {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      return entry.isDirectory() ? filesBelow(directory, path) : [path];
    });
}

/** Everything, nothing, each part alone and each part missing: most of what single parts and pairs can do wrong. */
export function edgeSubsetsOf(parts: readonly string[]): string[][] {
  const all = [
    [...parts],
    [],
    ...parts.map((part) => [part]),
    ...parts.map((part) => parts.filter((other) => other !== part)),
  ];
  return [...new Map(all.map((set) => [set.join(), set])).values()];
}

const built = new Map<string, Topology>();

/** The topology of those parts; the same texts are read once. */
export function topologyOf(snapshot: SnapshotParts, parts: readonly string[]): Topology {
  const documents = snapshot.documents
    .filter(({ part }) => part === null || parts.includes(part))
    .map(({ document }) => document);
  const key = documents.map(({ path, text }) => `${path}\n${text}`).join('\0');
  const known = built.get(key);
  if (known !== undefined) return known;
  const topology = buildTopology(documents);
  built.set(key, topology);
  return topology;
}
