// What `verify` is asked and what it answers.
import type { SourceRef, Topology } from '../../topology/model.ts';
import type { Cause, TracedCapture } from '../trace-types.ts';
import type { UnverifiedGroup } from '../unverified.ts';
import type { PairReport } from './node-pairs.ts';

export const EXPECTATIONS = ['config', 'vxlan', 'ipip', 'wireguard'] as const;
/** `config`: what the configuration asks for, flow by flow. Else: this tunnel for every packet to a pod, whatever the pool says. */
export type Expectation = (typeof EXPECTATIONS)[number];

export interface VerifyOptions {
  expect: Expectation;
  /** Only flows to these pools; empty: all. */
  pools: readonly string[];
  /** Every ordered pair of nodes must have been seen. */
  coverNodePairs: boolean;
  /** Nothing in scope may be unverifiable. */
  strict: boolean;
  topology: Topology | null;
}

/** Flows in scope that the same thing was asked of. */
export interface Demand {
  pool: string | null;
  /** What they had to be. */
  asked: 'vxlan' | 'ipip' | 'wireguard' | 'none';
  /** Why (`pool-always`, `pool-never`, ...); `demanded` with `--expect`. */
  reason: string;
  /** The pool's deciding mode as written, and where; null without the pool. */
  mode: string | null;
  ref: SourceRef | null;
  flows: number;
  packets: number;
  ok: number;
  violation: number;
  unverifiable: number;
  /** Seen in the flows that are ok. */
  vnis: number[];
  udpPorts: number[];
  /** Distinct `node → node`, the first few. */
  between: string[];
}

/** Flows that were not what `--expect` demands, by what they were. */
export interface Failure {
  pool: string | null;
  seen: string;
  /** True when the configuration asks for exactly that: the pool is the cause, not a node. */
  asConfigured: boolean;
  mode: string | null;
  ref: SourceRef | null;
  flows: number;
  packets: number;
  capture: number | null;
  firstPacket: number | null;
}

/** Flows of pods that nothing could be asked of: on one node, expectation unknown. */
export interface OutsideGroup {
  reason: string;
  flows: number;
  packets: number;
}

export type UndecidedReason =
  | 'broken-path'
  | 'corrupt-capture'
  | 'doubtful'
  | 'nothing-in-scope'
  | 'nothing-judged'
  | 'filtered'
  | 'unverifiable'
  | 'uncovered';

export interface VerifyReport {
  result: 'pass' | 'fail' | 'undecided';
  exitCode: 0 | 1 | 3;
  options: Omit<VerifyOptions, 'topology'>;
  /** In scope. */
  flows: number;
  packets: number;
  ok: number;
  violation: number;
  unverifiable: number;
  demands: readonly Demand[];
  failures: readonly Failure[];
  /** Violations of the trace that flows in scope raise. */
  causes: readonly Cause[];
  outside: readonly OutsideGroup[];
  pairs: readonly PairReport[];
  /** Nodes of the matrix: the snapshot's, or those seen. */
  nodes: readonly string[];
  /** Ordered pairs of nodes without a judged flow. */
  uncovered: readonly { from: string; to: string }[];
  unverified: readonly UnverifiedGroup[];
  /** Why it is undecided, or would be if there were no violation. */
  undecided: readonly UndecidedReason[];
  /** Captures of NICs through a filter that may have kept out what would refute this. */
  filtered: readonly TracedCapture[];
}
