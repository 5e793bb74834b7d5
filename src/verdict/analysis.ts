// Everything after the packets: flows made on demand from the table, each attributed and judged. A flow is computed when
// it is asked for and not kept, so that memory does not grow with the results.
import { addressBook, type TimeWindow } from '../attribution/address-book.ts';
import { expectedOf } from '../attribution/expected.ts';
import { type FilterHint, filterHints } from '../attribution/filter-hint.ts';
import { countFlow, observationsOf, observedOf, type SeenObservation } from '../attribution/observe.ts';
import { directionFacts, outcomeOf } from '../attribution/outcome.ts';
import { pointGroups } from '../attribution/point-groups.ts';
import { type AtRule, findPoints, type Points } from '../attribution/points.ts';
import { formatTime, toSeconds } from '../attribution/time.ts';
import type { Expected, Observation } from '../attribution/types.ts';
import { type Directory, directory, endpointOf, type Who } from '../attribution/who.ts';
import type { CaptureCounters } from '../flow/capture-counters.ts';
import type { IcmpError } from '../flow/icmp-errors.ts';
import { BIT } from '../flow/observation-columns.ts';
import type { FlowTable } from '../flow/table.ts';
import type { Topology } from '../topology/model.ts';
import { chainFor } from './chain-bytes.ts';
import { FINDINGS } from './codes.ts';
import { judge, type RawFinding } from './judge.ts';
import { type ModeChanges, modeChanges } from './mode-change.ts';
import { protocolName } from './protocol-name.ts';
import { reverseVisibility } from './reverse-visibility.ts';
import { type Settings, settingsOf } from './settings.ts';
import type { Finding, TracedFlow } from './types.ts';
import { type RawWarning, warningsOf } from './warnings.ts';

export interface AnalysisInput {
  table: FlowTable;
  captures: readonly CaptureCounters[];
  topology: Topology | null;
  at: readonly AtRule[];
  vxlanVNI: number | null;
  vxlanPorts: readonly number[];
}

export interface Analysis {
  input: AnalysisInput;
  points: Points;
  filters: readonly (FilterHint | null)[];
  modeChanges: ModeChanges;
  /** Table indexes of flows, in order of first packet. */
  order: Int32Array;
  conversations: number;
  /** The flow at position `i` of `order`; its id is `i + 1`. */
  flow(i: number): TracedFlow;
  /** Position in `order` of the flow in the other direction, -1 if it was not seen. */
  reverse(i: number): number;
}

const NUMBERS_PER_ERROR = { unreachablePort: 3, unreachablePort6: 4 } as const;

export function analyse(input: AnalysisInput): Analysis {
  const { table, captures, topology } = input;
  const book = addressBook(topology, windowOf(captures));
  const points = findPoints({ table, captures, topology, book, at: input.at });
  const who = directory(table, points, book);
  const order = flowOrder(table, captures.length);
  const { positionOf, conversationOf, conversations } = numberConversations(table, order);
  const shared = prepare(input, points, who);
  return {
    input,
    points,
    filters: shared.filters,
    modeChanges: shared.changes,
    order,
    conversations,
    reverse(i) {
      const reverse = table.reverseOf(order[i] ?? 0);
      return reverse < 0 || reverse === order[i] ? -1 : (positionOf[reverse] ?? -1);
    },
    flow: (i) => tracedFlow(shared, order[i] ?? 0, i + 1, (conversationOf[i] ?? 0) + 1),
  };
}

/** What every flow's judging shares. */
interface Shared {
  input: AnalysisInput;
  points: Points;
  who: Directory;
  settings: Settings;
  filters: (FilterHint | null)[];
  changes: ModeChanges;
  groupOf: (point: Points['all'][number]) => string;
  reverseVisible: (flow: number) => boolean;
  errorsOf: ReadonlyMap<number, readonly IcmpError[]>;
  paths: readonly string[];
}

function prepare(input: AnalysisInput, points: Points, who: Directory): Shared {
  const { table, captures, topology } = input;
  const changes = modeChanges();
  if (topology !== null) {
    for (let flow = 0; flow < table.flowCount; flow++) {
      const { src, expected } = endsOf({ input, who }, flow);
      changes.add(src, expected, observationsOf(table, points, captures, flow));
    }
    changes.finish();
  }
  return {
    input,
    points,
    who,
    settings: settingsOf(topology, input.vxlanVNI, input.vxlanPorts),
    filters: filterHints(table, captures),
    changes,
    groupOf: pointGroups(points, captures),
    reverseVisible: reverseVisibility(table, points),
    errorsOf: errorsByFlow(table),
    paths: captures.map((c) => c.info.path),
  };
}

function endsOf(
  { input, who }: Pick<Shared, 'input' | 'who'>,
  flow: number,
): { src: Who; dst: Who; expected: Expected } {
  const src = who.whoIs(input.table.sourceOf(flow));
  const dst = who.whoIs(input.table.destinationOf(flow));
  return { src, dst, expected: expectedOf({ topology: input.topology, src, dst }) };
}

function windowOf(captures: readonly CaptureCounters[]): TimeWindow | null {
  const firsts = captures.map((c) => c.first).filter((m) => m !== null);
  const lasts = captures.map((c) => c.last).filter((m) => m !== null);
  if (firsts.length === 0) return null;
  return { first: Math.min(...firsts.map(toSeconds)), last: Math.max(...lasts.map(toSeconds)) };
}

/** Order of first packet: as read from one capture, by time from several. */
function flowOrder(table: FlowTable, captures: number): Int32Array {
  const order = Int32Array.from({ length: table.flowCount }, (_, i) => i);
  if (captures < 2) return order;
  const c = table.columns;
  const times = Float64Array.from(order, (flow) => {
    let earliest = Number.POSITIVE_INFINITY;
    for (let row = table.firstRow(flow); row >= 0; row = c.next[row] ?? -1) {
      earliest = Math.min(earliest, (c.firstSeconds[row] ?? 0) + (c.firstNanos[row] ?? 0) / 1e9);
    }
    return earliest;
  });
  return order.sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b);
}

function numberConversations(
  table: FlowTable,
  order: Int32Array,
): { positionOf: Int32Array; conversationOf: Int32Array; conversations: number } {
  const positionOf = new Int32Array(order.length);
  order.forEach((flow, position) => {
    positionOf[flow] = position;
  });
  const conversationOf = new Int32Array(order.length);
  let conversations = 0;
  order.forEach((flow, position) => {
    const reverse = table.reverseOf(flow);
    const other = reverse < 0 ? position : (positionOf[reverse] ?? position);
    conversationOf[position] = other < position ? (conversationOf[other] ?? 0) : conversations++;
  });
  return { positionOf, conversationOf, conversations };
}

function errorsByFlow(table: FlowTable): Map<number, IcmpError[]> {
  const byFlow = new Map<number, IcmpError[]>();
  for (const error of table.icmpErrors.list) {
    const flow = table.quotedFlow(error);
    if (flow < 0) continue;
    const list = byFlow.get(flow);
    if (list === undefined) byFlow.set(flow, [error]);
    else list.push(error);
  }
  return byFlow;
}

function tracedFlow(shared: Shared, flow: number, id: number, conversation: number): TracedFlow {
  const { table, captures, topology } = shared.input;
  const { src, dst, expected } = endsOf(shared, flow);
  const observations = observationsOf(table, shared.points, captures, flow);
  const modeChange = shared.changes.of(src, expected);
  const judged = judge({
    topology,
    settings: shared.settings,
    src,
    dst,
    expected,
    observations,
    modeChange,
    paths: shared.paths,
  });
  const reverse = table.reverseOf(flow);
  const own = directionFacts(table, flow);
  const other = directionFacts(table, reverse);
  const errors = shared.errorsOf.get(flow) ?? [];
  const outcome =
    isRefusedByIcmp(errors) || isRefusedByIcmp(shared.errorsOf.get(reverse) ?? [])
      ? 'refused'
      : outcomeOf(table, flow, reverse, shared.reverseVisible(flow));
  const protocol = table.protocolOf(flow);
  const warnings = warningsOf({
    topology,
    src,
    dst,
    protocol,
    observations,
    outcome,
    own,
    reverse: other,
    errors,
    seenAt: (error) => ({
      capture: table.links.captureOf(table.columns.link[error.observation] ?? 0),
      packet: error.packet,
    }),
    largeAcknowledged: largeAcknowledged(table, flow, reverse),
  });
  const counts = countFlow(table, observations, shared.groupOf, protocol === 6);
  const handshake = (own.requests > 0 && other.replies > 0) || (other.requests > 0 && own.replies > 0);
  const { first, last } = spanOf(observations, captures);
  const findings = [...judged.findings, ...warnings].map((raw) => findingOf(shared, raw, src, dst, expected));
  return {
    id,
    conversation,
    protocol: protocolName(protocol),
    src: endpointOf(src, table.sourcePortOf(flow)),
    dst: endpointOf(dst, table.destinationPortOf(flow)),
    observed: observedOf(observations),
    expected: isEbpfNodePort(observations) ? { ...expected, encapsulation: null, reason: 'ebpf-nodeport' } : expected,
    verdict: judged.verdict,
    unverified: judged.unverified,
    findings:
      modeChange === null || !hasBothModes(observations)
        ? findings
        : [...findings, modeChangeFinding(modeChange, observations)],
    packets: counts.packets,
    bytes: counts.bytes,
    overheadBytes: counts.overheadBytes,
    first,
    last,
    tcp: counts.tcp === null ? null : { ...counts.tcp, handshake },
    outcome,
    observations: observations.map(publicObservation),
    inScope: isInScope(src, dst, expected) && !isEbpfNodePort(observations),
  };
}

function isRefusedByIcmp(errors: readonly IcmpError[]): boolean {
  return errors.some(
    (e) =>
      (e.family === 4 && e.type === 3 && e.code === NUMBERS_PER_ERROR.unreachablePort) ||
      (e.family === 6 && e.type === 1 && e.code === NUMBERS_PER_ERROR.unreachablePort6),
  );
}

function isEbpfNodePort(observations: readonly SeenObservation[]): boolean {
  const underlay = observations.filter((o) => o.pointInfo.role === 'underlay');
  return underlay.length > 0 && underlay.every((o) => o.vni === 0xca11c0);
}

function isInScope(src: Who, dst: Who, expected: Expected): boolean {
  const podOrTunnel = (who: Who): boolean => who.kind === 'pod' || who.kind === 'tunnel';
  return (
    (podOrTunnel(src) || podOrTunnel(dst)) && expected.encapsulation !== null && expected.encapsulation !== 'local'
  );
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
    firstPacket: Math.min(...underlay.map((o) => o.firstPacket)),
    lastPacket: Math.max(...underlay.map((o) => o.lastPacket)),
    chain: [],
  };
}

function findingOf(shared: Shared, raw: RawFinding & RawWarning, src: Who, dst: Who, expected: Expected): Finding {
  const { topology, captures } = shared.input;
  const severity = FINDINGS[raw.code].severity;
  const chain =
    topology === null || severity !== 'violation'
      ? []
      : chainFor({ topology, src, dst, expected, seen: raw.seen, captures });
  return {
    code: raw.code,
    severity,
    message: raw.message,
    capture: raw.at?.capture ?? raw.seen?.capture ?? null,
    firstPacket: raw.at?.packet ?? raw.seen?.firstPacket ?? null,
    lastPacket: raw.at?.packet ?? raw.seen?.lastPacket ?? null,
    chain,
  };
}

function spanOf(
  observations: readonly SeenObservation[],
  captures: readonly CaptureCounters[],
): { first: string | null; last: string | null } {
  const timed = observations.filter((o) => Number.isFinite(o.firstMoment.seconds));
  const [head] = timed;
  if (head === undefined) return { first: null, last: null };
  let first = head;
  let last = head;
  for (const o of timed) {
    if (toSeconds(o.firstMoment) < toSeconds(first.firstMoment)) first = o;
    if (toSeconds(o.lastMoment) > toSeconds(last.lastMoment)) last = o;
  }
  return {
    first: formatTime(first.firstMoment, captures[first.capture]?.timeDigits ?? 6),
    last: formatTime(last.lastMoment, captures[last.capture]?.timeDigits ?? 6),
  };
}

function publicObservation(o: SeenObservation): Observation {
  const { pointInfo: _p, rows: _r, overheadBytes: _o, bits: _b, firstMoment: _f, lastMoment: _l, ...rest } = o;
  return rest;
}

/** Whether the other direction acknowledged beyond the last large segment that was sent again. */
function largeAcknowledged(table: FlowTable, flow: number, reverse: number): boolean {
  const c = table.columns;
  let sequence: number | null = null;
  for (let row = table.firstRow(flow); row >= 0; row = c.next[row] ?? -1) {
    if ((c.largeRetransmissions[row] ?? 0) > 0) sequence = c.largeSequence[row] ?? 0;
  }
  if (sequence === null || reverse < 0) return false;
  for (let row = table.firstRow(reverse); row >= 0; row = c.next[row] ?? -1) {
    const known = ((c.bits[row] ?? 0) & BIT.acknowledgementKnown) !== 0;
    if (known && (((c.acknowledged[row] ?? 0) - sequence) | 0) > 0) return true;
  }
  return false;
}
