// `overlens quiz`: questions made of a capture. On a terminal it asks; elsewhere it prints a sheet.

import { makeQuiz } from '../../quiz/make-quiz.ts';
import type { Question } from '../../quiz/question.ts';
import { renderQuizGift } from '../../render/quiz/quiz-gift.ts';
import { renderQuizPage } from '../../render/quiz/quiz-page.ts';
import { choiceOf, feedbackLines, letterOf, questionLines, renderQuizText } from '../../render/quiz/quiz-text.ts';
import { escapeText, stringifyJson } from '../../render/text/escape.ts';
import { checkTraceOptions, type RawTraceOptions } from '../declare/trace-options.ts';
import type { ExitCode } from '../exit-codes.ts';
import { explain, openSession, type Session, snapshotArguments } from '../explain/explain-session.ts';
import { sortInputs } from '../inputs/sort-inputs.ts';
import { spoolCaptures } from '../inputs/spool.ts';
import { type Io, writeAll } from '../io.ts';
import { usageError } from '../report-error.ts';
import { reportReading } from '../run-trace.ts';
import type { Stages } from '../stages.ts';
import { widthOf } from '../terminal.ts';
import { parseChoice, parseInteger } from '../values.ts';

export const QUIZ_SCHEMA = 'overlens.quiz/1';

export interface RawQuizCommand extends RawTraceOptions {
  seed: string;
  count: string;
  answers?: boolean;
  output: string;
}

export async function runQuiz(
  operands: readonly string[],
  raw: RawQuizCommand,
  commands: readonly string[],
  io: Io,
  stages: Stages,
): Promise<ExitCode> {
  const output = parseChoice('-o', raw.output, ['text', 'json', 'html', 'gift']);
  const seed = parseInteger('--seed', raw.seed, 0, 2 ** 31);
  const count = parseInteger('--count', raw.count, 1, 1000);
  const options = await sortInputs(checkTraceOptions(operands, raw), commands, io);
  const spooled = await spoolCaptures(options.captures, io.signal);
  try {
    const session = await openSession(options, spooled.paths, io, stages, { kept: null, early: null });
    const questions = await questionsOf(session, { snapshot: snapshotArguments(options), seed, count });
    if (questions.length === 0)
      throw usageError(
        'nothing in these captures can be asked about',
        'a quiz needs packets of pods, better in a tunnel, and a snapshot (-t)',
      );
    const answers = raw.answers === true;
    if (output === 'text' && io.ask !== undefined && !answers) await ask(questions, io);
    else await writeAll(io.stdout, piecesOf(questions, { output, answers, seed, width: widthOf(io) }));
    return await reportReading(session.run, io);
  } finally {
    await spooled.remove();
  }
}

function questionsOf(
  session: Session,
  asked: { snapshot: readonly string[]; seed: number; count: number },
): Promise<Question[]> {
  const { trace, topology } = session.run;
  return makeQuiz({
    ...{ trace, topology, ...asked },
    explain: ({ capture, number }) => explain(session, { capture, number, by: 'number', text: '' }),
  });
}

interface Sheet {
  output: 'text' | 'json' | 'html' | 'gift';
  answers: boolean;
  seed: number;
  width: number;
}

function piecesOf(questions: readonly Question[], { output, answers, seed, width }: Sheet): Iterable<string> {
  switch (output) {
    case 'text':
      return renderQuizText(questions, width, answers);
    case 'json':
      return [`${stringifyJson({ schema: QUIZ_SCHEMA, seed, questions }, 2)}\n`];
    case 'html':
      return [renderQuizPage(questions, answers)];
    case 'gift':
      return renderQuizGift(questions);
  }
}

/** One after the other; the end of input, or Ctrl-C, ends it with what was answered so far. */
async function ask(questions: readonly Question[], io: Io): Promise<void> {
  const width = widthOf(io);
  io.live?.();
  let [asked, right] = [0, 0];
  for (const [i, question] of questions.entries()) {
    await writeAll(io.stdout, [`${questionLines(question, i + 1, width).join('\n')}\n`]);
    const choice = await answerTo(question, io);
    if (choice === null) break;
    asked++;
    const isRight = choice === question.answer;
    if (isRight) right++;
    const said = isRight
      ? '   Right.'
      : `   No: ${letterOf(question.answer)}) ${escapeText(question.choices[question.answer] ?? '')}`;
    await writeAll(io.stdout, [`${[said, ...feedbackLines(question, width)].join('\n')}\n\n`]);
  }
  // behind a prompt that was not answered
  const isCutShort = asked < questions.length;
  await writeAll(io.stdout, [`${isCutShort ? '\n' : ''}${right} of ${asked} right.\n`]);
}

/** Null at the end of input. */
async function answerTo(question: Question, io: Io): Promise<number | null> {
  for (;;) {
    const typed = (await io.ask?.('   your answer: ')) ?? null;
    if (typed === null || io.signal.aborted) return null;
    const choice = choiceOf(question, typed);
    if (choice >= 0) return choice;
    const last = letterOf(question.choices.length - 1);
    await writeAll(io.stdout, [`   type a letter from a to ${last}, or Ctrl-D to end\n`]);
  }
}
