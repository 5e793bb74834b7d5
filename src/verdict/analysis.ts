// Everything after the packets: flows made on demand from the table, each attributed and judged. A flow is computed when
// it is asked for and not kept, so that memory does not grow with the results.

import { flowsWithoutQuestion } from '../attribution/answers.ts';
import { type Clocks, findClocks } from '../attribution/clocks/clocks.ts';
import { copiesNotes } from '../attribution/copies-note.ts';
import { type CountInput, countFlow } from '../attribution/count-flow.ts';
import { questionsByFlow } from '../attribution/exchange/questions-by-flow.ts';
import { serviceNames, servicesBehind } from '../attribution/exchange/service-behind.ts';
import { trackedConnections } from '../attribution/exchange/tracked-connections.ts';
import { type FilterHint, filterHints } from '../attribution/filter/filter-hint.ts';
import { keptOut } from '../attribution/filter/kept-out.ts';
import { observationsOf, type SeenObservation } from '../attribution/observe.ts';
import { type PathFacts, pathFacts } from '../attribution/path-facts.ts';
import { endsOf } from '../attribution/points/capture-rings.ts';
import { captureSets } from '../attribution/points/capture-sets.ts';
import { notePieces } from '../attribution/points/pieces/ring-gaps.ts';
import { findPoints, type Points } from '../attribution/points/points.ts';
import { expectations } from '../attribution/sender/expected.ts';
import { sharedLinks } from '../attribution/sender/shared-links.ts';
import { strangeTunnels } from '../attribution/strange-tunnels.ts';
import type { ChainStep } from '../attribution/vocabulary.ts';
import { type AddressBook, addressBook } from '../attribution/who/address-book.ts';
import { cachedTopology } from '../attribution/who/cached-topology.ts';
import { unnameDisputed } from '../attribution/who/disputed-points.ts';
import { hostNamesOf } from '../attribution/who/host-names-said.ts';
import { lanHosts } from '../attribution/who/lan-hosts.ts';
import { learnedVteps } from '../attribution/who/learned-vteps.ts';
import { saidNames, saidNotes } from '../attribution/who/said-names.ts';
import { type Directory, directory, type Who } from '../attribution/who/who.ts';
import { wireguardWays } from '../attribution/wireguard-ways.ts';
import { capturesWithCopies, copiesIn, doubtAlike, joinPieces } from '../flow/join-pieces.ts';
import { joinRows } from '../flow/join-rows.ts';
import { policyLogOf } from '../topology/policies/policy-log.ts';
import { type Arrivals, nicsCutShort, nodesOf } from './arrivals.ts';
import type { ClusterFinding } from './cause/cluster-findings.ts';
import { collectModes } from './cause/collect-modes.ts';
import { type ModeChanges, modeChanges } from './cause/mode-change.ts';
import { capturedWindow } from './clocks/captured-window.ts';
import type { Uncompared } from './clocks/clock-report.ts';
import { errorsByFlow } from './delivery/errors-by-flow.ts';
import { hidingPlaces } from './delivery/hidden-places.ts';
import { lostInNode } from './delivery/lost-in-node.ts';
import { type MayHaveArrived, mayHaveArrived } from './delivery/may-have-arrived.ts';
import { nodeFindings } from './delivery/node-findings.ts';
import { type Rejection, rejections } from './delivery/rejections.ts';
import { translations } from './delivery/source-translations.ts';
import { captureNic } from './flow/advice.ts';
import { dnsTroubles } from './flow/dns-trouble.ts';
import { filteredAnswers } from './flow/filtered-answers.ts';
import { hiddenAnswers } from './flow/hidden-answers.ts';
import { insideNode } from './flow/inside-node.ts';
import { missingBrief, missingFlow } from './flow/missing-flow.ts';
import { settingsOf } from './flow/overlay-in-use.ts';
import { justAsked, reverseVisibility } from './flow/reverse-visibility.ts';
import { sourceConflicts } from './flow/source-conflicts.ts';
import { createEnds, TableBrief } from './flow-brief.ts';
import { classifyFlows, type FlowClasses } from './flow-classes.ts';
import { flowOrder, numberConversations } from './flow-order.ts';
import { judgeClasses, sharedJudgement } from './judged-classes.ts';
import type { AnalysisInput, Shared } from './judging-context.ts';
import type { Finding, FlowBrief, PacketFlow, SentPacket, TracedFlow } from './trace-types.ts';
import { chainOfFinding, isCutOff, type ListedFlow, tracedFlow } from './traced-flow.ts';

export interface Analysis {
  input: AnalysisInput;
  points: Points;
  clocks: Clocks;
  counting: CountInput;
  book: AddressBook;
  filters: readonly (FilterHint | null)[];
  possibleFilters: readonly (FilterHint | null)[];
  /** What is said of the copies in each capture. */
  copiesNotes: readonly (readonly string[])[];
  /** What is said of gaps and overlaps before each capture. */
  pieceNotes: readonly (readonly string[])[];
  /** What each capture says of addresses against the snapshot. */
  saidNotes: readonly (readonly string[])[];
  modeChanges: ModeChanges;
  /** Flows seen, in order of first packet, and after them those that only answers prove. */
  count: number;
  conversations: number;
  arrivals: Arrivals | null;
  /** Nodes, by index, on whose NICs the snaplen hid whose packets they were. */
  cutShort: ReadonlySet<number>;
  /** Whether packets of a flow may have arrived at a node, and not be in the capture of its NIC. */
  mayHaveArrived: MayHaveArrived;
  /** Nodes whose clocks nothing compares. */
  uncompared: Uncompared;
  /** Of tunnel packets, by ICMP. */
  rejections: readonly Rejection[];
  /** What no single flow shows. */
  nodeFindings(): ClusterFinding[];
  /** The flow at position `i` without its object. */
  brief(i: number): FlowBrief;
  /** The flow at position `i`, judged by itself; its id is `i + 1`. */
  flow(i: number): TracedFlow;
  /** The same where all flows are listed: what is well with its class is not judged again. */
  listedFlow(i: number): TracedFlow;
  /** The flow at position `i` and the snapshot that one of its packets was sent by. */
  ofPacket(i: number, packet: SentPacket): PacketFlow;
  /** The sender's decision behind a finding of the flow at position `i`. */
  chain(i: number, finding: Finding): ChainStep[];
  /** Position of a flow of the table. */
  positionOf(flow: number): number;
  /** The flow of the table at position `i`; -1 for one that only answers prove. */
  flowOf(i: number): number;
  /** Flows of the table that are one under two addresses, by nodes' connection tracking. */
  trackedPairs(): readonly (readonly [number, number])[];
  /** Packets of the flow at position `i`, without making it. */
  packets(i: number): number;
  /** Position of the flow in the other direction, -1 if it was not seen. */
  reverse(i: number): number;
}

export function analyse(input: AnalysisInput): Analysis {
  const { table, captures } = input;
  const window = capturedWindow(captures);
  const topology = input.topology === null ? null : cachedTopology(input.topology, window);
  const book = addressBook(topology, window, topology === null ? undefined : lanHosts(table, topology));
  const points = findPoints({ table, captures, topology, book, at: input.at, hints: input.hints ?? new Map() });
  const notes = notePieces(points.rings, captures);
  if (input.isAgain !== true) joinRings(input, points);
  const isStrange = topology === null ? () => false : strangeTunnels(topology, input.vxlanVNI);
  const paths = pathFacts(table, points, isStrange);
  const names = { said: saidNames(table, captures), hostNames: hostNamesOf(captures) };
  const who = directory({ table, points, paths, book, topology, window, ...names });
  unnameDisputed(points.all, who);
  const clocks = findClocks({ table, captures, points });
  const order = flowOrder(table, captures.length, clocks);
  const { positionOf, conversationOf, conversations } = numberConversations(table, order);
  const missing = topology === null ? [] : flowsWithoutQuestion(table, points);
  const { shared, classes } = prepare({ ...input, topology }, { points, clocks, paths, book }, who, order);
  const classOf = judgeClasses(shared, classes);
  const listed = (i: number): ListedFlow => {
    const isSeen = i < order.length;
    const flow = (isSeen ? order[i] : missing[i - order.length]) ?? 0;
    return { flow, id: i + 1, conversation: (conversationOf[isSeen ? i : (positionOf[flow] ?? 0)] ?? 0) + 1 };
  };
  const flowAt = (i: number): TracedFlow =>
    i < order.length ? tracedFlow(shared, listed(i), null) : missingFlow(shared, listed(i));
  const briefs = { shared, classOf, endOf: createEnds(who) };
  return {
    input,
    points,
    clocks,
    counting: shared.counting,
    book,
    filters: shared.filters,
    copiesNotes: copiesNotes(table, shared.pathFacts, captures.length, shared.counting.sets, points),
    possibleFilters: shared.possibleFilters,
    modeChanges: shared.changes,
    count: order.length + missing.length,
    rejections: shared.rejections.all,
    nodeFindings: () => nodeFindings(shared),
    conversations,
    pieceNotes: notes,
    saidNotes: saidNotes(table, captures, topology, book),
    cutShort: shared.cutShort,
    mayHaveArrived: mayHaveArrived({ table, points, paths, keptOut: shared.keptOut }),
    uncompared: { trusted: [], unknown: [] },
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
    flowOf: (i) => order[i] ?? -1,
    trackedPairs: () => shared.tracked.pairs(),
    chain: (i, finding) => (i < order.length ? chainOfFinding(shared, order[i] ?? 0, finding) : []),
    packets: (i) => (i < order.length ? countFlow(shared.counting, order[i] ?? 0).packets : 0),
    flow: flowAt,
    ofPacket: (i) => ({ flow: flowAt(i), topology: input.topology }),
    listedFlow(i) {
      if (i >= order.length) return flowAt(i);
      const one = listed(i);
      return tracedFlow(shared, one, sharedJudgement(table, one.flow, classOf(one.flow)));
    },
    brief(i) {
      const { flow, id, conversation } = listed(i);
      // named one by one: spread, it takes many times as long
      const one = { flow, id, conversation, make: () => flowAt(i) };
      return i < order.length ? new TableBrief(briefs, one) : missingBrief(shared, briefs.endOf, one);
    },
  };
}

function joinRings({ table, captures }: AnalysisInput, { rings: { rings } }: Points): void {
  if (rings.every((pieces) => pieces.length === 1)) return;
  const copied = capturesWithCopies(table);
  for (const pieces of rings)
    pieces.slice(1).forEach((piece, i) => {
      const last = pieces[i] ?? 0;
      const [before, after] = [captures[last], captures[piece]];
      if (before === undefined || after === undefined) return;
      const hasCopies = copied.has(last) || copied.has(piece);
      const window = table.counter.windows?.get(piece) ?? null;
      if (copied.has(last) && !copied.has(piece)) doubtAlike(table, after.edges);
      joinPieces(table, before.edges, after.edges, { window, hasCopies });
    });
  joinRows(table, rings);
  table.changed();
}

function prepare(
  input: AnalysisInput,
  { points, clocks, paths, book }: { points: Points; clocks: Clocks; paths: PathFacts; book: AddressBook },
  who: Directory,
  order: Int32Array,
): { shared: Shared; classes: FlowClasses } {
  const { table, captures, topology } = input;
  const changes = modeChanges();
  const expect = expectations(topology, sharedLinks({ table, points, paths }, topology));
  const settings = settingsOf(topology, input.vxlanVNI, input.vxlanPorts);
  const vxlanPort = settings.port(null).value;
  const cutOff = (flow: number, src: Who, dst: Who): boolean => isCutOff({ input, points, settings }, flow, src, dst);
  const classes = classifyFlows({ table, paths, who, expect, order, isCutOff: cutOff });
  if (topology !== null) {
    const observed = (flow: number): SeenObservation[] => observationsOf(table, points, captures, flow);
    collectModes(changes, { table, clocks, paths, classes, observed });
    changes.finish();
  }
  const hints = filterHints({ table, captures, points, book, topology, vxlanPort, unfiltered: input.unfiltered });
  const hidden = keptOut({ table, captures, points, book, unfiltered: input.unfiltered });
  const cutNics = nicsCutShort(table, paths, classes, settings.allowedPorts(null));
  const cutShort = nodesOf(points, cutNics);
  const encrypts = wireguardWays(table, book);
  const filters = [hints.likely, hints.possible];
  const isKeptOut = filteredAnswers({ table, paths, points, who, expect, filters, cutNics, settings });
  const mayHide = hidingPlaces({ table, keptOut: hidden, cutShort, encrypts, settings });
  const isVisible = reverseVisibility(table, points, captures, paths, isKeptOut);
  const questions = questionsByFlow(table, captures, endsOf(points.rings, captures));
  const isHidden = hiddenAnswers({ table, paths, points, who, encrypts, questions });
  const reverseVisible = (flow: number): boolean => isVisible(flow) && !isHidden(flow);
  const tracked = trackedConnections(table, topology);
  const shared: Shared = {
    input,
    points,
    clocks,
    pathFacts: paths,
    who,
    expect,
    settings,
    filters: hints.likely,
    possibleFilters: hints.possible,
    changes,
    counting: { table, paths, sets: captureSets(points, captures) },
    questions,
    dns: dnsTroubles(table, questions, reverseVisible),
    services: serviceNames(topology),
    viaOf: servicesBehind({ table, paths, who, topology, tracked }),
    tracked,
    reverseVisible,
    isJustAsked: justAsked(table, points, captures, paths),
    errorsOf: errorsByFlow(table),
    rejections: rejections(table, topology, settings),
    paths: captures.map((c) => c.info.path),
    arrivals: null,
    conflicts: sourceConflicts(topology),
    policyLog: topology === null ? null : policyLogOf(topology),
    inside: insideNode({
      table,
      points,
      captures,
      profile: settings.profile,
      tunnelPorts: settings.allowedPorts(null),
      mayHide,
      keptOut: hidden,
    }),
    translations: topology === null ? new Map() : translations({ table, paths, who, topology, tracked }),
    lostInNode: lostInNode({
      table,
      captures,
      points,
      filters: hints.likely,
      possibleFilters: hints.possible,
      who,
      mayHide,
    }),
    learned: learnedVteps(table, topology),
    encrypts,
    cutShort,
    keptOut: hidden,
    hasCopies: copiesIn(table),
    adviceFor: captureNic,
  };
  return { shared, classes };
}
