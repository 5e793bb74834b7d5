// Conversations folded to the rows of the default table: one per pair of endpoints, protocol and server port, however many
// client ports there were. Conversations that were carried or judged differently never share a row. Rows are numbers until they
// are shown: a capture may have a hundred thousand of them, and a page shows forty.

import { FAILURES } from '../../../verdict/codes.ts';
import { flowBrief } from '../../../verdict/flow-briefs.ts';
import type { FlowBrief, FlowEnd, Trace } from '../../../verdict/trace-types.ts';
import { endpointName } from '../../text/endpoint-names.ts';
import type { SortKey } from '../../text/render-options.ts';
import { type Conversation, conversationsOf, orient } from '../conversations.ts';
import { createOutcomeTally, isLost, isPlainlyAnswered, type OutcomeTally, tallyOutcome } from '../outcome-words.ts';
import { joinNumbers, sortNumber, sortText } from '../sort-numbers.ts';
import {
  addRanges,
  type ConversationState,
  causesOfConversation,
  createCauseLookup,
  type Direction,
  directionOf,
  isOfPods,
  marksUndecided,
  type Row,
  type RowRanges,
  rankOf,
  rowOf,
  serviceOf,
  stateOf,
} from './pair-rows.ts';

export interface RowVisitor {
  flow?: (flow: FlowBrief) => void;
  conversation?: (conversation: Conversation) => void;
}

/** What is kept of a row: numbers, and which conversation tells the rest. */
interface RowSums {
  /** Ids of the first conversation's flows; 0 for a direction that was not seen. */
  forward: number;
  reverse: number;
  /** Number of its pair of ends, and of all else that tells rows apart; the pair's next row, -1 at the end. */
  pair: number;
  detail: number;
  next: number;
  conversations: number;
  forwardPackets: number;
  reversePackets: number;
  packetsBetween: RowRanges | null;
  bytes: number;
  /** By what the rows are sorted; -1 where it is not known. */
  sorted: number;
  rank: number;
  firstFlow: number;
  ofPods: boolean;
  /** Null while all its conversations were answered without a loss: the usual row. */
  outcome: OutcomeTally | null;
}

export interface FoldedRows {
  count: number;
  nodes: Set<string>;
  states: Record<ConversationState, number>;
  /** Conversations of which packets did not get through, or questions found no answer. */
  broken: number;
  /** Numbers of the rows that pass, in the order asked for, those of one pair together. */
  groups(passes: (row: Readonly<RowSums>) => boolean): number[][];
  /** Rows that pass, and their conversations. */
  totals(passes: (row: Readonly<RowSums>) => boolean): { rows: number; conversations: number };
  row(index: number): Row;
}

/** Folds all conversations. @param visit told of each flow and conversation in passing */
export function foldRows(trace: Trace, sort: SortKey, visit: RowVisitor = {}): FoldedRows {
  const rows: RowSums[] = [];
  const index = createRowIndex(rows);
  const nodes = new Set<string>();
  const states = { wrong: 0, undecided: 0, ok: 0 };
  let broken = 0;
  const failures = new Set(trace.causes.filter(({ code }) => FAILURES.has(code)).map(({ id }) => id));
  const causesOf = createCauseLookup(trace);
  const marks = marksUndecided(trace);
  const names = createNames();
  for (const conversation of conversationsOf(trace, visit.flow)) {
    visit.conversation?.(conversation);
    states[stateOf(conversation)]++;
    noteNodes(nodes, conversation);
    const [from = null, to = null] = endsOf(conversation);
    const causes = causesOfConversation(conversation, causesOf);
    if (isLost(conversation) || causes.some((id) => failures.has(id))) broken++;
    const sides = [directionOf(conversation.forward, marks), directionOf(conversation.reverse, marks)].map(sideText);
    const detail = [serviceOf(conversation, false), ...sides, ...causes].join('\n');
    const row = index(names(from), names(to), detail, conversation);
    addTo(row, conversation, causes);
    row.sorted = joinNumbers(sort, row.sorted, sortNumber(sort, conversation));
  }
  const row = (at: number): Row => {
    const sums = rows[at] as RowSums;
    return { ...rowFrom(trace, sums, causesOf, marks), sorted: sums.sorted, sortedText: sortText(sort, sums.sorted) };
  };
  return {
    count: rows.length,
    nodes,
    states,
    broken,
    row,
    groups: (passes) => groupByPair(rows, passes, orderOf(rows, sort, row)),
    totals(passes) {
      const passing = rows.filter(passes);
      return {
        rows: passing.length,
        conversations: passing.reduce((sum, { conversations }) => sum + conversations, 0),
      };
    },
  };
}

/** More ends than a table ever has. */
const MOST_ENDS = 2 ** 26;

/** Finds rows by numbers: texts of a hundred thousand keys would take more room than the rows. */
function createRowIndex(
  rows: RowSums[],
): (from: number, to: number, detail: string, conversation: Conversation) => RowSums {
  const details = new Map<string, number>();
  /** First row of each pair of ends; the others follow it. */
  const firstOfPair = new Map<number, number>();
  return (from, to, detail, conversation) => {
    let number = details.get(detail);
    if (number === undefined) {
      number = details.size;
      details.set(detail, number);
    }
    const pair = from * MOST_ENDS + to;
    const first = firstOfPair.get(pair) ?? -1;
    for (let at = first; at >= 0; at = rows[at]?.next ?? -1)
      if (rows[at]?.detail === number) return rows[at] as RowSums;
    const row = emptySums(conversation, first < 0 ? firstOfPair.size : (rows[first]?.pair ?? 0), number, first);
    firstOfPair.set(pair, rows.length);
    rows.push(row);
    return row;
  };
}

function endsOf({ forward, reverse }: Conversation): (FlowEnd | null)[] {
  if (forward !== null) return [forward.src, forward.dst];
  return reverse === null ? [null, null] : [reverse.dst, reverse.src];
}

/** Ends by number; ends that are called alike share one. 0 for none. */
function createNames(): (end: FlowEnd | null) => number {
  const known = new Map<FlowEnd, number>();
  const ids = new Map<string, number>();
  return (end) => {
    if (end === null) return 0;
    let id = known.get(end);
    if (id === undefined) {
      const { name, below } = endpointName(end);
      const key = JSON.stringify([name, below]);
      id = ids.get(key) ?? ids.size + 1;
      ids.set(key, id);
      known.set(end, id);
    }
    return id;
  };
}

function sideText(direction: Direction | null): string {
  return direction === null ? '-' : direction.text + direction.mark;
}

function emptySums({ forward, reverse }: Conversation, pair: number, detail: number, next: number): RowSums {
  const flows = [forward, reverse].filter((flow) => flow !== null);
  return {
    forward: forward?.id ?? 0,
    reverse: reverse?.id ?? 0,
    pair,
    detail,
    next,
    conversations: 0,
    forwardPackets: 0,
    reversePackets: 0,
    packetsBetween: null,
    bytes: 0,
    sorted: -1,
    rank: MOST_ENDS,
    firstFlow: MOST_ENDS,
    ofPods: flows.some(isOfPods),
    outcome: null,
  };
}

function addTo(sums: RowSums, conversation: Conversation, causes: readonly string[]): void {
  const { forward, reverse } = conversation;
  tally(sums, conversation);
  sums.conversations++;
  const counted = { forward: sums.forwardPackets, reverse: sums.reversePackets };
  sums.packetsBetween = addRanges(sums.packetsBetween, counted, conversation);
  sums.forwardPackets += forward?.packets ?? 0;
  sums.reversePackets += reverse?.packets ?? 0;
  sums.bytes += (forward?.bytes ?? 0) + (reverse?.bytes ?? 0);
  sums.rank = Math.min(sums.rank, rankOf(conversation, causes));
  sums.firstFlow = Math.min(sums.firstFlow, forward?.id ?? sums.firstFlow, reverse?.id ?? sums.firstFlow);
}

/** A tally is made when the first conversation needs one. */
function tally(sums: RowSums, conversation: Conversation): void {
  if (sums.outcome === null) {
    if (isPlainlyAnswered(conversation)) return;
    sums.outcome = createOutcomeTally();
    if (sums.conversations > 0) sums.outcome.counts.set('answered', sums.conversations);
  }
  tallyOutcome(sums.outcome, conversation);
}

function rowFrom(trace: Trace, sums: RowSums, causesOf: Parameters<typeof rowOf>[1], marks: boolean): Row {
  const first = orient(flowBrief(trace, sums.forward), flowBrief(trace, sums.reverse));
  const row = rowOf(first, causesOf, marks, false);
  const outcome = sums.outcome ?? {
    ...createOutcomeTally(),
    counts: new Map([['answered' as const, sums.conversations]]),
  };
  const { conversations, forwardPackets, reversePackets, packetsBetween, bytes, rank, firstFlow } = sums;
  return { ...row, conversations, forwardPackets, reversePackets, packetsBetween, bytes, rank, firstFlow, outcome };
}

function noteNodes(nodes: Set<string>, { forward, reverse }: Conversation): void {
  const flow = forward ?? reverse;
  for (const node of [flow?.src.node, flow?.dst.node]) if (typeof node === 'string') nodes.add(node);
}

/** Rows of one pair stand together, at the place of the pair's first row in the order asked for. */
function groupByPair(
  rows: readonly RowSums[],
  passes: (row: RowSums) => boolean,
  order: (a: number, b: number) => number,
): number[][] {
  const groups = new Map<number, number[]>();
  const asked = rows.map((_, i) => i).filter((i) => passes(rows[i] as RowSums));
  for (const i of asked.sort(order)) {
    const { pair } = rows[i] as RowSums;
    const group = groups.get(pair);
    if (group === undefined) groups.set(pair, [i]);
    else group.push(i);
  }
  return [...groups.values()];
}

/** Ties fall to the order of first packet. */
function orderOf(
  rows: readonly RowSums[],
  sort: SortKey,
  row: (index: number) => Row,
): (a: number, b: number) => number {
  const number: Partial<Record<SortKey, (sums: RowSums) => number>> = {
    problem: ({ rank }) => rank,
    first: ({ firstFlow }) => firstFlow,
    packets: ({ forwardPackets, reversePackets }) => -forwardPackets - reversePackets,
  };
  const text: Record<'from' | 'to' | 'service', (row: Row) => string> = {
    from: ({ from }) => from.name,
    to: ({ to }) => to.name,
    service: ({ service }) => service,
  };
  const first = (a: number, b: number): number => (rows[a]?.firstFlow ?? 0) - (rows[b]?.firstFlow ?? 0);
  if (sort === 'from' || sort === 'to' || sort === 'service') {
    const texts = rows.map((_, i) => text[sort](row(i)));
    return (a, b) => compareText(texts[a] ?? '', texts[b] ?? '') || first(a, b);
  }
  const of = number[sort] ?? (({ sorted }) => -sorted);
  return (a, b) => of(rows[a] as RowSums) - of(rows[b] as RowSums) || first(a, b);
}

/** By code points: the same order on every machine, whatever its locale. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
