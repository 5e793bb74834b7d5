// Who sent how much to whom, node by node: what the picture of the cluster and its matrix show.
import { PairMap } from '../../net/pair-map.ts';
import { flowBriefs } from '../../verdict/flow-briefs.ts';
import type { FlowBrief, Trace } from '../../verdict/trace-types.ts';
import { formatCompact } from '../text/format.ts';
import { workloadName } from '../text/short-names.ts';
import { encapsulationName } from '../trace/rows/pair-rows.ts';

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
  /** Packets that left the one and never reached the other, where both were captured. */
  missing: number;
  /** Packets by encapsulation. */
  carried: Map<string, number>;
}

export interface NodePairs {
  nodes: string[];
  /** Workloads of pods that were seen talking, by their node. */
  pods: ReadonlyMap<string, ReadonlySet<string>>;
  pairs: readonly NodePair[];
  get(from: string, to: string): NodePair | undefined;
}

/** Between nodes that are known; what stays on one of them is the pair of it with itself. */
export function nodePairs(trace: Trace): NodePairs {
  const known = new PairMap<NodePair>();
  const nodes = new Set<string>();
  const pods = new Map<string, Set<string>>();
  for (const flow of flowBriefs(trace)) {
    const [from, to] = [flow.src.node, flow.dst.node];
    if (from === null || to === null) continue;
    nodes.add(from).add(to);
    for (const { node, pod, kind } of [flow.src, flow.dst])
      if (node !== null && pod !== null && kind === 'pod') podsOn(node, pods).add(workloadName(pod));
    count(
      known.of(from, to, () => ({
        ...{ from, to, packets: 0, flows: 0, wrong: 0, undecided: 0, lost: 0, missing: 0 },
        carried: new Map(),
      })),
      flow,
    );
  }
  return { nodes: [...nodes].sort(), pods, pairs: known.values(), get: (from, to) => known.get(from, to) };
}

function podsOn(node: string, pods: Map<string, Set<string>>): Set<string> {
  const known = pods.get(node) ?? new Set();
  pods.set(node, known);
  return known;
}

/** `vxlan 12, plain 3`. */
export function carriedText({ carried }: NodePair): string {
  return [...carried].map(([name, packets]) => `${name} ${formatCompact(packets)}`).join(', ');
}

function count(pair: NodePair, flow: FlowBrief): void {
  const { packets } = flow;
  pair.flows++;
  pair.packets += packets;
  if (flow.verdict === 'violation') pair.wrong++;
  if (flow.verdict === 'unverifiable') pair.undecided++;
  if (flow.outcome === 'sent-never-arrived') pair.lost++;
  if (flow.arrival?.lost === true) pair.missing += Math.max(0, flow.arrival.sent - flow.arrival.arrived);
  const how = encapsulationName(flow);
  pair.carried.set(how, (pair.carried.get(how) ?? 0) + packets);
}
