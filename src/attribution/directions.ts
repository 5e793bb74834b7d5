// How a conversation went, as far as the capture shows it: answered, refused, no answer, or only one way seen.

import type { FlowTable } from '../flow/flow-table.ts';
import { FLOW_MARK as MARK } from '../flow/rows/flow-marks.ts';
import type { Asked, Outcome } from './vocabulary.ts';

const TCP = 6;
const ICMP = 1;
const ICMPV6 = 58;

/** Facts of one direction, summed over every place it was seen (a place that saw more does not change yes or no). */
export interface DirectionFacts {
  packets: number;
  requests: number;
  replies: number;
  data: number;
  rst: number;
  largeRetransmissions: number;
}

export function directionFacts(table: FlowTable, flow: number): DirectionFacts {
  const { rows } = table;
  const facts = { packets: 0, requests: 0, replies: 0, data: 0, rst: 0, largeRetransmissions: 0 };
  if (flow < 0) return facts;
  for (let row = table.firstRow(flow); row >= 0; row = rows.next(row)) {
    facts.packets += rows.packets(row);
    facts.requests += rows.requests(row);
    facts.replies += rows.replies(row);
    facts.data += rows.data(row);
    facts.rst += rows.rst(row);
    facts.largeRetransmissions += rows.largeRetransmissions(row);
  }
  return facts;
}

/**
 * Outcome of a flow, null where its packets ask nothing; the same for both directions of its conversation, unless both ask: then each has that of its own questions.
 * @param reverseVisible whether an answer would have been seen where the flow was seen; without that, silence proves nothing.
 * @param askedBy what a flow asked, of protocols whose answers name their questions
 */
export function outcomeOf(
  table: FlowTable,
  flow: number,
  reverse: number,
  reverseVisible: boolean,
  askedBy: (flow: number) => Asked | null,
): Outcome | null {
  const other = reverse < 0 ? 0 : table.marks[reverse]!;
  switch (table.protocolOf(flow)) {
    case TCP:
      return tcpOutcome(table.marks[flow]!, other, reverseVisible);
    case ICMP:
    case ICMPV6:
      // errors and neighbour discovery of both sides answer nothing
      return (
        questionsOutcome(ownQuestions(flow, reverse, askedBy), reverseVisible) ??
        (other & MARK.packets ? null : 'one-way')
      );
    default:
      return (
        questionsOutcome(ownQuestions(flow, reverse, askedBy), reverseVisible) ??
        (other & MARK.packets ? 'answered' : 'one-way')
      );
  }
}

/** Those of the flow itself, else those that it answers. */
function ownQuestions(flow: number, reverse: number, askedBy: (flow: number) => Asked | null): Asked | null {
  return askedBy(flow) ?? (reverse < 0 ? null : askedBy(reverse));
}

/** Null where nothing was asked that must have been answered. */
function questionsOutcome(questions: Asked | null, reverseVisible: boolean): Outcome | null {
  if (questions === null || questions.asked === 0) return null;
  const { asked, answered } = questions;
  if (answered === 0) return reverseVisible ? 'no-answer' : 'one-way';
  return answered < asked ? 'partly-answered' : 'answered';
}

/** @param own the marks of both directions: FLOW_MARK */
function tcpOutcome(own: number, other: number, reverseVisible: boolean): Outcome {
  if (isRefusal(own, other) || isRefusal(other, own)) return 'refused';
  if (own & other & MARK.packets) return 'answered';
  return (own & MARK.requests) !== 0 && !(own & MARK.data) && reverseVisible ? 'no-answer' : 'one-way';
}

/** A SYN answered by nothing but resets (RFC 9293 section 3.10.7.1). */
function isRefusal(client: number, server: number): boolean {
  return (client & MARK.requests) !== 0 && (server & (MARK.resets | MARK.replies | MARK.data)) === MARK.resets;
}
