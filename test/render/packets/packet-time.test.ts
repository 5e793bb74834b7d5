// The time column in all its styles, with all the digits that a capture has and no more.
import { describe, expect, it } from 'vitest';
import type { TimeStyle } from '../../../src/render/packets/packet-time.ts';
import { decodeText, walkedPacket } from '../../support/decode-text.ts';
import { arp, ethernet } from '../../support/packet-builder.ts';

const data = ethernet({ type: 0x0806 }, arp());

function times(time: TimeStyle, moments: readonly [seconds: number, nanos: number][], timeDigits = 6): string[] {
  const packets = moments.map(([seconds, nanos]) => walkedPacket({ data, seconds, nanos, timeDigits }));
  return decodeText(packets, { time })
    .trimEnd()
    .split('\n')
    .map((line) => line.slice(7).replace(/ {2}ARP.*/, ''));
}

describe('--time', () => {
  const noon = 1_700_049_600;

  it('utc is the time of day', () => {
    expect(times('utc', [[noon, 1000]])).toEqual(['12:00:00.000001']);
  });

  it('date has the day too', () => {
    expect(times('date', [[noon, 999_999_000]])).toEqual(['2023-11-15 12:00:00.999999']);
  });

  it('epoch is exact, before 1970 too', () => {
    expect(times('epoch', [[noon, 500_000_000]])).toEqual(['1700049600.500000']);
    expect(times('epoch', [[-1, 500_000_000]])).toEqual(['  -0.500000']);
  });

  it('relative counts from the first packet read', () => {
    const moments: [number, number][] = [
      [1_700_000_000, 0],
      [1_700_000_000, 1000],
      [1_700_010_000, 2000],
    ];
    expect(times('relative', moments)).toEqual(['   0.000000', '   0.000001', '10000.000002']);
  });

  it('delta counts from the packet shown before, and backwards where time does', () => {
    const moments: [number, number][] = [
      [noon, 900_000_000],
      [noon + 1, 100_000_000],
      [noon, 900_000_000],
    ];
    expect(times('delta', moments)).toEqual(['   0.000000', '   0.200000', '  -0.200000']);
  });

  it('none leaves it out', () => {
    expect(times('none', [[noon, 0]])).toEqual(['ARP who has 10.0.0.2? tell 10.0.0.1']);
  });

  it.each([
    [9, '12:00:00.123456789'],
    [6, '12:00:00.123456'],
    [3, '12:00:00.123'],
    [0, '12:00:00'],
  ])('has the %d digits of the capture', (digits, text) => {
    expect(times('utc', [[noon, 123_456_789]], digits)).toEqual([text]);
  });

  it('says so where there is no time', () => {
    for (const style of ['utc', 'date', 'epoch', 'relative', 'delta'] as const) {
      expect(times(style, [[Number.NaN, 0]])).toEqual(['no time']);
    }
  });

  it('has days for times beyond the years that dates can write', () => {
    expect(times('date', [[86_400 * 1e8 + 3600, 0]])).toEqual(['day 100000000 01:00:00.000000']);
  });
});
