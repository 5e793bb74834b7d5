// A quiz as a sheet to print: questions with boxes to tick; with answers, these on a page of their own.
import type { Question } from '../../quiz/question.ts';
import { documentHead } from '../page/document-head.ts';
import { HTML_STYLE } from '../page/html-style.ts';
import { escapeXml } from '../text/escape.ts';
import { letterOf } from './quiz-text.ts';

const STYLE = `${HTML_STYLE}
ol.quiz>li{margin:0 0 1.25rem;break-inside:avoid}
ol.quiz ul{list-style:none;padding:0;margin:.3rem 0}
ol.quiz .box{display:inline-block;width:.85em;height:.85em;border:1px solid var(--ink);margin-right:.5em}
.answers{break-before:page}
`;

export function renderQuizPage(questions: readonly Question[], answers: boolean): string {
  const items = questions.map(
    ({ text, choices, packet, look }) => `<li><p>${escapeXml(text)}</p>
<ul>${choices.map((choice, i) => `<li><span class="box" aria-hidden="true"></span>${letterOf(i)}) ${escapeXml(choice)}</li>`).join('')}</ul>
${packet === null ? '' : `<p><code>${escapeXml(look)}</code></p>`}</li>`,
  );
  return `${documentHead({ title: 'Quiz on a capture', style: STYLE })}<h1>Quiz: ${questions.length} questions on a capture</h1>
<ol class="quiz">
${items.join('\n')}
</ol>
${answers ? answersPart(questions) : ''}</main>
</body>
</html>
`;
}

function answersPart(questions: readonly Question[]): string {
  const items = questions.map(({ choices, answer, feedback, bytes }) => {
    const where =
      bytes === null
        ? ''
        : ` Bytes ${bytes.offset} to ${bytes.offset + bytes.length - 1}: <code>${escapeXml(bytes.hex)}</code>.`;
    return `<li><strong>${letterOf(answer)}) ${escapeXml(choices[answer] ?? '')}</strong><br>${escapeXml(feedback)}${where}</li>`;
  });
  return `<section class="answers"><h2>Answers</h2><ol>${items.join('\n')}</ol></section>\n`;
}
