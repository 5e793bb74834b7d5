// Which node a capture was taken on: the user's word, the MAC that is in every unicast frame, the pod that is in every
// packet, the file name (design section 4, rules 1, 4 and 6).

import type { Evidence, Node } from '../../topology/model.ts';
import type { AddressBook } from '../who/address-book.ts';
import { namedOwner, nameOfEnd } from '../who/end-name.ts';
import type { LinkFacts } from './link-facts.ts';
import { isUnicast, type MacKnowledge } from './mac-roles.ts';

export interface NodeDecision {
  node: Node;
  evidence: Evidence;
}

/** A MAC (or pod) that is in fewer of the frames than this is not "in every frame": floods and broadcasts aside. */
const NEARLY_ALL = 0.9;

/** Node of an Ethernet point, by the one NIC or VTEP MAC that is in every unicast frame; null if two are, or none. */
export function nodeByMacs(facts: readonly LinkFacts[], macs: MacKnowledge): NodeDecision | null {
  const count = new Map<string, number>();
  let total = 0;
  for (const { link, isRawAnswer } of facts) {
    if (isRawAnswer || !isUnicast(link.src) || !isUnicast(link.dst)) continue;
    total += link.packets;
    for (const mac of new Set([link.src, link.dst])) count.set(mac, (count.get(mac) ?? 0) + link.packets);
  }
  const known = [...count]
    .filter(([, packets]) => packets >= total * NEARLY_ALL)
    .map(([mac, packets]) => ({ mac, packets, found: macs.nicNode(mac) ?? macs.vtepNode(mac) }))
    .filter((k) => k.found !== null)
    .sort((a, b) => b.packets - a.packets);
  const [best, second] = known;
  if (best?.found == null || (second !== undefined && second.packets === best.packets)) return null;
  const share = best.packets === total ? 'every unicast frame' : `${best.packets} of ${total} unicast frames`;
  return {
    node: best.found.node,
    evidence: { source: 'link-addresses', detail: `its MAC is in ${share}: ${best.mac}` },
  };
}

/** Node of a cooked capture: the source MACs of frames it sent (packet type 4: calico-facts 6). */
export function nodeByOutgoing(facts: readonly LinkFacts[], macs: MacKnowledge): NodeDecision | null {
  const packets = new Map<Node, { count: number; mac: string }>();
  for (const { link } of facts) {
    if (link.packetType !== 4 || !isUnicast(link.src)) continue;
    const found = macs.nicNode(link.src) ?? macs.vtepNode(link.src);
    if (found === null) continue;
    const entry = packets.get(found.node) ?? { count: 0, mac: link.src };
    entry.count += link.packets;
    packets.set(found.node, entry);
  }
  if (packets.size !== 1) return null;
  const [[node, { mac }]] = [...packets] as [[Node, { count: number; mac: string }]];
  return { node, evidence: { source: 'link-addresses', detail: `frames it sent have ${node.name}'s MAC ${mac}` } };
}

/** Node of a cooked capture by the outer sources of what it sent: only its own tunnels start here. */
export function nodeByOuterSource(facts: readonly LinkFacts[]): NodeDecision | null {
  const nodes = new Set<Node>();
  for (const { link, outerSources } of facts) {
    if (link.packetType === 4) for (const node of outerSources.values()) nodes.add(node);
  }
  const [node] = nodes;
  if (nodes.size !== 1 || node === undefined) return null;
  return { node, evidence: { source: 'link-addresses', detail: `all tunnels it sent start at ${node.name}` } };
}

/** Node of a veth: the pod that its MAC shows to be behind it, or that is in every plain packet. */
export function nodeByPod(facts: readonly LinkFacts[], book: AddressBook): NodeDecision | null {
  return (
    nodeOfPodIn(facts, (f) => f.behindVeth, book, 'is behind this veth') ??
    nodeOfPodIn(facts, (f) => f.podPackets, book, 'is in every packet')
  );
}

function nodeOfPodIn(
  facts: readonly LinkFacts[],
  of: (fact: LinkFacts) => ReadonlyMap<string, number>,
  book: AddressBook,
  told: string,
): NodeDecision | null {
  const packets = new Map<string, number>();
  let total = 0;
  for (const fact of facts) {
    total += fact.plainPackets;
    for (const [address, count] of of(fact)) packets.set(address, (packets.get(address) ?? 0) + count);
  }
  const everywhere = [...packets].filter(([, count]) => count >= total * NEARLY_ALL);
  const [only] = everywhere.map(([address]) => book.ownerOf(address));
  if (everywhere.length !== 1 || only?.node == null) return null;
  const name = nameOfEnd(namedOwner(only), 'cell');
  return { node: only.node, evidence: { source: 'company', detail: `${name} ${told}` } };
}
