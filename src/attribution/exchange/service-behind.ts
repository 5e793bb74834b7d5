// Which service became which pod: kube-proxy translates a connection's destination on the client's node (for a NodePort, its source too,
// often), so that one place shows the service's address and another one the pod's. TCP's first sequence number goes through unchanged; of
// UDP the client's address and port do.

import type { FlowTable } from '../../flow/flow-table.ts';
import type { Evidence, Node, Topology } from '../../topology/model.ts';
import { formatRef } from '../../topology/read/located.ts';
import type { NatService, Tuple } from '../../topology/translation.ts';
import type { PathFacts } from '../path-facts.ts';
import type { Endpoint, Via } from '../vocabulary.ts';
import { qualifiedPodName } from '../who/end-name.ts';
import type { Directory } from '../who/who.ts';
import type { Tracked, TrackedConnections } from './tracked-connections.ts';

const [TCP, UDP] = [6, 17] as const;
/** Clocks of two captures may differ, and still a sequence number does not come again so soon (RFC 6528): seconds. */
const SOON = 60;

export interface ServiceInput {
  table: FlowTable;
  paths: PathFacts;
  who: Directory;
  topology: Topology | null;
  tracked: TrackedConnections;
}

/** `shop/db` by every address that a service of the snapshot has. */
export function serviceNames(topology: Topology | null): Map<string, string> {
  const names = new Map<string, string>();
  for (const { namespace, name, addresses } of topology?.services ?? [])
    for (const address of addresses) names.set(address, `${namespace}/${name}`);
  return names;
}

/** Null where one side of the translation only was captured, or there is none. The index is made when first asked for. */
export function servicesBehind(input: ServiceInput): (flow: number) => Via | null {
  let found: ReadonlyMap<number, Via> | null = null;
  let names: ReadonlyMap<string, string> | null = null;
  return (flow) => {
    found ??= findServices(input);
    const shown = found.get(flow);
    if (shown !== undefined) return shown;
    const tracked = input.tracked.of(flow);
    const byTables = tracked === null ? input.tracked.serviceOf(flow) : null;
    if (tracked === null && byTables === null) return null;
    names ??= serviceNames(input.topology);
    if (tracked !== null) return trackedVia(tracked, input.topology, names);
    return byTables === null ? null : tabledVia(byTables, input.topology, names);
  };
}

/** By a node's connection tracking, where packets show one side only. */
function trackedVia(found: Tracked, topology: Topology | null, names: ReadonlyMap<string, string>): Via | null {
  const { before, after } = found.entry;
  if (before.dst === after.dst && before.dstPort === after.dstPort) return null;
  return {
    service: names.get(before.dst) ?? null,
    ip: before.dst,
    port: before.dstPort,
    backend: { ip: after.dst, port: after.dstPort, pod: podAt(after.dst, topology) },
    evidence: trackedEvidence(found),
  };
}

/** By eBPF's table of services, where it leads to one pod only. */
function tabledVia(
  { node, service: { ip, port, backends, ref } }: { node: Node; service: NatService },
  topology: Topology | null,
  names: ReadonlyMap<string, string>,
): Via | null {
  const [to] = backends;
  if (to === undefined) return null;
  const detail = `eBPF's services of ${node.name}: ${endText(ip, port)} leads to ${endText(to.ip, to.port)} alone (${formatRef(ref)})`;
  const backend = { ...to, pod: podAt(to.ip, topology) };
  return { service: names.get(ip) ?? null, ip, port, backend, evidence: { source: 'bpf-nat', detail } };
}

function podAt(ip: string, topology: Topology | null): string | null {
  const owner = topology?.lookup(ip);
  return owner?.pod == null ? null : qualifiedPodName({ namespace: owner.namespace, pod: owner.pod });
}

/** An end whose address a node rewrites, with that as evidence of who is behind it. */
export function withTracked(end: Endpoint, found: Tracked | null, role: 'src' | 'dst'): Endpoint {
  if (found === null) return end;
  const { before, after } = found.entry;
  const isClient = (role === 'src') !== found.isAnswer;
  const isRewritten = isClient
    ? before.src !== after.src || before.srcPort !== after.srcPort
    : before.dst !== after.dst || before.dstPort !== after.dstPort;
  return isRewritten ? { ...end, evidence: [...end.evidence, trackedEvidence(found)] } : end;
}

/** `connection tracking of a: 10.48.0.70:40000 to 10.96.0.10:80 became 10.48.0.70:40000 to 10.48.0.140:8080 (FILE:LINE)`. */
export function trackedEvidence({ node, entry }: Pick<Tracked, 'node' | 'entry'>): Evidence {
  const words = ({ src, srcPort, dst, dstPort }: Tuple): string =>
    `${endText(src, srcPort)} to ${endText(dst, dstPort)}`;
  const when = entry.time === null ? '' : ` at ${new Date(entry.time * 1000).toISOString()}`;
  const detail = `connection tracking of ${node.name}${when}: ${words(entry.before)} became ${words(entry.after)} (${formatRef(entry.ref)})`;
  return { source: 'conntrack', detail };
}

function endText(ip: string, port: number): string {
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}

function findServices(input: ServiceInput): Map<number, Via> {
  const { table } = input;
  const addressed: number[] = [];
  const clients = new Map<string, number[]>();
  for (let flow = 0; flow < table.flowCount; flow++) {
    const key = mayBeService(input, flow) ? clientKey(table, flow) : null;
    if (key === null) continue;
    addressed.push(flow);
    clients.set(key, []);
  }
  // most captures have none, and then nothing is to be remembered of all the flows to pods
  for (let flow = 0; clients.size > 0 && flow < table.flowCount; flow++)
    if (isToPod(input, flow)) clients.get(clientKey(table, flow) ?? '')?.push(flow);
  const services = serviceNames(input.topology);
  const via = new Map<number, Via>();
  for (const flow of addressed) {
    const behind = clients.get(clientKey(table, flow) ?? '')?.find((pod) => isOne(input, flow, pod));
    if (behind === undefined) continue;
    const one = viaOf(input, flow, behind, services);
    for (const part of [flow, table.reverseOf(flow), behind, table.reverseOf(behind)])
      if (part >= 0) via.set(part, one);
  }
  return via;
}

/** What both sides of a translation have in common; null for flows that begin no connection. */
function clientKey(table: FlowTable, flow: number): string | null {
  const family = table.familyOf(flow);
  if (table.protocolOf(flow) === UDP) return `${family}|${table.sourceWord(flow)}|${table.sourcePortOf(flow)}`;
  const row = table.protocolOf(flow) === TCP ? openingRow(table, flow) : -1;
  return row < 0 ? null : `${family}|${table.rows.firstSequence(row)}`;
}

/** The row that has the SYN, -1 if none does. */
function openingRow(table: FlowTable, flow: number): number {
  const { rows } = table;
  for (let row = table.firstRow(flow); row >= 0; row = rows.next(row))
    if (rows.requests(row) > 0 && rows.openedAt(row) !== 0) return row;
  return -1;
}

function mayBeService({ who }: ServiceInput, flow: number): boolean {
  const { kind } = who.whoOf(who.destination[flow] ?? -1);
  return kind !== 'pod' && kind !== 'tunnel';
}

function isToPod({ who }: ServiceInput, flow: number): boolean {
  return who.whoOf(who.destination[flow] ?? -1).kind === 'pod';
}

function isOne(input: ServiceInput, flow: number, pod: number): boolean {
  const { table } = input;
  if (table.protocolOf(pod) !== table.protocolOf(flow)) return false;
  if (table.protocolOf(flow) === TCP) {
    const [one, other] = [openingRow(table, flow), openingRow(table, pod)];
    return Math.abs(table.rows.openedAt(one) - table.rows.openedAt(other)) < SOON;
  }
  // one socket may ask several servers: then they are asked at one place
  return overlap(table, flow, pod) && !sharePoint(input, flow, pod);
}

function overlap(table: FlowTable, a: number, b: number): boolean {
  const [one, other] = [spanOf(table, a), spanOf(table, b)];
  return one.first <= other.last + 1 && other.first <= one.last + 1;
}

function spanOf(table: FlowTable, flow: number): { first: number; last: number } {
  const { rows } = table;
  const span = { first: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY };
  for (let row = table.firstRow(flow); row >= 0; row = rows.next(row)) {
    span.first = Math.min(span.first, rows.firstSeconds(row));
    span.last = Math.max(span.last, rows.lastSeconds(row));
  }
  return span;
}

function sharePoint({ table, paths }: ServiceInput, a: number, b: number): boolean {
  const { rows } = table;
  const points = new Set<number>();
  for (let row = table.firstRow(a); row >= 0; row = rows.next(row)) points.add(paths.pointOf[rows.path(row)] ?? -1);
  for (let row = table.firstRow(b); row >= 0; row = rows.next(row))
    if (points.has(paths.pointOf[rows.path(row)] ?? -1)) return true;
  return false;
}

function viaOf({ table, who }: ServiceInput, flow: number, pod: number, services: ReadonlyMap<string, string>): Via {
  const ip = table.destinationOf(flow);
  const { namespace, pod: name } = who.whoOf(who.destination[pod] ?? -1).owner;
  return {
    service: services.get(ip) ?? null,
    ip,
    port: table.destinationPortOf(flow) ?? 0,
    backend: {
      ip: table.destinationOf(pod),
      port: table.destinationPortOf(pod) ?? 0,
      pod: name === null ? null : qualifiedPodName({ namespace, pod: name }),
    },
  };
}
