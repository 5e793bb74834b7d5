// `calicoctl cluster diags` of the small cluster of cluster-frames.ts with the eBPF dataplane: the files that hold what its nodes decide
// by, in the tool's own names and forms (calicoctl, cluster/diags.go; felix, cmd/calico-bpf/commands).
import type { SnapshotDocument } from '../../src/topology/read/read-documents.ts';
import { type BundleFiles, below } from './bundle-builder.ts';
import { clusterDocuments, NODE, POD, TUNNEL } from './cluster-frames.ts';

export const EBPF_BUNDLE = 'calico-diagnostics-20261102_083000';

export interface BpfRouteJson {
  dest: string;
  flags: string[];
  ifindex?: number;
  next_hop?: string;
}

/** What node a has: its own pod, itself, the blocks of b and c behind them. `flags` of a remote workload of a VXLAN pool. */
export function bpfRoutesOfA(flags = ['in-pool', 'nat-out', 'tunneled', 'vxlan']): BpfRouteJson[] {
  const remote = ['remote', 'workload', ...flags];
  return [
    { dest: `${NODE.a}/32`, flags: ['local', 'host'] },
    { dest: `${NODE.b}/32`, flags: ['remote', 'host'] },
    { dest: `${NODE.c}/32`, flags: ['remote', 'host'] },
    { dest: '10.48.0.0/24', flags: ['remote', 'in-pool', 'nat-out'] },
    { dest: `${TUNNEL.a}/32`, flags: ['local', 'host', 'in-pool', 'nat-out'] },
    { dest: `${POD.a}/32`, flags: ['local', 'workload', 'in-pool', 'nat-out'], ifindex: 12 },
    { dest: '10.48.0.128/26', flags: remote, next_hop: NODE.b },
    { dest: '10.48.0.192/26', flags: remote, next_hop: NODE.c },
  ];
}

/** As `--json` prints it. */
export function jsonOf(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** The same without --json, as older ones print it: `vxlan` is not in it. */
export function textOf(routes: readonly BpfRouteJson[]): string {
  const lines = routes.map(({ dest, flags, ifindex, next_hop }) => {
    const words = flags.filter((flag) => flag !== 'vxlan');
    if (ifindex !== undefined) words.push('idx', String(ifindex));
    if (next_hop !== undefined) words.push('nh', next_hop);
    return `${dest.padStart(15)}: ${words.join(' ')}`;
  });
  return `${lines.join('\n')}\n`;
}

/** A document of the bundle, as it is found in the unpacked folder. */
export function inBundle(path: string, text: string): SnapshotDocument {
  return { file: `${EBPF_BUNDLE}/${path}`, path, text, named: false };
}

/** The bundle; `ofA` are further files of node a's folder. */
export function ebpfDiags(
  ofA: BundleFiles = {},
  mode: Parameters<typeof clusterDocuments>[0] = { vxlan: 'Always' },
): BundleFiles {
  const { pools, nodes, pods } = clusterDocuments(mode);
  return below(EBPF_BUNDLE, {
    'cluster/kubernetes/nodes.yaml': nodes.text,
    'cluster/kubernetes/pods.yaml': pods.text,
    'cluster/crd/ippools.projectcalico.org.yaml': pools.text,
    'nodes/a/ip-rule.txt': '0:\tfrom all lookup local\n32766:\tfrom all lookup main\n',
    'nodes/a/bpf-routes.json': jsonOf(bpfRoutesOfA()),
    ...below('nodes/a', ofA),
  });
}
