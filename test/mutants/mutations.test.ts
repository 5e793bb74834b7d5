import { expect, it } from 'vitest';
import { mutated, mutationsOf } from './mutations.ts';

const SOURCE = `// a < b in a comment, if (x) too
import { a } from './a.ts';

/** 7 in words. */
export function f(x: number, words: string): boolean {
  if (x > 3 && words !== 'a < 4') {
    count(x);
    total += x;
    return true;
  }
  return words === \`\${x} + 1\`;
}
`;

it('finds operators, conditions, constants and statements, and nothing in comments, strings and imports', () => {
  const found = mutationsOf(SOURCE).map(({ before, after }) => `${before} -> ${after}`);
  expect(found).toEqual([
    "x > 3 && words !== 'a < 4' -> !(x > 3 && words !== 'a < 4')",
    '> -> >=',
    '3 -> 4',
    '&& -> ||',
    '!== -> ===',
    'count(x); -> ;',
    'total += x; -> ;',
    'true -> false',
    '=== -> !==',
  ]);
});

it('changes one place and nothing else', () => {
  for (const mutation of mutationsOf(SOURCE)) {
    const text = mutated(SOURCE, mutation);
    expect(text).not.toBe(SOURCE);
    expect(text.length).toBe(SOURCE.length - mutation.before.length + mutation.after.length);
    expect(text.slice(0, mutation.at)).toBe(SOURCE.slice(0, mutation.at));
  }
});
