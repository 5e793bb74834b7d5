// One flow of the table as the result has it: attributed, judged, with its findings. Made when asked for.

import { type Clocks, momentOnReference } from '../attribution/clocks/clocks.ts';
import { countFlow, echoOf, rangeOf, tcpOf, transportDataOf } from '../attribution/count-flow.ts';
import { directionFacts } from '../attribution/directions.ts';
import { withTracked } from '../attribution/exchange/service-behind.ts';
import { observationsOf, observedOf, type SeenObservation } from '../attribution/observe.ts';
import { type FrameEnds, frameEnds } from '../attribution/points/frame-ends.ts';
import type { ChainStep, Expected, Observation, Observed, Outcome } from '../attribution/vocabulary.ts';
import { endpointOf, type Who } from '../attribution/who/who.ts';
import type { CaptureCounters } from '../flow/capture-counters.ts';
import { largestOf, smallestOf } from '../net/extremes.ts';
import { protocolName } from '../net/protocol-name.ts';
import { formatTime, isBefore, type Moment } from '../net/time.ts';
import { chainFor } from './cause/chain-bytes.ts';
import type { ModeChanges } from './cause/mode-change.ts';
import { FINDINGS } from './codes.ts';
import { deliveryFindings } from './delivery/delivery-findings.ts';
import { arrivalOf, isUnanswered } from './delivery/flow-arrival.ts';
import { largePassed } from './delivery/stalled.ts';
import { isCutOffTunnel } from './flow/cut-off.ts';
import { expectedBySender } from './flow/expected-by-sender.ts';
import { hasHandshake, isEbpfNodePort, largeAcknowledged } from './flow/flow-facts.ts';
import { withoutCopies } from './flow/foreign.ts';
import { judge } from './flow/judge-flow.ts';
import { isOnlyInCircle, returnedOf } from './flow/returned.ts';
import { type RawWarning, warningsOf } from './flow/warnings.ts';
import { flowExchange, flowOutcome } from './flow-exchange.ts';
import { endsOf, isInScope, type Shared } from './judging-context.ts';
import { deniedByPolicy, policyOfFlow } from './policy/policy-of-flow.ts';
import type { Finding, TracedFlow, Unverified, Verdict } from './trace-types.ts';

const [ICMP, TCP, ICMPV6] = [1, 6, 58];

/** A flow of the table, numbered as the caller lists it. */
export interface ListedFlow {
  flow: number;
  id: number;
  conversation: number;
}

/** @param ofClass what the flow's class was judged; null to judge the flow itself */
export function tracedFlow(
  shared: Shared,
  { flow, id, conversation }: ListedFlow,
  ofClass: SeenJudgement | null,
): TracedFlow {
  const { table, captures } = shared.input;
  const ends = endsOf(shared, flow);
  const { src, dst } = ends;
  const observations = observationsOf(table, shared.points, captures, flow);
  const judged =
    ofClass ??
    judgeSeen(shared, { src, dst, expected: ends.expected, observations, cutOff: isCutOff(shared, flow, src, dst) });
  const arrival = arrivalOf(shared, flow, src, dst);
  const outcome = flowOutcome(shared, flow, arrival);
  const counts = countFlow(shared.counting, flow);
  const { rows } = counts;
  const seen = { flow, src, dst, expected: ends.expected, observations };
  const hidden =
    judged.verdict === 'unverifiable' ? shared.inside.notOnNic(seen, isUnanswered(shared, rows, outcome)) : null;
  const policy = policyOfFlow(shared, flow, { src, dst, observations, outcome });
  const own = [
    ...shared.inside.missing(seen),
    ...flowWarnings(shared, flow, { src, dst, observations, outcome, counted: rows }),
    ...deliveryFindings(shared, flow, { src, dst, expected: ends.expected, observations, outcome, counted: rows }),
    ...deniedByPolicy(policy, { outcome, observations }),
  ];
  const protocol = table.protocolOf(flow);
  const span = spanOf(observations, captures, shared.clocks);
  const traced: TracedFlow = {
    id,
    conversation,
    protocol: protocolName(protocol),
    src: withTracked(endpointOf(src, table.sourcePortOf(flow)), shared.tracked.of(flow), 'src'),
    dst: withTracked(endpointOf(dst, table.destinationPortOf(flow)), shared.tracked.of(flow), 'dst'),
    observed: judged.observed,
    expected: judged.expected,
    verdict: judged.verdict,
    unverified: hidden ?? judged.unverified,
    findings: [...judged.findings, ...own.map(findingOf), ...judged.last],
    packets: counts.packets,
    packetsBetween: rangeOf(counts),
    bytes: counts.bytes,
    overheadBytes: rows.reduce((sum, row) => sum + table.rows.overheadBytes(row), 0),
    first: span.first,
    last: span.last,
    tcp: protocol === TCP ? { ...tcpOf(table, rows), handshake: hasHandshake(table, flow) } : null,
    echo: protocol === ICMP || protocol === ICMPV6 ? echoOf(table, rows) : null,
    transportData: transportDataOf(table, flow, rows),
    outcome,
    exchange: flowExchange(shared, flow, outcome, counts),
    via: shared.viaOf(flow),
    observations: observations.map(publicObservation),
    arrival,
    inScope: judged.inScope,
  };
  if (policy !== null) traced.policy = policy;
  return traced;
}

/** What of a flow's judgement all flows of its class share. */
export interface SeenJudgement {
  observed: Observed;
  expected: Expected;
  verdict: Verdict;
  unverified: Unverified | null;
  findings: Finding[];
  /** Told after the flow's own findings. */
  last: Finding[];
  inScope: boolean;
}

/** Judges what was seen between two ends: nothing in it depends on the single flow but the packets that its findings name. */
export function judgeSeen(
  shared: Shared,
  {
    src,
    dst,
    expected: byEnds,
    observations: all,
    cutOff,
  }: { src: Who; dst: Who; expected: Expected; observations: readonly SeenObservation[]; cutOff: boolean },
): SeenJudgement {
  const { settings, paths, learned, changes } = shared;
  const framesOf = (seen: SeenObservation): FrameEnds =>
    frameEnds(shared.input.table, shared.points, seen.pointInfo, seen.rows);
  const observations = countedOf(shared, { src, dst }, all);
  const expected = expectedBySender(shared, { src, dst, expected: byEnds }, observations, framesOf);
  const modeChange = changes.of(src, dst, expected);
  const presumed = dst.presumed === null ? null : shared.expect(src, dst.presumed);
  const mayHaveSwitched = (): boolean => changes.mayHaveSwitched(src, dst, expected);
  const inCircle = isOnlyInCircle(shared.input.table, { src, dst }, observations);
  const given = { modeChange, mayHaveSwitched, cutOff, inCircle, learned, paths };
  const { topology } = shared.input;
  const judged = judge({ topology, settings, src, dst, expected, presumed, observations, framesOf, ...given });
  const nodePort = isEbpfNodePort(observations);
  const violation = judged.verdict === 'violation';
  const misplaced = shared.inside.misplaced({ src, dst, expected, observations });
  const switched =
    modeChange !== null && hasBothModes(observations) ? [modeChangeFinding(modeChange, observations)] : [];
  return {
    observed: observedOf(observations),
    expected: nodePort ? { ...expected, encapsulation: null, reason: 'ebpf-nodeport' } : expected,
    verdict: judged.verdict,
    unverified: judged.unverified,
    findings: [...judged.findings, ...misplaced].map(findingOf),
    last: switched,
    inScope: !nodePort && (isInScope(src, dst, expected) || violation),
  };
}

/** The observations that a judgement of a flow rests on: what its sender sent. */
export function countedOf(
  { input, points, settings }: Pick<Shared, 'input' | 'points' | 'settings'>,
  ends: { src: Who; dst: Who },
  observations: readonly SeenObservation[],
): readonly SeenObservation[] {
  const own = withoutCopies({ topology: input.topology, settings, ...ends }, observations);
  const returned = returnedOf({ table: input.table, points }, ends, own);
  return returned.length === 0 ? own : own.filter((seen) => !returned.includes(seen));
}

export function isCutOff(
  { input, points, settings }: Pick<Shared, 'input' | 'points' | 'settings'>,
  flow: number,
  src: Who,
  dst: Who,
): boolean {
  if (src.kind !== 'node' || dst.kind !== 'node') return false;
  const { table, captures } = input;
  const observations = observationsOf(table, points, captures, flow);
  return isCutOffTunnel({ table, flow, src, dst, observations, settings });
}

interface SeenFlow {
  src: Who;
  dst: Who;
  observations: readonly SeenObservation[];
  outcome: Outcome | null;
  /** Rows that count. */
  counted: readonly number[];
}

function flowWarnings(shared: Shared, flow: number, seen: SeenFlow): RawWarning[] {
  const { table } = shared.input;
  const reverse = table.reverseOf(flow);
  const { rows } = table;
  const counted = (fact: (row: number) => number): number => seen.counted.reduce((sum, row) => sum + fact(row), 0);
  return warningsOf({
    conflicts: shared.conflicts,
    ...seen,
    protocol: table.protocolOf(flow),
    rows,
    own: {
      requests: counted((row) => rows.requests(row)),
      largeRetransmissions: counted((row) => rows.largeRetransmissions(row)),
    },
    reverse: directionFacts(table, reverse),
    errors: shared.errorsOf.get(flow) ?? [],
    seenAt: (error) => ({
      capture: table.links.captureOf(table.linkOf(error.observation)),
      packet: error.packet,
    }),
    dns: shared.dns.of(flow),
    service: shared.services.get(table.destinationOf(flow)) ?? null,
    largeAcknowledged:
      !shared.reverseVisible(flow) || largeAcknowledged(table, flow, reverse) || largePassed(table, flow, seen.counted),
  });
}

function hasBothModes(observations: readonly SeenObservation[]): boolean {
  return new Set(observations.filter((o) => o.pointInfo.role === 'underlay').map((o) => o.encapsulation)).size > 1;
}

function modeChangeFinding(
  change: NonNullable<ReturnType<ModeChanges['of']>>,
  observations: readonly SeenObservation[],
): Finding {
  const at = formatTime(change.firstNew, 6) ?? 'an unknown time';
  const underlay = observations.filter((o) => o.pointInfo.role === 'underlay');
  return {
    code: 'mode-changed',
    severity: FINDINGS['mode-changed'].severity,
    message: `${change.sender} changed from ${change.from} to ${change.to} for ${change.pool} at ${at}`,
    capture: underlay[0]?.capture ?? null,
    firstPacket: smallestOf(underlay.map((o) => o.firstPacket)),
    lastPacket: largestOf(underlay.map((o) => o.lastPacket)),
  };
}

function findingOf(raw: RawWarning): Finding {
  const severity = FINDINGS[raw.code].severity;
  return {
    code: raw.code,
    severity,
    message: raw.message,
    capture: raw.at?.capture ?? raw.seen?.capture ?? null,
    firstPacket: raw.at?.packet ?? raw.seen?.firstPacket ?? null,
    lastPacket: raw.at?.packet ?? raw.seen?.lastPacket ?? null,
  };
}

/** How the sender of a flow decided, with the bytes of the packet that the finding names; empty without a snapshot. */
export function chainOfFinding(shared: Shared, flow: number, finding: Finding): ChainStep[] {
  const { table, captures, topology } = shared.input;
  if (topology === null || finding.severity !== 'violation') return [];
  const { src, dst, expected } = endsOf(shared, flow);
  const seen = observationsOf(table, shared.points, captures, flow).find(
    (o) => o.capture === finding.capture && o.firstPacket === finding.firstPacket,
  );
  return chainFor({ topology, src, dst, expected, seen: seen ?? null, captures });
}

interface SeenMoment {
  capture: number;
  moment: Moment;
}

/** First and last packet wherever they were seen, by the clock that all are told against. */
function spanOf(
  observations: readonly SeenObservation[],
  captures: readonly CaptureCounters[],
  clocks: Clocks,
): { first: string | null; last: string | null } {
  let [first, last]: (SeenMoment | null)[] = [null, null];
  for (const { capture, firstMoment, lastMoment } of observations) {
    if (!Number.isFinite(firstMoment.seconds)) continue;
    const [start, end] = [firstMoment, lastMoment].map((moment) => momentOnReference(clocks, capture, moment));
    if (start !== undefined && (first == null || isBefore(start, first.moment))) first = { capture, moment: start };
    if (end !== undefined && (last == null || isBefore(last.moment, end))) last = { capture, moment: end };
  }
  const text = (seen: SeenMoment | null | undefined): string | null =>
    seen == null ? null : formatTime(seen.moment, captures[seen.capture]?.timeDigits ?? 6);
  return { first: text(first), last: text(last) };
}

/** Field by field: a copy by spreading costs as much as all the rest of a flow. */
function publicObservation(o: SeenObservation): Observation {
  return {
    capture: o.capture,
    point: o.point,
    encapsulation: o.encapsulation,
    outerSrc: o.outerSrc,
    outerDst: o.outerDst,
    vni: o.vni,
    udpPort: o.udpPort,
    packets: o.packets,
    bytes: o.bytes,
    outerFragments: o.outerFragments,
    firstPacket: o.firstPacket,
    lastPacket: o.lastPacket,
    first: o.first,
    last: o.last,
    carriers: o.carriers,
    innerSrcMac: o.innerSrcMac,
    innerDstMac: o.innerDstMac,
  };
}
