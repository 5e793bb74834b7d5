// What a row of the default table says: of one conversation, or of several that differ in nothing but the client's port.

import { smallestOf } from '../../../net/extremes.ts';
import { addUnder } from '../../../net/multi-map.ts';
import type { FlowBrief, PacketRange, Trace } from '../../../verdict/trace-types.ts';
import { type EndpointName, endpointName } from '../../text/endpoint-names.ts';
import { escapeText } from '../../text/escape.ts';
import type { Conversation } from '../conversations.ts';
import { createOutcomeTally, type OutcomeTally, outcomeRank } from '../outcome-words.ts';

/** One direction: `vxlan`, `vxlan!` (not as configured), `plain?` (cannot be judged). */
export interface Direction {
  text: string;
  mark: '' | '!' | '?';
}

/** Packets of a row, by direction. */
export interface RowRanges {
  forward: PacketRange;
  reverse: PacketRange;
}

export interface Row {
  /** Ids of the causes its flows belong to. */
  causes: readonly string[];
  from: EndpointName;
  to: EndpointName;
  service: string;
  conversations: number;
  forward: Direction | null;
  reverse: Direction | null;
  forwardPackets: number;
  reversePackets: number;
  /** What these may be; null while all are certain. */
  packetsBetween: RowRanges | null;
  bytes: number;
  outcome: OutcomeTally;
  /** The number it is sorted by, -1 where it is not known, and as text; empty where there is none. */
  sorted: number;
  sortedText: string;
  /** Lower is worse; rows with a violation are below 0. */
  rank: number;
  /** Id of its first flow: order of first packet. */
  firstFlow: number;
  /** False for what lies between nodes, services and the outside only. */
  ofPods: boolean;
}

/** Ranks among the outcomes' (0 lost to 9 answered) of conversations that lost packets, and of those a warning is about. */
const LOST_RANK = 3.5;
const WARNED_RANK = 6.5;

/** Violations come before all else; what is undecided before what was answered and is as configured. */
const STATE_WEIGHT: Record<ConversationState, number> = { wrong: 100, undecided: 1.5, ok: 0 };

export type ConversationState = 'wrong' | 'undecided' | 'ok';

/** Looks up which causes a flow belongs to. */
export type CauseLookup = (flow: FlowBrief) => readonly string[];

/** One conversation as a row; with `clientPort` the service names both ports. */
export function rowOf(conversation: Conversation, causesOf: CauseLookup, marks: boolean, clientPort: boolean): Row {
  const { forward, reverse } = conversation;
  const [from, to] = forward === null ? [reverse?.dst, reverse?.src] : [forward.src, forward.dst];
  const flows = [forward, reverse].filter((flow) => flow !== null);
  const unknown: EndpointName = { name: '-', below: '' };
  const causes = causesOfConversation(conversation, causesOf);
  return {
    causes,
    from: from === undefined ? unknown : endpointName(from),
    to: to === undefined ? unknown : endpointName(to),
    service: serviceOf(conversation, clientPort),
    conversations: 1,
    forward: directionOf(forward, marks),
    reverse: directionOf(reverse, marks),
    forwardPackets: forward?.packets ?? 0,
    reversePackets: reverse?.packets ?? 0,
    packetsBetween: addRanges(null, { forward: 0, reverse: 0 }, conversation),
    bytes: flows.reduce((sum, flow) => sum + flow.bytes, 0),
    outcome: createOutcomeTally(),
    sorted: -1,
    sortedText: '',
    rank: rankOf(conversation, causes),
    firstFlow: smallestOf(flows.map((flow) => flow.id)),
    ofPods: flows.some(isOfPods),
  };
}

/** The ranges with a conversation more; `counted` is what the row had before, in which nothing was in doubt while `ranges` is null. */
export function addRanges(
  ranges: RowRanges | null,
  counted: { forward: number; reverse: number },
  { forward, reverse }: Conversation,
): RowRanges | null {
  const isCertain = [forward, reverse].every((flow) => (flow?.packetsBetween ?? null) === null);
  if (ranges === null && isCertain) return null;
  const exactly = (count: number): PacketRange => ({ least: count, most: count });
  const plus = (range: PacketRange, flow: FlowBrief | null): PacketRange => {
    const { least, most } = flow?.packetsBetween ?? exactly(flow?.packets ?? 0);
    return { least: range.least + least, most: range.most + most };
  };
  return {
    forward: plus(ranges?.forward ?? exactly(counted.forward), forward),
    reverse: plus(ranges?.reverse ?? exactly(counted.reverse), reverse),
  };
}

/** Ids of the causes that either direction belongs to. */
export function causesOfConversation({ forward, reverse }: Conversation, causesOf: CauseLookup): readonly string[] {
  const ids = [forward, reverse].flatMap((flow) => (flow === null ? [] : causesOf(flow)));
  return ids.length < 2 ? ids : [...new Set(ids)].sort();
}

/** Violations first, then failures and losses, then what a warning is about, then what is undecided; answered ones last. */
export function rankOf(conversation: Conversation, causes: readonly string[]): number {
  const lost = conversation.forward?.arrival?.lost === true || conversation.reverse?.arrival?.lost === true;
  const rank = Math.min(outcomeRank(conversation), lost ? LOST_RANK : 99, causes.length > 0 ? WARNED_RANK : 99);
  return rank - STATE_WEIGHT[stateOf(conversation)];
}

/** Wrong if any direction is, else undecided if any is. */
export function stateOf({ forward, reverse }: Conversation): ConversationState {
  const verdicts = [forward?.verdict, reverse?.verdict];
  if (verdicts.includes('violation')) return 'wrong';
  return verdicts.includes('unverifiable') ? 'undecided' : 'ok';
}

/** Cause ids by flow. A cause lists 1000 flows at most: beyond that, flows with its code are its own if its nodes fit. */
export function createCauseLookup(trace: Trace): CauseLookup {
  const byFlow = new Map<number, string[]>();
  for (const cause of trace.causes) {
    for (const id of cause.flowIds) addUnder(byFlow, id, cause.id);
  }
  const capped = trace.causes.filter((cause) => cause.flows > cause.flowIds.length);
  return (flow) => {
    const known = byFlow.get(flow.id);
    if (known !== undefined) return known;
    const fits = capped.filter(
      ({ fromNode, toNode }) =>
        (fromNode === null || fromNode === flow.src.node) && (toNode === null || toNode === flow.dst.node),
    );
    return fits.filter((cause) => flow.codes.includes(cause.code)).map((cause) => cause.id);
  };
}

/** When nothing could be judged (no snapshot), a mark on every line would say nothing. */
export function marksUndecided(trace: Trace): boolean {
  return trace.summary.unverifiable < trace.summary.flows;
}

/** How a flow was carried, as the tables name it. */
export function encapsulationName(flow: Pick<FlowBrief, 'observed' | 'expected'>): string {
  const { encapsulation } = flow.observed;
  if (encapsulation === 'none') return 'plain';
  if (encapsulation === 'unknown' && flow.expected.encapsulation === 'local') return 'local';
  return encapsulation;
}

export function directionOf(flow: FlowBrief | null, marks: boolean): Direction | null {
  if (flow === null) return null;
  const text = encapsulationName(flow);
  if (flow.verdict === 'violation') return { text, mark: '!' };
  const undecided = flow.verdict === 'unverifiable' && marks;
  return text === 'unknown' ? { text: '', mark: '?' } : { text, mark: undecided ? '?' : '' };
}

export function serviceOf({ forward, reverse }: Conversation, clientPort: boolean): string {
  const protocol = forward?.protocol ?? reverse?.protocol ?? '-';
  const server = forward === null ? reverse?.srcPort : forward.dstPort;
  const client = forward === null ? reverse?.dstPort : forward.srcPort;
  if (server === 0 && client === 0) return escapeText(protocol);
  const ports = clientPort ? `${client ?? '?'} → ${server ?? '?'}` : `${server ?? '?'}`;
  return `${escapeText(protocol)} ${ports}`;
}

export function isOfPods(flow: FlowBrief): boolean {
  const kinds = [flow.src.kind, flow.dst.kind];
  return (
    flow.verdict === 'violation' || kinds.some((kind) => kind === 'pod' || kind === 'tunnel' || kind === 'unknown')
  );
}
