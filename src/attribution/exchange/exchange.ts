// How a conversation went, in numbers: its state, what it asked and how soon it was answered, its times. Of one flow, from one place.

import type { FlowTable } from '../../flow/flow-table.ts';
import type { IcmpError } from '../../flow/rare/icmp-errors.ts';
import { type CountInput, countFlow, type FlowCounts, tcpOf } from '../count-flow.ts';
import type { Asked, Exchange, FlowTcp } from '../vocabulary.ts';
import { answeredOnTheWay } from './probes.ts';
import type { QuestionsByFlow } from './questions-by-flow.ts';
import { type TcpTimes, tcpTimes } from './tcp-times.ts';

const [ICMP, TCP, ICMPV6] = [1, 6, 58] as const;
const NO_TIMES: TcpTimes = { handshake: null, firstByte: null };

export interface ExchangeInput {
  counting: CountInput;
  questions: QuestionsByFlow;
  /** ICMP errors by the flow that they quote. */
  errorsOf: ReadonlyMap<number, readonly IcmpError[]>;
}

/** All but who ended it. */
export type ExchangeNumbers = Omit<Exchange, 'by'>;

export function exchangeOf(input: ExchangeInput, flow: number, counts: FlowCounts): ExchangeNumbers {
  const { table, paths } = input.counting;
  const reverse = table.reverseOf(flow);
  const isTcp = table.protocolOf(flow) === TCP;
  const own = isTcp ? tcpOf(table, counts.rows) : null;
  const duration = durationOf(table, counts.rows);
  const { handshake, firstByte } =
    own === null ? NO_TIMES : tcpTimes(table, paths, ...clientFirst(table, flow, reverse));
  return {
    state: own === null ? null : stateOf(own, tcpOf(table, reverse < 0 ? [] : countFlow(input.counting, reverse).rows)),
    asked: askedBy(input, flow, counts.rows),
    duration,
    rate: duration !== null && duration > 0 ? counts.bytes / duration : null,
    handshake,
    firstByte,
    resent: own === null || counts.packets === 0 ? null : own.retransmissions / counts.packets,
    dns: input.questions.of(flow)?.dns ?? null,
  };
}

/** Seconds that the slowest answer took: to a question, to the SYN, to the client's first data. 0 where none is known. */
export function slowestAnswer(input: ExchangeInput, flow: number): number {
  const { table, paths } = input.counting;
  if (table.protocolOf(flow) !== TCP) return input.questions.of(flow)?.asked.slowest ?? 0;
  const { handshake, firstByte } = tcpTimes(table, paths, ...clientFirst(table, flow, table.reverseOf(flow)));
  return Math.max(handshake?.server ?? 0, firstByte ?? 0);
}

/**
 * What the flow asked, each question once; a probe of the way is answered by a router. Echo requests that cannot be told apart, or of which too few were kept, are counted: as many as
 * came back were answered.
 */
export function askedBy(input: ExchangeInput, flow: number, rowsOfFlow: readonly number[] | null = null): Asked | null {
  const asked = pairedOrCounted(input, flow, rowsOfFlow);
  if (asked === null || asked.answered >= asked.asked) return asked;
  const answered = asked.answered + answeredOnTheWay(input.counting.table, flow, input.errorsOf.get(flow) ?? []);
  return { ...asked, answered: Math.min(asked.asked, answered) };
}

function pairedOrCounted(
  { counting, questions }: ExchangeInput,
  flow: number,
  rowsOfFlow: readonly number[] | null,
): Asked | null {
  const { table } = counting;
  const kept = questions.of(flow)?.asked ?? null;
  const protocol = table.protocolOf(flow);
  if (protocol !== ICMP && protocol !== ICMPV6) return kept;
  const requests = sum(rowsOfFlow ?? countFlow(counting, flow).rows, (row) => table.rows.requests(row));
  if (requests === 0 && kept === null) return null;
  if (kept !== null && kept.asked + kept.open >= requests) return kept;
  const reverse = table.reverseOf(flow);
  const replies = reverse < 0 ? 0 : sum(countFlow(counting, reverse).rows, (row) => table.rows.replies(row));
  const times = { median: kept?.median ?? null, slowest: kept?.slowest ?? null };
  return { asked: requests, answered: Math.min(requests, replies), open: 0, ...times };
}

function sum(rows: readonly number[], of: (row: number) => number): number {
  return rows.reduce((total, row) => total + of(row), 0);
}

/** The flow that sent the SYN, and the other one. */
function clientFirst(table: FlowTable, flow: number, reverse: number): [client: number, server: number] {
  return hasSyn(table, flow) ? [flow, reverse] : [reverse, flow];
}

function hasSyn(table: FlowTable, flow: number): boolean {
  const { rows } = table;
  for (let row = flow < 0 ? -1 : table.firstRow(flow); row >= 0; row = rows.next(row))
    if (rows.requests(row) > 0) return true;
  return false;
}

type Flags = Omit<FlowTcp, 'handshake'>;

function stateOf(own: Flags, other: Flags): Exchange['state'] {
  const neverBegan = (client: Flags, server: Flags): boolean =>
    client.syn > 0 && server.synAck === 0 && server.data === 0 && client.data === 0;
  if (neverBegan(own, other) || neverBegan(other, own)) return null;
  if (own.fin > 0 && other.fin > 0) return 'closed';
  if (own.rst + other.rst > 0) return 'reset';
  return own.fin + other.fin > 0 ? 'closing' : 'open';
}

/** Of rows that hold different packets: pieces of one capture, whose clock is one. */
function durationOf({ rows }: FlowTable, counted: readonly number[]): number | null {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const [head] = counted;
  if (head === undefined) return null;
  const base = rows.firstSeconds(head);
  for (const row of counted) {
    first = Math.min(first, rows.firstSeconds(row) - base + rows.firstNanos(row) / 1e9);
    last = Math.max(last, rows.lastSeconds(row) - base + rows.lastNanos(row) / 1e9);
  }
  return last >= first ? last - first : null;
}
