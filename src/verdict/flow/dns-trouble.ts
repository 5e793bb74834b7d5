// DNS queries that got no answer, or one that helps nobody. A name that does not exist is a fact, not trouble: with a search list most
// questions end so. Where every question of a pod does, its server knows nothing of the cluster, or it asks for what is not there.

import type { QuestionsByFlow } from '../../attribution/exchange/questions-by-flow.ts';
import type { DnsFacts } from '../../attribution/vocabulary.ts';
import type { FlowTable } from '../../flow/flow-table.ts';

/** Queries of one asker to one server, all its flows together. */
export type DnsPair = Pick<DnsFacts, 'questions' | 'unanswered' | 'codes'>;

export interface DnsTroubles {
  /** All that the flow's asker asked its server, if something is wrong with what the flow itself asked; else null. */
  of(flow: number): DnsPair | null;
}

/** Fewer that all have no such name are one lookup with a search list. */
const ENOUGH_UNKNOWN = 6;
const UNKNOWN = 'NXDOMAIN';
const REFUSALS = ['SERVFAIL', 'REFUSED'] as const;

export function dnsTroubles(
  table: FlowTable,
  questions: QuestionsByFlow,
  reverseVisible: (flow: number) => boolean,
): DnsTroubles {
  let pairs: ReadonlyMap<string, DnsPair> | null = null;
  return {
    of(flow) {
      const dns = questions.of(flow)?.dns ?? null;
      if (dns === null) return null;
      pairs ??= sumsOfPairs(table, questions);
      const pair = pairs.get(pairOf(table, flow)) ?? dns;
      const isSilent = dns.unanswered > 0 && reverseVisible(flow);
      const isRefused = REFUSALS.some((code) => (dns.codes[code] ?? 0) > 0);
      return isSilent || isRefused || asksInVain(pair) ? pair : null;
    },
  };
}

/** Whether every question was about a name that does not exist. */
function asksInVain({ questions, codes }: DnsPair): boolean {
  const unknown = codes[UNKNOWN] ?? 0;
  return unknown >= ENOUGH_UNKNOWN && unknown === questions;
}

/** `coredns answers none of 12 questions of shop/web`. */
export function dnsSentence(server: string, asker: string, { questions, unanswered, codes }: DnsPair): string {
  const asked = `${questions} ${questions === 1 ? 'question' : 'questions'} of ${asker}`;
  if (unanswered === questions)
    return questions === 1 ? `${server} does not answer ${asked}` : `${server} answers none of ${asked}`;
  if (unanswered > 0) return `${server} leaves ${unanswered} of ${asked} without an answer`;
  const code = [...REFUSALS, UNKNOWN].find((one) => (codes[one] ?? 0) > 0) ?? UNKNOWN;
  const count = codes[code] ?? 0;
  return `${server} answers ${code} to ${count === questions ? (count === 1 ? '' : 'all ') : `${count} of `}${asked}`;
}

function sumsOfPairs(table: FlowTable, questions: QuestionsByFlow): Map<string, DnsPair> {
  const pairs = new Map<string, { questions: number; unanswered: number; codes: Record<string, number> }>();
  for (const flow of questions.flows()) {
    const dns = questions.of(flow)?.dns ?? null;
    if (dns === null) continue;
    const pair = pairs.get(pairOf(table, flow)) ?? { questions: 0, unanswered: 0, codes: {} };
    pairs.set(pairOf(table, flow), pair);
    pair.questions += dns.questions;
    pair.unanswered += dns.unanswered;
    for (const [code, count] of Object.entries(dns.codes)) pair.codes[code] = (pair.codes[code] ?? 0) + count;
  }
  return pairs;
}

function pairOf(table: FlowTable, flow: number): string {
  return `${table.familyOf(flow)}|${table.sourceWord(flow)}|${table.destinationWord(flow)}`;
}
