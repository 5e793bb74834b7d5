// Snapshot texts for tests: files by name, built as if they were found in a directory.
import { readFileSync } from 'node:fs';
import { buildTopology } from '../../src/topology/build.ts';
import type { Owner, Topology, TopologyIssue } from '../../src/topology/model.ts';
import { readDocuments } from '../../src/topology/read/read-documents.ts';
import { emptyFacts, type Facts } from '../../src/topology/read/stated-facts.ts';

export type Files = Readonly<Record<string, string>>;

/** The topology of files in a directory. */
export function topologyOf(files: Files): Topology {
  return buildTopology(Object.entries(files).map(([file, text]) => ({ file, text, named: false, path: file })));
}

/** What the files state, before merging. */
export function factsOf(files: Files): Facts {
  return readDocuments(Object.entries(files).map(([file, text]) => ({ file, text, named: true, path: file })));
}

/** Problems of files that were named, one line each as in the error. */
export function problemsOf(files: Files): string[] {
  return factsOf(files).problems.map(({ ref, message }) => `${ref.file}:${ref.line}: ${message}`);
}

export function noFacts(): Facts {
  return emptyFacts();
}

/** `severity code` of every issue, sorted. */
export function issueCodes(topology: Topology): string[] {
  return topology.issues.map((issue) => `${issue.severity} ${issue.code}`).sort();
}

/** The only issue with this code. */
export function issueOf(topology: Topology, code: string): TopologyIssue {
  const found = topology.issues.filter((issue) => issue.code === code);
  if (found.length !== 1 || found[0] === undefined)
    throw new Error(`${found.length} issues ${code}: ${issueCodes(topology)}`);
  return found[0];
}

/** What matters of an answer: `kind pod@node by source`. */
export function answer(owner: Owner): string {
  const who = owner.pod === null ? '' : ` ${owner.namespace}/${owner.pod}`;
  const where = owner.node === null ? '' : ` @${owner.node.name} by ${owner.nodeSource}`;
  return `${owner.kind}${who}${where}`;
}

export function fixture(path: string): string {
  return readFileSync(new URL(`../fixtures/${path}`, import.meta.url), 'utf8');
}

/** A pool with the fields that tests vary. */
export function poolYaml(name: string, cidr: string, spec = 'vxlanMode: Always'): string {
  return `apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: ${name}}\nspec: {cidr: ${cidr}, ${spec}}\n`;
}

/** A List of YAML objects, as kubectl prints them. */
export function listYaml(...objects: string[]): string {
  const items = objects.map((object) =>
    object
      .trimEnd()
      .split('\n')
      .map((line, i) => `${i === 0 ? '- ' : '  '}${line}`)
      .join('\n'),
  );
  return `apiVersion: v1\nkind: List\nitems:\n${items.join('\n')}\n`;
}

/** A Node with annotations (without the `projectcalico.org/` in front). */
export function nodeYaml(name: string, annotations: Files, internalIP?: string): string {
  const lines = Object.entries(annotations).map(([key, value]) => `    projectcalico.org/${key}: ${value}`);
  const status = internalIP === undefined ? '' : `\nstatus: {addresses: [{type: InternalIP, address: ${internalIP}}]}`;
  const written = lines.length === 0 ? '' : `\n  annotations:\n${lines.join('\n')}`;
  return `apiVersion: v1\nkind: Node\nmetadata:\n  name: ${name}${written}${status}\n`;
}

/** The lab's three nodes, by their short names. */
export const LAB_NODES = listYaml(
  nodeYaml('control1', { IPv4Address: '10.0.1.20/24', IPv4VXLANTunnelAddr: '10.48.0.135' }, '10.0.1.20'),
  nodeYaml('worker1', { IPv4Address: '10.0.1.30/24', IPv4VXLANTunnelAddr: '10.48.0.206' }, '10.0.1.30'),
  nodeYaml('worker2', { IPv4Address: '10.0.1.31/24', IPv4VXLANTunnelAddr: '10.48.0.46' }, '10.0.1.31'),
);

/** The lab's two pools. */
export const LAB_POOLS = listYaml(
  poolYaml('default-ipv4-ippool', '10.48.0.0/24'),
  poolYaml('flat-ippool', '10.48.128.0/24', 'vxlanMode: Never'),
);

/** A pod that runs on a node. */
export function podYaml(name: string, node: string, ip: string, more = ''): string {
  return (
    `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: default${more.startsWith('created') ? `, ${more.slice(8)}` : ''}}\n` +
    `spec: {nodeName: ${node}}\nstatus: {phase: ${more.startsWith('phase') ? more.slice(6) : 'Running'}, podIP: ${ip}}\n`
  );
}
