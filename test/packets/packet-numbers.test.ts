// -p: numbers, ranges and lists of them.
import { describe, expect, it } from 'vitest';
import { hasNumber, lastNumber, parsePacketNumbers } from '../../src/packets/packet-numbers.ts';

function members(text: string): number[] {
  const numbers = parsePacketNumbers(text);
  if (numbers === null) throw new Error(`${text} is no list`);
  return Array.from({ length: 12 }, (_, i) => i + 1).filter((number) => hasNumber(numbers, number));
}

describe('parsePacketNumbers', () => {
  it('reads numbers, ranges, open ends and lists of them in any order', () => {
    expect(members('3')).toEqual([3]);
    expect(members('2-4')).toEqual([2, 3, 4]);
    expect(members('10-')).toEqual([10, 11, 12]);
    expect(members('9,1-2, 5')).toEqual([1, 2, 5, 9]);
    expect(members('4-6,5-8,8')).toEqual([4, 5, 6, 7, 8]);
  });

  it('knows the last one asked for', () => {
    expect(lastNumber(parsePacketNumbers('9,1-2') ?? [])).toBe(9);
    expect(lastNumber(parsePacketNumbers('1,7-') ?? [])).toBe(Number.POSITIVE_INFINITY);
  });

  it.each(['', '0', '-3', '5-2', 'x', '1,', '1.5', '1 2', '1e3', '9'.repeat(20)])('refuses %j', (text) => {
    expect(parsePacketNumbers(text)).toBeNull();
  });
});
