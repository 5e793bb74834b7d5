import { describe, expect, it } from 'vitest';
import { farAway, takenText } from '../../../src/render/trace/snapshot-times.ts';
import type { SnapshotTime } from '../../../src/topology/time/taken.ts';

const HOUR = 3600;
const AT = Date.UTC(2026, 10, 2, 8, 30, 0) / 1000;
const TIME: SnapshotTime = {
  ...{ first: AT, last: AT, isLeast: false },
  ...{ from: 'date file', ref: { file: 'diags/date', line: null } },
};

describe('the time of a snapshot', () => {
  it('in words', () => {
    expect(takenText(TIME)).toBe('2026-11-02T08:30:00Z');
    expect(takenText({ ...TIME, last: AT + 72 })).toBe('2026-11-02T08:30:00Z to 2026-11-02T08:31:12Z');
    expect(takenText({ ...TIME, isLeast: true })).toBe('2026-11-02T08:30:00Z or later');
  });

  it('hours before the capture, or after it', () => {
    expect(farAway(TIME, { first: AT + 3 * HOUR, last: AT + 4 * HOUR })).toBe(
      'the snapshot was taken 2026-11-02T08:30:00Z (the output of date in diags/date), 3 hours before the first packet: whose addresses are whose may have changed',
    );
    expect(farAway(TIME, { first: AT - 99 * HOUR, last: AT - 98 * HOUR })).toContain('4 days after the last packet');
  });

  it('nothing is said of an hour, of a capture that holds it, and where the time is not known', () => {
    expect(farAway(TIME, { first: AT + HOUR, last: AT + 9 * HOUR })).toBeNull();
    expect(farAway(TIME, { first: AT - 9 * HOUR, last: AT + 9 * HOUR })).toBeNull();
    expect(farAway(null, { first: 0, last: 0 })).toBeNull();
    expect(farAway(TIME, null)).toBeNull();
  });

  it('a least time says nothing of captures after it, and all of those before', () => {
    const least: SnapshotTime = { ...TIME, isLeast: true, from: 'objects' };
    expect(farAway(least, { first: AT + 99 * HOUR, last: AT + 99 * HOUR })).toBeNull();
    expect(farAway(least, { first: AT - 9 * HOUR, last: AT - 8 * HOUR })).toContain(
      'was taken 2026-11-02T08:30:00Z or later (the newest time that its objects have',
    );
  });
});
