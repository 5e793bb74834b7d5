// Packets that left one node's NIC and are in no capture of the other's may have come there all the same: past a filter, or by a NIC
// that was not captured.

import { isAnsweredBack } from '../../attribution/answers.ts';
import { outermostOf } from '../../attribution/filter/capture-shape.ts';
import type { KeptOut } from '../../attribution/filter/kept-out.ts';
import type { PathFacts } from '../../attribution/path-facts.ts';
import { ringIndexes } from '../../attribution/points/point-groups.ts';
import type { Points } from '../../attribution/points/points.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import { addUnder } from '../../net/multi-map.ts';
import { PairMap } from '../../net/pair-map.ts';
import type { Node } from '../../topology/model.ts';

/** Whether packets of a flow that left the NIC of `from` may have got to `to`, though no capture of its NIC has one. */
export type MayHaveArrived = (flow: number, from: Node, to: Node) => boolean;

export interface ArrivedInput {
  table: FlowTable;
  points: Points;
  paths: PathFacts;
  keptOut: KeptOut;
}

export function mayHaveArrived(input: ArrivedInput): MayHaveArrived {
  const { table, points, paths, keptOut } = input;
  const nics = new Map<Node, Set<number>>();
  for (const { role, topologyNode, capture } of points.all)
    if (role === 'underlay' && topologyNode !== null)
      nics.set(topologyNode, (nics.get(topologyNode) ?? new Set()).add(capture));
  let ways: Ways | null = null;
  return (flow, from, to) => {
    if (isAnsweredBack(table, flow)) return true;
    const captures = [...(nics.get(to) ?? [])];
    for (let row = table.firstRow(flow); row >= 0; row = table.rows.next(row)) {
      const path = table.rows.path(row);
      const point = paths.point[path];
      if (point?.role !== 'underlay' || point.topologyNode !== from) continue;
      const packet = outermostOf(table, flow, row);
      if (captures.some((capture) => keptOut.mayLack(capture, packet))) return true;
      ways ??= waysOf(input);
      if (ways.isAnother(from, to, path)) return true;
    }
    return false;
  };
}

interface Ways {
  /** Whether nothing that was seen at a node's NIC is known at the other node, while something at another of its NICs is. */
  isAnother(from: Node, to: Node, path: number): boolean;
}

/** Which of a node's NICs had flows that another node's had too. */
function waysOf({ table, paths: { point, pointOf }, points }: ArrivedInput): Ways {
  const nics = ringIndexes(points);
  const nicOf = (path: number): number => nics[pointOf[path] ?? -1] ?? -1;
  const known = new PairMap<Set<number>>();
  for (let flow = 0; flow < table.flowCount; flow++) {
    const seen = new Map<Node, number[]>();
    for (let row = table.firstRow(flow); row >= 0; row = table.rows.next(row)) {
      const path = table.rows.path(row);
      const { role, topologyNode: node = null } = point[path] ?? {};
      if (role === 'underlay' && node !== null) addUnder(seen, node, nicOf(path));
    }
    if (seen.size < 2) continue;
    for (const [node, own] of seen)
      for (const other of seen.keys())
        if (other !== node) for (const nic of own) known.of(node.name, other.name, () => new Set()).add(nic);
  }
  return {
    isAnother(from, to, path) {
      const own = known.get(from.name, to.name);
      return own !== undefined && !own.has(nicOf(path));
    },
  };
}
