// Findings -> causes: one per code, sending node and receiving node, however many flows share it, so that a broken FDB
// entry is one line and not a wall (design section 7).

import type { ChainStep } from '../../attribution/vocabulary.ts';
import type { Profile } from '../../cluster/profile.ts';
import { addUnder } from '../../net/multi-map.ts';
import { formatTime, toSeconds } from '../../net/time.ts';
import type { Node } from '../../topology/model.ts';
import { FINDINGS, type FindingCode } from '../codes.ts';
import { denialTitleOf, policyTexts } from '../policy/policy-words.ts';
import type { Cause, Finding, FlowBrief, TracedFlow } from '../trace-types.ts';
import { type CheckInput, checksFor } from './checks.ts';
import type { ClusterFinding } from './cluster-findings.ts';
import type { Convergence } from './convergence.ts';
import { tunnelOf } from './delivery-checks.ts';
import { explainedByNodes, explainedPairs, isExplained, isExplainedBack } from './explained.ts';
import { offloadTexts } from './offload-words.ts';
import { joinFacts } from './one-fact.ts';
import { askedEnd, joinSilence, MAX_FLOW_IDS, type SilentGroup, silentEnds } from './silence.ts';
import { titleOf } from './titles.ts';

/** `lost`: packets sent that did not arrive, and echo requests without a reply. */
interface Collected extends SilentGroup {
  code: FindingCode;
  finding: Finding;
  flow: TracedFlow;
}

export interface CauseCollector {
  /** @param back packets of the reverse flow, and what was found of it */
  add(flow: FlowBrief, back: { answers: number; codes: () => readonly FindingCode[] }): void;
  /** A finding that no single flow shows. */
  addCluster(finding: ClusterFinding): void;
  /** Addresses that several flows asked in vain: `answers` tells which of them answered others. */
  silent(): ReadonlySet<string>;
  answers(address: string): void;
  /** @param converged how pools changed their mode, for `mode-changed`. */
  causes(converged: readonly Convergence[]): Cause[];
}

/**
 * @param chainOf how the sender of a flow decided, asked once per cause.
 * @param nics nodes whose NIC was captured: no check asks for what was given
 * @param candidatesOf what else may be why, by the snapshot
 * @param nodeAt on which node a finding was seen
 * @param nodeNamed what the snapshot has of a node
 */
export function collectCauses(
  chainOf: (flow: TracedFlow, finding: Finding) => readonly ChainStep[],
  profile: Profile,
  nics: ReadonlySet<string> = new Set(),
  candidatesOf: Known['candidatesOf'] = () => [],
  nodeAt: Known['nodeAt'] = () => null,
  nodeNamed: Known['nodeNamed'] = () => null,
): CauseCollector {
  const groups = new Map<string, Collected>();
  const cluster: ClusterFinding[] = [];
  const explained = explainedPairs();
  const answering = new Set<string>();
  // first those of which most is known: that they arrived
  const arrived = ({ toNode }: Collected): number => Number(toNode !== null && nics.has(toNode));
  const unanswered = (): Collected[] => [...groups.values()].filter(isSilence).sort((a, b) => arrived(b) - arrived(a));
  return {
    silent: () => silentEnds(unanswered()),
    answers: (address) => answering.add(address),
    addCluster: (finding) => cluster.push(finding),
    add(flow, { answers, codes }) {
      for (const code of flow.codes) {
        if (isExplained(code, flow.codes) || isExplainedBack(code, codes)) explained.add(code, flow);
        else addFinding(groups, flow, code, answers);
      }
    },
    causes(converged) {
      const suffering = new Map<ClusterFinding, Collected[]>();
      const isOwn = (group: Collected): boolean => {
        const why = explainedByNodes(group, cluster);
        if (why !== null) addUnder(suffering, why, group);
        return why === null;
      };
      const silent = joinSilence(
        unanswered().filter((group) => !followsFrom(group, groups) && isOwn(group)),
        answering,
      );
      const others = [...groups.values()].filter(
        (group) => !isSilence(group) && !followsFrom(group, groups) && isOwn(group),
      );
      const own = [...joinFacts(others), ...silent];
      const known = { profile, nics, candidatesOf, nodeAt, nodeNamed };
      const ofFlows = own.map((group) => {
        const cause = causeOf(group, chainOf(group.flow, group.finding), known);
        return group.code === 'mode-changed' ? withConvergence(cause, group, converged) : cause;
      });
      for (const { code, fromNode, toNode } of own) explained.addPair(code, fromNode, toNode);
      const untold = cluster.filter((finding) => !explained.covers(finding));
      const ofNodes = untold.map((finding) => clusterCause(finding, suffering.get(finding) ?? [], known));
      const all = [...ofFlows, ...ofNodes].sort((a, b) => rank(a) - rank(b) || b.packets - a.packets);
      return all.map((cause, i) => ({ ...cause, id: letters(i) }));
    },
  };
}

/** Silence between two nodes of which one sends the other's packets astray, or from an address that it drops, is no cause of its own. */
function followsFrom({ code, fromNode, toNode }: Collected, groups: ReadonlyMap<string, Collected>): boolean {
  if (code !== 'no-reply' && code !== 'half-open' && code !== 'dns-trouble') return false;
  const astray = ['wrong-destination-vtep', 'wrong-tunnel-mac', 'wrong-source-vtep'] as const;
  return astray.some((one) => groups.has(`${one}|${fromNode}|${toNode}`) || groups.has(`${one}|${toNode}|${fromNode}`));
}

function rank({ code }: Cause): number {
  return FINDINGS[code].severity === 'violation' ? 0 : 1;
}

/** No answer at all: a connection that was open, and died, is another fact. */
function isSilence({ code, flow }: Collected): boolean {
  return code === 'no-reply' && flow.outcome !== 'partly-answered';
}

/** Whose flows share a cause. */
function partyOf(flow: FlowBrief, code: FindingCode): string {
  if (code === 'mode-changed') return String(flow.expected.pool);
  if (code === 'denied-by-policy') return String(denialTitleOf(flow.whole()));
  if (code === 'dns-trouble') return `${flow.src.ip}|${flow.whole().via?.ip ?? flow.dst.ip}`;
  const pair = `${flow.src.node}|${flow.dst.node}`;
  if (code !== 'no-reply') return pair;
  return flow.outcome === 'partly-answered' ? `${pair}|open` : `${pair}|${flow.dst.ip}`;
}

/** The first flow of a cause is made, and tells it; the others are counted. */
function addFinding(groups: Map<string, Collected>, flow: FlowBrief, code: FindingCode, answers: number): void {
  const [fromNode, toNode] = [flow.src.node, flow.dst.node];
  const key = `${code}|${partyOf(flow, code)}`;
  const { packets } = flow;
  const group = groups.get(key);
  if (group === undefined) {
    const whole = flow.whole();
    const finding = whole.findings.find((one) => one.code === code);
    if (finding === undefined) return;
    const counts = { flows: 1, packets, answers, flowIds: [flow.id], lost: lostOf(flow) };
    const told = { asked: askedEnd(flow), isTcp: flow.protocol === 'tcp', title: null };
    groups.set(key, { code, fromNode, toNode, ...counts, ...told, finding, flow: whole });
    return;
  }
  group.flows++;
  group.isTcp &&= flow.protocol === 'tcp';
  group.packets += packets;
  group.answers += answers;
  group.lost += lostOf(flow);
  if (group.flowIds.length < MAX_FLOW_IDS) group.flowIds.push(flow.id);
}

/** What checks need to know besides the finding. */
interface Known {
  profile: Profile;
  nics: ReadonlySet<string>;
  candidatesOf: (flow: TracedFlow, code: FindingCode) => readonly string[];
  nodeAt: (flow: TracedFlow, finding: Finding) => string | null;
  nodeNamed: (name: string | null) => Node | null;
}

/** @param groups flows that suffer from it */
function clusterCause(finding: ClusterFinding, groups: readonly Collected[], known: Known): Cause {
  const { code, fromNode, toNode, title, packets, capture, firstPacket, seen } = finding;
  const place = { capture, firstPacket, lastPacket: firstPacket };
  const sum = (of: 'flows' | 'packets' | 'answers'): number => groups.reduce((total, group) => total + group[of], 0);
  const ids = new Set([...(finding.flowIds ?? []), ...groups.flatMap((group) => group.flowIds)]);
  const flows = Math.max(ids.size, finding.flows ?? 0, sum('flows'));
  // what was lost is counted with the flows that lost it
  const all = finding.flows === undefined ? packets + sum('packets') : packets;
  const counts = { flows, packets: all, answers: sum('answers'), flowIds: [...ids].slice(0, MAX_FLOW_IDS) };
  const check = checksFor(code, {
    ...known,
    fromNode,
    toNode,
    atNode: null,
    flow: null,
    encapsulation: finding.encapsulation ?? null,
    sender: known.nodeNamed(fromNode),
  });
  const also = groups.flatMap(({ flow, code: own }) => [...policyTexts(flow), ...known.candidatesOf(flow, own)]);
  const facts = {
    expected: finding.expected ?? FINDINGS[code].title,
    seen,
    chain: [],
    also: [...new Set([...also, ...offloadsOf(finding, finding.encapsulation ?? null, known)])],
    check,
  };
  return { id: '', code, severity: FINDINGS[code].severity, fromNode, toNode, title, ...counts, ...place, ...facts };
}

function causeOf(group: Collected, chain: readonly ChainStep[], known: Known): Cause {
  const { code, fromNode, toNode, flows, packets, answers, flowIds, finding, flow } = group;
  return {
    id: '',
    code,
    severity: FINDINGS[code].severity,
    fromNode,
    toNode: code === 'mode-changed' ? null : toNode,
    title: group.title ?? titleOf(group, known.profile),
    flows,
    packets,
    answers,
    flowIds,
    capture: finding.capture,
    firstPacket: finding.firstPacket,
    lastPacket: finding.lastPacket,
    expected: expectedText(flow, chain),
    seen: seenText(flow, finding),
    chain,
    also: [
      ...alsoOf(chain),
      ...askedNames(flow),
      ...policyTexts(flow),
      ...known.candidatesOf(flow, code),
      ...offloadsOf(group, flow.observed.encapsulation, known),
    ],
    check: checksFor(code, {
      ...known,
      fromNode,
      toNode,
      atNode: known.nodeAt(flow, finding),
      flow,
      encapsulation: flow.observed.encapsulation,
      sender: known.nodeNamed(fromNode),
    }),
  };
}

/** What the sender's devices leave to the card, where that is in question. */
function offloadsOf(
  { code, fromNode }: Pick<Collected, 'code' | 'fromNode'>,
  encapsulation: CheckInput['encapsulation'],
  { profile, nodeNamed }: Known,
): string[] {
  const tunnel = encapsulation === 'none' ? null : tunnelOf({ profile, encapsulation });
  return offloadTexts(code, nodeNamed(fromNode), tunnel);
}

/** Questions stay open where they or their answers got lost; an answer that was seen, and then lost, is one of its own flow. */
function lostOf({ arrival, asked }: FlowBrief): number {
  const lost = arrival?.lost ? Math.max(0, arrival.sent - arrival.arrived) : 0;
  return asked === null ? lost : Math.max(lost, asked.asked - asked.answered);
}

/** When, which node first, how long the nodes disagreed, what was lost meanwhile (calico-facts 3.9: each Felix converges alone). */
function withConvergence(cause: Cause, group: Collected, converged: readonly Convergence[]): Cause {
  const found = converged.find((c) => c.pool === group.flow.expected.pool);
  const [first, ...others] = found?.senders ?? [];
  if (found === undefined || first === undefined) return cause;
  const start = toSeconds(first.firstNew);
  const times = others.map((c) => `${c.name} ${(toSeconds(c.firstNew) - start).toFixed(1)} s later`);
  const also = [
    `${first.name} was first, at ${formatTime(first.firstNew, 6)}${times.length === 0 ? '' : `; ${times.join(', ')}`}`,
    ...(found.certainty === null ? [] : [found.certainty]),
    `the nodes disagreed for ${found.disagreedSeconds.toFixed(1)} s`,
    ...(group.lost > 0 ? [`${group.lost} packets of these flows were lost or unanswered`] : []),
    ...(found.snapshotIsLater ? ['the snapshot is the later state: what came before is not judged by it'] : []),
  ];
  const title = `${found.pool} changed from ${found.from} to ${found.to} while the capture ran`;
  return { ...cause, title, fromNode: first.name, also, seen: `${found.from}, then ${found.to}` };
}

/** What was to be expected, and the two facts it rests on: who owns the destination, and what its pool says. */
function expectedText({ expected, dst }: TracedFlow, chain: readonly ChainStep[]): string {
  if (expected.encapsulation === null) return `unknown (${expected.reason})`;
  const what = expected.encapsulation === 'none' ? 'plain' : expected.encapsulation.toUpperCase();
  const owner = dst.evidence[0]?.detail;
  const pool = chain.find((step) => step.table === 'pool');
  const where = pool?.ref == null ? '' : ` (${pool.ref.file}${pool.ref.line === null ? '' : `:${pool.ref.line}`})`;
  const mode = pool?.text == null ? expected.reason : `${expected.pool}: ${pool.text}${where}`;
  return [what, owner, mode].filter((part) => part !== undefined).join('; ');
}

function seenText(flow: TracedFlow, finding: Finding): string {
  const seen =
    flow.observations.find((o) => o.capture === finding.capture && o.firstPacket === finding.firstPacket) ??
    flow.observations[0];
  if (seen === undefined) return 'nothing';
  if (seen.outerSrc === null)
    return `${seen.encapsulation === 'none' ? 'plain' : seen.encapsulation} ${flow.src.ip} to ${flow.dst.ip}`;
  const vni = seen.vni === null ? '' : ` VNI ${seen.vni}`;
  return `${seen.encapsulation.toUpperCase()} ${seen.outerSrc} to ${seen.outerDst}${vni}`;
}

function alsoOf(chain: readonly ChainStep[]): string[] {
  const wrong = chain.filter((s) => s.status === 'wrong' || s.status === 'missing');
  return wrong.map((s) => `${s.by === undefined ? '' : `${s.by} `}${s.table}: ${s.note ?? 'wrong'}`);
}

/** What a DNS server was asked for; raw text of packets. */
function askedNames({ exchange }: TracedFlow): string[] {
  const names = exchange?.dns?.names ?? [];
  return names.length === 0 ? [] : [`asked for ${names.join(', ')}`];
}

/** A, B, ..., Z, AA, AB, ... */
function letters(index: number): string {
  const rest = Math.floor(index / 26);
  return (rest === 0 ? '' : letters(rest - 1)) + String.fromCharCode(65 + (index % 26));
}
