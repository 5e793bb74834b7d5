// A capture, its trace and a seed -> questions with exactly one right answer each.
import { shellWord } from '../cluster/shell.ts';
import type { Explanation } from '../explain/explanation.ts';
import { addUnder } from '../net/multi-map.ts';
import type { Topology } from '../topology/model.ts';
import type { Cause, Trace } from '../verdict/trace-types.ts';
import { type Draft, packetQuestions } from './packet-questions.ts';
import type { Question } from './question.ts';
import { createRandom, type Random } from './random.ts';

/** Choices of a question. */
const CHOICES = 4;
/** Packets looked at for each question that is asked for: more than one kind of question is about each. */
const PACKETS_EACH = 3;

/** A packet that questions may be about: the capture's index and the packet's number. */
export interface QuizPacket {
  capture: number;
  number: number;
}

export interface QuizRequest {
  trace: Trace;
  topology: Topology | null;
  /** What of the snapshot was named, for commands. */
  snapshot: readonly string[];
  seed: number;
  count: number;
  /** Reads and explains a packet. */
  explain: (packet: QuizPacket) => Promise<Explanation>;
}

/**
 * Questions, always the same for the same captures, snapshot and seed; fewer where the captures give no more. Kinds take turns, and no
 * question is asked twice.
 */
export async function makeQuiz({ trace, topology, snapshot, seed, count, explain }: QuizRequest): Promise<Question[]> {
  const random = createRandom(seed);
  const given = snapshot.map((one) => ` -t ${shellWord(one)}`).join('');
  const drafts: Draft[] = trace.causes.flatMap((cause) => causeQuestion(cause, trace, given));
  for (const packet of pickPackets(trace, random, count * PACKETS_EACH))
    drafts.push(...packetQuestions(await explain(packet), topology, given));
  const questions = inTurns(drafts, random).flatMap((draft) => withChoices(draft, random));
  return questions.slice(0, count);
}

/** First packets of what was seen at places, of flows here and there in the captures. */
function pickPackets(trace: Trace, random: Random, most: number): QuizPacket[] {
  const step = Math.max(1, Math.floor(trace.flowCount / Math.max(1, most)));
  const found: QuizPacket[] = [];
  let i = random.below(step);
  for (const flow of trace.flows()) {
    if (i-- > 0) continue;
    i = step - 1;
    const seen = flow.observations[random.below(Math.max(1, flow.observations.length))];
    if (seen !== undefined) found.push({ capture: seen.capture, number: seen.firstPacket });
  }
  return random.shuffled(found).slice(0, most);
}

const TABLES = {
  pool: 'the IPPool',
  route: 'the route',
  neighbour: 'the neighbour entry',
  fdb: 'the FDB entry',
  device: 'the VXLAN device',
} as const;

/** Where one table of the sender is wrong, and the others were given and are right. */
function causeQuestion(cause: Cause, trace: Trace, given: string): Draft[] {
  const wrong = cause.chain.filter(({ status }) => status === 'wrong' || status === 'missing');
  const [step] = wrong;
  if (step === undefined || wrong.length > 1 || cause.fromNode === null) return [];
  const right = cause.chain.filter(({ status }) => status === 'ok');
  if (right.length < 2) return [];
  const { chain: _chain, firstPacket, capture } = cause;
  const path = capture === null ? undefined : trace.captures[capture]?.path;
  const paths = trace.captures.map((one) => shellWord(one.path)).join(' ');
  const where = step.ref === null ? '' : ` (${step.ref.file}:${step.ref.line})`;
  const lookAt = path === undefined || firstPacket === null ? '' : ` Look at packet ${firstPacket}.`;
  return [
    {
      kind: 'wrong-table',
      packet: path === undefined || firstPacket === null ? null : { path, number: firstPacket },
      text: `What ${cause.fromNode} sends for ${cause.toNode ?? 'a pod'} does not get there as it should.${lookAt} Which of the sender's tables is wrong?`,
      right: TABLES[step.table],
      wrong: Object.values(TABLES),
      feedback: `${step.text ?? 'There is no entry'}${where}${step.note === null ? '' : `: ${step.note}`}.`,
      bytes: null,
      look: `overlens trace ${paths}${given} --finding ${cause.id}`,
    },
  ];
}

/** One of each kind, then the next of each; the same text is there once. */
function inTurns(drafts: readonly Draft[], random: Random): Draft[] {
  const byKind = new Map<string, Draft[]>();
  const known = new Set<string>();
  for (const draft of random.shuffled(drafts)) {
    // another packet of the same tunnel asks for the same number
    const key = `${draft.kind} ${draft.right}`;
    if (known.has(key)) continue;
    known.add(key);
    addUnder(byKind, draft.kind, draft);
  }
  const kinds = random.shuffled([...byKind.values()]);
  const rounds = Math.max(0, ...kinds.map((list) => list.length));
  return Array.from({ length: rounds }, (_, round) => kinds.flatMap((list) => list[round] ?? [])).flat();
}

/** Null of wrong answers that differ from the right one, there is nothing to choose. */
function withChoices({ right, wrong, ...draft }: Draft, random: Random): Question[] {
  const others = [...new Set(wrong)].filter((text) => text !== right);
  if (others.length === 0) return [];
  const choices = random.shuffled([right, ...random.shuffled(others).slice(0, CHOICES - 1)]);
  return [{ ...draft, choices, answer: choices.indexOf(right) }];
}
