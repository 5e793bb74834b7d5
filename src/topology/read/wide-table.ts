// The tables of kubectl and Calico's client (`-o wide`, and the columns of pods that `overlens snapshot` asks for): pods, nodes, services, IP pools, workload endpoints. A header names
// the columns; rows are cut where the header's columns begin, since cells may be empty or hold blanks.

import { nodeAddressAnnotation } from '../../cluster/calico/annotations.ts';
import { hostInterfaceOfPod } from '../../cluster/computed-names.ts';
import { formatCidr, hasHostBits, parseCidr } from '../../net/cidr.ts';
import type { PoolMode, Sourced, SourceRef } from '../model.ts';
import type { Labels } from '../policies/policy-model.ts';
import { modeProblem, poolMode } from './kubernetes/ip-pool.ts';
import { nodeAddress } from './kubernetes/node.ts';
import { canonicalAddresses, epochSeconds } from './kubernetes/pod.ts';
import { addIssue, emptyNodeFact, type Facts, statementOf } from './stated-facts.ts';

export interface WideTable {
  columns: readonly { name: string; at: number }[];
  kind: 'pods' | 'nodes' | 'services' | 'pools' | 'endpoints' | 'unused';
  rows: number;
}

type Row = (column: string) => string | null;

/** Reads a header line; null when it is none of a known table. */
export function readTableHeader(line: string): WideTable | null {
  if (!/^(NAMESPACE|NAME|WORKLOAD)\s{2,}/.test(line) || /[a-z]/.test(line)) return null;
  const columns = [...line.matchAll(/\S+(?: \S+)*/g)].map((match) => ({ name: match[0], at: match.index }));
  const has = (name: string): boolean => columns.some((column) => column.name === name);
  const kind =
    (has('READY') && has('RESTARTS')) || (has('IPS') && has('HOSTNETWORK'))
      ? 'pods'
      : has('CIDR') && (has('VXLAN') || has('VXLANMODE') || has('IPIP') || has('IPIPMODE'))
        ? 'pools'
        : has('INTERNAL-IP') || (has('ASN') && has('IPV4'))
          ? 'nodes'
          : has('CLUSTER-IP')
            ? 'services'
            : has('NETWORKS') && has('INTERFACE')
              ? 'endpoints'
              : 'unused';
  return { columns, kind, rows: 0 };
}

/** Reads one row into the facts. False when the line is none (the table has ended). */
export function readTableRow(line: string, table: WideTable, ref: SourceRef, facts: Facts): boolean {
  if (line.trim() === '' || (line.startsWith(' ') && table.columns[0]?.name !== 'NAMESPACE')) return false;
  const cells = cutRow(line, table.columns);
  if (cells === null) return false;
  const row: Row = (column) => {
    const at = table.columns.findIndex((candidate) => candidate.name === column);
    const cell = cells[at]?.trim() ?? '';
    return at < 0 || cell === '' || cell === '<none>' || cell === '<unset>' ? null : cell;
  };
  table.rows++;
  if (table.kind === 'pods') readPodRow(row, table, ref, facts);
  else if (table.kind === 'nodes') readNodeRow(row, ref, facts);
  else if (table.kind === 'services') readServiceRow(row, ref, facts);
  else if (table.kind === 'pools') readPoolRow(row, ref, facts);
  else if (table.kind === 'endpoints') readEndpointRow(row, ref, facts);
  return true;
}

/** Cells by the header's columns; by runs of blanks where a cell overflows its column. */
function cutRow(line: string, columns: WideTable['columns']): string[] | null {
  const aligned = columns.every(
    ({ at }) => at === 0 || line.length <= at || (line[at - 1] === ' ' && line[at] !== undefined),
  );
  if (aligned) return columns.map(({ at }, i) => line.slice(at, columns[i + 1]?.at));
  const cells = line.trim().split(/\s{2,}|\t/);
  return cells.length === columns.length ? cells : null;
}

/** `app=web,tier=db` of --show-labels, `map[app:web tier:db]` of custom columns; `<none>` is none, a table without the column tells nothing. */
function labelsIn({ columns }: WideTable, cell: string | null): { labels?: Labels } {
  if (!columns.some(({ name }) => name === 'LABELS')) return {};
  const isMap = /^map\[.*\]$/.test(cell ?? '');
  const pairs = isMap ? (cell ?? '').slice(4, -1).split(' ') : (cell ?? '').split(',');
  const entries = pairs.flatMap((pair): [string, string][] => {
    const at = pair.indexOf(isMap ? ':' : '=');
    return at < 1 ? [] : [[pair.slice(0, at), pair.slice(at + 1)]];
  });
  return { labels: Object.fromEntries(entries) };
}

function readPodRow(row: Row, table: WideTable, ref: SourceRef, facts: Facts): void {
  const name = nameOf(row);
  if (name === null) return;
  const namespace = row('NAMESPACE') ?? 'default';
  facts.pods.push({
    source: 'pod table',
    namespace,
    name,
    nodeName: row('NODE'),
    addresses: canonicalAddresses((row('IPS') ?? row('IP') ?? '').split(',')),
    hostNetwork: flag(row('HOSTNETWORK')) === true,
    // `Completed` of finished Jobs and what kubectl prints for phase Failed; CrashLoopBackOff pods keep their address.
    finished: /^(Completed|Succeeded|Failed|Error|Evicted|OOMKilled|ContainerStatusUnknown)$/.test(row('STATUS') ?? ''),
    created: epochSeconds(row('CREATED')),
    ...labelsIn(table, row('LABELS')),
    hostInterface: { name: hostInterfaceOfPod(namespace, name), computed: true },
    hostIP: canonicalAddresses([row('HOSTIP') ?? ''])[0] ?? null,
    ref,
  });
}

function readNodeRow(row: Row, ref: SourceRef, facts: Facts): void {
  const name = nameOf(row);
  if (name === null) return;
  const fact = emptyNodeFact(name, 'table', ref);
  const bgpIPv4 = nodeAddress(row('IPV4') ?? '', nodeAddressAnnotation(4), ref);
  const bgpIPv6 = nodeAddress(row('IPV6') ?? '', nodeAddressAnnotation(6), ref);
  const internal = nodeAddress(row('INTERNAL-IP') ?? '', 'InternalIP', ref);
  const external = nodeAddress(row('EXTERNAL-IP') ?? '', 'ExternalIP', ref);
  Object.assign(statementOf(fact, 'calico'), { bgpIPv4, bgpIPv6 });
  fact.addresses = [bgpIPv4, bgpIPv6, internal, external].filter((address) => address !== null);
  facts.nodes.push(fact);
}

function readServiceRow(row: Row, ref: SourceRef, facts: Facts): void {
  const name = nameOf(row);
  const addresses = canonicalAddresses([row('CLUSTER-IP') ?? '', ...(row('EXTERNAL-IP') ?? '').split(',')]);
  if (name !== null) facts.services.push({ namespace: row('NAMESPACE') ?? 'default', name, addresses, ref });
}

function readPoolRow(row: Row, ref: SourceRef, facts: Facts): void {
  const name = nameOf(row);
  const written = row('CIDR');
  const cidr = parseCidr(written ?? '');
  if (name === null) return;
  if (cidr === null || hasHostBits(cidr)) {
    facts.problems.push({
      ref,
      message: `CIDR of IPPool ${name} is "${written ?? ''}", expected a network like 10.48.0.0/16`,
    });
    return;
  }
  const mode = (column: string, field: string): Sourced<PoolMode> | null => {
    const text = row(column);
    if (text === null) return null;
    const value = poolMode(text);
    if (value === null) facts.problems.push({ ref, message: modeProblem(field, text) });
    return value === null ? null : { value, ref };
  };
  facts.pools.push({
    name,
    cidr: { value: formatCidr(cidr), ref },
    blockSize: null,
    ipipMode: mode('IPIPMODE', 'ipipMode') ?? mode('IPIP', 'ipipMode'),
    vxlanMode: mode('VXLANMODE', 'vxlanMode') ?? mode('VXLAN', 'vxlanMode'),
    natOutgoing: flag(row('NAT')),
    disabled: flag(row('DISABLED')),
    nodeSelector: row('SELECTOR'),
    allowedUses: null,
    source: 'table',
    ref,
  });
}

function readEndpointRow(row: Row, ref: SourceRef, facts: Facts): void {
  const workload = row('WORKLOAD');
  if (workload === null) return;
  // `get wep -o wide` prints `namespace.pod` for Kubernetes workloads when all namespaces are asked for.
  const namespace = row('NAMESPACE') ?? (workload.includes('.') ? (workload.split('.')[0] ?? 'default') : 'default');
  const name = row('NAMESPACE') === null && workload.includes('.') ? workload.slice(namespace.length + 1) : workload;
  const interfaceName = row('INTERFACE');
  facts.pods.push({
    source: 'WorkloadEndpoint',
    namespace,
    name,
    nodeName: row('NODE'),
    addresses: canonicalAddresses((row('NETWORKS') ?? '').split(',')),
    hostNetwork: false,
    finished: false,
    created: null,
    hostInterface: { name: interfaceName ?? hostInterfaceOfPod(namespace, name), computed: interfaceName === null },
    hostIP: null,
    ref,
  });
}

/** Says what a table without the columns that matter is missing. */
export function finishTable(table: WideTable, ref: SourceRef, facts: Facts): void {
  // One row may be one pool that was asked for by name; more are a list.
  if (table.kind === 'pools' && table.rows > 1) facts.poolsComplete = true;
  if (table.kind !== 'unused') return;
  const names = table.columns.map((column) => column.name).join(' ');
  const message = `a table with the columns ${names} tells nothing about addresses: use -o wide or -o yaml`;
  addIssue(facts, 'unused-table', 'warning', message, { refs: [ref] });
}

/** `pod/web` of `kubectl get all` is `web`. */
function nameOf(row: Row): string | null {
  return row('NAME')?.replace(/^[a-z.]+\//, '') ?? null;
}

function flag(cell: string | null): boolean | null {
  return cell === 'true' ? true : cell === 'false' ? false : null;
}
