// DNS messages of which the snaplen left the identification and cut off the name: a copy in one more tunnel, or the question where the
// answer came without one. They are those with the same identification whose names were read.

import type { KeptQuestion } from './kept-question.ts';

/** @yields each question once; one of which no place shows a name stays as it is */
export function* joinCutNames(questions: Iterable<KeptQuestion>): Generator<KeptQuestion> {
  const all = [...questions];
  const cut = new Map<string, KeptQuestion>();
  for (const question of all) if (question.isNameCut) cut.set(keyOf(question), question);
  if (cut.size === 0) {
    yield* all;
    return;
  }
  const named = new Map<string, number>();
  for (const question of all) {
    const key = keyOf(question);
    if (!question.isNameCut && cut.has(key)) named.set(key, (named.get(key) ?? 0) + 1);
  }
  for (const question of all) {
    const key = keyOf(question);
    const other = cut.get(key);
    if (other === undefined || !named.has(key)) yield question;
    else if (question !== other) yield joined(question, other, named.get(key) === 1);
  }
}

function keyOf({ asker, asked, ports, protocol, id, turn }: KeptQuestion): string {
  return [asker, asked, ports, protocol, id, turn].join('|');
}

/** @param isOnly nothing else has the identification: else the answer is of any of them, which then may be answered */
function joined(question: KeptQuestion, cut: KeptQuestion, isOnly: boolean): KeptQuestion {
  const { capture, time } = !question.isSent && cut.isSent && isOnly ? cut : question;
  return {
    ...{ ...question, capture, time },
    isSent: question.isSent || (cut.isSent && isOnly),
    isAnswered: question.isAnswered || cut.isAnswered,
    delay: Number.isNaN(question.delay) && isOnly ? cut.delay : question.delay,
    code: question.code < 0 ? cut.code : question.code,
  };
}
