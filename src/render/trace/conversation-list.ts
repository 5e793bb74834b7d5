// `--all`: every conversation a row of its own, worst first. Only numbers are kept between the two passes (ids, sort keys,
// widths); rows are made again when they are printed, so that 200 k flows never become one string.
import { flowBrief } from '../../verdict/flow-briefs.ts';
import type { Trace } from '../../verdict/trace-types.ts';
import type { RenderOptions, SortKey } from '../text/render-options.ts';
import { type Conversation, orient } from './conversations.ts';
import { tallyOutcome } from './outcome-words.ts';
import { type CauseLookup, createCauseLookup, marksUndecided, type Row, rowOf } from './rows/pair-rows.ts';
import { createRowPrinter } from './rows/row-lines.ts';
import { createRowWidths, widenFor } from './rows/table-layout.ts';
import { sortNumber, sortText } from './sort-numbers.ts';

export interface ConversationList {
  /** First pass: notes a conversation. */
  add(conversation: Conversation): void;
  /** Second pass: title and rows, in pieces. */
  render(trace: Trace, nodes: Iterable<string>, options: RenderOptions): Generator<string>;
}

/** Collects conversations of `trace` for printing them in order. */
export function createConversationList(trace: Trace, sort: SortKey): ConversationList {
  const causesOf = createCauseLookup(trace);
  const marks = marksUndecided(trace);
  const widths = createRowWidths();
  const rowFor = (conversation: Conversation): Row => conversationRow(conversation, causesOf, marks, sort);
  const forward: number[] = [];
  const reverse: number[] = [];
  const keys: (number | string)[] = [];
  return {
    add(conversation) {
      const row = rowFor(conversation);
      widenFor(widths, row);
      forward.push(conversation.forward?.id ?? 0);
      reverse.push(conversation.reverse?.id ?? 0);
      keys.push(sortKeyOf(row, sort));
    },
    *render(from, nodes, options) {
      const printer = createRowPrinter(widths, nodes, options);
      yield lines(printer.titles());
      for (const i of sortedIndexes(keys, forward, reverse)) {
        const conversation = orient(flowBrief(from, forward[i] ?? 0), flowBrief(from, reverse[i] ?? 0));
        yield lines(printer.group([rowFor(conversation)]));
      }
      if (printer.note !== null) yield lines([printer.note]);
      yield '\n';
    },
  };
}

function lines(texts: readonly string[]): string {
  return `${texts.join('\n')}\n`;
}

function conversationRow(conversation: Conversation, causesOf: CauseLookup, marks: boolean, sort: SortKey): Row {
  const sorted = sortNumber(sort, conversation);
  const row = { ...rowOf(conversation, causesOf, marks, true), sorted, sortedText: sortText(sort, sorted) };
  tallyOutcome(row.outcome, conversation);
  return row;
}

function sortKeyOf(row: Row, sort: SortKey): number | string {
  switch (sort) {
    case 'problem':
      return row.rank;
    case 'first':
      return row.firstFlow;
    case 'packets':
      return -(row.forwardPackets + row.reversePackets);
    case 'from':
      return row.from.name;
    case 'to':
      return row.to.name;
    case 'service':
      return row.service;
    default:
      return -row.sorted;
  }
}

/** Places of the conversations in order; equal keys keep the order of first packet. */
function sortedIndexes(
  keys: readonly (number | string)[],
  forward: readonly number[],
  reverse: readonly number[],
): number[] {
  const firstFlow = (i: number): number => Math.min(forward[i] || Number.MAX_VALUE, reverse[i] || Number.MAX_VALUE);
  return keys
    .map((_, i) => i)
    .sort((a, b) => {
      const [one, other] = [keys[a] ?? 0, keys[b] ?? 0];
      return one < other ? -1 : one > other ? 1 : firstFlow(a) - firstFlow(b);
    });
}
