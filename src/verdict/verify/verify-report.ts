// What `verify` is asked and what it answers.
import type { SourceRef, Topology } from '../../topology/model.ts';
import type { Cause, TracedCapture } from '../trace-types.ts';
import type { UnverifiedGroup } from '../unverified.ts';
import type { Canary, CanaryReport } from './canary.ts';
import type { Coverage } from './coverage.ts';
import type { Undelivered } from './delivered.ts';
import type { PairReport } from './node-pairs.ts';
import type { ProofTime } from './proof-time.ts';
import type { Cover, Expectation, Requirement } from './questions.ts';
import type { Waiver, WaiverUse } from './waivers.ts';

export interface VerifyOptions {
  expect: Expectation;
  /** Only flows to these pools; empty: all. */
  pools: readonly string[];
  /** How much of the cluster must have been seen; absent: whatever was. */
  cover?: Cover | null;
  /** What must hold besides. */
  require?: readonly Requirement[];
  /** Nothing in scope may be unverifiable. */
  strict: boolean;
  /** Violations that somebody has accepted, and the time (epoch milliseconds) at which they must still hold. */
  waivers?: readonly Waiver[];
  now?: number;
  /** What was sent to show that the captures are open. */
  canary?: Canary | null;
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
  /** Of WireGuard between nodes: packets with one of a pod in them. */
  transportData: number;
  ok: number;
  violation: number;
  unverifiable: number;
  waived: number;
  /** Seen in the flows that are ok. */
  vnis: number[];
  udpPorts: number[];
  /** Distinct `node → node`, the first few. */
  between: string[];
  /** Of CrossSubnet: senders whose address has no subnet, the first few, in words. */
  withoutSubnet: string[];
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

/** What did not get through: said beside the result, which speaks of encapsulation alone. */
export interface Delivery {
  causes: readonly Cause[];
  /** Flows in scope of which less arrived than was sent while both NICs were captured, and by how many packets. */
  lostFlows: number;
  lostPackets: number;
  /** `--require delivery`, and what fails it. */
  required: boolean;
  failed: readonly Undelivered[];
  /** Flows in scope that any of these is of, each once. */
  failedFlows: number;
}

export type UndecidedReason =
  | 'canary-missing'
  | 'corrupt-capture'
  | 'doubtful'
  | 'not-understood'
  | 'nothing-in-scope'
  | 'nothing-judged'
  | 'filtered'
  | 'unverifiable'
  | 'uncovered'
  | 'unread-capture';

export interface VerifyReport {
  result: 'pass' | 'fail' | 'undecided';
  exitCode: 0 | 1 | 2 | 3;
  options: Required<Omit<VerifyOptions, 'topology' | 'waivers' | 'now' | 'canary'>>;
  /** In scope. */
  flows: number;
  packets: number;
  ok: number;
  violation: number;
  unverifiable: number;
  /** Violations that a waiver covers: counted under nothing else. */
  waived: number;
  waivers: readonly WaiverUse[];
  demands: readonly Demand[];
  failures: readonly Failure[];
  /** Violations of the trace that flows in scope raise. */
  causes: readonly Cause[];
  outside: readonly OutsideGroup[];
  pairs: readonly PairReport[];
  /** Nodes of the matrix: the snapshot's, and others that were seen. */
  nodes: readonly string[];
  coverage: Coverage;
  /** When the captures could have shown a violation. */
  time: ProofTime;
  delivery: Delivery;
  unverified: readonly UnverifiedGroup[];
  /** Those of them that keep this from passing. */
  doubts: readonly UnverifiedGroup[];
  /** Why it is undecided, or would be if there were no violation. */
  undecided: readonly UndecidedReason[];
  /** Captures of NICs through a filter that may have kept out what would refute this. */
  filtered: readonly TracedCapture[];
  /** Null without one. */
  canary: CanaryReport | null;
}
