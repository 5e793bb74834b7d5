// Who sent how much to whom, node by node: sent as the sender's NIC saw it, arrived as the receiver's did.
import { largestOf } from '../../net/extremes.ts';
import type { Topology } from '../../topology/model.ts';
import type { FlowBrief, Trace, TracedCapture } from '../trace-types.ts';
import { type CapturedTimes, capturedTimes, type Stretch } from './proof-time.ts';
import type { Judged } from './waivers.ts';

/** One ordered pair of nodes, flows in scope only. */
export interface PairReport {
  from: string;
  to: string;
  flows: number;
  ok: number;
  violation: number;
  unverifiable: number;
  waived: number;
  /**
   * Packets on the NIC of `from` and of `to`, later outer fragments not counted; null where that NIC was not captured. Where both
   * were, only what happened while both were.
   */
  sent: number | null;
  arrived: number | null;
  /** Flows of which less arrived than was sent; of super-frames and fragments bytes are compared. */
  lost: number;
  /** Flows that arrived in packets of other sizes, no byte known to be missing: super-frames were cut into segments, or segments joined. */
  resized: number;
  /** How long the NIC of either was captured, and when. */
  seconds: number;
  stretches: readonly Stretch[];
}

export interface PairTally {
  add(flow: FlowBrief, verdict: Judged): void;
  report(topology: Topology | null): PairsReport;
}

export interface PairsReport {
  pairs: PairReport[];
  /** The snapshot's nodes, then others that were seen. */
  nodes: string[];
}

/** Clocks of nodes differ: a flow this little outside the time both ends cover is inside. Milliseconds. */
const CLOCK_TOLERANCE = 100;

export function createPairTally({ captures, window }: Pick<Trace, 'captures' | 'window'>): PairTally {
  const pairs = new Map<string, PairReport>();
  const nics = nicCaptures(captures);
  const times = capturedTimes(captures);
  return {
    add(flow, verdict) {
      const [from, to] = [flow.src.node, flow.dst.node];
      if (from === null || to === null || from === to) return;
      const [sender, receiver] = [nics.get(from), nics.get(to)];
      const pair = pairOf(pairs, from, to, times);
      pair.flows++;
      pair[verdict]++;
      if (flow.arrival?.lost === true) pair.lost++;
      if (flow.arrival?.lost === null) pair.resized++;
      if (sender !== undefined && receiver !== undefined && !within(flow, sender, receiver)) {
        const { arrival } = flow;
        // without any time in common there is nothing to compare
        if (arrival === null && window === null) return;
        pair.sent = (pair.sent ?? 0) + (arrival?.sent ?? 0);
        pair.arrived = (pair.arrived ?? 0) + (arrival?.arrived ?? 0);
        return;
      }
      if (sender !== undefined) pair.sent = (pair.sent ?? 0) + packetsAt(flow, from, captures, sender.overlapping);
      if (receiver !== undefined)
        pair.arrived = (pair.arrived ?? 0) + packetsAt(flow, to, captures, receiver.overlapping);
    },
    report(topology) {
      const seen = [...pairs.values()].flatMap(({ from, to }) => [from, to]);
      const nodes = [...new Set([...(topology?.nodes.map((node) => node.name) ?? []), ...seen])];
      return { pairs: [...pairs.values()], nodes };
    },
  };
}

function pairOf(pairs: Map<string, PairReport>, from: string, to: string, times: CapturedTimes): PairReport {
  const key = JSON.stringify([from, to]);
  const known = pairs.get(key);
  if (known !== undefined) return known;
  const counts = {
    flows: 0,
    ok: 0,
    violation: 0,
    unverifiable: 0,
    waived: 0,
    sent: null,
    arrived: null,
    lost: 0,
    resized: 0,
  };
  const pair = { from, to, ...counts, ...times.between(from, to) };
  pairs.set(key, pair);
  return pair;
}

/** When a node's NIC was captured (epoch milliseconds), and whether two captures of it overlap. */
interface NicCaptures {
  first: number;
  last: number;
  overlapping: boolean;
}

function nicCaptures(captures: readonly TracedCapture[]): Map<string, NicCaptures> {
  const nics = new Map<string, NicCaptures>();
  for (const capture of captures) {
    const { first: start, last: end } = capture.common ?? capture;
    const [first, last] = [timeOf(start), timeOf(end)];
    const nodes = capture.points.map((point) => (point.role === 'underlay' ? point.node : null));
    for (const node of new Set(nodes)) {
      if (node === null) continue;
      const known = nics.get(node);
      if (known === undefined) nics.set(node, { first, last, overlapping: false });
      else nics.set(node, joined(known, first, last));
    }
  }
  return nics;
}

function joined(known: NicCaptures, first: number, last: number): NicCaptures {
  const overlapping = known.overlapping || (first < known.last && known.first < last);
  return { first: Math.min(known.first, first), last: Math.max(known.last, last), overlapping };
}

function timeOf(time: string | null): number {
  return time === null ? Number.NaN : Date.parse(time);
}

/** Whether the whole flow passed while both NICs were captured; NaN (no times) never is. */
function within(flow: FlowBrief, sender: NicCaptures, receiver: NicCaptures): boolean {
  const start = Math.max(sender.first, receiver.first) - CLOCK_TOLERANCE;
  const end = Math.min(sender.last, receiver.last) + CLOCK_TOLERANCE;
  const span = flow.span();
  return span.first >= start && span.last <= end;
}

/**
 * Packets of a flow on a node's NIC. Captures that overlap saw the same packets: the larger counts; rotated ones add up. Interfaces of
 * one capture (a bond and its slaves, a NIC and its VLAN) may have seen the same packets or not.
 */
function packetsAt(flow: FlowBrief, node: string, captures: readonly TracedCapture[], overlapping: boolean): number {
  const byCapture = new Map<number, number>();
  for (const one of flow.places()) {
    const point = captures[one.capture]?.points[one.point];
    if (point?.role !== 'underlay' || point.node !== node) continue;
    if (byCapture.has(one.capture)) return flow.onceAt(node) ?? one.packets + (byCapture.get(one.capture) ?? 0);
    byCapture.set(one.capture, one.packets);
  }
  const counts = [...byCapture.values()];
  return overlapping ? Math.max(0, largestOf(counts)) : counts.reduce((sum, count) => sum + count, 0);
}

/** How packets arrived where their number alone would mislead; null where it does not. */
export function resizing({ sent, arrived, lost, resized }: PairReport): 'cut' | 'joined' | null {
  if (sent === null || arrived === null || resized === 0 || sent === arrived) return null;
  if (arrived > sent) return 'cut';
  return lost === 0 ? 'joined' : null;
}

/** Whether anything was told of a pair: a violation that is waived was seen too. */
export function isJudged({ ok, violation, waived }: PairReport): boolean {
  return ok + violation + waived > 0;
}
