// The tables of kubectl and Calico's client (`-o wide`, and the columns of pods that `overlens snapshot` asks for): pods, nodes, services, IP pools, workload endpoints. A header names
// the columns; rows are cut where the header's columns begin, since cells may be empty or hold blanks.

import { nodeAddressAnnotation } from '../../cluster/calico/annotations.ts';
import { hostInterfaceOfPod } from '../../cluster/computed-names.ts';
import { formatCidr, hasHostBits, parseCidr, parseCidrOrIp } from '../../net/cidr.ts';
import { epochSeconds } from '../../net/date-text.ts';
import type { Pod, PoolMode, Sourced, SourceRef } from '../model.ts';
import type { Labels } from '../policies/policy-model.ts';
import { modeProblem, poolMode } from './kubernetes/ip-pool.ts';
import { nodeAddress } from './kubernetes/node.ts';
import { canonicalAddresses } from './kubernetes/pod.ts';
import { NO_ROW } from './paste/markup/boxed-table.ts';
import { addIssue, emptyNodeFact, type Facts, statementOf, UNKNOWN_NAMESPACE } from './stated-facts.ts';

export interface WideTable {
  columns: readonly { name: string; at: number }[];
  kind: 'pods' | 'nodes' | 'services' | 'pools' | 'endpoints' | 'unused';
  rows: number;
}

type Row = (column: string) => string | null;

/** Reads a header line; null when it is none of a known table. */
export function readTableHeader(line: string): WideTable | null {
  if (!/^(NAMESPACE|NAME|WORKLOAD|CIDR)\s{2,}/.test(line) || /[a-z]/.test(line)) return null;
  const columns = [...line.matchAll(/\S+(?: \S+)*/g)].map((match) => ({ name: match[0], at: match.index }));
  const has = (name: string): boolean => columns.some((column) => column.name === name);
  const kind =
    (has('READY') && has('RESTARTS')) || (has('IPS') && has('HOSTNETWORK')) || (has('IP') && has('NODE'))
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

/** Where the rows of a table go; `namespace` is the command's, for rows without one. */
export interface TablePlace {
  ref: SourceRef;
  facts: Facts;
  namespace: string | null;
}

/** A name of Kubernetes' (RFC 1123), with the kind in front that `kubectl get all` prints. */
const NAME = /^(?:[a-z][a-z.]*\/)?[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?$/;

/** Reads one row into the facts. False when the line is none (the table has ended). */
export function readTableRow(line: string, table: WideTable, { ref, facts, namespace }: TablePlace): boolean {
  if (line === NO_ROW) return true;
  if (line.trim() === '' || (line.startsWith(' ') && table.columns[0]?.name !== 'NAMESPACE')) return false;
  const cells = cutRow(line, table.columns);
  if (cells === null) return false;
  const row: Row = (column) => {
    const at = table.columns.findIndex((candidate) => candidate.name === column);
    const cell = cells[at]?.trim() ?? '';
    const isCut = at === table.columns.length - 1 && isNeverLast(column, table);
    return at < 0 || isCut || cell === '' || cell === '<none>' || cell === '<unset>' ? null : cell;
  };
  if (!isRow(row, table)) return false;
  table.rows++;
  const space = row('NAMESPACE') ?? namespace ?? UNKNOWN_NAMESPACE;
  if (table.kind === 'pods') readPodRow(row, table, { ref, facts, namespace: space });
  else if (table.kind === 'nodes') readNodeRow(row, ref, facts);
  else if (table.kind === 'services') readServiceRow(row, { ref, facts, namespace: space });
  else if (table.kind === 'pools') readPoolRow(row, ref, facts);
  else if (table.kind === 'endpoints') readEndpointRow(row, { ref, facts, namespace: space });
  return true;
}

/** kubectl prints more behind these columns: where nothing is, lines were cut, perhaps within an address. */
function isNeverLast(column: string, { columns, kind }: WideTable): boolean {
  const has = (...names: readonly string[]): boolean => columns.some(({ name }) => names.includes(name));
  // the header itself may be cut: NOD is what is left of NODE
  const isBegun = (whole: string): boolean => whole.startsWith(column) && (whole === column || !has(whole));
  if (isBegun('IP') || isBegun('NODE')) return kind === 'pods' && has('RESTARTS');
  return (
    /^(?:INTERNAL-IP|EXTERNAL-IP|CLUSTER-IP)$/.test(column) &&
    columns.some(({ name }) => name === 'AGE' || name === 'TYPE' || name === 'VERSION')
  );
}

/** Cells that a sentence below a table does not have, however its words stand. */
function isRow(row: Row, { columns, kind }: WideTable): boolean {
  const has = (name: string): boolean => columns.some((column) => column.name === name);
  const isAddresses = (cell: string | null): boolean => cell === null || canonicalAddresses(cell.split(',')).length > 0;
  const name = row('NAME') ?? row('WORKLOAD');
  if (kind !== 'unused' && kind !== 'pools' && (name === null || !NAME.test(name))) return false;
  if (kind === 'pods')
    return (!has('READY') || /^\d{1,4}\/\d{1,4}$/.test(row('READY') ?? '')) && isAddresses(row('IP') ?? row('IPS'));
  if (kind === 'nodes') {
    const address = row('INTERNAL-IP') ?? row('IPV4') ?? row('IPV6');
    return address === null || nodeAddress(address, '', { file: '', line: null }) !== null;
  }
  if (kind === 'services') return isAddresses(row('CLUSTER-IP')) || row('CLUSTER-IP') === 'None';
  if (kind === 'pools')
    return row('CIDR') === null ? name !== null && NAME.test(name) : /[.:/]/.test(row('CIDR') ?? '');
  return (
    kind !== 'endpoints' ||
    row('NETWORKS') === null ||
    parseCidrOrIp((row('NETWORKS') ?? '').split(',')[0] ?? '') !== null
  );
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

/** `Completed` of finished Jobs and what kubectl prints for phase Failed; CrashLoopBackOff pods keep their address. */
export function isFinished(status: string): boolean {
  return /^(Completed|Succeeded|Failed|Error|Evicted|OOMKilled|ContainerStatusUnknown)$/.test(status);
}

type RowPlace = { ref: SourceRef; facts: Facts; namespace: string };

function readPodRow(row: Row, table: WideTable, { ref, facts, namespace }: RowPlace): void {
  const name = nameOf(row);
  if (name === null) return;
  facts.pods.push({
    source: 'pod table',
    namespace,
    name,
    nodeName: nodeIn(row),
    addresses: canonicalAddresses((row('IPS') ?? row('IP') ?? '').split(',')),
    hostNetwork: flag(row('HOSTNETWORK')) === true,
    finished: isFinished(row('STATUS') ?? ''),
    created: epochSeconds(row('CREATED')),
    ...labelsIn(table, row('LABELS')),
    hostInterface: computedVeth(namespace, name),
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

/** Nothing is computed from a namespace that nobody knows. */
export function computedVeth(namespace: string, name: string): Pod['hostInterface'] {
  return namespace === UNKNOWN_NAMESPACE ? null : { name: hostInterfaceOfPod(namespace, name), computed: true };
}

function readServiceRow(row: Row, { ref, facts, namespace }: RowPlace): void {
  const name = nameOf(row);
  const addresses = canonicalAddresses([row('CLUSTER-IP') ?? '', ...(row('EXTERNAL-IP') ?? '').split(',')]);
  if (name !== null) facts.services.push({ namespace, name, addresses, ref });
}

function readPoolRow(row: Row, ref: SourceRef, facts: Facts): void {
  // Before v3 a pool had no name but its range.
  const name = nameOf(row) ?? row('CIDR');
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
    if (text === null || text === 'true' || text === 'false') return null;
    const value = poolMode(text);
    if (value === null) facts.problems.push({ ref, message: modeProblem(field, text) });
    return value === null ? null : { value, ref };
  };
  facts.pools.push({
    name,
    cidr: { value: formatCidr(cidr), ref },
    blockSize: null,
    ipipMode: oldMode(row, ref) ?? mode('IPIPMODE', 'ipipMode') ?? mode('IPIP', 'ipipMode'),
    ...(row('IPIP') === 'true'
      ? { disputed: 'a table that does not say whether IP-in-IP is Always or CrossSubnet' }
      : {}),
    vxlanMode: mode('VXLANMODE', 'vxlanMode') ?? mode('VXLAN', 'vxlanMode'),
    natOutgoing: flag(row('NAT')),
    disabled: flag(row('DISABLED')),
    nodeSelector: row('SELECTOR'),
    allowedUses: null,
    source: 'table',
    ref,
  });
}

/** `true` and `false` of tables before v3: which of the two modes is on is not told. */
function oldMode(row: Row, ref: SourceRef): Sourced<PoolMode> | null {
  const cell = row('IPIP');
  return cell === 'true' ? { value: 'Always', ref } : cell === 'false' ? { value: 'Never', ref } : null;
}

function readEndpointRow(row: Row, { ref, facts, namespace: asked }: RowPlace): void {
  const workload = row('WORKLOAD');
  if (workload === null) return;
  // `get wep -o wide` prints `namespace.pod` for Kubernetes workloads when all namespaces are asked for.
  const isJoined = row('NAMESPACE') === null && workload.includes('.');
  const namespace = isJoined ? (workload.split('.')[0] ?? asked) : asked;
  const name = isJoined ? workload.slice(namespace.length + 1) : workload;
  const interfaceName = row('INTERFACE');
  facts.pods.push({
    source: 'WorkloadEndpoint',
    namespace,
    name,
    nodeName: nodeIn(row),
    addresses: canonicalAddresses((row('NETWORKS') ?? '').split(',')),
    hostNetwork: false,
    finished: false,
    created: null,
    hostInterface: interfaceName === null ? computedVeth(namespace, name) : { name: interfaceName, computed: false },
    hostIP: null,
    ref,
  });
}

/** Says what a table without the columns that matter is missing. */
export function finishTable(table: WideTable, ref: SourceRef, facts: Facts): void {
  // One row may be one pool that was asked for by name; more are a list.
  if (table.kind === 'pools' && table.rows > 1) facts.poolsComplete = true;
  const last = table.columns.at(-1)?.name ?? '';
  if (table.rows > 0 && isNeverLast(last, table)) {
    const message = `the lines of a table end within the column ${last}, which may be cut: it is not used`;
    addIssue(facts, 'unused-table', 'warning', message, { refs: [ref] });
  }
  if (table.kind !== 'unused') return;
  const names = table.columns.map((column) => column.name).join(' ');
  const message = `a table with the columns ${names} tells nothing about addresses: use -o wide or -o yaml`;
  addIssue(facts, 'unused-table', 'warning', message, { refs: [ref] });
}

/** Some shorten names that do not fit (`worker-…`): those are no names. */
function nodeIn(row: Row): string | null {
  const name = row('NODE');
  return name !== null && NAME.test(name) ? name : null;
}

/** `pod/web` of `kubectl get all` is `web`. */
function nameOf(row: Row): string | null {
  return row('NAME')?.replace(/^[a-z.]+\//, '') ?? null;
}

function flag(cell: string | null): boolean | null {
  return cell === 'true' ? true : cell === 'false' ? false : null;
}
