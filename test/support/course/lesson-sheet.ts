// A lesson's sheet to print: what is to be predicted and asked, with room to write; or the same with what the commands show and the answers.
import { Marked, type Token, type Tokens } from 'marked';
import { documentHead } from '../../../src/render/page/document-head.ts';
import { THEME } from '../../../src/render/page/theme.ts';
import { escapeXml } from '../../../src/render/text/escape.ts';
import { exercisesOf, type LessonExercises, type LessonQuestion, type Prediction } from './lesson-exercises.ts';

const STYLE = `${THEME}
*{box-sizing:border-box}
body{margin:0 auto;max-width:48rem;padding:1rem;background:var(--page);color:var(--ink);font:16px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
h1{font-size:1.3rem;margin:0 0 .25rem}
h2{font-size:1.1rem;margin:1.5rem 0 .5rem}
h3{font-size:1rem;margin:.75rem 0 .25rem}
a{color:inherit}
p{margin:.3rem 0}
ol{margin:.3rem 0;padding-left:1.4rem}
.who{display:flex;gap:2rem;color:var(--soft);margin:.5rem 0 1rem}
.who span{flex:1;border-bottom:1px solid var(--line);padding-top:1rem}
.step{margin:0 0 1.1rem}
.room{border:1px solid var(--line);border-radius:4px;padding:.15rem .5rem 0;margin:.35rem 0}
.room small{color:var(--soft)}
.room i{display:block;height:1.9rem;border-bottom:1px dotted var(--line)}
.room i:last-child{border-bottom:0}
.answer{border-left:4px solid var(--line);padding-left:.75rem;margin:.35rem 0}
code,pre{font-family:"DejaVu Sans Mono",Menlo,Consolas,"Liberation Mono",monospace;font-size:.8rem;overflow-wrap:anywhere}
pre{margin:.35rem 0;padding:.4rem .5rem;background:var(--panel);white-space:pre-wrap;line-height:1.3}
pre.console{white-space:pre;overflow-x:auto}
pre:focus-visible{outline:2px solid var(--ink)}
@page{size:A4;margin:14mm 15mm}
@media print{
  body{max-width:none;padding:0;font-size:10.5pt}
  pre,pre.console{font-size:7.6pt;background:none;border:1px solid var(--line);white-space:pre-wrap}
  h2,h3{break-after:avoid}
  .step.short,.room,.answer p{break-inside:avoid}
  .room i{height:6.6mm}
  .step{margin-bottom:.75rem}
}
`;

/** Lines to write on. */
const LINES = { prediction: 2, seen: 2, answer: 3 } as const;
/** Longer outputs may be cut by the end of a page. */
const LONGEST_WHOLE = 30;

/**
 * One HTML file: no script, nothing from elsewhere.
 * @param lesson the lesson's file, in the folder above the sheet's: where its links lead from
 */
export function lessonSheet(lesson: string, markdown: string, { answers }: { answers: boolean }): string {
  const exercises = exercisesOf(markdown);
  const show = rendererOf(lesson);
  const kind = answers ? 'Exercises with answers' : 'Exercises';
  return `${documentHead({ title: `${exercises.title}: ${kind.toLowerCase()}`, style: STYLE })}<h1>${show.inline(exercises.title)}</h1>
<p>${kind}. Goal: ${show.inline(exercises.goal)}</p>
${answers ? '' : '<p class="who"><span>Name</span><span>Date</span></p>\n'}${bodyOf(exercises, show, answers)}</main>
</body>
</html>
`;
}

interface Renderer {
  blocks(tokens: readonly Token[]): string;
  inline(markdown: string): string;
}

/** Links lead from the sheet's folder; no raw HTML comes through. */
function rendererOf(lesson: string): Renderer {
  const marked = new Marked({
    renderer: {
      link({ href, tokens }: Tokens.Link): string {
        const to = href.startsWith('#') ? `../${lesson}${href}` : /^[a-z]+:/.test(href) ? href : `../${href}`;
        return `<a href="${escapeXml(to)}">${this.parser.parseInline(tokens)}</a>`;
      },
      // a console keeps its columns: it scrolls where it is too wide, by keyboard too
      code: ({ text }: Tokens.Code): string =>
        `<pre class="console" tabindex="0">${text.split('\n').map(escapeXml).join('\n')}</pre>`,
      html: ({ text }: Tokens.HTML | Tokens.Tag): string => escapeXml(text),
    },
  });
  return {
    blocks: (tokens) => marked.parser([...tokens]),
    inline: (markdown) => marked.parseInline(markdown, { async: false }),
  };
}

function bodyOf({ predictions, questions }: LessonExercises, show: Renderer, answers: boolean): string {
  return `<h2>Predict, then look</h2>
<p>${answers ? 'What the commands show, and why.' : 'Write down what you expect. Only then type the command, in the top folder of the repository, and compare.'}</p>
${predictions.map((one) => predictionStep(one, show, answers)).join('\n')}
<section>
<h2>Questions</h2>
${questions.map((one) => questionStep(one, show, answers)).join('\n')}
</section>
`;
}

function predictionStep({ section, asked, commands, answer }: Prediction, show: Renderer, answers: boolean): string {
  const tried = answers
    ? answered(answer, show)
    : `${room('I expect', LINES.prediction)}
<pre>${commands.map(escapeXml).join('\n')}</pre>
${room('I saw, and where I was wrong', LINES.seen)}`;
  const head = section === '' ? '' : `<h3>${show.inline(section)}</h3>\n`;
  return step(`${head}${show.blocks(asked)}${tried}`, answer, answers);
}

function questionStep({ number, asked, answer }: LessonQuestion, show: Renderer, answers: boolean): string {
  const text = `<ol start="${number}"><li>${show.blocks(asked)}</li></ol>\n`;
  return step(`${text}${answers ? answered(answer, show) : room('', LINES.answer)}`, answer, answers);
}

function step(html: string, answer: readonly Token[], answers: boolean): string {
  const lines = answer.map(({ raw }) => raw.split('\n').length).reduce((sum, one) => sum + one, 0);
  return `<div class="step${!answers || lines <= LONGEST_WHOLE ? ' short' : ''}">\n${html}\n</div>`;
}

function answered(tokens: readonly Token[], show: Renderer): string {
  return `<div class="answer">${show.blocks(tokens)}</div>`;
}

function room(label: string, lines: number): string {
  const head = label === '' ? '' : `<small>${escapeXml(label)}</small>`;
  return `<div class="room">${head}${'<i></i>'.repeat(lines)}</div>`;
}
