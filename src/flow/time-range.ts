// --since and --until: RFC 3339, a time of day (UTC, on the day of the first packet), a time after the first packet, or before the last.
// Exact to the nanosecond, so that a time pasted from any output includes the very packet that has it.

import { OverlensError } from '../errors.ts';
import { nanosOf, parseRfc3339, secondsOfDay } from '../net/date-text.ts';
import { formatTime, isBefore, type Moment } from '../net/time.ts';

export interface TimeRange {
  /** Whether a packet of that time counts. The first call fixes the first packet. Packets without a time always count. */
  includes(seconds: number, nanos: number): boolean;
}

/** A bound, once the first packet is known, and the last one where the bound counts from it. */
type Bound = (first: Moment, last: Moment) => Moment;

const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?Z?$/i;
const AFTER_FIRST = /^\+?(\d+)(?:\.(\d+))?(s|m|h)?$/;
const BEFORE_LAST = /^-(\d+)(?:\.(\d+))?(s|m|h)?$/;
const UNITS: Record<string, number> = { s: 1, m: 60, h: 3600 };
const DAY = 86_400;
const BILLION = 1_000_000_000;

/** Whether a bound counts from the last packet, which has to be known before the first one is read. */
export function countsFromEnd(text: string | null): boolean {
  return text !== null && BEFORE_LAST.test(text);
}

/**
 * Both ends are included; null leaves an end open.
 * @param last of all packets, for bounds that count from it
 * @throws OverlensError E_USAGE when a bound cannot be read.
 */
export function timeRange(since: string | null, until: string | null, last: Moment = NEVER): TimeRange {
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
        low = from?.({ seconds, nanos }, last) ?? null;
        high = to?.({ seconds, nanos }, last) ?? null;
      }
      if (low !== null && (seconds < low.seconds || (seconds === low.seconds && nanos < low.nanos))) return false;
      return high === null || seconds < high.seconds || (seconds === high.seconds && nanos <= high.nanos);
    },
  };
}

const NEVER: Moment = { seconds: Number.NaN, nanos: 0 };

/** What a bound means in a capture. @throws OverlensError E_USAGE when it cannot be read */
export function boundOf(option: string, text: string, first: Moment, last: Moment): Moment {
  return parseBound(option, text)(first, last);
}

/** Why no packet lies between the bounds, in a sentence without a subject; null where some may. */
export function whyOutside(since: string | null, until: string | null, first: Moment, last: Moment): string | null {
  const from = since === null ? null : boundOf('--since', since, first, last);
  const to = until === null ? null : boundOf('--until', until, first, last);
  if (from !== null && isBefore(last, from)) return `--since ${since} is after the last packet (${clockOf(last)})`;
  if (to !== null && isBefore(to, first)) return `--until ${until} is before the first packet (${clockOf(first)})`;
  if (from !== null && to !== null && isBefore(to, from)) return `--since ${since} is after --until ${until}`;
  return null;
}

/** `2026-11-22 08:29:52.5 UTC`, as it may be given back. */
function clockOf(moment: Moment): string {
  return `${(formatTime(moment, 1) ?? '?').replace('T', ' ').replace('Z', '')} UTC`;
}

function parseBound(option: string, text: string): Bound {
  const bound = parseAfterFirst(text) ?? parseBeforeLast(text) ?? parseClock(text) ?? parseDate(text);
  if (bound !== null) return bound;
  throw new OverlensError('E_USAGE', `${option} ${text}: not a time`, {
    hint: "give 2026-11-22T08:29:50.2Z, 08:29:50 (UTC, on the first packet's day), +12.5s or +2m (after the first packet), -5m (before the last)",
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

function parseBeforeLast(text: string): Bound | null {
  const found = BEFORE_LAST.exec(text);
  if (found === null) return null;
  const unit = UNITS[found[3] ?? 's'] ?? 1;
  const nanos = nanosOf(found[2]) * unit;
  const whole = Math.ceil(nanos / BILLION);
  const seconds = Number(found[1]) * unit + whole;
  return (_first, last) => moment(last.seconds - seconds, last.nanos + whole * BILLION - nanos);
}

function parseClock(text: string): Bound | null {
  const found = CLOCK.exec(text);
  const time = found === null ? null : secondsOfDay(found[1], found[2], found[3]);
  if (time === null) return null;
  const nanos = nanosOf(found?.[4]);
  return (first) => moment(Math.floor(first.seconds / DAY) * DAY + time, nanos);
}

function parseDate(text: string): Bound | null {
  const found = parseRfc3339(text);
  return found === null ? null : () => found;
}

function moment(seconds: number, nanos: number): Moment {
  return { seconds: seconds + Math.floor(nanos / BILLION), nanos: nanos % BILLION };
}
