// VTEP MACs as the packets tell them: the inner source of what a node sends is its own tunnel device (calico-facts 4.5). Weaker
// than a MAC written in the snapshot, since it may have changed meanwhile; eBPF nodes put pod frames inside and teach nothing.
import { vtepMacLooksComputed } from '../../cluster/computed-names.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import type { Node, Topology } from '../../topology/model.ts';

export interface LearnedVteps {
  /** The one MAC a node was seen to send from, per family of the outer addresses; null when it was none or several. */
  macOf(node: Node, outerAddress: string): string | null;
  /** The one node that was seen to send from a MAC, by whatever outer address; null when it was none or several. */
  nodeOf(mac: string): Node | null;
}

export function learnedVteps(table: FlowTable, topology: Topology | null): LearnedVteps {
  const macs = new Map<string, Set<string>>();
  const nodes = new Map<string, Set<Node>>();
  for (let i = 1; topology !== null && i < table.tunnels.count; i++) {
    const { encapsulation, outerSrc, innerSrcMac } = table.tunnels.record(i);
    if (encapsulation !== 'vxlan' || outerSrc === null || innerSrcMac === null) continue;
    const node = topology.nodeByAddress(outerSrc);
    if (node === null) continue;
    const key = keyOf(node, outerSrc);
    macs.set(key, (macs.get(key) ?? new Set()).add(innerSrcMac));
    nodes.set(innerSrcMac, (nodes.get(innerSrcMac) ?? new Set()).add(node));
  }
  return {
    macOf(node, outerAddress) {
      const mac = only(macs.get(keyOf(node, outerAddress)));
      return mac !== null && vtepMacLooksComputed(mac) ? mac : null;
    },
    nodeOf: (mac) => (vtepMacLooksComputed(mac) ? only(nodes.get(mac)) : null),
  };
}

function only<T>(values: ReadonlySet<T> | undefined): T | null {
  const [value] = values ?? [];
  return values?.size === 1 ? (value ?? null) : null;
}

function keyOf(node: Node, outerAddress: string): string {
  return `${node.index}|${outerAddress.includes(':') ? 6 : 4}`;
}
