// Questions that name their answers (echo requests, DNS queries), summed up for each flow that asked.

import type { CaptureCounters } from '../../flow/capture-counters.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import { joinCutNames } from '../../flow/questions/cut-names.ts';
import type { KeptQuestion } from '../../flow/questions/kept-question.ts';
import { largestOf } from '../../net/extremes.ts';
import { toSeconds } from '../../net/time.ts';
import { recordType, responseCode } from '../../wire/dns.ts';
import { hasDrops } from '../points/drops.ts';
import type { Asked, DnsFacts } from '../vocabulary.ts';

/** An answer is waited for as long as so many of the slowest that came. */
const PATIENCE = 2;
/** Where none ever came: a name server takes no longer. */
const DNS_PATIENCE = 0.2;
const [TCP, UDP] = [6, 17] as const;
const PROTOCOL_NUMBER = 0xff;
const NAMES_SHOWN = 5;

export interface FlowQuestions {
  asked: Asked;
  dns: DnsFacts | null;
}

export interface QuestionsByFlow {
  /** What the flow asked; null where it asked nothing. */
  of(flow: number): FlowQuestions | null;
  flows(): Iterable<number>;
}

/**
 * Sums are made when first asked for.
 * @param ends when each capture ended, epoch seconds
 */
export function questionsByFlow(
  table: FlowTable,
  captures: readonly CaptureCounters[],
  ends: readonly number[],
): QuestionsByFlow {
  let made: QuestionsByFlow | null = null;
  const all = (): QuestionsByFlow => {
    made ??= sumsByFlow(table, captures, ends);
    return made;
  };
  return { of: (flow) => all().of(flow), flows: () => all().flows() };
}

function sumsByFlow(table: FlowTable, captures: readonly CaptureCounters[], ends: readonly number[]): QuestionsByFlow {
  const byFlow = new Map<number, KeptQuestion[]>();
  // most flows asked nothing, and every flow is looked up
  const hasAsked = new Uint8Array(table.flowCount);
  const slowest = new Map<string, number>();
  for (const question of joinCutNames(table.counter.questions.list())) {
    const flow = table.findFlow(question.asker, question.asked, question.ports, question.protocol);
    if (question.delay > (slowest.get(serverOf(question)) ?? -1)) slowest.set(serverOf(question), question.delay);
    if (!question.isSent || flow < 0 || (!question.isAnswered && isUnread(table, flow))) continue;
    const own = byFlow.get(flow);
    hasAsked[flow] = 1;
    if (own === undefined) byFlow.set(flow, [question]);
    else own.push(question);
  }
  const sums = new Map<number, FlowQuestions>();
  const isDeaf = captures.map((capture, i) => hasDrops(capture) || !table.counter.questions.hears(i));
  const mayComeLater = (flow: number, own: readonly KeptQuestion[]): ((question: KeptQuestion) => boolean) => {
    const someAnswered = own.some(({ isAnswered }) => isAnswered);
    const last = lastByCapture(table, flow);
    const listening = [...last].filter(([capture]) => !(someAnswered && isDeaf[capture]));
    // each capture by its own clock: what it heard behind the flow's last packet there
    const behind = largestOf(listening.map(([capture, time]) => (ends[capture] ?? 0) - time));
    return (question) => {
      const patience = patienceOf(question, someAnswered, slowest.get(serverOf(question)));
      if (patience === null) return false;
      return (last.get(question.capture) ?? question.time) - question.time + behind < patience;
    };
  };
  return {
    of(flow) {
      if (hasAsked[flow] !== 1) return null;
      const own = byFlow.get(flow);
      if (own === undefined) return null;
      let known = sums.get(flow);
      if (known === undefined) {
        known = sumUp(own, mayComeLater(flow, own));
        sums.set(flow, known);
      }
      return known;
    },
    flows: () => byFlow.keys(),
  };
}

/** Whether an answer may be in what could not be read. */
function isUnread(table: FlowTable, flow: number): boolean {
  const { rows } = table;
  for (const one of [flow, table.reverseOf(flow)])
    for (let row = one < 0 ? -1 : table.firstRow(one); row >= 0; row = rows.next(row))
      if (table.counter.questions.isUnread(row)) return true;
  return false;
}

/** When each capture saw the last packet of a flow, in epoch seconds of its own clock. */
function lastByCapture(table: FlowTable, flow: number): Map<number, number> {
  const { rows } = table;
  const last = new Map<number, number>();
  for (let row = table.firstRow(flow); row >= 0; row = rows.next(row)) {
    const { capture } = table.links.record(table.linkOf(row));
    const time = toSeconds({ seconds: rows.lastSeconds(row), nanos: rows.lastNanos(row) });
    last.set(capture, Math.max(time, last.get(capture) ?? time));
  }
  return last;
}

function isDnsQuestion({ protocol }: KeptQuestion): boolean {
  const number = protocol & PROTOCOL_NUMBER;
  return number === UDP || number === TCP;
}

/** Whom it was asked, as a key. */
function serverOf({ asked, protocol }: KeptQuestion): string {
  return `${protocol}|${asked}`;
}

/** Seconds until silence means something; null where it does at once: echo requests of which none was answered. */
function patienceOf(question: KeptQuestion, isAnswered: boolean, slowest: number | undefined): number | null {
  if (slowest !== undefined && (isAnswered || isDnsQuestion(question))) return PATIENCE * slowest;
  return isDnsQuestion(question) ? DNS_PATIENCE : null;
}

function sumUp(own: readonly KeptQuestion[], mayComeLater: (question: KeptQuestion) => boolean): FlowQuestions {
  const open = own.filter((question) => !question.isAnswered && mayComeLater(question)).length;
  const answered = own.filter(({ isAnswered }) => isAnswered);
  const delays = answered
    .map(({ delay }) => delay)
    .filter((delay) => delay >= 0)
    .sort((a, b) => a - b);
  const asked: Asked = {
    asked: own.length - open,
    answered: answered.length,
    open,
    median: delays[Math.floor((delays.length - 1) / 2)] ?? null,
    slowest: delays.at(-1) ?? null,
  };
  return { asked, dns: own.some(isDnsQuestion) ? dnsFacts(own, asked) : null };
}

function dnsFacts(own: readonly KeptQuestion[], { asked, answered, slowest }: Asked): DnsFacts {
  const codes: Record<string, number> = {};
  for (const { isAnswered, code } of own) {
    if (!isAnswered || code < 0) continue;
    const name = responseCode(code) ?? `RCODE${code}`;
    codes[name] = (codes[name] ?? 0) + 1;
  }
  const names = new Set<string>();
  for (const { name, type } of own) {
    if (names.size >= NAMES_SHOWN) break;
    if (name !== null) names.add(`${recordType(type)} ${name}`);
  }
  return { questions: asked, answered, codes, slowest, unanswered: asked - answered, names: [...names] };
}
