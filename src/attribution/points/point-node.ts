// Which node a capture was taken on: the user's word, the MAC that is in every unicast frame, the pod that is in every
// packet, the file name (design section 4, rules 1, 4 and 6).

import { isSameVeth, vethLooksComputed } from '../../cluster/computed-names.ts';
import { PACKET_TYPE } from '../../flow/frame-records.ts';
import type { Evidence, Node, Owner, Topology } from '../../topology/model.ts';
import type { AddressBook } from '../who/address-book.ts';
import { namedOwner, nameOfEnd } from '../who/end-name.ts';
import { isStrong } from '../who/owner-strength.ts';
import type { LinkFacts } from './link-facts.ts';
import type { LinkGroup } from './link-groups.ts';
import { isUnicast, type MacKnowledge } from './mac-roles.ts';

export interface NodeDecision {
  node: Node;
  evidence: Evidence;
  /** The address of the pod that told. */
  pod?: string;
}

/** A MAC (or pod) that is in fewer of the frames than this is not "in every frame": floods and broadcasts aside. */
const NEARLY_ALL = 0.9;

/** The MAC that is a capture's own, and in how many of its unicast frames it is. */
export interface HomeMac {
  mac: string;
  packets: number;
  total: number;
}

/** Frames of one interface, and who sends there. */
export type HomeFrames = Pick<LinkGroup, 'facts' | 'heard'>;

/**
 * Every unicast frame on a NIC comes from its MAC or goes to it; floods aside, which go to a MAC that is not heard there. With one
 * peer that holds for the peer's MAC too: then only a peer that was sent packets for several nodes (a gateway, a fabric) shows by
 * what it is that it is not the capture's own. Whoever is heard in another piece of the capture is no flood's aim either: of a merge of
 * several NICs, each piece may hold mostly what is one peer's.
 */
export function homeMac({ facts, heard: senders }: HomeFrames, macs: MacKnowledge): HomeMac | null {
  const unicast = facts.filter(({ link, isRawAnswer }) => !isRawAnswer && isUnicast(link.src) && isUnicast(link.dst));
  const heard = unicast.filter(({ link }) => link.dst !== null && senders.has(link.dst));
  // where nobody is heard that was sent to, one direction was captured: then all of it counts
  const telling = heard.length > 0 ? heard : unicast;
  const everywhere = [...new Set(telling.flatMap(({ link }) => macsOf(link)))].filter(
    (mac) => !macs.isShared(mac) && telling.every(({ link }) => macsOf(link).includes(mac)),
  );
  const [mac] = everywhere;
  if (mac === undefined || everywhere.length > 1) return null;
  const [packets, total] = [sumOf(unicast.filter(({ link }) => macsOf(link).includes(mac))), sumOf(unicast)];
  return packets >= total * NEARLY_ALL ? { mac, packets, total } : null;
}

/** The one MAC of those in every unicast frame that is nobody else's. */
export function lastMac({ facts }: HomeFrames, isOthers: (mac: string) => boolean): string | null {
  const unicast = facts.filter(({ link, isRawAnswer }) => !isRawAnswer && isUnicast(link.src) && isUnicast(link.dst));
  const everywhere = [...new Set(unicast.flatMap(({ link }) => macsOf(link)))].filter(
    (mac) => !isOthers(mac) && unicast.every(({ link }) => macsOf(link).includes(mac)),
  );
  return everywhere.length === 1 ? (everywhere[0] ?? null) : null;
}

function macsOf({ src, dst }: LinkFacts['link']): string[] {
  return [src, dst].filter((mac) => mac !== null);
}

function sumOf(facts: readonly LinkFacts[]): number {
  return facts.reduce((sum, { link }) => sum + link.packets, 0);
}

/** Node of an Ethernet point, by the NIC or VTEP MAC that is the capture's own. */
export function nodeByMacs(frames: HomeFrames, macs: MacKnowledge): NodeDecision | null {
  const home = homeMac(frames, macs);
  if (home === null) return null;
  const { mac, packets, total } = home;
  const node = macs.homeNode(mac) ?? (isAnswered(frames.facts) ? macs.vtepNode(mac)?.node : null) ?? null;
  if (node === null) return null;
  const share = packets === total ? 'every unicast frame' : `${packets} of ${total} unicast frames`;
  return { node, evidence: { source: 'link-addresses', detail: `its MAC is in ${share}: ${mac}` } };
}

/** A tunnel delivers what is for another VTEP too, by mistake; but whoever is answered to each of its peers is at home. */
function isAnswered(facts: readonly LinkFacts[]): boolean {
  const ways = facts.map(({ link }) => link).filter(({ src, dst }) => isUnicast(src) && isUnicast(dst));
  return ways.every(({ src, dst }) => ways.some((back) => back.src === dst && back.dst === src));
}

/** Node of a cooked capture: the source MACs of frames it sent (packet type 4: calico-facts 6). */
export function nodeByOutgoing(facts: readonly LinkFacts[], macs: MacKnowledge): NodeDecision | null {
  const nodes = new Map<Node, string>();
  for (const { link } of facts) {
    if (link.packetType !== PACKET_TYPE.outgoing || !isUnicast(link.src)) continue;
    const node = macs.homeNode(link.src) ?? macs.vtepNode(link.src)?.node ?? null;
    if (node !== null) nodes.set(node, link.src);
  }
  const [entry] = nodes;
  if (nodes.size !== 1 || entry === undefined) return null;
  const [node, mac] = entry;
  return { node, evidence: { source: 'link-addresses', detail: `frames it sent have ${node.name}'s MAC ${mac}` } };
}

/**
 * Node of a cooked capture by the tunnels that end there, else by those that start there: an outer source may be another's (an
 * address that was translated), an outer destination that got there is its own.
 */
export function nodeByOuterEnds(facts: readonly LinkFacts[]): NodeDecision | null {
  const cooked = (type: number): LinkFacts[] => facts.filter(({ link }) => link.packetType === type);
  const received = cooked(PACKET_TYPE.toUs).flatMap(({ outerDestinations }) => [...outerDestinations.values()]);
  const sent = cooked(PACKET_TYPE.outgoing).flatMap(({ outerSources }) => [...outerSources.values()]);
  const [nodes, told] = received.length > 0 ? [received, 'received end'] : [sent, 'sent start'];
  const [node] = nodes;
  if (node === undefined || nodes.some((one) => one !== node)) return null;
  return { node, evidence: { source: 'link-addresses', detail: `all tunnels it ${told} at ${node.name}` } };
}

/**
 * Node of a veth: the pod that its MAC shows to be behind it, or that is in every plain packet; unless the veth has another pod's
 * name: then the pod of the snapshot is not the one that has the address now.
 */
export function nodeByPod(
  facts: readonly LinkFacts[],
  book: AddressBook,
  topology: Topology | null,
  veth: string | null,
): NodeDecision | null {
  // where MACs show who is behind it, one that is in every packet may be whom they all talk to
  const behind = facts.some(({ behindVeth }) => behindVeth.size > 0);
  const owner = behind ? ownerInAll(facts, (f) => f.behindVeth, book) : ownerInAll(facts, (f) => f.podPackets, book);
  // where an address of a block is, packets would have to tell first
  if (owner?.node == null || !isStrong({ nodeSource: owner.nodeSource, owner })) return null;
  if (isContested(owner.address, topology) || (veth !== null && isOthersVeth(veth, owner, topology))) return null;
  const name = nameOfEnd(namedOwner(owner), 'cell');
  const detail = `${name} ${behind ? 'is behind this veth' : 'is in every packet'}`;
  return { node: owner.node, pod: owner.address, evidence: { source: 'company', detail } };
}

function ownerInAll(
  facts: readonly LinkFacts[],
  of: (fact: LinkFacts) => ReadonlyMap<string, number>,
  book: AddressBook,
): Owner | null {
  const packets = new Map<string, number>();
  let total = 0;
  for (const fact of facts) {
    total += fact.plainPackets;
    for (const [address, count] of of(fact)) packets.set(address, (packets.get(address) ?? 0) + count);
  }
  const [only, ...others] = [...packets].filter(([, count]) => count >= total * NEARLY_ALL);
  return only === undefined || others.length > 0 ? null : book.ownerOf(only[0]);
}

/** Whether a veth whose name was computed from its pod's is not that of the pod that the snapshot has at the address. */
function isOthersVeth(veth: string, { namespace, pod }: Owner, topology: Topology | null): boolean {
  if (!vethLooksComputed(veth)) return false;
  const known = topology?.pods.find((one) => one.name === pod && one.namespace === namespace)?.hostInterface ?? null;
  return known !== null && !isSameVeth(veth, known.name);
}

/** Whether another source of the snapshot has the address on another node: a veth has nothing to tell which of them is out of date. */
function isContested(address: string, topology: Topology | null): boolean {
  return (
    topology?.issues.some(({ code, subjects }) => code === 'owner-conflict' && subjects.includes(address)) ?? false
  );
}
