// The sheets of all lessons, as files beside them: docs/course/sheets/NN-NAME.html and NN-NAME-answers.html.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { lessonSheet } from './lesson-sheet.ts';

export const COURSE = 'docs/course';
export const SHEETS = `${COURSE}/sheets`;

/** Contents by file name, made of what the lessons say now. */
export function sheets(): Map<string, string> {
  const lessons = readdirSync(COURSE).filter((name) => /^\d\d-.*\.md$/.test(name));
  return new Map(
    lessons.flatMap((lesson) => {
      const markdown = readFileSync(`${COURSE}/${lesson}`, 'utf8');
      const name = lesson.replace(/\.md$/, '');
      return [false, true].map((answers): [string, string] => [
        `${name}${answers ? '-answers' : ''}.html`,
        lessonSheet(lesson, markdown, { answers }),
      ]);
    }),
  );
}

/** Writes all of them, and leaves no other file there. */
export function writeSheets(): void {
  rmSync(SHEETS, { recursive: true, force: true });
  mkdirSync(SHEETS, { recursive: true });
  for (const [name, html] of sheets()) writeFileSync(`${SHEETS}/${name}`, html);
}
