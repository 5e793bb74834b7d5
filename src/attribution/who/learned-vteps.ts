// VTEP MACs as the packets tell them: the inner source of what a node sends is its own tunnel device (calico-facts 4.5). Weaker
// than a MAC written in the snapshot, since it may have changed meanwhile; eBPF nodes put pod frames inside and teach nothing.
import { vtepMacLooksComputed } from '../../cluster/computed-names.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import type { Node, Topology } from '../../topology/model.ts';

/** The one MAC a node was seen to send from, per family of the outer addresses; null when it was none or several. */
export type LearnedVteps = (node: Node, outerAddress: string) => string | null;

export function learnedVteps(table: FlowTable, topology: Topology | null): LearnedVteps {
  const seen = new Map<string, Set<string>>();
  for (let i = 1; topology !== null && i < table.tunnels.count; i++) {
    const { encapsulation, outerSrc, innerSrcMac } = table.tunnels.record(i);
    if (encapsulation !== 'vxlan' || outerSrc === null || innerSrcMac === null) continue;
    const node = topology.nodeByAddress(outerSrc);
    if (node === null) continue;
    const macs = seen.get(keyOf(node, outerSrc)) ?? new Set();
    seen.set(keyOf(node, outerSrc), macs.add(innerSrcMac));
  }
  return (node, outerAddress) => {
    const macs = seen.get(keyOf(node, outerAddress));
    const [only] = macs ?? [];
    return macs?.size === 1 && only !== undefined && vtepMacLooksComputed(only) ? only : null;
  };
}

function keyOf(node: Node, outerAddress: string): string {
  return `${node.index}|${outerAddress.includes(':') ? 6 : 4}`;
}
