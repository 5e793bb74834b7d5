// Quantiles of delays in bounded room.
import { describe, expect, it } from 'vitest';
import { Delays } from '../../src/path/delays.ts';

function delaysOf(room: number, values: readonly number[]) {
  const delays = new Delays(room);
  for (const value of values) delays.add(value);
  return delays.stats();
}

describe('delays', () => {
  it('are none without a packet', () => {
    expect(delaysOf(16, [])).toBeNull();
  });

  it('that fit are all counted', () => {
    expect(delaysOf(16, [3, 1, 2])).toEqual({ packets: 3, median: 2, p99: 3, max: 3 });
    expect(delaysOf(256, [5, 1, 4, 2, 3, 9, 7, 8, 6])).toEqual({ packets: 9, median: 5, p99: 9, max: 9 });
  });

  it('that do not fit are an even sample, with the largest one exact', () => {
    const values = Array.from({ length: 10_001 }, (_, i) => i);
    const stats = delaysOf(64, values);
    expect(stats).toMatchObject({ packets: 10_001, max: 10_000 });
    expect(Math.abs((stats?.median ?? 0) - 5000)).toBeLessThan(400);
    expect(stats?.p99).toBeGreaterThan(9500);
  });
});
