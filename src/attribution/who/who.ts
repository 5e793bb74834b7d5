// Who stands behind the two addresses of a flow. The topology answers first; where it cannot name a node, the underlay
// frames do: the outer header, or a NIC's MAC (calico-facts 6.1). What the packets say never overrides the snapshot.
import type { FlowTable } from '../../flow/flow-table.ts';
import type { Evidence, Node, Owner, OwnerSource } from '../../topology/model.ts';
import type { Points } from '../points/points.ts';
import type { Endpoint, EndpointKind } from '../vocabulary.ts';
import type { AddressBook } from './address-book.ts';

export interface Who {
  owner: Owner;
  kind: EndpointKind;
  node: Node | null;
  nodeSource: OwnerSource | 'outer-header' | 'nic-mac' | null;
  evidence: readonly Evidence[];
  /** Another node, by the packets, where the snapshot names one by weak evidence only. */
  against?: PacketEvidence;
}

/** A node that underlay frames name for an address, and how. */
export interface PacketEvidence {
  node: Node;
  source: 'outer-header' | 'nic-mac';
  detail: string;
}

/** Evidence that names one address's node by itself, a node's own part of a network too; blocks only say where an address usually is (borrowed ones are elsewhere). */
const STRONG: ReadonlySet<string> = new Set([
  'node-address',
  'pod',
  'tunnel-address',
  'borrowed-allocation',
  'pod-cidr',
]);

/** A pod that is one of several candidates (finished, younger than the capture, twice the same address) is no proof either. */
export function isStrong({ nodeSource, owner }: Pick<Who, 'nodeSource' | 'owner'>): boolean {
  if (nodeSource === null || !STRONG.has(nodeSource)) return false;
  return nodeSource !== 'pod' || owner.candidates.length === 0;
}

export interface Directory {
  whoIs(address: string): Who;
  /** By the number of the address among those of the table's flows (`FlowEnds`). */
  whoOf(id: number): Who;
}

interface Hint {
  outerSource: Set<Node>;
  outerDestination: Set<Node>;
  macSource: Set<Node>;
  macDestination: Set<Node>;
}

/** Reads every flow once for what underlay frames say of addresses without a known node. */
export function directory(table: FlowTable, points: Points, book: AddressBook): Directory {
  const hints = collectHints(table, points, book);
  const known = new Map<string, Who>();
  const byId: Who[] = [];
  const { addresses } = table.ends;
  const whoIs = (address: string): Who => {
    let who = known.get(address);
    if (who === undefined) {
      who = decide(book.ownerOf(address), hints.get(address));
      known.set(address, who);
    }
    return who;
  };
  return {
    whoIs,
    whoOf(id) {
      byId[id] ??= whoIs(addresses[id] ?? '');
      return byId[id];
    },
  };
}

function collectHints(table: FlowTable, points: Points, book: AddressBook): Map<string, Hint> {
  const hints = new Map<string, Hint>();
  const { rows } = table;
  const { source, destination, addresses } = table.ends;
  const open = addresses.map((address) => isOpen(book.ownerOf(address)) || isDoubtful(book.ownerOf(address)));
  for (let flow = 0; flow < table.flowCount; flow++) {
    const srcOpen = open[source[flow] ?? -1] ?? false;
    const dstOpen = open[destination[flow] ?? -1] ?? false;
    if (!srcOpen && !dstOpen) continue;
    const src = addresses[source[flow] ?? -1] ?? '';
    const dst = addresses[destination[flow] ?? -1] ?? '';
    for (let row = table.firstRow(flow); row >= 0; row = rows.next(row)) {
      const link = table.linkOf(row);
      if (points.all[points.ofLink[link] ?? -1]?.role !== 'underlay') continue;
      const ends = rowEnds(table, points, book, row, link);
      if (srcOpen && ends.from !== null) hintOf(hints, src)[ends.plain ? 'macSource' : 'outerSource'].add(ends.from);
      if (dstOpen && ends.to !== null)
        hintOf(hints, dst)[ends.plain ? 'macDestination' : 'outerDestination'].add(ends.to);
    }
  }
  return hints;
}

/** An address that needs help: one a pod could have, with no node known. */
function isOpen(owner: Owner): boolean {
  return (
    owner.node === null &&
    (owner.kind === 'pod' || owner.kind === 'unknown' || owner.kind === 'tunnel') &&
    owner.candidates.length < 2
  );
}

/** A node is known by weak evidence: a block's address may be borrowed by another node (calico-facts 3.5). */
function isDoubtful(owner: Owner): boolean {
  return owner.node !== null && !isStrong({ nodeSource: owner.nodeSource, owner });
}

function rowEnds(
  table: FlowTable,
  points: Points,
  book: AddressBook,
  row: number,
  link: number,
): { plain: boolean; from: Node | null; to: Node | null } {
  const tunnel = table.tunnels.record(table.tunnelOf(row));
  if (tunnel.outerSrc !== null && tunnel.outerDst !== null) {
    return { plain: false, from: book.nodeOf(tunnel.outerSrc), to: book.nodeOf(tunnel.outerDst) };
  }
  const { src, dst } = table.links.record(link);
  const ttl = table.rows.ttlMax(row);
  const routedOnce = ttl === 63 || ttl === 127 || ttl === 254;
  return {
    plain: true,
    from: src !== null && routedOnce ? (points.macs.nicNode(src)?.node ?? null) : null,
    to: dst !== null ? (points.macs.nicNode(dst)?.node ?? null) : null,
  };
}

function hintOf(hints: Map<string, Hint>, address: string): Hint {
  let hint = hints.get(address);
  if (hint === undefined) {
    hint = { outerSource: new Set(), outerDestination: new Set(), macSource: new Set(), macDestination: new Set() };
    hints.set(address, hint);
  }
  return hint;
}

function decide(owner: Owner, hint: Hint | undefined): Who {
  const base: Who = {
    owner,
    kind: owner.kind,
    node: owner.node,
    nodeSource: owner.nodeSource,
    evidence: owner.evidence,
  };
  const found = hint === undefined ? null : nodeByPackets(owner.address, hint);
  if (found === null || found.node === owner.node) return base;
  if (owner.node !== null) return { ...base, against: found };
  const { node, source, detail } = found;
  return { ...base, node, nodeSource: source, evidence: [...owner.evidence, { source, detail }] };
}

/** What an address sent says more than what was sent to it: senders know where they are. */
function nodeByPackets(address: string, hint: Hint): PacketEvidence | null {
  return (
    single(hint.outerSource, 'outer-header', (n) => `packets from ${address} left ${n.name} in its tunnel`) ??
    single(hint.macSource, 'nic-mac', (n) => `packets from ${address} left ${n.name}'s NIC`) ??
    (hint.outerSource.size + hint.macSource.size > 0
      ? null
      : (single(
          hint.outerDestination,
          'outer-header',
          (n) => `packets to ${address} were sent to ${n.name} in a tunnel`,
        ) ?? single(hint.macDestination, 'nic-mac', (n) => `packets to ${address} were sent to ${n.name}'s NIC`)))
  );
}

function single(
  nodes: ReadonlySet<Node>,
  source: 'outer-header' | 'nic-mac',
  say: (node: Node) => string,
): PacketEvidence | null {
  const [node] = nodes;
  return nodes.size === 1 && node !== undefined ? { node, source, detail: say(node) } : null;
}

/** The JSON endpoint of one end of a flow. */
export function endpointOf(who: Who, port: number | null): Endpoint {
  const { owner } = who;
  return {
    ip: owner.address,
    port,
    kind: who.kind,
    namespace: owner.namespace,
    pod: owner.pod,
    node: who.node?.name ?? null,
    pool: owner.pool?.name ?? null,
    candidates: owner.candidates,
    evidence: who.evidence,
  };
}
