// A quiz in GIFT, which Moodle imports: a question a paragraph, `=` before what is right, `~` before what is wrong.
import type { Question } from '../../quiz/question.ts';
import { escapeText } from '../text/escape.ts';

export function* renderQuizGift(questions: readonly Question[]): Generator<string> {
  for (const [i, question] of questions.entries()) {
    const { choices, answer, bytes, text, look, packet } = question;
    const where = bytes === null ? '' : ` Bytes ${bytes.offset} to ${bytes.offset + bytes.length - 1}: ${bytes.hex}.`;
    const asked = packet === null ? text : `${text} (${look})`;
    const lines = choices.map((choice, at) => `  ${at === answer ? '=' : '~'}${gift(choice)}`);
    const feedback = `  ####${gift(question.feedback + where)}`;
    yield `::${i + 1} ${gift(question.kind)}::${gift(asked)} {\n${lines.join('\n')}\n${feedback}\n}\n\n`;
  }
}

/** Moodle: these characters are its own, and get a backslash. */
function gift(text: string): string {
  return escapeText(text)
    .replaceAll('\\', '\\\\')
    .replaceAll(/[~=#{}:]/g, '\\$&');
}
