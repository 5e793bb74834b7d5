import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  padLeft,
  padRight,
  shortenEnd,
  shortenMiddle,
  textWidth,
  wrapWords,
} from '../../../src/render/text/text-width.ts';

const NODE = 'ip-10-0-1-20.eu-west-1.compute.internal';
const POD = 'yaobank/customer-687b8d8f74-lmzqz';

describe('width', () => {
  test.each([
    ['abc', 3],
    ['日本', 4],
    ['🚀', 2],
    ['é', 1],
    ['\u001b[31mred\u001b[0m', 3],
    ['', 0],
  ])('%j takes %i columns', (text, width) => {
    expect(textWidth(text)).toBe(width);
  });

  test('padding counts columns, not characters', () => {
    expect(padRight('日本', 6)).toBe('日本  ');
    expect(padLeft('日本', 6)).toBe('  日本');
    expect(padRight('too long', 3)).toBe('too long');
  });
});

describe('shortening in the middle', () => {
  test.each([
    [POD, 33, POD],
    [POD, 18, 'yaobank/cu…4-lmzqz'],
    [NODE, 14, 'ip-10-0-…ernal'],
    ['日本語日本語', 7, '日本…語'],
    ['abc', 1, '…'],
    ['abc', 0, ''],
  ])('%s in %i columns is %s', (text, width, expected) => {
    expect(shortenMiddle(text, width)).toBe(expected);
  });

  test('never takes more columns than there are, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.nat(40), (text, width) => {
        expect(textWidth(shortenMiddle(text, width))).toBeLessThanOrEqual(width);
        expect(textWidth(shortenEnd(text, width))).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe('wrapping', () => {
  test('breaks at blanks, and inside a word only when it fills a line', () => {
    expect(wrapWords('a bb ccc dddddddddddddd e', 5)).toEqual(['a bb', 'ccc', 'ddddd', 'ddddd', 'dddd', 'e']);
  });

  test('an empty text is one empty line', () => {
    expect(wrapWords('', 5)).toEqual(['']);
  });

  test('loses nothing but blanks at line ends', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z0-9.-]{1,12}$/)),
        fc.integer({ min: 12, max: 40 }),
        (words, width) => {
          const lines = wrapWords(words.join(' '), width);
          expect(lines.join(' ')).toBe(words.join(' '));
          for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width);
        },
      ),
    );
  });
});
