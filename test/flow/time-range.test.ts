import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OverlensError } from '../../src/errors.ts';
import { countsFromEnd, timeRange, whyOutside } from '../../src/flow/time-range.ts';

/** 2026-11-22T08:29:50.2Z */
const FIRST = { seconds: Date.UTC(2026, 10, 22, 8, 29, 50) / 1000, nanos: 200_000_000 };

/** Whether a packet that many seconds and nanoseconds after the first one is included. */
function included(since: string | null, until: string | null, seconds: number, nanos = 0): boolean {
  const range = timeRange(since, until);
  range.includes(FIRST.seconds, FIRST.nanos);
  const total = FIRST.nanos + nanos;
  const carry = Math.floor(total / 1e9);
  return range.includes(FIRST.seconds + seconds + carry, total - carry * 1e9);
}

/** The first moment that `--since text` includes, in nanoseconds after the first packet, must be this one exactly. */
function expectStart(text: string, seconds: number, nanos = 0): void {
  expect(included(text, null, seconds, nanos)).toBe(true);
  expect(included(text, null, seconds, nanos - 1)).toBe(false);
  expect(included(null, text, seconds, nanos)).toBe(true);
  expect(included(null, text, seconds, nanos + 1)).toBe(false);
}

describe('a time', () => {
  it.each([
    ['2026-11-22T08:29:52.2Z', 2, 0],
    ['2026-11-22T08:29:50.200001Z', 0, 1000],
    ['2026-11-22T08:29:50.200000001Z', 0, 1],
    ['2026-11-22t08:29:52.2z', 2, 0],
    ['2026-11-22 08:29:52.2', 2, 0],
    ['2026-11-22T08:29:52.2', 2, 0],
    ['2026-11-22T08:30', 9, 800_000_000],
    ['2026-11-22T09:29:52.2+01:00', 2, 0],
    ['2026-11-22T03:59:52.2-04:30', 2, 0],
    ['2026-11-22T09:29:52.2+0100', 2, 0],
    ['2026-11-23', 55_809, 800_000_000],
  ])('as RFC 3339: %s', (text, seconds, nanos) => {
    expectStart(text, seconds, nanos);
  });

  it.each([
    ['08:29:52.2', 2, 0],
    ['08:29:52.2Z', 2, 0],
    ['8:30', 9, 800_000_000],
    ['08:29:50.200000007', 0, 7],
    ['23:59:59', 55_808, 800_000_000],
  ])('of day, on the first packet’s: %s', (text, seconds, nanos) => {
    expectStart(text, seconds, nanos);
  });

  it.each([
    ['2', 2, 0],
    ['+2', 2, 0],
    ['12.5', 12, 500_000_000],
    ['0.000000001', 0, 1],
    ['0.9', 0, 900_000_000],
    ['90s', 90, 0],
    ['2m', 120, 0],
    ['1.5m', 90, 0],
    ['1h', 3600, 0],
    ['0.5h', 1800, 0],
  ])('after the first packet: %s', (text, seconds, nanos) => {
    expectStart(text, seconds, nanos);
  });

  it('pasted from output includes its own packet and no earlier or later one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e9 }), fc.nat({ max: 999_999_999 }), (seconds, nanos) => {
        const text = `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(nanos).padStart(9, '0')}Z`;
        const range = timeRange(text, text);
        expect(range.includes(seconds, nanos)).toBe(true);
        expect(range.includes(seconds, nanos + 1)).toBe(false);
        expect(range.includes(seconds, nanos - 1)).toBe(false);
        expect(range.includes(seconds - 1, nanos)).toBe(false);
        expect(range.includes(seconds + 1, nanos)).toBe(false);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a range', () => {
  it('without ends includes everything', () => {
    const range = timeRange(null, null);
    expect([range.includes(0, 0), range.includes(-5, 1), range.includes(Number.NaN, 0)]).toEqual([true, true, true]);
  });

  it('with both ends includes what lies between them', () => {
    const inside = [0, 1, 2, 3].map((seconds) => included('1', '2', seconds));
    expect(inside).toEqual([false, true, true, false]);
  });

  it('begins at the first packet that has a time', () => {
    const range = timeRange('1', null);
    expect(range.includes(Number.NaN, 0)).toBe(true);
    expect([range.includes(100, 0), range.includes(101, 0), range.includes(100, 999_999_999)]).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('includes packets without a time', () => {
    expect(timeRange('08:00', '09:00').includes(Number.NaN, 0)).toBe(true);
  });

  it('counts back from packets before 1970', () => {
    const range = timeRange('00:00:01', null);
    expect(range.includes(-86_400, 0)).toBe(false);
    expect(range.includes(-86_399, 0)).toBe(true);
  });
});

describe('what is no time', () => {
  const HINT =
    "give 2026-11-22T08:29:50.2Z, 08:29:50 (UTC, on the first packet's day), +12.5s or +2m (after the first packet), -5m (before the last)";
  const refusal = (since: string | null, until: string | null): unknown => {
    try {
      timeRange(since, until);
    } catch (error) {
      if (!(error instanceof OverlensError)) throw error;
      return [error.code, error.message, error.hint];
    }
    return null;
  };

  it.each([
    '',
    'yesterday',
    '24:00',
    '08:60',
    '08:29:60',
    '08:29:75',
    '2026-13-01',
    '2026-02-30',
    '2026-11-22T25:00:00Z',
    '2026-11-22T08:29:50+25:00',
    '2026-11-22T08:29:50 CET',
    '2026-11-22Z',
    '-5x',
    '5d',
    '1e3',
    '.5',
    '12:',
  ])('is refused: %j', (text) => {
    expect(refusal(text, null)).toEqual(['E_USAGE', `--since ${text}: not a time`, HINT]);
    expect(refusal(null, text)).toEqual(['E_USAGE', `--until ${text}: not a time`, HINT]);
  });

  it('is told of the first end that is wrong', () => {
    expect(refusal('x', 'y')).toEqual(['E_USAGE', '--since x: not a time', HINT]);
  });
});

describe('a time before the last packet', () => {
  const LAST = { seconds: FIRST.seconds + 600, nanos: 100_000_000 };

  it.each([
    ['-5m', 300, 100_000_000],
    ['-0.2s', 599, 900_000_000],
    ['-1h', -3000, 100_000_000],
  ])('%s', (text, after, nanos) => {
    const range = timeRange(text, null, LAST);
    range.includes(FIRST.seconds, FIRST.nanos);
    expect(range.includes(FIRST.seconds + after, nanos)).toBe(true);
    expect(range.includes(FIRST.seconds + after, nanos - 1)).toBe(false);
    expect(countsFromEnd(text)).toBe(true);
  });

  it('is no time after the first one', () => {
    for (const text of ['+5m', '12.5', '08:29:50', null]) expect(countsFromEnd(text)).toBe(false);
  });
});

describe('times outside a capture', () => {
  const LAST = { seconds: FIRST.seconds + 2, nanos: 500_000_000 };

  it.each([
    ['09:00:00', null, '--since 09:00:00 is after the last packet (2026-11-22 08:29:52.5 UTC)'],
    [null, '08:00', '--until 08:00 is before the first packet (2026-11-22 08:29:50.2 UTC)'],
    ['+2s', '+1s', '--since +2s is after --until +1s'],
    ['08:29:50', '-1s', null],
    ['+1h', null, '--since +1h is after the last packet (2026-11-22 08:29:52.5 UTC)'],
  ])('%s to %s: %s', (since, until, expected) => {
    expect(whyOutside(since, until, FIRST, LAST)).toBe(expected);
  });
});
