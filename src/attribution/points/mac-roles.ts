// What a link address says of the place it was seen (design section 4, rule 4; calico-facts 4.4, 4.5, 6).
import { isFabricMac, WORKLOAD_MAC } from '../../cluster/calico.ts';
import { vtepMacLooksComputed } from '../../cluster/computed-names.ts';
import { isWorkloadDevice } from '../../cluster/device.ts';
import type { Profile } from '../../cluster/profile.ts';
import { inSubnetOf } from '../../topology/ask/subnet.ts';
import type { Node, Topology } from '../../topology/model.ts';
import type { LinkFacts } from './link-facts.ts';

export type MacClass = 'workload' | 'vtep' | 'nic' | null;

export interface MacKnowledge {
  classOf(mac: string): MacClass;
  /** The node whose NIC this is: written, a capture's own, or the one node whose packets it carried on a link that tells nodes apart. */
  nicNode(mac: string): { node: Node; detail: string } | null;
  /** The node whose NIC this is beyond doubt: written, or that of a capture. */
  ownNic(mac: string): Node | null;
  /** Whether it may be a node's NIC: no gateway's, no fabric's, and who talks to it has the one node behind it on its own link. */
  mayBeNic(mac: string): boolean;
  /**
   * The node of a capture whose own MAC this is: by what it received, since what it sent may have an address that was translated; but of
   * an address that another MAC speaks for, what came here may be lost (stale ARP, an address that moved).
   */
  homeNode(mac: string): Node | null;
  /**
   * It was sent packets for several nodes: a gateway's, or a fabric's that answers for all machines. Not where it speaks for one of them
   * only, and other MACs for the others: then their packets may be lost there.
   */
  isShared(mac: string): boolean;
  /** Whether the packets show this node behind a MAC: enough not to accuse, too little to name. */
  mayBe(mac: string, node: Node): boolean;
  vtepNode(mac: string): { node: Node; detail: string } | null;
  /** A VTEP may have a MAC that nothing tells from a NIC's: nobody wrote it, and nobody computes one. */
  mayHideVteps: boolean;
}

export function isUnicast(mac: string | null): mac is string {
  return mac !== null && (Number.parseInt(mac.slice(0, 2), 16) & 1) === 0 && mac !== '00:00:00:00:00:00';
}

/** What the snapshot and the captures together say of MACs. MACs that carried outer headers between nodes are NICs. */
export function macKnowledge(topology: Topology | null, facts: readonly LinkFacts[]): MacKnowledge {
  const podMacs = podNeighbours(topology);
  const seen = seenMacs(facts);
  const classes = new Map<string, MacClass>();
  const written = (mac: string): Node | null => topology?.nodeByNicMac(mac)?.node ?? null;
  const behind = (mac: string): Node | null => written(mac) ?? only((seen.get(mac) ?? NOTHING).nodes);
  const onLink = (mac: string): Node | null => {
    const node = isFabricMac(mac) ? null : behind(mac);
    // who only gets packets for a node that another MAC speaks for need not be it: they may be lost there
    if (node !== null && written(mac) === null && homeOf(seen, mac) !== node) return null;
    const neighbours = [...(seen.get(mac)?.peers ?? [])].map(behind).filter((peer) => peer !== null);
    return node !== null && neighbours.length > 0 && neighbours.every((peer) => reaches(peer, node)) ? node : null;
  };
  return {
    classOf(mac) {
      let known = classes.get(mac);
      if (known === undefined) {
        known = classify(mac);
        classes.set(mac, known);
      }
      return known;
    },
    nicNode(mac) {
      const own = topology?.nodeByNicMac(mac);
      if (own) return { node: own.node, detail: own.evidence.detail };
      const node = onLink(mac);
      if (node === null || !tellsApart(mac)) return null;
      return { node, detail: `${mac} carried the packets of ${node.name}, and of no other node` };
    },
    ownNic: written,
    mayBeNic: (mac) => written(mac) !== null || onLink(mac) !== null,
    homeNode: (mac) => written(mac) ?? homeOf(seen, mac),
    isShared: (mac) => isFabricMac(mac) || isForSeveral(seen, mac),
    mayBe: (mac, node) => written(mac) === node || (seen.get(mac)?.nodes.has(node) ?? false),
    vtepNode(mac) {
      const found = topology?.nodeByVtepMac(mac);
      return found ? { node: found.node, detail: found.evidence.detail } : null;
    },
    mayHideVteps: topology?.nodes.some((node) => isHidden(topology.profile, node)) === true,
  };

  function classify(mac: string): MacClass {
    if (mac === WORKLOAD_MAC || podMacs.has(mac)) return 'workload';
    if (topology?.nodeByVtepMac(mac)) return 'vtep';
    if (topology?.nodeByNicMac(mac) || seen.get(mac)?.isOuter) return 'nic';
    return vtepMacLooksComputed(mac) ? 'vtep' : null;
  }

  /**
   * Clouds, and gateways that answer ARP for others, show every neighbour by one MAC: it is then the only one that a NIC ever talks
   * to. With two nodes in all, whoever answers for the other one stands for it.
   */
  function tellsApart(mac: string): boolean {
    const peers = [...(seen.get(mac)?.peers ?? [])];
    return topology?.nodes.length === 2 || peers.some((peer) => (seen.get(peer)?.peers.size ?? 0) > 1);
  }
}

/** The same, knowing which MACs are those of NICs that were captured, and of which it is disputed whose they are. */
export function withHomes(
  macs: MacKnowledge,
  homes: ReadonlyMap<string, Node>,
  disputed: ReadonlySet<string>,
): MacKnowledge {
  return {
    ...macs,
    ownNic: (mac) => homes.get(mac) ?? macs.ownNic(mac),
    mayBeNic: (mac) => homes.has(mac) || macs.mayBeNic(mac),
    nicNode(mac) {
      const node = homes.get(mac);
      if (node !== undefined) return { node, detail: `${mac} is the NIC of ${node.name}, captured there` };
      return disputed.has(mac) && macs.ownNic(mac) === null ? null : macs.nicNode(mac);
    },
  };
}

/** What a MAC was seen to do, on any link. */
interface SeenMac {
  /** Whether it carried what nodes send each other by their own addresses: outer headers of tunnels, plain packets, ARP. */
  isOuter: boolean;
  /** Nodes whose own packets it sent or was sent, and those it was sent packets for. */
  nodes: Set<Node>;
  received: Set<Node>;
  sent: Set<Node>;
  /** MACs it exchanged frames with. */
  peers: Set<string>;
}

type Carried = Pick<SeenMac, 'nodes' | 'received' | 'sent'>;

const NOTHING: Carried = { nodes: new Set(), received: new Set(), sent: new Set() };

/** Not of a MAC that alone speaks for one of them, where others speak for all the rest: those are answered elsewhere. */
function isForSeveral(seen: ReadonlyMap<string, SeenMac>, mac: string): boolean {
  const { received, sent } = seen.get(mac) ?? NOTHING;
  if (received.size < 2) return false;
  const speaker = only(sent);
  if (speaker === null || !received.has(speaker)) return true;
  return [...received].some((node) => isSpokenFor(seen, node, mac) === (node === speaker));
}

function homeOf(seen: ReadonlyMap<string, SeenMac>, mac: string): Node | null {
  const { received, nodes, sent } = seen.get(mac) ?? NOTHING;
  if (received.size === 0) return only(nodes);
  const speaker = only(sent);
  const receiver = only(received);
  if (receiver === null) return speaker !== null && received.has(speaker) ? speaker : null;
  if (sent.has(receiver) || !isSpokenFor(seen, receiver, mac)) return receiver;
  return speaker !== null && !isSpokenFor(seen, speaker, mac) ? speaker : null;
}

/** Whether another MAC sends packets that are the node's own. */
function isSpokenFor(seen: ReadonlyMap<string, SeenMac>, node: Node, mac: string): boolean {
  return [...seen].some(([other, { sent }]) => other !== mac && sent.has(node));
}

function seenMacs(facts: readonly LinkFacts[]): Map<string, SeenMac> {
  const seen = new Map<string, SeenMac>();
  const entry = (mac: string): SeenMac => {
    const known = seen.get(mac) ?? newSeen();
    seen.set(mac, known);
    return known;
  };
  for (const { link, outers, nodeToNode, senders, receivers } of facts) {
    const { src, dst } = link;
    // between a pod and its node, the two ends are on one node, and a cooked frame has one address only
    if (src === WORKLOAD_MAC || dst === WORKLOAD_MAC) continue;
    const [from, to] = [isUnicast(src) ? entry(src) : null, isUnicast(dst) ? entry(dst) : null];
    for (const node of senders) {
      from?.nodes.add(node);
      from?.sent.add(node);
    }
    for (const node of receivers) {
      to?.nodes.add(node);
      to?.received.add(node);
    }
    // a cooked frame keeps no company: the device is not known
    const isOuter = outers > 0 || (nodeToNode > 0 && dst === null);
    if (from !== null && isOuter) from.isOuter = true;
    if (to !== null && isOuter) to.isOuter = true;
    if (from === null || to === null || link.carried) continue;
    from.peers.add(dst as string);
    to.peers.add(src as string);
  }
  return seen;
}

function newSeen(): SeenMac {
  return { isOuter: false, nodes: new Set(), received: new Set(), sent: new Set(), peers: new Set() };
}

function only(nodes: ReadonlySet<Node>): Node | null {
  const [node] = nodes;
  return nodes.size === 1 && node !== undefined ? node : null;
}

/** MACs that neighbour entries place behind a pod's veth. */
function podNeighbours(topology: Topology | null): Set<string> {
  const macs = new Set<string>();
  for (const node of topology?.nodes ?? []) {
    for (const n of node.neighbours) if (n.mac !== null && isWorkloadDevice(n.dev ?? '')) macs.add(n.mac);
  }
  return macs;
}

function isHidden({ vtepMacOfNode }: Profile, { name, vtepMac }: Node): boolean {
  return vtepMac === null && vtepMacOfNode(name, 4) === null;
}

/** Whether a node has another one on its own link, so that no gateway's MAC can stand for it. */
function reaches({ bgpIPv4 }: Node, to: Node): boolean {
  return bgpIPv4 !== null && to.bgpIPv4 !== null && inSubnetOf(bgpIPv4, to.bgpIPv4.address);
}
