// Who sent how much to whom, node by node: sent as the sender's NIC saw it, arrived as the receiver's did.
import type { Topology } from '../topology/model.ts';
import type { Trace, TracedCapture, TracedFlow, Verdict } from './types.ts';

/** One ordered pair of nodes, flows in scope only. */
export interface PairReport {
  from: string;
  to: string;
  flows: number;
  ok: number;
  violation: number;
  unverifiable: number;
  /**
   * Packets on the NIC of `from` and of `to`, later outer fragments not counted; null where that NIC was not captured. Where both
   * were, only packets of the time that both cover.
   */
  sent: number | null;
  arrived: number | null;
}

export interface PairTally {
  add(flow: TracedFlow, verdict: Verdict): void;
  report(topology: Topology | null): {
    pairs: PairReport[];
    nodes: string[];
    uncovered: { from: string; to: string }[];
  };
}

/** Uncovered pairs listed; the number of nodes is squared in them. */
const UNCOVERED_KEPT = 10_000;

export function createPairTally({ captures, window }: Pick<Trace, 'captures' | 'window'>): PairTally {
  const pairs = new Map<string, PairReport>();
  const nicNodes = new Set(captures.flatMap((capture) => nicsOf(capture)));
  const several = nodesCapturedTwice(captures);
  return {
    add(flow, verdict) {
      const [from, to] = [flow.src.node, flow.dst.node];
      if (from === null || to === null || from === to) return;
      const pair = pairOf(pairs, from, to, nicNodes);
      pair.flows++;
      pair[verdict]++;
      const both = pair.sent !== null && pair.arrived !== null;
      // Both ends captured, but this flow is outside the time that both cover: it would count as lost.
      if (both && flow.arrival === null && window !== null) return;
      const arrival = both ? flow.arrival : null;
      if (pair.sent !== null) pair.sent += arrival?.sent ?? packetsAt(flow, from, captures, several.has(from));
      if (pair.arrived !== null) pair.arrived += arrival?.arrived ?? packetsAt(flow, to, captures, several.has(to));
    },
    report(topology) {
      const seen = [...pairs.values()].flatMap(({ from, to }) => [from, to]);
      const nodes = [...new Set([...(topology?.nodes.map((node) => node.name) ?? []), ...seen])];
      return { pairs: [...pairs.values()], nodes, uncovered: uncoveredPairs(topology, pairs) };
    },
  };
}

function pairOf(pairs: Map<string, PairReport>, from: string, to: string, nicNodes: ReadonlySet<string>): PairReport {
  const key = JSON.stringify([from, to]);
  const known = pairs.get(key);
  if (known !== undefined) return known;
  const counts = { flows: 0, ok: 0, violation: 0, unverifiable: 0 };
  const pair = { from, to, ...counts, sent: nicNodes.has(from) ? 0 : null, arrived: nicNodes.has(to) ? 0 : null };
  pairs.set(key, pair);
  return pair;
}

function nicsOf(capture: TracedCapture): string[] {
  return capture.points.flatMap((point) => (point.role === 'underlay' && point.node !== null ? [point.node] : []));
}

/** Packets of a flow on a node's NIC. Captures that overlap saw the same packets: the larger counts; rotated ones add up. */
function packetsAt(flow: TracedFlow, node: string, captures: readonly TracedCapture[], overlapping: boolean): number {
  const byCapture = new Map<number, number>();
  for (const one of flow.observations) {
    const point = captures[one.capture]?.points[one.point];
    if (point?.role !== 'underlay' || point.node !== node) continue;
    byCapture.set(one.capture, (byCapture.get(one.capture) ?? 0) + one.packets - one.outerFragments);
  }
  const counts = [...byCapture.values()];
  return overlapping ? Math.max(0, ...counts) : counts.reduce((sum, count) => sum + count, 0);
}

/** Nodes whose NIC two captures saw at the same time. */
function nodesCapturedTwice(captures: readonly TracedCapture[]): Set<string> {
  const twice = new Set<string>();
  for (const [i, one] of captures.entries()) {
    for (const other of captures.slice(i + 1)) {
      if (!overlap(one, other)) continue;
      const nodes = new Set(nicsOf(other));
      for (const node of nicsOf(one)) if (nodes.has(node)) twice.add(node);
    }
  }
  return twice;
}

function overlap(one: TracedCapture, other: TracedCapture): boolean {
  if (one.first === null || one.last === null || other.first === null || other.last === null) return true;
  return one.first < other.last && other.first < one.last;
}

function uncoveredPairs(
  topology: Topology | null,
  pairs: ReadonlyMap<string, PairReport>,
): { from: string; to: string }[] {
  const names = topology?.nodes.map((node) => node.name) ?? [];
  const uncovered: { from: string; to: string }[] = [];
  for (const from of names) {
    for (const to of names) {
      if (from === to || uncovered.length >= UNCOVERED_KEPT) continue;
      const pair = pairs.get(JSON.stringify([from, to]));
      if (pair === undefined || pair.ok + pair.violation === 0) uncovered.push({ from, to });
    }
  }
  return uncovered;
}
