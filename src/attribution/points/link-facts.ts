// What the frames of each link entry (a pair of link addresses on one capture interface) carried: the raw material for
// telling where a capture was taken (design section 4, rules 4, 5 and 7).

import { WORKLOAD_MAC } from '../../cluster/calico.ts';
import { vtepMacLooksComputed } from '../../cluster/computed-names.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import type { LinkRecord, TunnelRecord } from '../../flow/frame-records.ts';
import { formatIPv4 } from '../../net/ip.ts';
import type { Node } from '../../topology/model.ts';
import type { AddressBook } from '../who/address-book.ts';

export interface LinkFacts {
  link: LinkRecord;
  /** Packets whose outer header ran between two node addresses (where no Nodes are known: between two that no pool has). */
  outers: number;
  /** Packets of an overlay tunnel (VXLAN between VTEP MACs, IP-in-IP) of which one end only is a node. */
  halfOuters: number;
  /** Nodes of those outer sources and destinations, by index; more than one: a gateway's MAC, or several tunnels. */
  outerSources: Map<number, Node>;
  outerDestinations: Map<number, Node>;
  /** Nodes that sent and were sent packets of their own by this link: outer ones, plain ones, ARP. */
  senders: Set<Node>;
  receivers: Set<Node>;
  /** Plain packets or ARP from one node's own address to another's. */
  nodeToNode: number;
  /** Plain pod-to-pod packets whose TTL is one below 64, 128 or 255: routed once since the sender. */
  routedPods: number;
  /** Plain packets from a pod with the very TTL that it was given: nobody has routed them yet, as on a veth. */
  unroutedPods: number;
  /** The pods' addresses that these have. */
  unroutedFrom: Set<string>;
  /** Packets per pod address among plain ones, to see whose veth it is. */
  podPackets: Map<string, number>;
  /** The same for the end that a veth's MAC shows to be the pod behind it: the sender toward the host, the receiver from it. */
  behindVeth: Map<string, number>;
  plainPackets: number;
  /** Of these, packets from pods that were routed once since and that no capture has in a tunnel. */
  routedOnlyHere: number;
  /** Frames of pods that their node let out as they were, addressed to a veth: eBPF does it (calico-facts 10.23). Not a veth's own. */
  isRawAnswer: boolean;
}

const ROUTED_ONCE = new Set([63, 127, 254]);
const INITIAL = new Set([64, 128, 255]);

/** Whether a TTL is one below what senders begin with: one router has had the packet. */
export function isRoutedOnce(ttl: number): boolean {
  return ROUTED_ONCE.has(ttl);
}

/** One entry per link of the table, in its order. */
export function linkFacts(table: FlowTable, book: AddressBook, knowsNodes: boolean): LinkFacts[] {
  const facts: LinkFacts[] = [];
  for (let i = 0; i < table.links.count; i++) facts.push(emptyFacts(table.links.record(i)));
  for (let flow = 0; flow < table.flowCount; flow++) addFlow(facts, table, book, knowsNodes, flow);
  for (const pair of table.arp.pairs()) {
    const from = book.nodeOf(formatIPv4(pair.sender));
    const to = book.nodeOf(formatIPv4(pair.target));
    const entry = facts[pair.link];
    if (entry === undefined) continue;
    addEnds(entry, from, to);
    if (from !== null && to !== null && from !== to) entry.nodeToNode += pair.packets;
  }
  findRawAnswers(facts);
  return facts;
}

/**
 * To a veth go its pod's packets as the pod made them, and from it come others. Where all of a pod's were routed once before, none of
 * them is in a tunnel anywhere and none comes back, they have left the node.
 */
function findRawAnswers(facts: readonly LinkFacts[]): void {
  const isEthernet = ({ link }: LinkFacts): boolean => link.type === 'ethernet' && !link.carried;
  const key = ({ capture, interface: device }: LinkRecord, mac: string | null): string => `${capture} ${device} ${mac}`;
  const fromVeth = facts.filter((fact) => isEthernet(fact) && fact.link.src === WORKLOAD_MAC);
  const behindVeth = new Set(fromVeth.map(({ link }) => key(link, link.dst)));
  for (const fact of facts) {
    const { link, routedOnlyHere, plainPackets } = fact;
    if (!isEthernet(fact) || link.dst !== WORKLOAD_MAC || link.src === WORKLOAD_MAC) continue;
    fact.isRawAnswer = routedOnlyHere > 0 && routedOnlyHere === plainPackets && !behindVeth.has(key(link, link.src));
  }
}

function emptyFacts(link: LinkRecord): LinkFacts {
  return {
    link,
    outers: 0,
    halfOuters: 0,
    outerSources: new Map(),
    outerDestinations: new Map(),
    senders: new Set(),
    receivers: new Set(),
    nodeToNode: 0,
    routedPods: 0,
    unroutedPods: 0,
    unroutedFrom: new Set(),
    podPackets: new Map(),
    behindVeth: new Map(),
    plainPackets: 0,
    routedOnlyHere: 0,
    isRawAnswer: false,
  };
}

function addFlow(facts: LinkFacts[], table: FlowTable, book: AddressBook, knowsNodes: boolean, flow: number): void {
  const { rows } = table;
  const { source, destination, addresses } = table.ends;
  const src = addresses[source[flow] ?? -1] ?? '';
  const dst = addresses[destination[flow] ?? -1] ?? '';
  for (let row = table.firstRow(flow); row >= 0; row = rows.next(row)) {
    const entry = facts[table.linkOf(row)];
    if (entry === undefined) continue;
    const packets = rows.packets(row);
    const tunnel = table.tunnels.record(table.tunnelOf(row));
    if (tunnel.encapsulation !== 'none') {
      addOuter(entry, book, knowsNodes, tunnel, packets);
      continue;
    }
    const ttl = rows.ttlMax(row);
    addPlain(entry, book, src, dst, packets, ttl);
    const isRouted = entry.link.dst === WORKLOAD_MAC && isRoutedOnce(ttl) && book.ownerOf(src).kind === 'pod';
    if (isRouted && !isInTunnel(table, flow)) entry.routedOnlyHere += packets;
  }
}

/** Whether any capture has packets of the flow in a tunnel. */
function isInTunnel(table: FlowTable, flow: number): boolean {
  const { rows } = table;
  for (let row = table.firstRow(flow); row >= 0; row = rows.next(row))
    if (table.tunnels.encapsulationOf(table.tunnelOf(row)) !== 'none') return true;
  return false;
}

function addPlain(entry: LinkFacts, book: AddressBook, src: string, dst: string, packets: number, ttl: number): void {
  entry.plainPackets += packets;
  const from = book.nodeOf(src);
  const to = book.nodeOf(dst);
  addEnds(entry, from, to);
  if (from !== null && to !== null && from !== to) entry.nodeToNode += packets;
  const srcIsPod = book.ownerOf(src).kind === 'pod';
  const dstIsPod = book.ownerOf(dst).kind === 'pod';
  if (srcIsPod) count(entry.podPackets, src, packets);
  if (dstIsPod) count(entry.podPackets, dst, packets);
  if (srcIsPod && entry.link.dst === WORKLOAD_MAC) count(entry.behindVeth, src, packets);
  if (dstIsPod && entry.link.src === WORKLOAD_MAC) count(entry.behindVeth, dst, packets);
  if (srcIsPod && dstIsPod && isRoutedOnce(ttl)) entry.routedPods += packets;
  if (!srcIsPod || !INITIAL.has(ttl)) return;
  entry.unroutedPods += packets;
  entry.unroutedFrom.add(src);
}

function addEnds({ senders, receivers }: LinkFacts, from: Node | null, to: Node | null): void {
  if (from !== null) senders.add(from);
  if (to !== null) receivers.add(to);
}

function count(of: Map<string, number>, address: string, packets: number): void {
  of.set(address, (of.get(address) ?? 0) + packets);
}

function addOuter(
  entry: LinkFacts,
  book: AddressBook,
  knowsNodes: boolean,
  tunnel: TunnelRecord,
  packets: number,
): void {
  const { outerSrc, outerDst } = tunnel;
  if (outerSrc === null || outerDst === null) return;
  if (!knowsNodes) {
    // pods have tunnels of their own: between addresses of a pool, which no node has
    if (!isOfPod(book, outerSrc) && !isOfPod(book, outerDst)) entry.outers += packets;
    return;
  }
  const from = book.nodeOf(outerSrc);
  const to = book.nodeOf(outerDst);
  addEnds(entry, from, to);
  if (from !== null) entry.outerSources.set(from.index, from);
  if (to !== null) entry.outerDestinations.set(to.index, to);
  if (from !== null && to !== null) entry.outers += packets;
  else if ((from !== null || to !== null) && isOverlay(tunnel)) entry.halfOuters += packets;
}

function isOfPod(book: AddressBook, address: string): boolean {
  return book.ownerOf(address).kind === 'pod';
}

/** A tunnel that Calico's nodes would make, by what is inside: seen with an address of no node (calico-facts 10.1, 10.19). */
function isOverlay({ encapsulation, innerSrcMac, innerDstMac }: TunnelRecord): boolean {
  if (encapsulation === 'vxlan')
    return (
      innerSrcMac !== null &&
      innerDstMac !== null &&
      vtepMacLooksComputed(innerSrcMac) &&
      vtepMacLooksComputed(innerDstMac)
    );
  return encapsulation === 'ipip';
}
