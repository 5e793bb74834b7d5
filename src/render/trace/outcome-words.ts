// How conversations ended, in words: `answered`, `refused by db`, `6 SYN, no answer`, `sent, never arrived`.
import type { Outcome } from '../../attribution/vocabulary.ts';
import { briefName } from '../text/endpoint-names.ts';
import { formatCompact } from '../text/format.ts';
import type { Conversation } from './conversations.ts';

/** What a row knows of the ends of its conversations. */
export interface OutcomeTally {
  counts: Map<Outcome | 'unknown', number>;
  /** SYNs of unanswered TCP conversations. */
  syn: number;
  retransmissions: number;
  /** Packets that one end's NIC sent and the other's did not get. */
  lost: number;
  /** Who refused or reset; empty when nobody did. */
  by: string;
}

/** Worst first: what people look for. */
const SEVERITY: readonly (Outcome | 'unknown')[] = [
  'sent-never-arrived',
  'no-answer',
  'half-open',
  'reset',
  'refused',
  'one-way',
  'unknown',
  'answered',
];

const WORDS: Record<Outcome | 'unknown', { long: string; short: string }> = {
  'sent-never-arrived': { long: 'sent, never arrived', short: 'lost' },
  'no-answer': { long: 'no answer', short: 'no answer' },
  'half-open': { long: 'half-open', short: 'half-open' },
  reset: { long: 'reset', short: 'reset' },
  refused: { long: 'refused', short: 'refused' },
  'one-way': { long: 'one-way seen', short: 'one-way' },
  unknown: { long: '-', short: '-' },
  answered: { long: 'answered', short: 'answered' },
};

export function createOutcomeTally(): OutcomeTally {
  return { counts: new Map(), syn: 0, retransmissions: 0, lost: 0, by: '' };
}

/** Adds one conversation. */
export function tallyOutcome(tally: OutcomeTally, conversation: Conversation): void {
  const outcome = outcomeOf(conversation);
  tally.counts.set(outcome, (tally.counts.get(outcome) ?? 0) + 1);
  for (const flow of [conversation.forward, conversation.reverse]) {
    tally.retransmissions += flow?.tcp?.retransmissions ?? 0;
    const arrival = flow?.arrival;
    if (arrival?.lost) tally.lost += Math.max(0, arrival.sent - arrival.arrived);
  }
  if (outcome === 'no-answer' || outcome === 'half-open') tally.syn += conversation.forward?.tcp?.syn ?? 0;
  if (outcome === 'refused' || outcome === 'reset') tally.by ||= refuserOf(conversation);
}

/** The worst of the two directions, by what people look for; `unknown` when neither says. */
export function outcomeOf(conversation: Conversation): Outcome | 'unknown' {
  const outcomes = [conversation.forward?.outcome, conversation.reverse?.outcome];
  return SEVERITY.find((outcome) => outcomes.includes(outcome as Outcome)) ?? 'unknown';
}

/** Whether packets of it did not get through by what became of them; causes may tell more. */
export function isLost({ forward, reverse }: Conversation): boolean {
  return [forward, reverse].some((flow) => flow?.outcome === 'sent-never-arrived');
}

/** 0 for a failure that needs a look, rising to 7 for an answer. */
export function outcomeRank(conversation: Conversation): number {
  return SEVERITY.indexOf(outcomeOf(conversation));
}

/** One cell; `short` is for narrow terminals. */
export function outcomeText(tally: OutcomeTally): { long: string; short: string } {
  const kinds = SEVERITY.filter((outcome) => tally.counts.has(outcome));
  if (kinds.length !== 1) {
    const parts = kinds.map((kind) => ({ count: formatCompact(tally.counts.get(kind) ?? 0), words: WORDS[kind] }));
    return {
      long: parts.map(({ count, words }) => `${count} ${words.long}`).join(', '),
      short: parts.map(({ count, words }) => `${count} ${words.short}`).join(', '),
    };
  }
  return describe(kinds[0] ?? 'unknown', tally);
}

function describe(outcome: Outcome | 'unknown', tally: OutcomeTally): { long: string; short: string } {
  const words = WORDS[outcome];
  if (outcome === 'no-answer' && tally.syn > 0) return { ...words, long: `${formatCompact(tally.syn)} SYN, no answer` };
  if (outcome === 'half-open') return { ...words, long: `${formatCompact(tally.syn)} SYN, answered, no ACK` };
  if (tally.by !== '') return { ...words, long: `${words.long} by ${tally.by}` };
  if (outcome === 'answered' && tally.lost > 0) {
    const lost = formatCompact(tally.lost);
    return { long: `answered, ${lost} never arrived`, short: `${lost} lost` };
  }
  if (outcome === 'answered' && tally.retransmissions > 0) {
    return { ...words, long: `answered, ${formatCompact(tally.retransmissions)} resent` };
  }
  return words;
}

/** The side that sent the RST: the server, unless only the client did. */
function refuserOf({ forward, reverse }: Conversation): string {
  const sender = [reverse, forward].find((flow) => (flow?.tcp?.rst ?? 0) > 0) ?? reverse;
  return sender === null ? '' : briefName(sender.src);
}
