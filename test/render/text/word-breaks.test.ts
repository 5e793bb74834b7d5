// Where words may be broken.
import { describe, expect, it } from 'vitest';
import { widestPiece, wrapWhole, wrapWords } from '../../../src/render/text/text-width.ts';
import { breakPlaces } from '../../../src/render/text/word-breaks.ts';

describe('a word', () => {
  it.each([
    '66:c9:ee:b1:9b:47',
    '(66:c9:ee:b1:9b:47)',
    "10.0.1.20's",
    '10.48.0.0/24,',
    '10.0.1.20:4789',
    'fd00:48::20:130',
    'fe80::1%eth0',
    '0x0a3080c8',
    '2026-11-22T09:50:25.236369Z',
    '8951.',
    'caliaa83cb3d2b3',
  ])('%s is broken nowhere', (word) => {
    expect(breakPlaces(word)).toEqual([]);
  });

  it('that is a name is broken behind its signs', () => {
    const word = "yaobank/customer-687b8d8f74-lmzqz's";
    const places = breakPlaces(word);
    expect(places.map((place, i) => word.slice(places[i - 1] ?? 0, place))).toEqual([
      'yaobank/',
      'customer-',
      '687b8d8f74-',
    ]);
    expect(widestPiece(`of ${word}`)).toBe('687b8d8f74-'.length);
  });

  it('that is longer than its line is broken there, and elsewhere only where it has no such place', () => {
    expect(wrapWords('to customer-687b8d8f74-lmzqz', 20)).toEqual(['to', 'customer-687b8d8f74-', 'lmzqz']);
    expect(wrapWords('customer-abcdefghijklmnop-x', 12)).toEqual(['customer-', 'abcdefghijkl', 'mnop-x']);
  });
});

describe('parts in a row', () => {
  it('stay whole on their lines, and are what they were', () => {
    const parts = ['DSCP, ECN 0, 0', 'IP id 0xabee', 'TTL 63'];
    expect(wrapWhole(parts, ' · ', 20)).toEqual(['DSCP, ECN 0, 0 ·', 'IP id 0xabee ·', 'TTL 63']);
    expect(wrapWhole(['one part that is long', 'b'], ', ', 10)).toEqual(['one part', 'that is', 'long, b']);
  });
});
