// Verdicts by code or by the words that people read.
import { expect, it } from 'vitest';
import { VERDICT_HELP, verdictNamed } from '../../../src/verdict/filter/verdict-words.ts';

it.each([
  ['ok', 'ok'],
  ['as configured', 'ok'],
  ['as-configured', 'ok'],
  ['Wrong', 'violation'],
  ['violation', 'violation'],
  ['undecided', 'unverifiable'],
  ['bad', null],
])('%s is %s', (text, verdict) => {
  expect(verdictNamed(text)).toBe(verdict);
});

it('help names both', () => {
  expect(VERDICT_HELP).toBe('ok (as configured), violation (wrong), unverifiable (undecided)');
});
