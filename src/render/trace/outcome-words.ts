// How conversations ended, in words: `answered`, `refused by db`, `6 SYN, no answer`, `sent, never arrived`.
import type { Outcome } from '../../attribution/vocabulary.ts';
import { briefName } from '../text/endpoint-names.ts';
import { escapeText } from '../text/escape.ts';
import { formatCompact, formatSeconds } from '../text/format.ts';
import type { Conversation } from './conversations.ts';

/** What a row knows of the ends of its conversations. */
export interface OutcomeTally {
  counts: Map<Outcome | 'unknown', number>;
  /** SYNs of unanswered TCP conversations. */
  syn: number;
  retransmissions: number;
  /** Packets that one end's NIC sent and the other's did not get. */
  lost: number;
  /** Who refused, reset or said that it is unreachable; empty when nobody did. */
  by: string;
  /** Questions of the side that asked first, those of the other side, and how many of each were answered. */
  asked: number;
  answered: number;
  askedBack: number;
  answeredBack: number;
  /** Conversations that ended with an RST and no FIN. */
  resets: number;
  /** Seconds that the slowest answer took. */
  slowest: number;
}

/** An answer that takes as long is slow, in seconds: so long nobody waits on purpose. */
const SLOW = 1;
/** Beside the outcome, so many facts at most. */
const FACTS_SHOWN = 2;

/** Worst first: what people look for. */
const SEVERITY: readonly (Outcome | 'unknown')[] = [
  'sent-never-arrived',
  'no-answer',
  'unreachable',
  'half-open',
  'reset',
  'refused',
  'partly-answered',
  'one-way',
  'unknown',
  'answered',
];

const WORDS: Record<Outcome | 'unknown', { long: string; short: string }> = {
  'sent-never-arrived': { long: 'sent, never arrived', short: 'lost' },
  'no-answer': { long: 'no answer', short: 'no answer' },
  'half-open': { long: 'half-open', short: 'half-open' },
  unreachable: { long: 'unreachable', short: 'unreachable' },
  reset: { long: 'reset', short: 'reset' },
  refused: { long: 'refused', short: 'refused' },
  'partly-answered': { long: 'partly answered', short: 'partly' },
  'one-way': { long: 'one-way seen', short: 'one-way' },
  unknown: { long: '-', short: '-' },
  answered: { long: 'answered', short: 'answered' },
};

export function createOutcomeTally(): OutcomeTally {
  const questions = { asked: 0, answered: 0, askedBack: 0, answeredBack: 0 };
  return { counts: new Map(), syn: 0, retransmissions: 0, lost: 0, by: '', ...questions, resets: 0, slowest: 0 };
}

/** Adds one conversation. */
export function tallyOutcome(tally: OutcomeTally, conversation: Conversation): void {
  const { forward, reverse } = conversation;
  const outcome = outcomeOf(conversation);
  tally.counts.set(outcome, (tally.counts.get(outcome) ?? 0) + 1);
  for (const flow of [forward, reverse]) {
    tally.retransmissions += flow?.tcp?.retransmissions ?? 0;
    const arrival = flow?.arrival;
    if (arrival?.lost) tally.lost += Math.max(0, arrival.sent - arrival.arrived);
  }
  if (outcome === 'no-answer' || outcome === 'half-open') tally.syn += forward?.tcp?.syn ?? 0;
  const wasReset = outcome === 'answered' && isReset(conversation);
  if (wasReset) tally.resets++;
  if (outcome === 'refused' || outcome === 'reset' || outcome === 'unreachable' || wasReset)
    tally.by ||= refuserOf(conversation);
  const [asked, askedBack] = [forward?.asked, reverse?.asked];
  tally.asked += asked?.asked ?? 0;
  tally.answered += asked?.answered ?? 0;
  tally.askedBack += askedBack?.asked ?? 0;
  tally.answeredBack += askedBack?.answered ?? 0;
  tally.slowest = Math.max(tally.slowest, slowestOf(conversation));
}

/** Whether there is nothing to say but that it was answered. */
export function isPlainlyAnswered(conversation: Conversation): boolean {
  if (outcomeOf(conversation) !== 'answered') return false;
  const { forward, reverse } = conversation;
  const isWhole = [forward, reverse].every((flow) => (flow?.tcp?.retransmissions ?? 0) === 0 && !flow?.arrival?.lost);
  return isWhole && !isReset(conversation) && slowestOf(conversation) < SLOW;
}

/** Without a FIN before: one that follows both FINs only tidies up. */
function isReset({ forward, reverse }: Conversation): boolean {
  const [one, other] = [forward?.tcp, reverse?.tcp];
  return (one?.rst ?? 0) + (other?.rst ?? 0) > 0 && (one?.fin ?? 0) + (other?.fin ?? 0) === 0;
}

function slowestOf({ forward, reverse }: Conversation): number {
  const first = forward ?? reverse;
  // of TCP, both directions tell the same
  if (first === null || first.protocol === 'tcp') return first?.slowest ?? 0;
  return Math.max(first.slowest, reverse?.slowest ?? 0);
}

/** The worst of the two directions, by what people look for; `unknown` when neither says. */
export function outcomeOf(conversation: Conversation): Outcome | 'unknown' {
  const outcomes = [conversation.forward?.outcome, conversation.reverse?.outcome];
  return SEVERITY.find((outcome) => outcomes.includes(outcome as Outcome)) ?? 'unknown';
}

const LOSSES: ReadonlySet<Outcome | null> = new Set([
  'sent-never-arrived',
  'partly-answered',
  'half-open',
  'unreachable',
]);

/** Whether packets of it did not get through by what became of them; causes may tell more. */
export function isLost({ forward, reverse }: Conversation): boolean {
  return [forward, reverse].some((flow) => flow !== null && (LOSSES.has(flow.outcome) || flow.arrival?.lost === true));
}

/** 0 for a failure that needs a look, rising to 9 for an answer. */
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
  switch (outcome) {
    case 'no-answer':
      if (tally.syn > 0) return { ...words, long: `${formatCompact(tally.syn)} SYN, no answer` };
      return tally.asked + tally.askedBack > 0 ? { ...words, long: questionsText(tally) } : words;
    case 'half-open':
      return { ...words, long: `${formatCompact(tally.syn)} SYN, answered, no ACK` };
    case 'partly-answered':
      if (tally.asked + tally.askedBack === 0)
        return { long: withFacts('answered, then no ACK', tally), short: 'then no ACK' };
      return {
        long: withFacts(questionsText(tally), { ...tally, lost: 0 }),
        short: shareText(tally.asked, tally.answered),
      };
    case 'unreachable':
      return tally.by === '' ? words : { ...words, long: `${words.long}, says ${tally.by}` };
    case 'answered':
      return { long: withFacts(words.long, tally), short: shortFact(tally) ?? words.short };
    default:
      return tally.by === '' ? words : { ...words, long: `${words.long} by ${tally.by}` };
  }
}

/** `2 of 4 answered`; where both sides asked, `0 of 5 answered, 3 of 3 back`. */
function questionsText({ asked, answered, askedBack, answeredBack }: OutcomeTally): string {
  if (asked === 0) return `${shareText(askedBack, answeredBack)} answered`;
  const there = `${shareText(asked, answered)} answered`;
  return askedBack === 0 ? there : `${there}, ${shareText(askedBack, answeredBack)} back`;
}

function shareText(asked: number, answered: number): string {
  return `${formatCompact(answered)} of ${formatCompact(asked)}`;
}

/** What else is worth a look, the gravest first. */
function withFacts(text: string, { lost, slowest, resets, by, retransmissions }: OutcomeTally): string {
  const facts = [
    lost > 0 ? `${formatCompact(lost)} never arrived` : null,
    slowest >= SLOW ? `slow (${formatSeconds(slowest)})` : null,
    resets > 0 ? `reset${by === '' ? '' : ` by ${by}`}` : null,
    // what was lost was sent again
    retransmissions > 0 && lost === 0 ? `${formatCompact(retransmissions)} resent` : null,
  ].filter((fact) => fact !== null);
  return [text, ...facts.slice(0, FACTS_SHOWN)].join(', ');
}

function shortFact({ lost, slowest, resets }: OutcomeTally): string | null {
  if (lost > 0) return `${formatCompact(lost)} lost`;
  if (slowest >= SLOW) return 'slow';
  return resets > 0 ? 'reset' : null;
}

/** The side that ended it: where nobody worked that out, the server, unless only the client sent an RST. */
function refuserOf({ forward, reverse }: Conversation): string {
  const by = forward?.exchange?.by ?? reverse?.exchange?.by ?? null;
  if (by !== null) return escapeText(by.name ?? by.ip);
  const sender = [reverse, forward].find((flow) => (flow?.tcp?.rst ?? 0) > 0) ?? reverse;
  return sender === null ? '' : briefName(sender.src);
}
