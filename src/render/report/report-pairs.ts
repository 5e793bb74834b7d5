// Who sent how much to whom, node by node: what the picture of the cluster and its matrix show.
import { PairMap } from '../../net/pair-map.ts';
import { flowBriefs } from '../../verdict/flow-briefs.ts';
import type { FlowBrief, Trace } from '../../verdict/trace-types.ts';
import { encapsulationName } from '../trace/pair-rows.ts';

/** What one node sent to another one. */
export interface NodePair {
  from: string;
  to: string;
  packets: number;
  flows: number;
  /** Flows by what was judged of them. */
  wrong: number;
  undecided: number;
  /** Flows of which nothing arrived. */
  lost: number;
  /** Packets by encapsulation. */
  carried: Map<string, number>;
}

export interface NodePairs {
  nodes: string[];
  pairs: readonly NodePair[];
  get(from: string, to: string): NodePair | undefined;
}

/** Between nodes that are known; what stays on one of them is the pair of it with itself. */
export function nodePairs(trace: Trace): NodePairs {
  const known = new PairMap<NodePair>();
  const nodes = new Set<string>();
  for (const flow of flowBriefs(trace)) {
    const [from, to] = [flow.src.node, flow.dst.node];
    if (from === null || to === null) continue;
    nodes.add(from).add(to);
    count(
      known.of(from, to, () => ({
        ...{ from, to, packets: 0, flows: 0, wrong: 0, undecided: 0, lost: 0 },
        carried: new Map(),
      })),
      flow,
    );
  }
  return { nodes: [...nodes].sort(), pairs: known.values(), get: (from, to) => known.get(from, to) };
}

function count(pair: NodePair, flow: FlowBrief): void {
  const { packets } = flow;
  pair.flows++;
  pair.packets += packets;
  if (flow.verdict === 'violation') pair.wrong++;
  if (flow.verdict === 'unverifiable') pair.undecided++;
  if (flow.outcome === 'sent-never-arrived') pair.lost++;
  const how = encapsulationName(flow);
  pair.carried.set(how, (pair.carried.get(how) ?? 0) + packets);
}
