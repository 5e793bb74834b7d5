import { expect, test } from 'vitest';
import {
  baseName,
  formatBytes,
  formatClock,
  formatCompact,
  formatCount,
  formatList,
  formatNumber,
  formatSpan,
} from '../../../src/render/text/format.ts';

test('counts agree with their noun', () => {
  expect([0, 1, 2, 12345].map((count) => formatCount(count, 'flow'))).toEqual([
    '0 flows',
    '1 flow',
    '2 flows',
    '12,345 flows',
  ]);
  expect(formatCount(2, 'entry', 'entries')).toBe('2 entries');
});

test('numbers are grouped from five digits on', () => {
  expect([9999, 10000, 1234567].map(formatNumber)).toEqual(['9999', '10,000', '1,234,567']);
});

test('compact counts are exact up to 99999', () => {
  expect([99999, 100000, 1234567, 45678901, 2e9].map(formatCompact)).toEqual(['99999', '100k', '1.2M', '45M', '2.0G']);
});

test('bytes have powers of ten', () => {
  expect([0, 999, 1000, 1234567, 5e9].map(formatBytes)).toEqual(['0 B', '999 B', '1.0 kB', '1.2 MB', '5.0 GB']);
});

test('clocks show tenths if the time has them', () => {
  expect(formatClock('2026-11-22T08:29:50.212345678Z')).toBe('08:29:50.2');
  expect(formatClock('2026-11-22T08:29:50Z')).toBe('08:29:50');
  expect(formatClock(null)).toBeNull();
});

test('spans name the days only when there are two', () => {
  expect(formatSpan('2026-11-22T08:29:50.2Z', '2026-11-22T08:30:01.5Z')).toBe('08:29:50.2 to 08:30:01.5 UTC');
  expect(formatSpan('2026-11-22T23:59:59.9Z', '2026-11-23T00:00:01Z')).toBe(
    '2026-11-22 23:59:59.9 to 2026-11-23 00:00:01 UTC',
  );
  expect(formatSpan('2026-11-22T23:59:59.9Z', null)).toBeNull();
});

test('lists are capped and escaped', () => {
  expect(formatList([])).toBe('');
  expect(formatList(['a'])).toBe('a');
  expect(formatList(['a', 'b', 'c'])).toBe('a, b and c');
  expect(formatList(['a', 'b', 'c', 'd', 'e\u001b'], 3)).toBe('a, b, c and 2 more');
  expect(formatList(['e\u001b'])).toBe('e\\x1b');
});

test('base names are what stands behind the last slash', () => {
  expect(['a/b.pcap', 'b.pcap', '-', 'dir/'].map(baseName)).toEqual(['b.pcap', 'b.pcap', '-', 'dir/']);
});
