// --since and --until: RFC 3339, a time of day (UTC, on the day of the first packet), or a time after the first packet.
// Exact to the nanosecond, so that a time pasted from any output includes the very packet that has it.

import { OverlensError } from '../errors.ts';
import type { Moment } from '../net/time.ts';

export interface TimeRange {
  /** Whether a packet of that time counts. The first call fixes the first packet. Packets without a time always count. */
  includes(seconds: number, nanos: number): boolean;
}

/** A bound, once the first packet is known. */
type Bound = (first: Moment) => Moment;

const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?Z?$/i;
const DATE = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?(Z|([+-])(\d{2}):?(\d{2}))?)?$/i;
const AFTER_FIRST = /^\+?(\d+)(?:\.(\d+))?(s|m|h)?$/;
const UNITS: Record<string, number> = { s: 1, m: 60, h: 3600 };
const DAY = 86_400;
const BILLION = 1_000_000_000;

/**
 * Both ends are included; null leaves an end open.
 * @throws OverlensError E_USAGE when a bound cannot be read.
 */
export function timeRange(since: string | null, until: string | null): TimeRange {
  if (since === null && until === null) return { includes: () => true };
  const from = since === null ? null : parseBound('--since', since);
  const to = until === null ? null : parseBound('--until', until);
  let isKnown = false;
  let low: Moment | null = null;
  let high: Moment | null = null;
  return {
    includes(seconds, nanos) {
      if (!Number.isFinite(seconds)) return true;
      if (!isKnown) {
        isKnown = true;
        low = from?.({ seconds, nanos }) ?? null;
        high = to?.({ seconds, nanos }) ?? null;
      }
      if (low !== null && (seconds < low.seconds || (seconds === low.seconds && nanos < low.nanos))) return false;
      return high === null || seconds < high.seconds || (seconds === high.seconds && nanos <= high.nanos);
    },
  };
}

function parseBound(option: string, text: string): Bound {
  const bound = parseAfterFirst(text) ?? parseClock(text) ?? parseDate(text);
  if (bound !== null) return bound;
  throw new OverlensError('E_USAGE', `${option} ${text}: not a time`, {
    hint: "give 2026-11-22T08:29:50.2Z, 08:29:50 (UTC, on the first packet's day) or seconds after the first packet (12.5, 2m)",
  });
}

function parseAfterFirst(text: string): Bound | null {
  const found = AFTER_FIRST.exec(text);
  if (found === null) return null;
  const unit = UNITS[found[3] ?? 's'] ?? 1;
  const nanos = nanosOf(found[2]) * unit;
  const seconds = Number(found[1]) * unit;
  return (first) => moment(first.seconds + seconds, first.nanos + nanos);
}

function parseClock(text: string): Bound | null {
  const found = CLOCK.exec(text);
  const time = found === null ? null : secondsOfDay(found[1], found[2], found[3]);
  if (time === null) return null;
  const nanos = nanosOf(found?.[4]);
  return (first) => moment(Math.floor(first.seconds / DAY) * DAY + time, nanos);
}

/** RFC 3339, also with a blank for the T, without seconds, time or zone. Times without a zone are UTC, as all that is printed. */
function parseDate(text: string): Bound | null {
  const found = DATE.exec(text);
  if (found === null) return null;
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])];
  const midnight = new Date(0);
  midnight.setUTCFullYear(year, month - 1, day);
  if (midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== day) return null;
  const time = secondsOfDay(found[4] ?? '0', found[5] ?? '0', found[6]);
  const zone = secondsOfDay(found[10] ?? '0', found[11] ?? '0', undefined);
  if (time === null || zone === null) return null;
  const seconds = midnight.getTime() / 1000 + time - (found[9] === '-' ? -zone : zone);
  return () => moment(seconds, nanosOf(found[7]));
}

function secondsOfDay(hours = '0', minutes = '0', seconds = '0'): number | null {
  const [h, m, s] = [Number(hours), Number(minutes), Number(seconds)];
  return h < 24 && m < 60 && s < 60 ? h * 3600 + m * 60 + s : null;
}

/** Nanoseconds of the digits after the point; further digits are cut off. */
function nanosOf(digits = ''): number {
  return Number(digits.slice(0, 9).padEnd(9, '0'));
}

function moment(seconds: number, nanos: number): Moment {
  return { seconds: seconds + Math.floor(nanos / BILLION), nanos: nanos % BILLION };
}
