// The largest and the smallest of more numbers than a call takes arguments.
import { describe, expect, it } from 'vitest';
import { largestOf, smallestOf } from '../../src/net/extremes.ts';

describe('of a million numbers', () => {
  const many = Array.from({ length: 1_000_000 }, (_, i) => (i * 7919) % 1_000_003);
  it('are found where Math.max has no room for them', () => {
    expect(() => Math.max(...many)).toThrow(RangeError);
    expect([largestOf(many), smallestOf(many)]).toEqual([1_000_002, 0]);
  });
});

it('of none are what Math has', () => {
  expect([largestOf([]), smallestOf(new Set())]).toEqual([Math.max(), Math.min()]);
});

it('are no number where one is none', () => {
  expect([largestOf([1, Number.NaN, 2]), smallestOf([Number.NaN])]).toEqual([Number.NaN, Number.NaN]);
});
