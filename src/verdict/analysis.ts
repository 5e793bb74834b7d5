// Everything after the packets: flows made on demand from the table, each attributed and judged. A flow is computed when
// it is asked for and not kept, so that memory does not grow with the results.

import { flowsWithoutQuestion } from '../attribution/answers.ts';
import { countRows, observationsOf } from '../attribution/observe.ts';
import { pathFacts } from '../attribution/path-facts.ts';
import { type FilterHint, filterHints } from '../attribution/points/filter-hint.ts';
import { groupIndexes, pointGroups, ringIndexes } from '../attribution/points/point-groups.ts';
import { findPoints, type Points } from '../attribution/points/points.ts';
import { expectations } from '../attribution/sender/expected.ts';
import { sharedLinks } from '../attribution/sender/shared-links.ts';
import type { ChainStep } from '../attribution/vocabulary.ts';
import { type AddressBook, addressBook, type TimeWindow } from '../attribution/who/address-book.ts';
import { cachedTopology } from '../attribution/who/cached-topology.ts';
import { learnedVteps } from '../attribution/who/learned-vteps.ts';
import { type Directory, directory, type Who } from '../attribution/who/who.ts';
import type { CaptureCounters } from '../flow/capture-counters.ts';
import type { FlowTable } from '../flow/flow-table.ts';
import type { IcmpError } from '../flow/rare/icmp-errors.ts';
import { toSeconds } from '../net/time.ts';
import type { Arrivals } from './arrivals.ts';
import { collectModes } from './cause/collect-modes.ts';
import { type ModeChanges, modeChanges } from './cause/mode-change.ts';
import { captureNic } from './flow/advice.ts';
import { insideNode } from './flow/inside-node.ts';
import { missingBrief, missingFlow } from './flow/missing-flow.ts';
import { settingsOf } from './flow/overlay-in-use.ts';
import { reverseVisibility } from './flow/reverse-visibility.ts';
import { sourceConflicts } from './flow/source-conflicts.ts';
import { createEnds, TableBrief } from './flow-brief.ts';

import { classifyFlows, type FlowClasses } from './flow-classes.ts';
import { flowOrder, numberConversations } from './flow-order.ts';
import { judgeClasses } from './judged-classes.ts';
import type { AnalysisInput, Shared } from './judging-context.ts';
import type { Finding, FlowBrief, TracedFlow } from './trace-types.ts';
import { chainOfFinding, isCutOff, tracedFlow } from './traced-flow.ts';

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
  /** The flow at position `i` without its object. */
  brief(i: number): FlowBrief;
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
  const groupOf = pointGroups(points, captures);
  const groups = groupIndexes(points, groupOf);
  const { shared, classes } = prepare({ ...input, topology }, { points, groupOf }, who, order);
  const flowAt = (i: number): TracedFlow => {
    const seen = order.length;
    if (i < seen) return tracedFlow(shared, order[i] ?? 0, i + 1, (conversationOf[i] ?? 0) + 1);
    const answer = missing[i - seen] ?? 0;
    return missingFlow(shared, {
      flow: answer,
      id: i + 1,
      conversation: (conversationOf[positionOf[answer] ?? 0] ?? 0) + 1,
    });
  };
  const briefs = { shared, groups, classOf: judgeClasses(shared, classes), endOf: createEnds(who) };
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
    packets: (i) => (i < order.length ? countRows(table, shared.pathFacts, groups, order[i] ?? 0).packets : 0),
    flow: flowAt,
    brief(i) {
      const isSeen = i < order.length;
      const flow = (isSeen ? order[i] : missing[i - order.length]) ?? 0;
      const conversation = (conversationOf[isSeen ? i : (positionOf[flow] ?? 0)] ?? 0) + 1;
      const listed = { flow, id: i + 1, conversation, make: () => flowAt(i) };
      return isSeen ? new TableBrief(briefs, listed) : missingBrief(shared, briefs.endOf, listed);
    },
  };
}

function prepare(
  input: AnalysisInput,
  { points, groupOf }: { points: Points; groupOf: Shared['groupOf'] },
  who: Directory,
  order: Int32Array,
): { shared: Shared; classes: FlowClasses } {
  const { table, captures, topology } = input;
  const changes = modeChanges();
  const settings = settingsOf(topology, input.vxlanVNI, input.vxlanPorts);
  const paths = pathFacts(table, points);
  const expect = expectations(topology, sharedLinks({ table, points, paths }, topology));
  const cutOff = (flow: number, src: Who, dst: Who): boolean => isCutOff({ input, points, settings }, flow, src, dst);
  const classes = classifyFlows({ table, paths, who, expect, order, isCutOff: cutOff });
  if (topology !== null) {
    collectModes(changes, { table, paths, classes, observed: (flow) => observationsOf(table, points, captures, flow) });
    changes.finish();
  }
  const shared: Shared = {
    input,
    points,
    pathFacts: paths,
    who,
    expect,
    settings,
    filters: filterHints(table, captures, points.rings),
    changes,
    groupOf,
    reverseVisible: reverseVisibility(table, points, captures, ringIndexes(points)),
    errorsOf: errorsByFlow(table),
    paths: captures.map((c) => c.info.path),
    arrivals: null,
    conflicts: sourceConflicts(topology),
    inside: insideNode(table, points, captures),
    vtepMacOf: learnedVteps(table, topology),
    adviceFor: captureNic,
  };
  return { shared, classes };
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
