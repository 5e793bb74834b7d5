// Moments as RFC 3339 text in UTC, with all the digits the capture has and no more.
import type { Moment } from '../flow/capture-counters.ts';

const LONGEST = 9;

/** @param digits 0..9 after the second. Null for a packet without a time, or beyond what RFC 3339 can write. */
export function formatTime(moment: Moment | null, digits: number): string | null {
  if (moment === null || !Number.isFinite(moment.seconds)) return null;
  const date = new Date(moment.seconds * 1000);
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9999 || date.getUTCFullYear() < 0) return null;
  const second = date.toISOString().slice(0, 19);
  const fraction = String(moment.nanos).padStart(LONGEST, '0').slice(0, Math.min(digits, LONGEST));
  return `${second}${fraction === '' ? '' : `.${fraction}`}Z`;
}

/** Epoch seconds as one number, to the microsecond or so: for comparing and showing spans, not for identity. */
export function toSeconds(moment: Moment): number {
  return moment.seconds + moment.nanos / 1e9;
}
