// The course beyond what docs.test.ts holds every page to: its look-ups in the nodes' tables, its hashes, and the shape of a lesson.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { examplesOf, isRunnable } from './support/doc-examples.ts';

const COURSE = 'docs/course';
const LESSONS = readdirSync(COURSE)
  .filter((name) => /^\d\d-.*\.md$/.test(name))
  .sort();
const textOf = (name: string): string => readFileSync(`${COURSE}/${name}`, 'utf8');

it('the index names every lesson, in order', () => {
  const named = [...textOf('README.md').matchAll(/^\| \[\d.*?\]\((\d\d-.*?\.md)\)/gm)].map((match) => match[1]);
  expect(named).toEqual(LESSONS);
  expect(LESSONS).toHaveLength(7);
});

describe.each(LESSONS)('%s', (lesson) => {
  const text = textOf(lesson);
  const [body = '', answers = ''] = text.split('<details>');

  it('every line quoted from a table of a node stands in that table', () => {
    for (const { command, expected } of examplesOf(text).filter((example) => !isRunnable(example)))
      expect({ command, lines: grep(command) }).toEqual({ command, lines: expected });
  });

  it('every hash begins as told', () => {
    for (const [, name = '', start = ''] of text.matchAll(/`printf (\S+) \| sha1sum`\s+begins with `([0-9a-f]+)`/g))
      expect(createHash('sha1').update(name).digest('hex').slice(0, start.length)).toBe(start);
  });

  it('it opens with its goal and asks four to six questions, all of them answered, two or more by a command', () => {
    expect(text).toMatch(/^# \d\. .*\n\n\*\*Goal: .*\*\*$/m);
    const numbers = (part: string): string[] => [...part.matchAll(/^(\d)\. /gm)].map((match) => match[1] ?? '');
    const asked = numbers(body.slice(body.indexOf('## Questions')));
    expect(asked.length).toBeGreaterThanOrEqual(4);
    expect(asked.length).toBeLessThanOrEqual(6);
    expect(numbers(answers)).toEqual(asked);
    expect(examplesOf(answers).length).toBeGreaterThanOrEqual(2);
  });

  it('it is chained to the lessons before and after it', () => {
    const chain = ['README.md', ...LESSONS, '../verdicts.md'];
    const at = chain.indexOf(lesson);
    expect(text.trim().split('\n').at(-1)).toMatch(
      new RegExp(
        `^Next: \\[.*\\]\\(${chain[at + 1]}\\) · Previous: \\[.*\\]\\(${chain[at - 1]}\\) · \\[Top\\]\\(#.*\\)$`,
      ),
    );
  });
});

describe('the notes for teachers', () => {
  const text = textOf('teaching.md');
  const tables = [...text.matchAll(/^## (.*)\n\n\| minutes [^\n]*\n[^\n]*\n((?:\|.*\n)+)/gm)].map(
    ([, heading = '', rows = '']) => ({
      heading,
      rows: [...rows.matchAll(/^\| (\d+) \| (.*) \|$/gm)].map(([, minutes, what = '']) => ({
        minutes: Number(minutes),
        what,
      })),
      total: Number(/^\| \*\*(\d+)\*\*/m.exec(rows)?.[1] ?? /(\d+) minutes$/.exec(heading)?.[1]),
    }),
  );
  const lengths = new Map(tables.map(({ heading, total }) => [/^Lesson \d/.exec(heading)?.[0].toLowerCase(), total]));

  it('have each lesson, and the minutes of its steps and of both plans add up', () => {
    expect([...lengths.keys()].filter(Boolean)).toEqual(LESSONS.map((_, i) => `lesson ${i + 1}`));
    expect(tables).toHaveLength(LESSONS.length + 2);
    for (const { heading, rows, total } of tables)
      expect({ heading, sum: rows.reduce((sum, { minutes }) => sum + minutes, 0) }).toEqual({ heading, sum: total });
    const planned = tables.slice(0, 2).flatMap(({ rows }) => rows.filter(({ what }) => what.startsWith('lesson')));
    expect(planned.filter(({ what, minutes }) => lengths.get(what) !== minutes)).toEqual([]);
  });
});

/** `grep [-o] [-E] PATTERN FILE` as a shell prints it, trailing blanks left out; `*` in the file's path stands for one name. */
function grep(command: string): string[] {
  const parsed = /^grep((?: -[oE])*) (?:'([^']+)'|(\S+)) (\S+)$/.exec(command);
  if (parsed === null) throw new Error(`not understood: ${command}`);
  const [, options = '', quoted, bare = '', path = ''] = parsed;
  const pattern = new RegExp(quoted ?? bare);
  return readFileSync(onlyPath(path), 'utf8')
    .split('\n')
    .flatMap((line) => {
      const match = pattern.exec(line);
      return match === null ? [] : [(options.includes('o') ? match[0] : line).trimEnd()];
    });
}

function onlyPath(path: string): string {
  return path
    .split('/')
    .reduce(
      (found, part) => `${found}${found === '' ? '' : '/'}${part.includes('*') ? onlyName(found, part) : part}`,
      '',
    );
}

function onlyName(folder: string, part: string): string {
  const start = part.slice(0, part.indexOf('*'));
  const names = readdirSync(folder).filter((name) => name.startsWith(start));
  if (names.length !== 1) throw new Error(`${folder}/${part} is ${names.length} names`);
  return names[0] ?? '';
}
