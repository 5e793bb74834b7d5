import { describe, expect, it } from 'vitest';
import { PairMap } from '../../src/net/pair-map.ts';

describe('a map by pairs', () => {
  it('keeps (a, b) and (b, a) apart, makes each once, and lists them as they were made', () => {
    const map = new PairMap<string[]>();
    map.of('b', 'a', () => ['first']).push('more');
    map.of('a', 'b', () => ['second']);
    map.of('b', 'a', () => ['never']);
    expect(map.values()).toEqual([['first', 'more'], ['second']]);
    expect(map.get('a', 'b')).toEqual(['second']);
    expect(map.get('a', 'c')).toBeUndefined();
    expect(map.get('c', 'a')).toBeUndefined();
  });

  it('takes names that any separator could be part of', () => {
    const map = new PairMap<number>();
    map.of('a|b', 'c', () => 1);
    map.of('a', 'b|c', () => 2);
    expect(map.values()).toEqual([1, 2]);
  });
});
