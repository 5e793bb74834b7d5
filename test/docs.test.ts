// Every example in the docs runs and prints what the page shows; every link leads somewhere; the pages are chained.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { examplesOf, isRunnable, outputOf, shows, updatePage } from './support/doc-examples.ts';

function pagesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return pagesIn(path);
    return path.endsWith('.md') ? [path] : [];
  });
}

const PAGES = ['README.md', ...pagesIn('docs'), ...pagesIn('samples')];

describe('examples', () => {
  for (const page of PAGES) {
    const text = readFileSync(page, 'utf8');
    const examples = examplesOf(text).filter(isRunnable);
    if (examples.length === 0) continue;
    it(`${page}: its ${examples.length} examples print what it shows`, async () => {
      if (process.env['UPDATE_DOCS'] === '1') writeFileSync(page, await updatePage(text));
      for (const { command, expected } of examplesOf(readFileSync(page, 'utf8')).filter(isRunnable)) {
        const actual = await outputOf(command);
        if (!shows(expected, actual))
          expect(`$ ${command}\n${actual.join('\n')}`).toBe(`$ ${command}\n${expected.join('\n')}`);
      }
    });
  }
});

it('the notes for teachers name for each lesson a quiz on its own captures that has as many questions', async () => {
  const lessons = PAGES.filter((page) => /^docs\/course\/\d/.test(page)).sort();
  const text = readFileSync('docs/course/teaching.md', 'utf8');
  const quizzes = [...text.matchAll(/^- \*\*Quiz\*\*: `(overlens quiz (samples\/[^/]+)\/.* --count (\d+) .*)`$/gm)];
  expect(quizzes).toHaveLength(lessons.length);
  for (const [i, [, command = '', sample = '', count]] of quizzes.entries()) {
    expect(readFileSync(lessons[i] ?? '', 'utf8')).toContain(`${sample}/`);
    const { length } = (await outputOf(command)).filter((line) => /^\d+\. /.test(line));
    expect({ command, length }).toEqual({ command, length: Number(count) });
  }
});

describe('links', () => {
  for (const page of PAGES) {
    it(`${page}: every relative link leads to a file`, () => {
      const text = readFileSync(page, 'utf8').replaceAll(/```[\s\S]*?```/g, '');
      const targets = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map((match) => match[1] ?? '');
      expect(targets.filter((target) => !existsSync(join(dirname(page), target)))).toEqual([]);
    });
  }

  it('every page of docs/ is linked from the README or another page', () => {
    const all = PAGES.map((page) => ({ page, text: readFileSync(page, 'utf8') }));
    const isLinked = (page: string): boolean =>
      all.some((other) => other.page !== page && other.text.includes(page.split('/').pop() ?? ''));
    expect(PAGES.filter((page) => page.startsWith('docs/') && !isLinked(page))).toEqual([]);
  });
});
