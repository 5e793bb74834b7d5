// Everything after the packets: flows made on demand from the table, each attributed and judged. A flow is computed when
// it is asked for and not kept, so that memory does not grow with the results.

import { flowsWithoutQuestion } from '../attribution/answers.ts';
import { observationsOf, packetsOf } from '../attribution/observe.ts';
import { type FilterHint, filterHints } from '../attribution/points/filter-hint.ts';
import { pointGroups } from '../attribution/points/point-groups.ts';
import { findPoints, type Points } from '../attribution/points/points.ts';
import { expectations } from '../attribution/sender/expected.ts';
import type { ChainStep } from '../attribution/vocabulary.ts';
import { type AddressBook, addressBook, type TimeWindow } from '../attribution/who/address-book.ts';
import { cachedTopology } from '../attribution/who/cached-topology.ts';
import { learnedVteps } from '../attribution/who/learned-vteps.ts';
import { type Directory, directory } from '../attribution/who/who.ts';
import type { CaptureCounters } from '../flow/capture-counters.ts';
import type { FlowTable } from '../flow/flow-table.ts';
import type { IcmpError } from '../flow/icmp-errors.ts';
import { toSeconds } from '../net/time.ts';
import type { Arrivals } from './arrivals.ts';
import { type ModeChanges, modeChanges } from './cause/mode-change.ts';
import { captureNic } from './flow/advice.ts';
import { isCutOffTunnel } from './flow/cut-off.ts';
import { insideNode } from './flow/inside-node.ts';
import { missingFlow } from './flow/missing-flow.ts';
import { settingsOf } from './flow/overlay-in-use.ts';
import { reverseVisibility } from './flow/reverse-visibility.ts';
import { sourceConflicts } from './flow/source-conflicts.ts';
import { flowOrder, numberConversations } from './flow-order.ts';
import { type AnalysisInput, endsOf, type Shared } from './judging-context.ts';
import type { Finding, TracedFlow } from './trace-types.ts';
import { chainOfFinding, tracedFlow } from './traced-flow.ts';

export interface Analysis {
  input: AnalysisInput;
  points: Points;
  book: AddressBook;
  filters: readonly (FilterHint | null)[];
  modeChanges: ModeChanges;
  /** Flows seen, in order of first packet, and after them those that only answers prove. */
  count: number;
  conversations: number;
  arrivals: Arrivals | null;
  /** The flow at position `i`; its id is `i + 1`. */
  flow(i: number): TracedFlow;
  /** The sender's decision behind a finding of the flow at position `i`. */
  chain(i: number, finding: Finding): ChainStep[];
  /** Position of a flow of the table. */
  positionOf(flow: number): number;
  /** Packets of the flow at position `i`, without making it. */
  packets(i: number): number;
  /** Position of the flow in the other direction, -1 if it was not seen. */
  reverse(i: number): number;
}

export function analyse(input: AnalysisInput): Analysis {
  const { table, captures } = input;
  const window = windowOf(captures);
  const topology = input.topology === null ? null : cachedTopology(input.topology, window);
  const book = addressBook(topology, window);
  const points = findPoints({ table, captures, topology, book, at: input.at });
  const who = directory(table, points, book);
  const order = flowOrder(table, captures.length);
  const { positionOf, conversationOf, conversations } = numberConversations(table, order);
  const missing = topology === null ? [] : flowsWithoutQuestion(table, points);
  const shared = prepare({ ...input, topology }, points, who);
  return {
    input,
    points,
    book,
    filters: shared.filters,
    modeChanges: shared.changes,
    count: order.length + missing.length,
    conversations,
    get arrivals() {
      return shared.arrivals;
    },
    set arrivals(arrivals) {
      shared.arrivals = arrivals;
    },
    reverse(i) {
      if (i >= order.length) return positionOf[missing[i - order.length] ?? 0] ?? -1;
      const reverse = table.reverseOf(order[i] ?? 0);
      return reverse < 0 || reverse === order[i] ? -1 : (positionOf[reverse] ?? -1);
    },
    positionOf: (flow) => positionOf[flow] ?? -1,
    chain: (i, finding) => (i < order.length ? chainOfFinding(shared, order[i] ?? 0, finding) : []),
    packets: (i) => (i < order.length ? packetsOf(table, points, shared.groupOf, order[i] ?? 0) : 0),
    flow(i) {
      const seen = order.length;
      if (i < seen) return tracedFlow(shared, order[i] ?? 0, i + 1, (conversationOf[i] ?? 0) + 1);
      const answer = missing[i - seen] ?? 0;
      return missingFlow(shared, answer, i + 1, (conversationOf[positionOf[answer] ?? 0] ?? 0) + 1);
    },
  };
}

function prepare(input: AnalysisInput, points: Points, who: Directory): Shared {
  const { table, captures, topology } = input;
  const changes = modeChanges();
  const expect = expectations(topology);
  const settings = settingsOf(topology, input.vxlanVNI, input.vxlanPorts);
  if (topology !== null) {
    for (let flow = 0; flow < table.flowCount; flow++) {
      const { src, dst, expected } = endsOf({ input, who, expect }, flow);
      const observations = observationsOf(table, points, captures, flow);
      changes.add(src, dst, expected, observations);
      if (isCutOffTunnel({ table, flow, src, dst, observations, settings })) changes.addCutOff(src, dst, observations);
    }
    changes.finish();
  }
  return {
    input,
    points,
    who,
    expect,
    settings,
    filters: filterHints(table, captures),
    changes,
    groupOf: pointGroups(points, captures),
    reverseVisible: reverseVisibility(table, points, captures),
    errorsOf: errorsByFlow(table),
    paths: captures.map((c) => c.info.path),
    arrivals: null,
    conflicts: sourceConflicts(topology),
    inside: insideNode(table, points, captures),
    vtepMacOf: learnedVteps(table, topology),
    adviceFor: captureNic,
  };
}

function windowOf(captures: readonly CaptureCounters[]): TimeWindow | null {
  const firsts = captures.map((c) => c.first).filter((m) => m !== null);
  const lasts = captures.map((c) => c.last).filter((m) => m !== null);
  if (firsts.length === 0) return null;
  return { first: Math.min(...firsts.map(toSeconds)), last: Math.max(...lasts.map(toSeconds)) };
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
