import { describe, expect, it } from 'vitest';
import { textAt } from '../../../src/topology/read/located.ts';

describe('textAt', () => {
  it.each([
    ['a text', 'node1', 'node1'],
    ['a whole number', 4096, '4096'],
    ['a boolean', true, 'true'],
    ['a number that was written otherwise than it prints', Number('1e309'), null],
    ['one with a fraction', 1.5, null],
    ['no number', Number.NaN, null],
    ['a list', ['a'], null],
    ['nothing', undefined, null],
  ])('of %s', (_what, member, text) => {
    expect(textAt({ name: member }, 'name')).toBe(text);
  });
});
