// What two nodes' flows tell together: packets that the network between them loses, all or some, of all kinds or of one; ICMP that
// passes where TCP does not (calico-facts 10.12, 10.13).

import type { Observed } from '../../attribution/vocabulary.ts';
import { PairMap } from '../../net/pair-map.ts';
import type { FlowBrief } from '../trace-types.ts';
import type { ClusterFinding } from './cluster-findings.ts';
import { explainsSilence, saysWhereItStops } from './explained.ts';
import { MAX_FLOW_IDS } from './silence.ts';

/** Gathers per pair of nodes what arrived and what was answered. */
export interface PairTally {
  add(flow: FlowBrief): void;
  findings(): ClusterFinding[];
}

const CLASSES = ['TCP', 'UDP', 'ICMP', 'other packets'] as const;
type TrafficClass = (typeof CLASSES)[number];

/** What was answered in one time that captures ran in. */
interface Answers {
  /** Pods whose ICMP was answered, and those whose TCP was not. */
  echoAnswered: Set<string>;
  tcpSilent: Set<string>;
  echoes: number;
  tcpAnswered: number;
  synUnanswered: number;
}

interface Pair {
  from: string;
  to: string;
  sent: Record<TrafficClass, number>;
  lost: Record<TrafficClass, number>;
  /** By the time: what passes now says nothing of what is silent then. */
  answers: Map<number, Answers>;
  /** Tunnels that its silent TCP was in. */
  silentIn: PairMap<readonly [outerSrc: string, outerDst: string]>;
  /** Packets went astray, or not as they should: that explains silence. */
  isExplained: boolean;
  encapsulation: Observed['encapsulation'];
  /** Flows of which packets were lost on the way. */
  flowIds: number[];
  flows: number;
  capture: number | null;
  firstPacket: number | null;
}

/** Fewer lost packets than this, or a smaller part of all, are bad luck. */
export const ENOUGH_LOST = 3;
export const LOST_SHARE = 0.01;
/** Outcomes of TCP that passed, in the beginning at least. */
const PASSED: ReadonlySet<FlowBrief['outcome']> = new Set(['answered', 'partly-answered', 'refused']);
/** Addresses kept per pair: more than two tell no more. */
const MOST_PODS = 1000;

export function isLoss(lost: number, sent: number): boolean {
  return lost >= ENOUGH_LOST && lost > sent * LOST_SHARE;
}

/** @param timesOf the times, of those that captures ran in, in which a flow was seen: one at least */
export function pairTally(timesOf: (flow: FlowBrief) => readonly number[] = () => [0]): PairTally {
  const pairs = new PairMap<Pair>();
  // TCP in a tunnel passes between the two nodes, whoever's it is
  const passesIn = new PairMap<true>();
  /** Nodes whose TCP with a pod was answered of which nobody knows where it is: it may be on any other node. */
  const passing = new Set<string>();
  return {
    add(flow) {
      const { outerSrc, outerDst } = flow.observed;
      if (outerSrc !== null && outerDst !== null && flow.protocol === 'tcp' && !passesIn.has(outerSrc, outerDst))
        if (PASSED.has(flow.outcome)) passesIn.of(outerSrc, outerDst, () => true);
      const [from, to] = [flow.src.node, flow.dst.node];
      const known = from ?? to;
      if (known !== null && (from === null || to === null) && !passing.has(known) && isPassing(flow))
        passing.add(known);
      if (!flow.inScope || from === null || to === null || from === to) return;
      addToPair(
        pairs.of(from, to, () => newPair(flow)),
        flow,
        timesOf,
      );
    },
    findings() {
      const isExplained = ({ from, to }: Pair): boolean =>
        [pairs.get(from, to), pairs.get(to, from)].some((pair) => pair?.isExplained === true);
      const mayPass = ({ from, to, silentIn }: Pair): boolean =>
        passing.has(from) ||
        passing.has(to) ||
        silentIn.values().some(([outerSrc, outerDst]) => passesIn.get(outerSrc, outerDst) === true);
      return pairs
        .values()
        .flatMap((pair) =>
          [lostOnUnderlay(pair), isExplained(pair) || mayPass(pair) ? null : icmpOnly(pair)].filter((f) => f !== null),
        );
    },
  };
}

/** TCP that was answered, between addresses of pods. */
function isPassing({ protocol, outcome, src, dst }: FlowBrief): boolean {
  const isPods = src.kind !== 'external' && dst.kind !== 'external' && src.kind !== 'node' && dst.kind !== 'node';
  return protocol === 'tcp' && PASSED.has(outcome) && isPods;
}

function newPair(flow: FlowBrief): Pair {
  const none = (): Pair['sent'] => ({ TCP: 0, UDP: 0, ICMP: 0, 'other packets': 0 });
  const [seen] = flow.whole().observations;
  return {
    from: flow.src.node ?? '',
    to: flow.dst.node ?? '',
    ...{ sent: none(), lost: none(), answers: new Map(), silentIn: new PairMap() },
    ...{ isExplained: false, flowIds: [], flows: 0 },
    encapsulation: flow.observed.encapsulation,
    ...{ capture: seen?.capture ?? null, firstPacket: seen?.firstPacket ?? null },
  };
}

function classOf(protocol: string): TrafficClass {
  if (protocol === 'tcp') return 'TCP';
  if (protocol === 'udp') return 'UDP';
  return protocol === 'icmp' || protocol === 'icmpv6' ? 'ICMP' : 'other packets';
}

function addToPair(pair: Pair, flow: FlowBrief, timesOf: (flow: FlowBrief) => readonly number[]): void {
  const kind = classOf(flow.protocol);
  const isExplained = flow.codes.some(explainsSilence);
  if (flow.arrival !== null && !isExplained) {
    const lost = flow.lostOnWay();
    pair.sent[kind] += flow.arrival.sent;
    pair.lost[kind] += lost;
    if (lost > 0 && pair.flows++ < MAX_FLOW_IDS) pair.flowIds.push(flow.id);
  }
  pair.isExplained ||= isExplained;
  if (kind === 'ICMP' || kind === 'TCP') for (const time of timesOf(flow)) addToAnswers(pair, flow, time);
}

function addToAnswers(pair: Pair, flow: FlowBrief, time: number): void {
  const answers = pair.answers.get(time) ?? {
    ...{ echoAnswered: new Set(), tcpSilent: new Set() },
    ...{ echoes: 0, tcpAnswered: 0, synUnanswered: 0 },
  };
  pair.answers.set(time, answers);
  if (flow.protocol !== 'tcp') {
    if (flow.outcome !== 'answered' && flow.outcome !== 'partly-answered') return;
    answers.echoes++;
    addSome(answers.echoAnswered, flow.dst.ip);
  } else if (answers.tcpAnswered === 0) {
    // one answer is enough to know that TCP passes
    if (PASSED.has(flow.outcome)) answers.tcpAnswered++;
    else if (isSilent(flow) && !saysWhereItStops(flow.codes)) {
      answers.synUnanswered++;
      const { outerSrc, outerDst } = flow.observed;
      if (outerSrc !== null && outerDst !== null) pair.silentIn.of(outerSrc, outerDst, () => [outerSrc, outerDst]);
      addSome(answers.tcpSilent, flow.dst.ip);
    }
  }
}

function addSome(pods: Set<string>, pod: string): void {
  if (pods.size < MOST_PODS) pods.add(pod);
}

function isSilent({ outcome, codes }: FlowBrief): boolean {
  // a handshake that was answered is no sign that TCP does not pass
  return outcome === 'sent-never-arrived' || (codes.includes('no-reply') && outcome !== 'half-open');
}

function sumOf(counts: Pair['sent']): number {
  return CLASSES.reduce((sum, kind) => sum + counts[kind], 0);
}

/** What of a node's packets to the other one is lost to the last. */
function stopsOf({ sent, lost }: Pair): 'TCP' | 'everything' | null {
  if (!isLoss(sumOf(lost), sumOf(sent))) return null;
  if (sumOf(lost) === sumOf(sent)) return 'everything';
  return isLoss(lost.TCP, sent.TCP) && lost.TCP === sent.TCP ? 'TCP' : null;
}

/** Of the kinds of packets that suffer, how many of how many; what passes is said beside them. */
function lostOnUnderlay(pair: Pair): ClusterFinding | null {
  const { sent, lost, from, to } = pair;
  const suffering = CLASSES.filter((kind) => isLoss(lost[kind], sent[kind]));
  const all = isLoss(sumOf(lost), sumOf(sent));
  if (suffering.length === 0 && !all) return null;
  const kinds = suffering.length === 0 ? CLASSES.filter((kind) => lost[kind] > 0) : suffering;
  const [gone, of] = [lost, sent].map((counts) => kinds.reduce((sum, kind) => sum + counts[kind], 0)) as [
    number,
    number,
  ];
  const passing = CLASSES.filter((kind) => sent[kind] > lost[kind] && !kinds.includes(kind));
  const what = passing.length === 0 ? 'packets' : `${kinds.join(' and ')} packets`;
  const passed = passing.map((kind) => `${sent[kind] - lost[kind]} of ${sent[kind]} ${kind}`).join(', ');
  const isAll = gone === of && passing.length === 0;
  return {
    code: 'lost-on-underlay',
    fromNode: from,
    toNode: to,
    title: isAll
      ? `nothing that ${from} sent for ${to}'s pods arrived: the network between them drops it`
      : `${gone} of ${of} ${what} that ${from} sent for ${to}'s pods never arrived: the network between them drops them`,
    packets: gone,
    flowIds: pair.flowIds,
    flows: pair.flows,
    stops: stopsOf(pair),
    capture: pair.capture,
    firstPacket: pair.firstPacket,
    encapsulation: pair.encapsulation,
    expected: "what leaves one node's NIC for the other's pods arrives there",
    seen: `${of} ${what} left ${from}'s NIC, ${of - gone} arrived at ${to}'s${passed === '' ? '' : `; ${passed} arrived`}`,
  };
}

/** Silence of one pod, while others answer pings, is that pod's. */
function icmpOnly(pair: Pair): ClusterFinding | null {
  const { from, to } = pair;
  const found = [...pair.answers.values()].find(isIcmpOnly);
  if (found === undefined) return null;
  const { echoes, synUnanswered } = found;
  return {
    code: 'icmp-only',
    fromNode: from,
    toNode: to,
    title: `between ${from} and ${to}, ICMP is answered and TCP is not: checksum offload, MTU or a policy`,
    packets: 0,
    capture: pair.capture,
    firstPacket: pair.firstPacket,
    encapsulation: pair.encapsulation,
    seen: `${flowsText(echoes, 'ICMP')} answered, ${flowsText(synUnanswered, 'TCP')} without an answer`,
  };
}

function isIcmpOnly({ echoAnswered, tcpSilent, echoes, tcpAnswered, synUnanswered }: Answers): boolean {
  if (echoes === 0 || tcpAnswered > 0 || synUnanswered === 0) return false;
  return tcpSilent.size >= 2 || [...tcpSilent].some((pod) => echoAnswered.has(pod));
}

function flowsText(count: number, kind: TrafficClass): string {
  return `${count} ${kind} flow${count === 1 ? '' : 's'}`;
}
