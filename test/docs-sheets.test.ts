// The course's sheets to print: made of the lessons (`npm run docs`), without an answer on those that ask, and clean on A4.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isMissing, newPage } from './browser/page-in-browser.ts';
import { exercisesOf } from './support/course/lesson-exercises.ts';
import { COURSE, SHEETS, sheets } from './support/course/write-sheets.ts';
import { examplesOf } from './support/doc-examples.ts';

const MADE = sheets();
const LESSONS = readdirSync(COURSE).filter((name) => /^\d\d-.*\.md$/.test(name));
const textOf = (lesson: string): string => readFileSync(`${COURSE}/${lesson}`, 'utf8');
const sheetOf = (lesson: string, ending = ''): string => MADE.get(lesson.replace('.md', `${ending}.html`)) ?? '';

/** Of text that is shown: without tags, blanks as one. */
const plain = (html: string): string =>
  html
    .replace(/<style>.*<\/style>/s, '')
    .replaceAll(/<[^>]+>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ');

it('the sheets are what the lessons make them; npm run docs writes them anew', () => {
  const kept = new Map(readdirSync(SHEETS).map((name) => [name, readFileSync(`${SHEETS}/${name}`, 'utf8')]));
  expect([...kept].sort()).toEqual([...MADE].sort());
});

describe.each(LESSONS)('%s', (lesson) => {
  const markdown = textOf(lesson);
  const [, folded = ''] = markdown.split('<details>');

  it('asks at two places or more what will be seen, each time before a command shows it', () => {
    const { predictions } = exercisesOf(markdown);
    expect(predictions.length).toBe(markdown.split('> **Predict.**').length - 1);
    expect(predictions.length).toBeGreaterThanOrEqual(2);
    expect(predictions.filter(({ commands }) => commands.length === 0)).toEqual([]);
    // a sheet has nothing behind it
    expect(
      predictions.map(({ answer }) => answer.at(-1)?.raw.trim() ?? '').filter((said) => said.endsWith(':')),
    ).toEqual([]);
  });

  it('has a sheet without any answer or output', () => {
    const asked = plain(sheetOf(lesson));
    const outputs = examplesOf(markdown).flatMap(({ expected }) => expected);
    const answers = folded.replaceAll(/```[\s\S]*?```/g, '').split('\n');
    const told = [...outputs, ...answers]
      .map((line) => line.replaceAll(/[`*]/g, '').trim())
      .filter((line) => line.length > 25);
    expect(told.length).toBeGreaterThan(10);
    expect(told.filter((line) => asked.includes(line.replaceAll(/\s+/g, ' ')))).toEqual([]);
  });

  it('has the same with all of them', () => {
    const [asked, answered] = [plain(sheetOf(lesson)), plain(sheetOf(lesson, '-answers'))];
    const questions = exercisesOf(markdown).questions;
    expect(questions.length).toBeGreaterThanOrEqual(4);
    const first = (text: string): string =>
      text
        .replaceAll(/[`*]|\[|\]\([^)]*\)/g, '')
        .replaceAll(/\s+/g, ' ')
        .trim()
        .slice(0, 40);
    for (const { asked: question, answer } of questions) {
      const [text, said] = [question, answer].map(([token]) => first(token?.raw ?? '')) as [string, string];
      expect(asked).toContain(text);
      expect(answered).toContain(text);
      expect(answered).toContain(said);
    }
  });
});

describe.skipIf(isMissing)('in a browser', () => {
  it('they fetch nothing, print on a few pages of A4, and are no wider than a phone', async () => {
    const page = await newPage(360, 700);
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    const found: { name: string; pages: number; isA4: boolean; width: number }[] = [];
    const longest = Math.max(...[...MADE.values()].map(({ length }) => length));
    for (const [name, html] of MADE) {
      if (name.includes('-answers') && html.length < longest) continue;
      await page.setContent(html);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
      const sizes = [...pdf.matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)].map(([, x, y]) => [
        Number(x),
        Number(y),
      ]);
      const isA4 = sizes.every(([x = 0, y = 0]) => Math.abs(x - 595.3) < 1 && Math.abs(y - 841.9) < 1);
      found.push({ name, pages: [...pdf.matchAll(/\/Type \/Page\b(?!s)/g)].length, isA4, width });
    }
    await page.close();
    expect(requests).toEqual([]);
    expect(found.length).toBe(LESSONS.length + 1);
    expect(found.filter(({ pages, isA4, width }) => pages < 1 || pages > 3 || !isA4 || width > 360)).toEqual([]);
  }, 60_000);
});
