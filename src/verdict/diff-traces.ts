// Two traces side by side: which flows changed their encapsulation, nodes, overhead or outcome. The lab's own exercise:
// capture, edit the pool, capture again. Flows are matched by pods and service, since client ports differ each time.

import type { Outcome } from '../attribution/vocabulary.ts';
import { nameOfEnd } from '../attribution/who/end-name.ts';
import type { Trace, TracedFlow, Verdict } from './trace-types.ts';

/** One direction between two pods (or addresses), one protocol, one service port. */
export interface DiffSide {
  encapsulation: string;
  fromNode: string | null;
  toNode: string | null;
  flows: number;
  packets: number;
  /** Bytes of outer headers per packet, rounded. */
  overhead: number;
  outcome: Outcome | null;
  verdict: Verdict;
}

export interface DiffRow {
  from: string;
  to: string;
  protocol: string;
  /** Port of the service, whichever end has it; 0 without ports, null when cut off. */
  port: number | null;
  before: DiffSide | null;
  after: DiffSide | null;
  /** What differs: `encapsulation`, `nodes`, `overhead`, `outcome`, `verdict`, `gone`, `new`; empty when nothing does. */
  changes: readonly string[];
}

export interface TraceDiff {
  rows: readonly DiffRow[];
  summary: { changed: number; same: number; gone: number; new: number };
}

/** Compares two traces; changed rows first, then by the packets of both. */
export function diffTraces(before: Trace, after: Trace): TraceDiff {
  const old = sidesOf(before);
  const now = sidesOf(after);
  const rows = [...new Set([...old.keys(), ...now.keys()])].map((key) =>
    rowOf(key, old.get(key) ?? null, now.get(key) ?? null),
  );
  rows.sort((a, b) => Number(b.changes.length > 0) - Number(a.changes.length > 0) || packetsOf(b) - packetsOf(a));
  const count = (test: (row: DiffRow) => boolean): number => rows.filter(test).length;
  return {
    rows,
    summary: {
      changed: count((r) => r.before !== null && r.after !== null && r.changes.length > 0),
      same: count((r) => r.changes.length === 0),
      gone: count((r) => r.after === null),
      new: count((r) => r.before === null),
    },
  };
}

function packetsOf(row: DiffRow): number {
  return (row.before?.packets ?? 0) + (row.after?.packets ?? 0);
}

interface Gathered extends DiffSide {
  overheadBytes: number;
}

function sidesOf(trace: Trace): Map<string, DiffSide> {
  const starters = startersOf(trace);
  const sides = new Map<string, Gathered>();
  for (const flow of trace.flows()) {
    if (flow.packets === 0) continue;
    const key = JSON.stringify([hostName(flow.src), hostName(flow.dst), flow.protocol, servicePort(flow, starters)]);
    const side = sides.get(key);
    if (side === undefined) sides.set(key, newSide(flow));
    else addFlow(side, flow);
  }
  for (const side of sides.values())
    side.overhead = side.packets === 0 ? 0 : Math.round(side.overheadBytes / side.packets);
  return sides;
}

/** Flow that opened each conversation: the one with a SYN, else the first seen. */
function startersOf(trace: Trace): Map<number, number> {
  const starters = new Map<number, number>();
  for (const flow of trace.flows()) {
    if (!starters.has(flow.conversation) || (flow.tcp?.syn ?? 0) > 0) starters.set(flow.conversation, flow.id);
  }
  return starters;
}

function servicePort(flow: TracedFlow, starters: ReadonlyMap<number, number>): number | null {
  return starters.get(flow.conversation) === flow.id ? flow.dst.port : flow.src.port;
}

/** A node speaks with its tunnel address into the overlay and with its own address outside it: one sender all the same. */
function hostName(end: TracedFlow['src']): string {
  return nameOfEnd(end, 'host');
}

function newSide(flow: TracedFlow): Gathered {
  return {
    encapsulation: wordFor(flow),
    fromNode: flow.src.node,
    toNode: flow.dst.node,
    flows: 1,
    packets: flow.packets,
    overhead: 0,
    outcome: flow.outcome,
    verdict: flow.verdict,
    overheadBytes: flow.overheadBytes,
  };
}

/** Underlay traffic by its encapsulation; traffic within a node is `local`. */
function wordFor(flow: TracedFlow): string {
  if (flow.observed.encapsulation === 'none') return 'plain';
  if (flow.observed.encapsulation === 'unknown' && flow.expected.encapsulation === 'local') return 'local';
  return flow.observed.encapsulation;
}

const WORST: readonly Verdict[] = ['ok', 'unverifiable', 'violation'];

function addFlow(side: Gathered, flow: TracedFlow): void {
  side.flows++;
  side.packets += flow.packets;
  side.overheadBytes += flow.overheadBytes;
  if (side.encapsulation !== wordFor(flow)) side.encapsulation = 'mixed';
  if (WORST.indexOf(flow.verdict) > WORST.indexOf(side.verdict)) side.verdict = flow.verdict;
  if (side.outcome === 'answered' && flow.outcome !== 'answered') side.outcome = flow.outcome;
}

function rowOf(key: string, before: DiffSide | null, after: DiffSide | null): DiffRow {
  const [from, to, protocol, port] = JSON.parse(key) as [string, string, string, number | null];
  return {
    from,
    to,
    protocol,
    port,
    before: publicSide(before),
    after: publicSide(after),
    changes: changesOf(before, after),
  };
}

function publicSide(side: DiffSide | null): DiffSide | null {
  if (side === null) return null;
  const { encapsulation, fromNode, toNode, flows, packets, overhead, outcome, verdict } = side;
  return { encapsulation, fromNode, toNode, flows, packets, overhead, outcome, verdict };
}

function changesOf(before: DiffSide | null, after: DiffSide | null): string[] {
  if (before === null) return ['new'];
  if (after === null) return ['gone'];
  const changes: string[] = [];
  if (before.encapsulation !== after.encapsulation) changes.push('encapsulation');
  if (before.fromNode !== after.fromNode || before.toNode !== after.toNode) changes.push('nodes');
  if (before.overhead !== after.overhead) changes.push('overhead');
  if (before.outcome !== after.outcome) changes.push('outcome');
  if (before.verdict !== after.verdict) changes.push('verdict');
  return changes;
}
