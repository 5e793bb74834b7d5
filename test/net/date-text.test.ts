import { describe, expect, it } from 'vitest';
import { dateOutputSeconds, digitsSeconds, epochSeconds, parseRfc3339 } from '../../src/net/date-text.ts';

const AT = Date.UTC(2026, 10, 2, 8, 30, 0) / 1000;

describe('dateOutputSeconds', () => {
  it.each([
    ['coreutils, C locale', 'Mon Nov  2 08:30:00 UTC 2026'],
    ['coreutils, en_US', 'Mon Nov  2 08:30:00 AM UTC 2026'],
    ['en_GB, day first', 'Mon  2 Nov 08:30:00 UTC 2026'],
    ['en_US of Debian 11', 'Mon 02 Nov 2026 08:30:00 AM UTC'],
    ['date -R', 'Mon, 02 Nov 2026 09:30:00 +0100'],
    ['date -Iseconds', '2026-11-02T09:30:00+01:00'],
    ['date -u --rfc-3339=seconds', '2026-11-02 08:30:00+00:00'],
    ['date +%s', `${AT}\n`],
    ['date +%s.%N', `${AT}.000000000`],
    ['GMT', 'Mon Nov 2 08:30:00 GMT 2026\n'],
  ])('%s', (_, text) => {
    expect(dateOutputSeconds(text)).toBe(AT);
  });

  it('noon and midnight', () => {
    expect(dateOutputSeconds('Mon Nov  2 12:30:00 AM UTC 2026')).toBe(AT - 8 * 3600);
    expect(dateOutputSeconds('Mon Nov  2 12:30:00 PM UTC 2026')).toBe(AT + 4 * 3600);
  });

  it.each([
    ['a zone that only the machine knows', 'Mon Nov  2 08:30:00 CEST 2026'],
    ['no zone', '2026-11-02 08:30:00'],
    ['a day that does not exist', 'Mon Nov 31 08:30:00 UTC 2026'],
    ['a time that does not exist', 'Mon Nov  2 13:30:00 PM UTC 2026'],
    ['the error of a command', 'bash: date: command not found'],
    ['another language', 'Mo 2. Nov 08:30:00 UTC 2026'],
    ['milliseconds', `${AT}000`],
    ['digits of a day', '20261102'],
    ['nothing', ''],
  ])('null for %s', (_, text) => {
    expect(dateOutputSeconds(text)).toBeNull();
  });
});

describe('RFC 3339 and digits', () => {
  it('zones, fractions and what is left out', () => {
    expect(epochSeconds('2026-11-02T08:30:00Z')).toBe(AT);
    expect(epochSeconds('2026-11-02 08:30')).toBe(AT);
    expect(epochSeconds('2026-11-02T03:00:00.5-05:30')).toBe(AT + 0.5);
    expect(parseRfc3339('2026-11-02T08:30:00.123456789Z')).toEqual({ seconds: AT, nanos: 123_456_789 });
    expect(epochSeconds('2026-02-30')).toBeNull();
    expect(epochSeconds('08:30:00')).toBeNull();
    expect(epochSeconds(null)).toBeNull();
  });

  it('digits of names are UTC', () => {
    expect(digitsSeconds('20261102083000')).toBe(AT);
    expect(digitsSeconds('20261302083000')).toBeNull();
    expect(digitsSeconds('2026110208300')).toBeNull();
  });
});
