// MACs of NICs that were captured, where the place of the capture is known and only its frames can tell its MAC.

import type { FlowTable } from '../../flow/flow-table.ts';
import type { Node } from '../../topology/model.ts';
import { isUnicast } from '../points/mac-roles.ts';
import type { Points } from '../points/points.ts';

/**
 * MACs of captured NICs whose node is known: the only one that is in every unicast frame of the place, in all pieces of a capture; of
 * two, the one that is not another captured NIC's.
 */
export function ownMacs({ links }: FlowTable, points: Points): Map<string, Node> {
  const common = new Map<string, { node: Node | null; macs: string[] }>();
  for (let link = 0; link < links.count; link++) {
    const point = points.all[points.ofLink[link] ?? -1];
    const { src, dst, carried } = links.record(link);
    if (point?.role !== 'underlay' || carried || !isUnicast(src) || !isUnicast(dst)) continue;
    const { topologyNode: node, interface: device, index } = point;
    const place = `${points.rings.ringOf[point.capture]}|${node?.index}|${device}|${index}`;
    const known = common.get(place)?.macs;
    common.set(place, { node, macs: [...new Set([src, dst])].filter((mac) => known?.includes(mac) ?? true) });
  }
  const found = new Map<string, Node>();
  const shared = new Set<string>();
  for (let pass = 0; pass < 2; pass++) {
    for (const { node, macs } of common.values()) {
      const [mac, ...others] = macs.filter((one) => (found.get(one) ?? node) === node || pass === 0);
      if (node === null || mac === undefined || others.length > 0) continue;
      if ((found.get(mac) ?? node) !== node) shared.add(mac);
      found.set(mac, node);
    }
  }
  for (const mac of shared) found.delete(mac);
  return found;
}
