// What the report's rows show, small enough to be sent: conversations as arrays of numbers and indexes into one list of texts.
import type { Trace, TracedFlow } from '../../verdict/trace-types.ts';
import { createNameFitter, nodeNamesOf } from '../text/endpoint-names.ts';
import { stringifyJson } from '../text/escape.ts';
import { GROUP_KEYS } from '../text/render-options.ts';
import { type Conversation, conversationsOf } from '../trace/conversations.ts';
import { createOutcomeTally, outcomeText, tallyOutcome } from '../trace/outcome-words.ts';
import { endsBy } from '../trace/rows/group-ends.ts';
import {
  type CauseLookup,
  causesOfConversation,
  createCauseLookup,
  rankOf,
  rowOf,
  stateOf,
} from '../trace/rows/pair-rows.ts';
import { captureNames } from './capture-names.ts';
import { isSeenAtReceiver, placesOnWay, type WayPlace } from './way-places.ts';

/** Conversations in a report: what is beyond is counted, and problems come first. */
export const MOST_CONVERSATIONS = 10_000;

/** Numbers of texts in `texts` unless said otherwise. */
export type ConversationRow = readonly [
  /** Id of its first flow, which links name. */
  flow: number,
  state: number,
  from: number,
  fromNode: number,
  to: number,
  toNode: number,
  service: number,
  forward: number,
  reverse: number,
  /** Packets of both directions, and bytes: numbers. */
  forwardPackets: number,
  reversePackets: number,
  bytes: number,
  outcome: number,
  causes: number,
  /** Milliseconds after the report's `begin`; -1: no time. */
  first: number,
  last: number,
  /** The directions in full. */
  directions: readonly DirectionRow[],
  /** `FROM → TO` for each key of `--by`. */
  groups: readonly number[],
];

/** One direction: sentences of its findings, what was expected, each place that saw it on its way, and whether (1) one of them is at its end. */
export type DirectionRow = readonly [
  flow: number,
  expected: number,
  verdict: number,
  findings: readonly number[],
  places: readonly PlaceRow[],
  isSeenAtReceiver: number,
];

/** A place: which one, how it was carried there, packets, bytes, the index of the capture and the first packet's number in it, 1 where it is the place before once more (numbers). */
export type PlaceRow = readonly [
  place: number,
  carried: number,
  packets: number,
  bytes: number,
  capture: number,
  firstPacket: number,
  isSame: number,
];

export interface ReportData {
  texts: string[];
  /** `state` of rows. */
  states: readonly ['ok', 'undecided', 'wrong'];
  /** Names of the captures: texts themselves. */
  captures: string[];
  rows: ConversationRow[];
  /** Conversations that are not among the rows. */
  left: number;
  /** Epoch milliseconds; null where no packet has a time. */
  begin: number | null;
  end: number | null;
}

const STATES = ['ok', 'undecided', 'wrong'] as const;

/** Rows of a trace: all that are wrong, lost something or have a cause, then as many others as there is room for. */
export function reportData(trace: Trace): ReportData {
  const causesOf = createCauseLookup(trace);
  const ranked: { conversation: Conversation; rank: number }[] = [];
  let left = 0;
  for (const conversation of conversationsOf(trace)) {
    const rank = rankOf(conversation, causesOfConversation(conversation, causesOf));
    // those that are well are told apart by nothing: the first ones are as good as any
    if (rank >= WELL && ranked.length >= MOST_CONVERSATIONS) left++;
    else ranked.push({ conversation, rank });
  }
  ranked.sort((a, b) => a.rank - b.rank);
  const kept = ranked.slice(0, Math.max(MOST_CONVERSATIONS, ranked.filter(({ rank }) => rank < WELL).length));
  left += ranked.length - kept.length;
  const texts = textList();
  const begin = beginOf(trace);
  const { bare } = createNameFitter(nodeNamesOf(trace));
  const rows = kept.map(({ conversation }) => rowFor(trace, conversation, { causesOf, texts, begin, bare }));
  const paths = trace.captures.map(({ path }) => path);
  const names = captureNames(paths);
  const captures = paths.map((path) => names.get(path) ?? path);
  return { texts: texts.all, states: STATES, captures, rows, left, begin, end: endOf(trace) };
}

/** Ranks of conversations with nothing to say about. */
const WELL = 7;

interface TextList {
  all: string[];
  of(text: string): number;
}

function textList(): TextList {
  const all: string[] = [];
  const known = new Map<string, number>();
  return {
    all,
    of(text) {
      let number = known.get(text);
      if (number === undefined) {
        number = all.push(text) - 1;
        known.set(text, number);
      }
      return number;
    },
  };
}

interface Making {
  causesOf: CauseLookup;
  texts: TextList;
  begin: number | null;
  /** A node's name as short as it stays its own. */
  bare(node: string): string;
}

function rowFor(trace: Trace, conversation: Conversation, { causesOf, texts, begin, bare }: Making): ConversationRow {
  const row = rowOf(conversation, causesOf, true, true);
  const tally = createOutcomeTally();
  tallyOutcome(tally, conversation);
  const flows = [conversation.forward, conversation.reverse].filter((flow) => flow !== null);
  const spans = flows.map((flow) => flow.span());
  const [first, last] = [Math.min(...spans.map((span) => span.first)), Math.max(...spans.map((span) => span.last))];
  const after = (time: number): number => (begin === null || Number.isNaN(time) ? -1 : Math.round(time - begin));
  return [
    row.firstFlow,
    STATES.indexOf(stateOf(conversation)),
    ...([texts.of(row.from.name), texts.of(row.from.below)] as const),
    ...([texts.of(row.to.name), texts.of(row.to.below)] as const),
    texts.of(row.service),
    ...([texts.of(row.forward?.text ?? ''), texts.of(row.reverse?.text ?? '')] as const),
    ...([row.forwardPackets, row.reversePackets, row.bytes] as const),
    texts.of(outcomeText(tally).long),
    texts.of(row.causes.join(' ')),
    ...([after(first), after(last)] as const),
    flows.map((flow) => directionFor(trace, flow.whole(), texts)),
    GROUP_KEYS.map((key) => texts.of(endsBy(key, conversation).map(bare).join(' → '))),
  ];
}

function directionFor(trace: Trace, flow: TracedFlow, texts: TextList): DirectionRow {
  const { expected, unverified, findings, verdict } = flow;
  const asked = expected.encapsulation ?? 'not known';
  const pool = expected.pool === null ? '' : `, pool ${expected.pool}`;
  const verdictText = verdict === 'unverifiable' ? `undecided: ${unverified?.detail ?? ''}` : verdict;
  return [
    flow.id,
    texts.of(`${asked}${pool} (${expected.reason})`),
    texts.of(verdictText),
    [...new Set(findings.map(({ code, message }) => texts.of(`${code}: ${message}`)))],
    placesOnWay(trace, flow).map((place) => placeFor(place, texts)),
    Number(isSeenAtReceiver(trace, flow)),
  ];
}

function placeFor({ seen, point, isSame }: WayPlace, texts: TextList): PlaceRow {
  const where = [point?.node ?? 'unknown node', point?.interface ?? ROLES[point?.role ?? 'unknown']].join(' ');
  const vni = seen.vni === null ? '' : ` VNI ${seen.vni}`;
  const carried =
    seen.encapsulation === 'none' ? 'plain' : `${seen.encapsulation}${vni}: ${seen.outerSrc} to ${seen.outerDst}`;
  return [
    ...([texts.of(where), texts.of(carried), seen.packets, seen.bytes, seen.capture, seen.firstPacket] as const),
    Number(isSame),
  ];
}

const ROLES = { underlay: 'NIC', tunnel: 'tunnel device', workload: 'veth', unknown: 'unknown interface' } as const;

/** Epoch milliseconds of the first packet; null where none has a time. */
export function beginOf({ captures }: Trace): number | null {
  const times = captures.flatMap(({ first }) => (first === null ? [] : [Date.parse(first)]));
  return times.length === 0 ? null : Math.min(...times);
}

/** Of the last one. */
export function endOf({ captures }: Trace): number | null {
  const times = captures.flatMap(({ last }) => (last === null ? [] : [Date.parse(last)]));
  return times.length === 0 ? null : Math.max(...times);
}

/** For a script element: nothing in it ends that. */
export function embedded(data: unknown): string {
  return stringifyJson(data).replaceAll('<', '\\u003c');
}
