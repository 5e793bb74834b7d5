// What `verify` says of a trace: a policy over finished verdicts, pure. Which flows it asks about, what each must have been, and
// when a proof is not one (nothing seen, a filter that hides the opposite, pairs of nodes without a packet).

import { UNDELIVERED } from '../codes.ts';
import { flowBriefs } from '../flow-briefs.ts';
import type { Cause, FlowBrief, Trace, Verdict } from '../trace-types.ts';
import { createUnverifiedTally } from '../unverified.ts';
import { type CanaryWatch, watchCanary } from './canary.ts';
import { coverageOf } from './coverage.ts';
import { checkDelivery, type DeliveryCheck } from './delivered.ts';
import { addToDemand, demandOf, modeOf } from './demands.ts';
import { isDoubtful, isUnproven } from './doubts.ts';
import { createPairTally, isJudged, type PairReport } from './node-pairs.ts';
import { capturedTimes, type ProofTime } from './proof-time.ts';
import type { Expectation } from './questions.ts';
import { filteredNics, noteProof, type Proofs, undecidedReasons } from './undecided-flows.ts';
import type { Demand, Failure, OutsideGroup, VerifyOptions, VerifyReport } from './verify-report.ts';
import { createWaiving, faultsOf, type Judged, type Waiving } from './waivers.ts';
import { isBetweenNodes, NO_TRANSPORT_DATA } from './wireguard-pairs.ts';

/** Judges a trace by design.md section 7; exit codes 0, 1 and 3, and whatever the result 2 where a capture could not be read to its end. */
export function verifyTrace(trace: Trace, options: VerifyOptions): VerifyReport {
  const scan = scanFlows(trace, options);
  const counts = { flows: 0, packets: 0, ok: 0, violation: 0, unverifiable: 0, waived: 0 };
  for (const demand of scan.demands.values()) {
    counts.flows += demand.flows;
    counts.packets += demand.packets;
    counts.ok += demand.ok;
    counts.violation += demand.violation;
    counts.unverifiable += demand.unverifiable;
    counts.waived += demand.waived;
  }
  const { pairs, nodes } = scan.pairs.report(options.topology);
  const coverage = coverageOf(nodes, pairs.filter(isJudged));
  const doubts = scan.doubts.groups();
  const filtered = filteredNics(trace.captures, scan.proofs);
  const canary = scan.canary.report(new Set([...scan.proofs.tunnels, ...scan.proofs.plain]));
  const undecided = undecidedReasons({ trace, counts, doubtful: doubts.length, coverage, canary, filtered, options });
  const { topology: _, waivers: _waivers, now: _now, canary: _canary, ...asked } = options;
  const causes = trace.causes.filter((cause) => UNDELIVERED.has(cause.code) && !scan.canary.isOf(cause));
  const required = options.require?.includes('delivery') === true;
  const failed = required ? scan.delivered.found(causes) : [];
  const failedFlows = required ? scan.delivered.flows() : 0;
  const isWrong = counts.violation > 0 || failed.length > 0;
  const result = isWrong ? 'fail' : undecided.length > 0 ? 'undecided' : 'pass';
  return {
    result,
    exitCode: trace.captures.some(({ error }) => error !== null) ? 2 : EXIT_CODES[result],
    options: { cover: null, require: [], ...asked },
    ...counts,
    demands: [...scan.demands.values()],
    failures: [...scan.failures.values()],
    causes: trace.causes.filter((cause) => scan.causes.has(cause.id)),
    outside: [...scan.outside.values()],
    ...{
      pairs,
      nodes,
      coverage,
      time: proofTime(trace, pairs),
      delivery: { causes, ...scan.lost, required, failed, failedFlows },
    },
    ...{ unverified: scan.unverified.groups(), doubts, undecided, filtered, canary, waivers: scan.waiving.uses() },
  };
}

const EXIT_CODES = { pass: 0, fail: 1, undecided: 3 } as const;

function proofTime({ captures }: Trace, pairs: readonly PairReport[]): ProofTime {
  let least: PairReport | undefined;
  for (const pair of pairs) if (least === undefined || pair.seconds < least.seconds) least = pair;
  const shortest = least === undefined ? null : { from: least.from, to: least.to, seconds: least.seconds };
  return { ...capturedTimes(captures).all(), least: shortest };
}

/**
 * Whether `verify` asks anything of this flow. What `trace` calls a violation always is: local traffic on the underlay has no
 * expectation to meet, but a proof beside it would be none.
 */
export function isAsked(flow: FlowBrief, { expect, pools }: Pick<VerifyOptions, 'expect' | 'pools'>): boolean {
  const wrong = flow.verdict === 'violation';
  if (isBetweenNodes(flow)) return flow.transportData > 0 && (flow.verdict === 'ok' || expect === 'wireguard');
  if (expect === 'config') return (flow.inScope || wrong) && fitsPools(flow.expected.pool ?? flow.dst.pool, pools);
  const toPod = flow.dst.kind === 'pod' || flow.dst.kind === 'tunnel';
  const leftNode = flow.src.kind === 'pod' || flow.src.kind === 'tunnel' || flow.src.kind === 'node';
  const here = (flow.expected.encapsulation === 'local' && !wrong) || flow.expected.reason === 'ebpf-nodeport';
  return toPod && leftNode && !here && fitsPools(flow.dst.pool, pools);
}

/** The verdict that counts: the configuration's, or what `--expect` makes of what was seen. */
export function judgeFor(flow: FlowBrief, expect: Expectation): Verdict {
  if (expect === 'config' || (expect === 'wireguard' && isBetweenNodes(flow))) return flow.verdict;
  if (flow.observed.encapsulation === 'unknown') return 'unverifiable';
  return faultsOf(flow, expect).length > 0 ? 'violation' : 'ok';
}

interface Scan {
  demands: Map<string, Demand>;
  failures: Map<string, Failure>;
  outside: Map<string, OutsideGroup>;
  causes: Set<string>;
  pairs: ReturnType<typeof createPairTally>;
  unverified: ReturnType<typeof createUnverifiedTally>;
  proofs: Proofs;
  canary: CanaryWatch;
  /** Flows that keep this from passing. */
  doubts: ReturnType<typeof createUnverifiedTally>;
  lost: { lostFlows: number; lostPackets: number };
  delivered: DeliveryCheck;
  waiving: Waiving;
}

function scanFlows(trace: Trace, options: VerifyOptions): Scan {
  const scan: Scan = {
    demands: new Map(),
    failures: new Map(),
    outside: new Map(),
    causes: new Set(),
    pairs: createPairTally(trace),
    unverified: createUnverifiedTally(),
    proofs: { tunnels: new Set(), plain: new Set() },
    canary: watchCanary(options.canary ?? null, trace.captures),
    doubts: createUnverifiedTally(),
    lost: { lostFlows: 0, lostPackets: 0 },
    delivered: checkDelivery(),
    waiving: createWaiving(options.waivers ?? [], options.now ?? 0),
  };
  const asksWhere = options.canary != null || trace.captures.some(({ filter }) => filter !== null);
  for (const flow of flowBriefs(trace)) {
    if (scan.canary.take(flow)) continue;
    if (flow.inScope && isOfPools(flow, options)) scan.delivered.add(flow);
    const asked = isAsked(flow, options);
    const mayCount = asked || isOfPools(flow, options);
    const isDoubt = mayCount && isDoubtful(flow, options, trace.captures);
    if (isDoubt) scan.doubts.add(flow);
    if (!asked) {
      if (isDoubt || (mayCount && isUnproven(flow))) scan.unverified.add(flow);
      noteOutside(scan.outside, flow);
      continue;
    }
    const verdict = waivable(flow, options.expect, scan.waiving);
    noteLost(scan.lost, flow);
    scan.pairs.add(flow, verdict);
    const demand = demandOf(scan.demands, flow, options);
    addToDemand(demand, flow, verdict, options.topology);
    if (asksWhere && verdict === 'ok') noteProof(scan.proofs, demand.asked, flow);
    if (verdict === 'unverifiable') scan.unverified.add(flow);
    if (verdict !== 'violation') continue;
    noteCauses(scan.causes, trace.causes, flow);
    if (options.expect !== 'config') noteFailure(scan.failures, flow, options);
  }
  return scan;
}

function waivable(flow: FlowBrief, expect: Expectation, waiving: Waiving): Judged {
  const verdict = judgeFor(flow, expect);
  return verdict === 'violation' && waiving.covers(flow, faultsOf(flow, expect)) ? 'waived' : verdict;
}

function noteLost(lost: Scan['lost'], { arrival }: FlowBrief): void {
  if (arrival?.lost !== true) return;
  lost.lostFlows++;
  lost.lostPackets += Math.max(0, arrival.sent - arrival.arrived);
}

/** Packets whose pods cannot be read may be of any pool. */
function isOfPools(flow: FlowBrief, { pools }: VerifyOptions): boolean {
  const pool = flow.expected.pool ?? flow.dst.pool;
  return pool === null || fitsPools(pool, pools);
}

function fitsPools(pool: string | null, pools: readonly string[]): boolean {
  return pools.length === 0 || (pool !== null && pools.includes(pool));
}

function noteFailure(failures: Map<string, Failure>, flow: FlowBrief, { topology }: VerifyOptions): void {
  const pool = flow.dst.pool;
  const seen = flow.observed.encapsulation;
  const asConfigured = flow.verdict === 'ok';
  const key = JSON.stringify([pool, seen, asConfigured]);
  const failure = failures.get(key) ?? {
    pool,
    seen,
    asConfigured,
    ...modeOf(pool, topology, flow),
    flows: 0,
    packets: 0,
    ...startOf(flow, seen),
  };
  failures.set(key, failure);
  failure.flows++;
  failure.packets += flow.packets;
}

/** Where the first packet of the kind was seen. */
function startOf(flow: FlowBrief, seen: string): Pick<Failure, 'capture' | 'firstPacket'> {
  const { observations } = flow.whole();
  const start = observations.find((one) => one.encapsulation === seen) ?? observations[0];
  return { capture: start?.capture ?? null, firstPacket: start?.firstPacket ?? null };
}

function noteCauses(ids: Set<string>, causes: readonly Cause[], flow: FlowBrief): void {
  for (const cause of causes) {
    if (cause.severity !== 'violation' || ids.has(cause.id)) continue;
    // Beyond the ids a cause keeps, its code and nodes tell.
    const capped = cause.flows > cause.flowIds.length && cause.fromNode === flow.src.node;
    const fits = cause.flowIds.includes(flow.id) || (capped && flow.codes.includes(cause.code));
    if (fits) ids.add(cause.id);
  }
}

/** Only flows of pods, and WireGuard that carried none: what else a capture holds is nobody's question here. */
function noteOutside(outside: Map<string, OutsideGroup>, flow: FlowBrief): void {
  const ofPods = [flow.src.kind, flow.dst.kind].some(
    (kind) => kind === 'pod' || kind === 'tunnel' || kind === 'unknown',
  );
  const isEmpty = isBetweenNodes(flow) && flow.transportData === 0;
  if (!ofPods && !isEmpty) return;
  const reason = isEmpty ? NO_TRANSPORT_DATA : flow.inScope ? 'other-pool' : flow.expected.reason;
  const group = outside.get(reason) ?? { reason, flows: 0, packets: 0 };
  outside.set(reason, group);
  group.flows++;
  group.packets += flow.packets;
}
