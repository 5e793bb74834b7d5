// The analysis as the caller gets it: captures, causes and summary now; flows one by one, made on demand.

import { DEFAULT_PROFILE } from '../cluster/profiles.ts';
import type { Analysis } from './analysis.ts';
import { collectCauses } from './cause/causes.ts';
import { rejectedTunnels, tableFindings } from './cause/cluster-findings.ts';
import { convergences } from './cause/convergence.ts';
import { pairTally } from './cause/pair-tally.ts';
import { clockReports } from './clocks/clock-report.ts';
import { timesOfFlows } from './clocks/flow-times.ts';
import { saidWindow } from './clocks/said-window.ts';
import { pickConversations } from './filter/pick-conversations.ts';
import { podLabels } from './filter/pod-labels.ts';
import { type FlowFilter, flowFilter, isEmptyFilter } from './flow-filter.ts';
import { policyCandidates } from './policy/policy-candidates.ts';
import type { Cause, Finding, FlowBrief, FlowSource, Trace, TracedFlow, TraceSummary } from './trace-types.ts';
import { captureOf } from './traced-capture.ts';

/** @param filter flows that do not pass it are neither listed nor summed up; causes keep their letters. */
export function resultOf(analysis: Analysis, filter: FlowFilter): Trace {
  const captures = analysis.input.captures.map((_, i) => captureOf(analysis, i));
  const packets = captures.reduce((sum, c) => sum + c.packets, 0);
  const { causes, passing, summary } = sumUp(analysis, filter, packets);
  return {
    captures,
    causes,
    window: saidWindow(analysis),
    clocks: clockReports(analysis.clocks, analysis.input.captures, analysis.uncompared),
    summary,
    index: {
      table: analysis.input.table,
      stretches: analysis.input.captures.map(({ marks }) => marks.stretches),
      topology: analysis.input.topology,
      points: analysis.points,
      clocks: analysis.clocks,
      counting: analysis.counting,
      idOf: (flow) => analysis.positionOf(flow) + 1,
      ofPacket: (id, packet) => analysis.ofPacket(id - 1, packet),
      trackedPairs: () => analysis.trackedPairs(),
      ids: () => passing?.map((i) => i + 1) ?? Array.from({ length: analysis.count }, (_, i) => i + 1),
    },
    flowCount: passing === null ? analysis.count : passing.length,
    flows: flowSource(analysis, passing),
    flow(id) {
      return Number.isInteger(id) && id >= 1 && id <= analysis.count ? analysis.flow(id - 1) : null;
    },
  };
}

/** @param passing positions of the flows that pass the filter; null when all do */
function flowSource(analysis: Analysis, passing: readonly number[] | null): FlowSource {
  const count = passing === null ? analysis.count : passing.length;
  const positionOf = (i: number): number => (passing === null ? i : (passing[i] ?? 0));
  function* flows(): Generator<TracedFlow> {
    for (let i = 0; i < count; i++) yield analysis.listedFlow(positionOf(i));
  }
  function* briefs(): Generator<FlowBrief> {
    for (let i = 0; i < count; i++) yield analysis.brief(positionOf(i));
  }
  const brief = (id: number): FlowBrief | null =>
    Number.isInteger(id) && id >= 1 && id <= analysis.count ? analysis.brief(id - 1) : null;
  return Object.assign(flows, { briefs, brief });
}

interface Sums {
  causes: Cause[];
  /** Positions of the flows that pass the filter; null when all do. */
  passing: number[] | null;
  summary: TraceSummary;
}

function sumUp(analysis: Analysis, filter: FlowFilter, packets: number): Sums {
  const converged = convergences(analysis.modeChanges.all(), analysis.clocks.all);
  const all = tally(analysis, null);
  if (isEmptyFilter(filter)) {
    collect(analysis, [all]);
    return { causes: all.collector.causes(converged), passing: null, summary: { ...all.summary, packets } };
  }
  const byId = new Map<string, (flow: FlowBrief) => boolean>();
  const labels = podLabels(analysis.input.topology);
  const fits = flowFilter(filter, (id) => byId.get(id.toUpperCase()) ?? null, labels);
  const kept = tally(analysis, pickConversations(filter, fits, analysis));
  // which flows a letter means is known only when all causes are
  const asksLetters = (filter.finding?.length ?? 0) + (filter.not?.finding?.length ?? 0) > 0;
  collect(analysis, asksLetters ? [all] : [all, kept]);
  const causes = all.collector.causes(converged);
  for (const cause of causes) byId.set(cause.id, membersOf(cause));
  if (asksLetters) collect(analysis, [kept]);
  const keptCauses = kept.collector.causes(converged).map((c) => ({ ...c, id: letterOf(c, causes) }));
  return { causes: keptCauses, passing: kept.positions, summary: { ...kept.summary, packets } };
}

/** Causes that are not of two nodes. */
const OF_NO_PAIR: ReadonlySet<string> = new Set(['mode-changed', 'snapshot-conflict']);

/** Which flows share a cause; beyond the ids that it keeps, its code and nodes tell. */
function membersOf({ code, fromNode, toNode, flows, flowIds }: Cause): (flow: FlowBrief) => boolean {
  const ids = new Set(flowIds);
  if (flows <= ids.size) return ({ id }) => ids.has(id);
  const ofNodes = ({ src, dst }: FlowBrief): boolean =>
    (fromNode === null || src.node === fromNode) && dst.node === toNode;
  return (flow) => flow.codes.includes(code) && (OF_NO_PAIR.has(code) || ofNodes(flow));
}

function causeKey({ code, fromNode, toNode, title }: Cause): string {
  if (code === 'denied-by-policy') return `${code}|${title}`;
  return `${code}|${fromNode}|${toNode}|${code === 'mode-changed' ? title : ''}`;
}

/** The letter that a cause of some flows has among those of all: a flow of its own tells, whatever else it is grouped with. */
function letterOf(cause: Cause, all: readonly Cause[]): string {
  const [flow] = cause.flowIds;
  const same = all.filter(({ code }) => code === cause.code);
  const found =
    same.find(({ flowIds }) => flow !== undefined && flowIds.includes(flow)) ??
    same.find((one) => causeKey(one) === causeKey(cause)) ??
    // what two nodes show explains it
    all.find(({ flowIds }) => flow !== undefined && flowIds.includes(flow));
  return found?.id ?? cause.id;
}

/** Totals of the flows that pass. */
interface Tally {
  /** Null: all do, and what no single flow shows counts too. */
  passes: ((flow: FlowBrief) => boolean) | null;
  collector: ReturnType<typeof collectCauses>;
  positions: number[];
  summary: TraceSummary;
  /** By conversation: whether one of its flows was counted. */
  seen: Uint8Array;
}

function tally(analysis: Analysis, passes: Tally['passes']): Tally {
  const profile = analysis.input.topology?.profile ?? DEFAULT_PROFILE;
  return {
    passes,
    collector: collectCauses(
      (flow, finding) => analysis.chain(flow.id - 1, finding),
      profile,
      nicsOf(analysis),
      (flow, code) => policyCandidates(analysis.input.topology, flow, code),
      (flow, finding) => nodeAt(analysis, flow, finding),
      (name) => (name === null ? null : (analysis.input.topology?.nodeByName(name) ?? null)),
    ),
    positions: [],
    summary: { packets: 0, flows: 0, conversations: 0, ok: 0, violation: 0, unverifiable: 0, outOfScope: 0 },
    seen: new Uint8Array(analysis.conversations + 1),
  };
}

/** Null where the finding names no packet, or its place no node. */
function nodeAt({ points }: Analysis, { observations }: TracedFlow, { capture, firstPacket }: Finding): string | null {
  const seen = observations.find((one) => one.capture === capture && one.firstPacket === firstPacket);
  return seen === undefined ? null : (points.ofCapture[seen.capture]?.[seen.point]?.node ?? null);
}

/** Nodes of which a NIC was captured. */
function nicsOf({ points }: Analysis): Set<string> {
  return new Set(points.all.flatMap(({ role, node }) => (role === 'underlay' && node !== null ? [node] : [])));
}

/** Which of the addresses that several flows asked in vain answered others, or may have: on their nodes' NICs nobody can read whose packets are. */
function noteAnswers(analysis: Analysis, tallies: readonly Tally[]): void {
  const silent = new Set(tallies.flatMap(({ collector }) => [...collector.silent()]));
  if (silent.size === 0) return;
  const nodes = analysis.input.topology?.nodes ?? [];
  const unread = new Set(nodes.filter(({ index }) => analysis.cutShort.has(index)).map(({ name }) => name));
  for (let i = 0; i < analysis.count; i++) {
    const { src, dst, outcome } = analysis.brief(i);
    const isAnswered = outcome === 'answered' || outcome === 'partly-answered' || outcome === 'refused';
    // of a question that only its answer proves there is no other flow
    for (const { ip, node } of [src, dst])
      if (silent.has(ip) && (isAnswered || (node !== null && unread.has(node))))
        for (const { collector } of tallies) collector.answers(ip);
  }
}

/** One pass over the flows for all tallies. */
function collect(analysis: Analysis, tallies: readonly Tally[]): void {
  const { table, topology } = analysis.input;
  const whole = tallies.find(({ passes }) => passes === null) ?? null;
  const pairs = pairTally(timesOfFlows(analysis));
  for (const finding of whole === null ? [] : tableFindings(table, analysis.points, topology))
    whole?.collector.addCluster(finding);
  const ofNodes = whole === null ? [] : [...rejectedTunnels(analysis.rejections), ...analysis.nodeFindings()];
  for (const finding of ofNodes) whole?.collector.addCluster(finding);
  for (let i = 0; i < analysis.count; i++) {
    const flow = analysis.brief(i);
    if (whole !== null) pairs.add(flow);
    for (const one of tallies) if (one.passes === null || one.passes(flow)) addTo(one, flow, i, analysis);
  }
  noteAnswers(analysis, tallies);
  if (whole !== null) for (const finding of pairs.findings()) whole.collector.addCluster(finding);
}

function addTo(
  { passes, collector, positions, summary, seen }: Tally,
  flow: FlowBrief,
  i: number,
  analysis: Analysis,
): void {
  if (passes !== null) positions.push(i);
  summary.flows++;
  summary[flow.verdict]++;
  if (!flow.inScope) summary.outOfScope++;
  if (seen[flow.conversation] === 0) summary.conversations++;
  seen[flow.conversation] = 1;
  if (flow.codes.length === 0) return;
  const reverse = analysis.reverse(i);
  const { asked } = flow;
  collector.add(flow, {
    answers: asked !== null ? asked.answered : reverse < 0 ? 0 : analysis.packets(reverse),
    codes: () => (reverse < 0 ? [] : analysis.brief(reverse).codes),
  });
}
