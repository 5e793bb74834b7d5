import { expect, test } from 'vitest';
import { capturedTimes } from '../../../src/verdict/verify/proof-time.ts';
import { capture, point } from '../../support/trace-builder.ts';

const at = (clock: string): string => `2026-11-22T${clock}.000000Z`;
const nic = (path: string, node: string, from: string, to: string) =>
  capture(path, { points: [point({ node })], first: at(from), last: at(to) });

test('two captures of two seconds an hour apart are four seconds', () => {
  const times = capturedTimes([nic('b', 'a1', '09:00:00', '09:00:02'), nic('a', 'a1', '08:00:00', '08:00:02')]);
  expect(times.all()).toEqual({
    seconds: 4,
    stretches: [
      { first: at('08:00:00'), last: at('08:00:02') },
      { first: at('09:00:00'), last: at('09:00:02') },
    ],
  });
});

test('what overlaps, touches or lies inside counts once', () => {
  const times = capturedTimes([
    nic('a', 'a1', '08:00:00', '08:00:10'),
    nic('b', 'a1', '08:00:05', '08:00:12'),
    nic('c', 'a1', '08:00:06', '08:00:07'),
    nic('d', 'a1', '08:00:12', '08:00:13'),
  ]);
  expect(times.all()).toEqual({ seconds: 13, stretches: [{ first: at('08:00:00'), last: at('08:00:13') }] });
});

test('a pair of nodes has the time of either end, and no other node s', () => {
  const times = capturedTimes([
    nic('a', 'a1', '08:00:00', '08:00:10'),
    nic('b', 'b1', '08:00:05', '08:00:15'),
    nic('c', 'c1', '10:00:00', '11:00:00'),
  ]);
  expect(times.between('a1', 'b1').seconds).toBe(15);
  expect(times.between('b1', 'a1')).toEqual(times.between('a1', 'b1'));
  expect(times.between('b1', 'd1').seconds).toBe(10);
  expect(times.between('d1', 'e1')).toEqual({ seconds: 0, stretches: [] });
});

test('a veth, a place that nobody knows and a capture without packets prove no time', () => {
  const points = [point({ role: 'workload' }), point({ role: 'unknown' })];
  const empty = capture('e', { points: [point()], first: null, last: null });
  expect(capturedTimes([capture('v', { points }), empty]).all()).toEqual({ seconds: 0, stretches: [] });
});
