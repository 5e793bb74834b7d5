// Sources that a node translates on the way from pod to pod: kube-proxy's masquerade, or natOutgoing of a pool that not all pods are in.
// Policies by pod address do not match such packets. Told by the same packets before and after, or by the hop limit: what a node says by
// its own tunnel address was not routed yet.

import type { PathFacts } from '../../attribution/path-facts.ts';
import type { Directory, Who } from '../../attribution/who/who.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import { BIT } from '../../flow/rows/row-layout.ts';
import { nameOf } from '../flow/rules.ts';

/** By flow, before and after. */
export type Translations = ReadonlyMap<number, string>;

const [TCP, UDP] = [6, 17] as const;
/** Hop limits that hosts begin with, less the one router that a node is for its pods. */
const ROUTED_ONCE: ReadonlySet<number> = new Set([63, 127, 254]);

interface Input {
  table: FlowTable;
  paths: PathFacts;
  who: Directory;
}

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
  const known = new Map<string, Outside>();
  for (const one of outside) for (const key of keysOf(input.table, one.flow)) known.set(key, one);
  for (let flow = 0; flow < input.table.flowCount; flow++) tellSame(input, flow, known, found);
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

/** What is left of a flow whose addresses are translated: TCP's numbers; of datagrams both ports and the number of packets. Pings are alike. */
function keysOf(table: FlowTable, flow: number): string[] {
  const { rows } = table;
  const protocol = table.protocolOf(flow);
  const keys = new Set<string>();
  for (let row = table.firstRow(flow); row >= 0; row = rows.next(row)) {
    if (protocol !== TCP) {
      if (table.sourcePortOf(flow) === null || protocol !== UDP) continue;
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
  known: ReadonlyMap<string, Outside>,
  found: Map<number, string>,
): void {
  const src = who.whoOf(who.source[flow] ?? -1);
  if (src.kind !== 'pod' || src.node === null) return;
  for (let row = table.firstRow(flow); row >= 0; row = table.rows.next(row))
    if (paths.isUnderlay[table.rows.path(row)] === 1) return;
  for (const key of keysOf(table, flow)) {
    const after = known.get(key);
    if (after === undefined || after.src.node !== src.node) continue;
    const what = table.protocolOf(flow) === TCP ? 'the same sequence numbers' : 'the same ports and packets';
    const message = `${nameOf(src)} to ${nameOf(after.dst)} leaves ${src.node.name} as ${after.src.owner.address}, with ${what}: its source is translated there`;
    found.set(flow, message);
    found.set(after.flow, message);
    return;
  }
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
