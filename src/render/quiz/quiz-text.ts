// A quiz as text: numbered questions with lettered choices, and the answers apart from them.
import type { Question } from '../../quiz/question.ts';
import { escapeText } from '../text/escape.ts';
import { wrapWords } from '../text/text-width.ts';

const LETTERS = 'abcdefgh';

export function letterOf(choice: number): string {
  return LETTERS[choice] ?? '?';
}

/** Index of a choice by its letter, number (from 1) or own text; -1 for none of them. */
export function choiceOf({ choices }: Question, typed: string): number {
  const text = typed.trim().toLowerCase();
  const letter = text.length === 1 ? LETTERS.indexOf(text) : -1;
  if (letter >= 0 && letter < choices.length) return letter;
  const asIs = choices.findIndex((choice) => choice.toLowerCase() === text);
  if (asIs >= 0) return asIs;
  const number = /^\d$/.test(text) ? Number(text) - 1 : -1;
  return number < choices.length ? number : -1;
}

export function questionLines(question: Question, number: number, width: number): string[] {
  const head = `${number}. `;
  const text = wrapWords(escapeText(question.text), width - head.length);
  return [
    ...text.map((line, i) => (i === 0 ? head : ' '.repeat(head.length)) + line),
    ...question.choices.map((choice, i) => `   ${letterOf(i)}) ${escapeText(choice)}`),
    ...(question.packet === null ? [] : [`   ${escapeText(question.look)}`]),
  ];
}

/** Why the right answer is right, with the bytes that show it. */
export function feedbackLines(question: Question, width: number): string[] {
  const { bytes, feedback } = question;
  const where =
    bytes === null
      ? []
      : [`Bytes ${bytes.offset} to ${bytes.offset + bytes.length - 1} (${bytes.field}): ${bytes.hex}`];
  return [feedback, ...where].flatMap((text) => wrapWords(escapeText(text), width - 3).map((line) => `   ${line}`));
}

/** All questions, and behind them the answers, if they are wanted. */
export function* renderQuizText(questions: readonly Question[], width: number, answers: boolean): Generator<string> {
  for (const [i, question] of questions.entries()) yield `${questionLines(question, i + 1, width).join('\n')}\n\n`;
  if (!answers) return;
  yield 'Answers\n\n';
  for (const [i, question] of questions.entries()) {
    const right = `${i + 1}. ${letterOf(question.answer)}) ${escapeText(question.choices[question.answer] ?? '')}`;
    yield `${[right, ...feedbackLines(question, width)].join('\n')}\n`;
  }
}
