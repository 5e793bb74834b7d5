// Sources that a node translates on the way from pod to pod: kube-proxy's masquerade, or natOutgoing of a pool that not all pods are in.
// Policies by pod address do not match such packets. Told by the same packets before and after, or by the hop limit: what a node says by
// its own tunnel address was not routed yet.

import type { TrackedConnections } from '../../attribution/exchange/tracked-connections.ts';
import type { PathFacts } from '../../attribution/path-facts.ts';
import type { Directory, Who } from '../../attribution/who/who.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import { BIT } from '../../flow/rows/row-layout.ts';
import { addUnder } from '../../net/multi-map.ts';
import { toSeconds } from '../../net/time.ts';
import type { Topology } from '../../topology/model.ts';
import { formatRef } from '../../topology/read/located.ts';
import { nameOf } from '../flow/rules.ts';

/** By flow, before and after. */
export type Translations = ReadonlyMap<number, string>;

const TCP = 6;
/** Hop limits that hosts begin with, less the one router that a node is for its pods. */
const ROUTED_ONCE: ReadonlySet<number> = new Set([63, 127, 254]);

interface Input {
  table: FlowTable;
  paths: PathFacts;
  who: Directory;
  topology: Topology | null;
  tracked: TrackedConnections;
}

/** Within a node a packet is nowhere longer, seconds. */
const INSIDE = 0.002;

/** A flow whose source address is its node's. */
interface Outside {
  flow: number;
  src: Who;
  dst: Who;
}

export function translations(input: Input): Translations {
  const found = new Map<number, string>();
  const outside = fromNodes(input);
  if (outside.length === 0) return found;
  const known = new Map<string, Outside[]>();
  for (const one of outside) for (const key of keysOf(input.table, one.flow)) addUnder(known, key, one);
  for (let flow = 0; flow < input.table.flowCount; flow++) tellSame(input, flow, known, found);
  for (const one of outside) if (!found.has(one.flow)) tellTracked(input, one, found);
  const routed = outside.filter((one) => !found.has(one.flow) && wasRouted(input, one));
  const clients = routed.length === 0 ? null : portClients(input);
  for (const { flow, src, dst } of routed) {
    const { table } = input;
    const key = clientKey(table, flow, src.node?.index ?? -1);
    if (clients?.has(key) === true) continue;
    found.set(
      flow,
      `${nameOf(src)} to ${nameOf(dst)}: ${src.node?.name} routed these packets (hop limit ${ttlOf(table, flow)}), so that it translated their source: a pod's, or a NodePort's client's`,
    );
  }
  return found;
}

/** From a node's own or its tunnel's address to a pod elsewhere. */
function fromNodes({ table, who }: Input): Outside[] {
  const found: Outside[] = [];
  for (let flow = 0; flow < table.flowCount; flow++) {
    const src = who.whoOf(who.source[flow] ?? -1);
    if ((src.kind !== 'tunnel' && src.kind !== 'node') || src.node === null) continue;
    const dst = who.whoOf(who.destination[flow] ?? -1);
    if (dst.kind === 'pod' && dst.owner.pool !== null && dst.node !== src.node) found.push({ flow, src, dst });
  }
  return found;
}

/** What is left of a flow whose addresses are translated: TCP's numbers; of others both ports and the number of packets. */
function keysOf(table: FlowTable, flow: number): string[] {
  const { rows } = table;
  const protocol = table.protocolOf(flow);
  const keys = new Set<string>();
  for (let row = table.firstRow(flow); row >= 0; row = rows.next(row)) {
    if (protocol !== TCP) {
      const ends = [table.destinationOf(flow), table.sourcePortOf(flow), table.destinationPortOf(flow)];
      keys.add([protocol, ...ends, rows.distinct(row), rows.payloadBytes(row)].join('|'));
    } else if ((rows.bits(row) & BIT.sequenceKnown) !== 0)
      keys.add([protocol, table.destinationPortOf(flow), rows.sequenceEnd(row), rows.payloadBytes(row)].join('|'));
  }
  return [...keys];
}

/** A pod's packets inside its node that left it with the node's address. */
function tellSame(
  { table, paths, who }: Input,
  flow: number,
  known: ReadonlyMap<string, readonly Outside[]>,
  found: Map<number, string>,
): void {
  const src = who.whoOf(who.source[flow] ?? -1);
  if (src.kind !== 'pod' || src.node === null) return;
  for (let row = table.firstRow(flow); row >= 0; row = table.rows.next(row)) {
    const path = table.rows.path(row);
    if (paths.isUnderlay[path] === 1 || paths.point[path]?.topologyNode !== src.node) return;
  }
  for (const key of keysOf(table, flow)) {
    const fits = known
      .get(key)
      ?.filter((one) => one.src.node === src.node && isOneMoment(table, paths, { before: flow, after: one }));
    const [after] = fits ?? [];
    // of two that fit nobody can tell which it is
    if (after === undefined || fits?.length !== 1) continue;
    const what = table.protocolOf(flow) === TCP ? 'the same sequence numbers' : 'the same ports and packets';
    const message = `${nameOf(src)} to ${nameOf(after.dst)} leaves ${src.node.name} as ${after.src.owner.address}, with ${what}: its source is translated there`;
    found.set(flow, message);
    found.set(after.flow, message);
    return;
  }
}

/**
 * Without ports (ICMP), two conversations are alike that have as many packets: only one that comes and ends with the other is the same,
 * by the clock of the node that sent both. Another place that saw it has a clock of its own.
 */
function isOneMoment(
  table: FlowTable,
  paths: PathFacts,
  { before, after }: { before: number; after: Outside },
): boolean {
  if (table.sourcePortOf(before) || table.destinationPortOf(before)) return true;
  const { rows } = table;
  const inside = [...rowsOf(table, before)];
  return [...rowsOf(table, after.flow)].some((row) => {
    if (paths.point[rows.path(row)]?.topologyNode !== after.src.node) return false;
    return inside.some(
      (other) =>
        Math.abs(toSeconds(rows.firstMoment(row)) - toSeconds(rows.firstMoment(other))) <= INSIDE &&
        Math.abs(toSeconds(rows.lastMoment(row)) - toSeconds(rows.lastMoment(other))) <= INSIDE,
    );
  });
}

function* rowsOf(table: FlowTable, flow: number): Iterable<number> {
  for (let row = table.firstRow(flow); row >= 0; row = table.rows.next(row)) yield row;
}

/** A pod's packets by the connection tracking of the node that sent them on. */
function tellTracked({ tracked, topology }: Input, { flow, src, dst }: Outside, found: Map<number, string>): void {
  const known = tracked.of(flow);
  if (known === null || known.node !== src.node || known.side !== 'after' || known.isAnswer) return;
  const client = known.entry.before.src;
  const owner = client === src.owner.address ? null : (topology?.lookup(client) ?? null);
  if (owner?.kind !== 'pod') return;
  const pod = owner.pod === null ? client : `${owner.namespace}/${owner.pod} (${client})`;
  const place = formatRef(known.entry.ref);
  found.set(
    flow,
    `${pod} to ${nameOf(dst)} left ${src.node.name} as ${src.owner.address}, by that node's connection tracking (${place}): its source is translated there`,
  );
}

/** A node's own packets, in its tunnel, have the hop limit that they began with. */
function wasRouted({ table, paths }: Input, { flow, src }: Outside): boolean {
  if (src.kind !== 'tunnel') return false;
  const { rows } = table;
  for (let row = table.firstRow(flow); row >= 0; row = rows.next(row)) {
    const isInTunnel = paths.tunnel[rows.path(row)]?.encapsulation !== 'none';
    if (isInTunnel && rows.ttlMin(row) === rows.ttlMax(row) && ROUTED_ONCE.has(rows.ttlMax(row))) return true;
  }
  return false;
}

function ttlOf(table: FlowTable, flow: number): number {
  return table.rows.ttlMax(table.firstRow(flow));
}

/** What hosts outside ask of nodes' own addresses: a node that hands it on translates its source, and keeps the port. */
function portClients({ table, who }: Input): Set<string> {
  const found = new Set<string>();
  for (let flow = 0; flow < table.flowCount; flow++) {
    const dst = who.whoOf(who.destination[flow] ?? -1);
    const src = who.whoOf(who.source[flow] ?? -1);
    if (dst.kind === 'node' && dst.node !== null && src.kind !== 'pod' && src.node !== dst.node)
      found.add(clientKey(table, flow, dst.node.index));
  }
  return found;
}

function clientKey(table: FlowTable, flow: number, node: number): string {
  return `${node}|${table.protocolOf(flow)}|${table.sourcePortOf(flow)}`;
}
