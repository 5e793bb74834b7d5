// What a link address says of the place it was seen (design section 4, rule 4; calico-facts 4.4, 4.5, 6).
import { WORKLOAD_MAC } from '../../cluster/calico.ts';
import { vtepMacLooksComputed } from '../../cluster/computed-names.ts';
import { isWorkloadDevice } from '../../cluster/device.ts';
import { inSubnetOf } from '../../topology/ask/subnet.ts';
import type { Node, Topology } from '../../topology/model.ts';
import type { LinkFacts } from './link-facts.ts';

export type MacClass = 'workload' | 'vtep' | 'nic' | null;

export interface MacKnowledge {
  classOf(mac: string): MacClass;
  /** The node a NIC MAC belongs to, by the snapshot or because it alone sent that node's outer packets. */
  nicNode(mac: string): { node: Node; detail: string } | null;
  vtepNode(mac: string): { node: Node; detail: string } | null;
}

export function isUnicast(mac: string | null): mac is string {
  return mac !== null && (Number.parseInt(mac.slice(0, 2), 16) & 1) === 0 && mac !== '00:00:00:00:00:00';
}

/** What the snapshot and the captures together say of MACs. MACs that carried outer headers between nodes are NICs. */
export function macKnowledge(topology: Topology | null, facts: readonly LinkFacts[]): MacKnowledge {
  const podMacs = podNeighbours(topology);
  const learned = learnNics(topology, facts);
  const classes = new Map<string, MacClass>();
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
      const written = topology?.nodeByNicMac(mac);
      if (written) return { node: written.node, detail: written.evidence.detail };
      const node = learned.get(mac);
      return node ? { node, detail: `${mac} carried the outer packets of ${node.name}, and of no other node` } : null;
    },
    vtepNode(mac) {
      const found = topology?.nodeByVtepMac(mac);
      return found ? { node: found.node, detail: found.evidence.detail } : null;
    },
  };

  function classify(mac: string): MacClass {
    if (mac === WORKLOAD_MAC || podMacs.has(mac)) return 'workload';
    if (topology?.nodeByVtepMac(mac)) return 'vtep';
    if (topology?.nodeByNicMac(mac) || learned.has(mac)) return 'nic';
    return vtepMacLooksComputed(mac) ? 'vtep' : null;
  }
}

/** MACs that neighbour entries place behind a pod's veth. */
function podNeighbours(topology: Topology | null): Set<string> {
  const macs = new Set<string>();
  for (const node of topology?.nodes ?? []) {
    for (const n of node.neighbours) if (n.mac !== null && isWorkloadDevice(n.dev ?? '')) macs.add(n.mac);
  }
  return macs;
}

/** NIC MACs by what they carried; the value is the node if the MAC stood for one node only, null for a gateway's. */
function learnNics(topology: Topology | null, facts: readonly LinkFacts[]): Map<string, Node | null> {
  const nodesOf = new Map<string, Set<Node>>();
  const note = (mac: string | null, nodes: Iterable<Node>): void => {
    if (!isUnicast(mac) || mac === WORKLOAD_MAC) return;
    const set = nodesOf.get(mac) ?? new Set<Node>();
    for (const node of nodes) set.add(node);
    nodesOf.set(mac, set);
  };
  for (const fact of facts) {
    if (fact.outers === 0) continue;
    note(fact.link.src, fact.outerSources.values());
    note(fact.link.dst, fact.outerDestinations.values());
  }
  const learned = new Map<string, Node | null>();
  for (const [mac, nodes] of nodesOf) {
    const [only] = nodes;
    learned.set(mac, nodes.size === 1 && only !== undefined && onOneSubnet(topology, only) ? only : null);
  }
  return learned;
}

/** Whether every other node reaches this one on its own link, so that no gateway's MAC can stand for it. */
function onOneSubnet(topology: Topology | null, node: Node): boolean {
  if (topology === null || node.bgpIPv4 === null) return false;
  const own = node.bgpIPv4.address;
  return topology.nodes.every((other) => other === node || (other.bgpIPv4 !== null && inSubnetOf(other.bgpIPv4, own)));
}
