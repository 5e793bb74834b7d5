// How a flow's conversation went: its outcome, and beside it the numbers and who ended it.

import { countFlow, type FlowCounts } from '../attribution/count-flow.ts';
import { outcomeOf } from '../attribution/directions.ts';
import { askedBy, exchangeOf } from '../attribution/exchange/exchange.ts';
import { answeredOnTheWay } from '../attribution/exchange/probes.ts';
import type { By, Exchange, Outcome } from '../attribution/vocabulary.ts';
import { nameOfEnd } from '../attribution/who/end-name.ts';
import { endpointOf } from '../attribution/who/who.ts';
import type { IcmpError } from '../flow/rare/icmp-errors.ts';
import { FLOW_MARK as MARK } from '../flow/rows/flow-marks.ts';
import type { Arrival } from './arrivals.ts';
import { halfOpen } from './delivery/half-open.ts';
import { stallOf } from './delivery/stalled.ts';
import { isRefusal, isUnreachable } from './flow/flow-facts.ts';
import type { Shared } from './judging-context.ts';

const NO_ERRORS: readonly IcmpError[] = [];

export function flowOutcome(shared: Shared, flow: number, arrival: Arrival | null): Outcome | null {
  if (arrival?.arrived === 0 && arrival.lost) return 'sent-never-arrived';
  const { table } = shared.input;
  const reverse = table.reverseOf(flow);
  const asked = (one: number): ReturnType<typeof askedBy> => askedBy(shared, one);
  const outcome = outcomeOf(table, flow, reverse, shared.reverseVisible(flow), asked);
  const errors = errorsOf(shared, flow);
  const isHalfOpen = halfOpen(shared.counting, flow, reverse) !== null;
  const isStalled = stallOf(shared, flow) !== null || stallOf(shared, reverse) !== null;
  if (!isHalfOpen && isStalled) return 'partly-answered';
  // an error for one packet of a conversation that goes on ends nothing
  if (!isHalfOpen && (outcome === 'answered' || outcome === 'partly-answered')) return outcome;
  if (errors.some(isRefusal)) return 'refused';
  if (isHalfOpen) return 'half-open';
  if (answeredOnTheWay(table, flow, shared.errorsOf.get(flow) ?? []) > 0) return 'answered';
  if (errors.some(isUnreachable)) return 'unreachable';
  return outcome === 'no-answer' && shared.isJustAsked(flow) ? 'one-way' : outcome;
}

/** ICMP errors that quote a packet of the conversation. */
function errorsOf({ input, errorsOf: known }: Shared, flow: number): readonly IcmpError[] {
  if (known.size === 0) return NO_ERRORS;
  return [flow, input.table.reverseOf(flow)].flatMap((one) => known.get(one) ?? []);
}

export function flowExchange(
  shared: Shared,
  flow: number,
  outcome: Outcome | null,
  counts: FlowCounts | null,
): Exchange {
  const counted = counts ?? countFlow(shared.counting, flow);
  const { state, asked, duration, rate, handshake, firstByte, resent, dns } = exchangeOf(shared, flow, counted);
  const by = endedBy(shared, flow, outcome, state);
  return { state, by, asked, duration, rate, handshake, firstByte, resent, dns };
}

/** Whose RST or ICMP error it was; of RSTs from both sides, the side that did not ask. */
function endedBy(shared: Shared, flow: number, outcome: Outcome | null, state: Exchange['state']): By | null {
  const { table } = shared.input;
  const isReset = outcome === 'refused' || state === 'reset';
  if (isReset) {
    const reverse = table.reverseOf(flow);
    const marksOf = (one: number): number => (one < 0 ? 0 : table.marks[one]!);
    const asks = (marksOf(flow) & MARK.requests) !== 0 || (marksOf(reverse) & MARK.replies) !== 0;
    const [first, second] = asks ? [reverse, flow] : [flow, reverse];
    const sender = [first, second].find((one) => (marksOf(one) & MARK.resets) !== 0);
    if (sender !== undefined) return sourceOf(shared, sender);
  }
  if (outcome !== 'refused' && outcome !== 'unreachable') return null;
  const error = errorsOf(shared, flow).find(outcome === 'refused' ? isRefusal : isUnreachable);
  return error === undefined ? null : sourceOf(shared, table.rows.flow(error.observation));
}

function sourceOf({ who, input }: Shared, flow: number): By {
  const end = endpointOf(who.whoOf(who.source[flow] ?? -1), null);
  const name = nameOfEnd(end, 'brief');
  return { ip: input.table.sourceOf(flow), name: name === end.ip ? null : name };
}
