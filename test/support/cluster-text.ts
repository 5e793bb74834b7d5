// Snapshots in a few lines: the YAML that kubectl prints, cut to what the program reads, and the topology it makes of it.
import { buildTopology } from '../../src/topology/build.ts';
import type { Topology } from '../../src/topology/model.ts';
import type { SnapshotDocument } from '../../src/topology/read/read-documents.ts';

export interface PoolText {
  name?: string;
  cidr?: string;
  vxlan?: string;
  ipip?: string;
  blockSize?: number;
  disabled?: boolean;
  uses?: string[];
}

/** A List, which proves that these are all pools. Default: 10.48.0.0/24, VXLAN Always. */
export function ippools(...pools: PoolText[]): SnapshotDocument {
  return list('ippools.yaml', pools.map(ippool));
}

/** One pool alone: no proof that there are no others. */
export function barePool(pool: PoolText = {}): SnapshotDocument {
  return doc('ippool.yaml', ippool(pool).join('\n'));
}

function ippool({ name = 'pool', cidr = '10.48.0.0/24', vxlan, ipip, blockSize, disabled, uses }: PoolText): string[] {
  const lines = ['apiVersion: projectcalico.org/v3', 'kind: IPPool', `metadata: {name: ${name}}`, 'spec:'];
  lines.push(`  cidr: ${cidr}`);
  const mode = vxlan ?? (ipip === undefined ? 'Always' : undefined);
  if (mode !== undefined) lines.push(`  vxlanMode: ${mode}`);
  if (ipip !== undefined) lines.push(`  ipipMode: ${ipip}`);
  if (blockSize !== undefined) lines.push(`  blockSize: ${blockSize}`);
  if (disabled !== undefined) lines.push(`  disabled: ${disabled}`);
  if (uses !== undefined) lines.push(`  allowedUses: [${uses.join(', ')}]`);
  return lines;
}

export interface NodeText {
  name: string;
  /** `projectcalico.org/IPv4Address`; null leaves the annotation out. */
  ip?: string | null;
  ip6?: string;
  vxlan?: string;
  vxlan6?: string;
  ipip?: string;
  mac?: string;
  /** WireGuard key, any text. */
  key?: string;
  key6?: string;
  internal?: string;
  /** Left out: no annotation at all. */
  annotated?: boolean;
}

export function nodes(...all: NodeText[]): SnapshotDocument {
  return list('nodes.yaml', all.map(nodeLines));
}

function nodeLines(node: NodeText): string[] {
  const key = (text?: string): string | undefined =>
    text === undefined ? undefined : Buffer.alloc(32, text).toString('base64');
  const annotations: [string, string | null | undefined][] = [
    ['IPv4Address', node.ip],
    ['IPv6Address', node.ip6],
    ['IPv4VXLANTunnelAddr', node.vxlan],
    ['IPv6VXLANTunnelAddr', node.vxlan6],
    ['IPv4IPIPTunnelAddr', node.ipip],
    ['VXLANTunnelMACAddr', node.mac],
    ['WireguardPublicKey', key(node.key)],
    ['WireguardPublicKeyV6', key(node.key6)],
  ];
  const lines = ['apiVersion: v1', 'kind: Node', 'metadata:', `  name: ${node.name}`, '  annotations:'];
  lines.push('    node.alpha.kubernetes.io/ttl: "0"');
  for (const [name, value] of annotations) if (value != null) lines.push(`    projectcalico.org/${name}: "${value}"`);
  if (node.internal !== undefined)
    lines.push('status:', '  addresses:', `  - {address: ${node.internal}, type: InternalIP}`);
  return lines;
}

export interface PodText {
  name: string;
  namespace?: string;
  ip: string;
  node?: string;
  hostNetwork?: boolean;
  phase?: string;
  created?: string;
}

export function pods(...all: PodText[]): SnapshotDocument {
  return list(
    'pods.yaml',
    all.map(({ name, namespace = 'default', ip, node, hostNetwork, phase = 'Running', created }) => [
      'apiVersion: v1',
      'kind: Pod',
      'metadata:',
      `  name: ${name}`,
      `  namespace: ${namespace}`,
      ...(created === undefined ? [] : [`  creationTimestamp: "${created}"`]),
      'spec:',
      ...(node === undefined ? [] : [`  nodeName: ${node}`]),
      `  hostNetwork: ${hostNetwork ?? false}`,
      `status: {phase: ${phase}, podIP: ${ip}}`,
    ]),
  );
}

export interface BlockText {
  cidr: string;
  affinity?: string;
  /** Ordinal -> node and pod that have it. */
  allocations?: Record<number, { node: string; pod?: string; type?: string }>;
}

export function ipamBlocks(...blocks: BlockText[]): SnapshotDocument {
  return list('ipamblocks.yaml', blocks.map(blockLines));
}

function blockLines({ cidr, affinity, allocations = {} }: BlockText): string[] {
  const size = 2 ** ((cidr.includes(':') ? 128 : 32) - Number(cidr.split('/')[1]));
  const owners = Object.entries(allocations);
  const slots = Array.from({ length: size }, (_, i) => owners.findIndex(([ordinal]) => Number(ordinal) === i));
  const lines = ['apiVersion: crd.projectcalico.org/v1', 'kind: IPAMBlock', 'metadata:'];
  lines.push(`  name: ${cidr.replaceAll(/[.:/]/g, '-')}`, 'spec:', `  cidr: ${cidr}`);
  if (affinity !== undefined) lines.push(`  affinity: host:${affinity}`);
  lines.push(`  allocations: [${slots.map((at) => (at < 0 ? 'null' : at)).join(', ')}]`, '  attributes:');
  for (const [, { node, pod, type }] of owners) {
    lines.push('  - handle_id: x', '    secondary:', `      node: ${node}`);
    if (pod !== undefined) lines.push('      namespace: default', `      pod: ${pod}`);
    if (type !== undefined) lines.push(`      type: ${type}`);
  }
  if (owners.length === 0) lines[lines.length - 1] = '  attributes: []';
  return lines;
}

export function blockAffinities(...all: { cidr: string; node: string; state?: string }[]): SnapshotDocument {
  return list(
    'blockaffinities.yaml',
    all.map(({ cidr, node, state = 'confirmed' }) => [
      'apiVersion: crd.projectcalico.org/v1',
      'kind: BlockAffinity',
      `metadata: {name: ${node}-${cidr.replaceAll(/[.:/]/g, '-')}}`,
      `spec: {cidr: ${cidr}, node: ${node}, state: ${state}, deleted: "false"}`,
    ]),
  );
}

export function services(...all: { name: string; ip: string }[]): SnapshotDocument {
  return list(
    'services.yaml',
    all.map(({ name, ip }) => [
      'apiVersion: v1',
      'kind: Service',
      `metadata: {name: ${name}, namespace: default}`,
      `spec: {clusterIP: ${ip}, clusterIPs: [${ip}], ports: [{port: 80}], type: ClusterIP}`,
    ]),
  );
}

export function felix(...all: { name: string; spec: string }[]): SnapshotDocument {
  return list(
    'felixconfigurations.yaml',
    all.map(({ name, spec }) => [
      'apiVersion: projectcalico.org/v3',
      'kind: FelixConfiguration',
      `metadata: {name: ${name}}`,
      `spec: {${spec}}`,
    ]),
  );
}

/** The text of an iproute2 command on a node: `iproute2('a', 'ip-route', '10.48.0.0/26 via ...')`. */
export function iproute2(node: string, command: string, ...lines: string[]): SnapshotDocument {
  return doc(`${node}/${command}.txt`, `${lines.join('\n')}\n`);
}

/** Any text under any name. */
export function doc(path: string, text: string): SnapshotDocument {
  return { file: `topology/${path}`, path, text: text.endsWith('\n') ? text : `${text}\n`, named: false };
}

function list(path: string, items: readonly string[][]): SnapshotDocument {
  const body = items.map(([first = '', ...rest]) => [`- ${first}`, ...rest.map((line) => `  ${line}`)].join('\n'));
  return doc(
    path,
    ['apiVersion: v1', 'kind: List', ...(items.length === 0 ? ['items: []'] : ['items:', ...body])].join('\n'),
  );
}

export function cluster(...documents: SnapshotDocument[]): Topology {
  return buildTopology(documents);
}
