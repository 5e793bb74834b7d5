// Where a flow's packets stop, and why: told flow by flow, beside the verdict on its encapsulation.

import { observationsOf, type SeenObservation } from '../../attribution/observe.ts';
import type { Expected, Outcome } from '../../attribution/vocabulary.ts';
import type { Who } from '../../attribution/who/who.ts';
import type { RawWarning } from '../flow/warnings.ts';
import type { Shared } from '../judging-context.ts';
import { arrivalOf, isUnanswered } from './flow-arrival.ts';
import { halfOpen, halfOpenFinding } from './half-open.ts';
import { loopFinding } from './loops.ts';
import { partLost } from './part-lost.ts';
import { rejectionText } from './rejections.ts';
import { stallFinding, stallOf } from './stalled.ts';

export interface DeliveredFlow {
  src: Who;
  dst: Who;
  expected: Expected;
  observations: readonly SeenObservation[];
  outcome: Outcome | null;
  /** Rows that count. */
  counted: readonly number[];
}

/** ICMP, TCP, ICMPv6: what is asked there is answered. */
const ASKING: ReadonlySet<number> = new Set([1, 6, 58]);

export function deliveryFindings(shared: Shared, flow: number, seen: DeliveredFlow): RawWarning[] {
  const isSilent = seen.outcome === 'half-open' || isUnanswered(shared, seen.counted, seen.outcome);
  const isQuestion = ASKING.has(shared.input.table.protocolOf(flow));
  const loop = loopFinding({ table: shared.input.table, ...seen }, isSilent && isQuestion);
  return [
    rejected(shared, flow, seen, isSilent),
    // what a node sends on in a circle it did not drop
    loop ?? (isSilent && isQuestion ? shared.lostInNode.of({ flow, ...seen }) : null) ?? partLost(shared, flow, seen),
    stuckHandshake(shared, flow, seen),
    translated(shared, flow, seen),
    stalled(shared, flow, seen),
  ].filter((f) => f !== null);
}

function rejected({ rejections }: Shared, flow: number, seen: DeliveredFlow, isSilent: boolean): RawWarning | null {
  const found = rejections.of(flow, seen.observations, isSilent);
  if (found === null) return null;
  const at = { capture: found.capture, packet: found.firstPacket };
  return { code: 'overlay-rejected', message: rejectionText(found), seen: null, at };
}

function translated({ translations }: Shared, flow: number, { observations }: DeliveredFlow): RawWarning | null {
  const message = translations.get(flow);
  return message === undefined ? null : { code: 'source-translated', message, seen: observations[0] ?? null };
}

function stalled(shared: Shared, flow: number, seen: DeliveredFlow): RawWarning | null {
  const stall = stallOf(shared, flow);
  if (stall === null) return null;
  const isLostOnWay = arrivalOf(shared, flow, seen.src, seen.dst)?.lost === true;
  return stallFinding(stall, { ...seen, isLostOnWay });
}

function stuckHandshake(shared: Shared, flow: number, seen: DeliveredFlow): RawWarning | null {
  const { table, captures } = shared.input;
  const asks = seen.counted.some((row) => table.rows.requests(row) > 0);
  if (seen.outcome !== 'half-open' || !asks) return null;
  const reverse = table.reverseOf(flow);
  const stuck = halfOpen(shared.counting, flow, reverse);
  if (stuck === null) return null;
  const answers = observationsOf(table, shared.points, captures, reverse);
  const back = { table, src: seen.dst, dst: seen.src, observations: answers };
  // told of the answers themselves
  if (loopFinding(back, true) !== null) return null;
  return halfOpenFinding(stuck, seen, [seen.observations, answers]);
}
