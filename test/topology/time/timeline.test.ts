import { describe, expect, it } from 'vitest';
import { timelineOf } from '../../../src/topology/time/timeline.ts';

const snapshot = (name: string, first: number, last = first) => ({
  ...{ topology: name, name, differs: [] },
  time: { first, last, from: 'archive' as const, ref: null, isLeast: false },
});

describe('which snapshot was valid', () => {
  const { at } = timelineOf([snapshot('after', 200, 210), snapshot('before', 100, 110)]);
  const names = (first: number, last: number): string =>
    at(first, last)
      .map(({ name }) => name)
      .join();

  it('before the first of them and until it was begun: the first', () => {
    expect(names(10, 20)).toBe('before');
    expect(names(50, 100)).toBe('before');
  });

  it('from the end of the last one on: the last', () => {
    expect(names(210, 220)).toBe('after');
    expect(names(999, 999)).toBe('after');
  });

  it('between them both, and while one of them was being taken', () => {
    expect(names(110, 120)).toBe('before,after');
    expect(names(105, 106)).toBe('before,after');
    expect(names(199, 201)).toBe('before,after');
    expect(names(10, 300)).toBe('before,after');
  });

  it('packets without a time may be of any', () => {
    expect(names(Number.NaN, Number.NaN)).toBe('before,after');
  });

  it('of three, those around the packets', () => {
    const three = timelineOf([snapshot('a', 100), snapshot('b', 200), snapshot('c', 300)]);
    const of = (first: number, last: number): string =>
      three
        .at(first, last)
        .map(({ name }) => name)
        .join('');
    expect([of(0, 1), of(150, 160), of(200, 200), of(250, 260), of(150, 260), of(300, 400)]).toEqual([
      ...['a', 'ab', 'b', 'bc', 'abc', 'c'],
    ]);
  });
});
