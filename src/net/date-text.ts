// Dates as texts: RFC 3339 and what people make of it, what `date` prints, and digits in names of files. The one place that reads them.
import type { Moment } from './time.ts';

const DATE =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?(?: ?(Z|UTC|([+-])(\d{2}):?(\d{2})))?)?$/i;
/** `20261102083000`, UTC. */
const DIGITS = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/;
const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const BILLION = 1_000_000_000;

/**
 * RFC 3339, also with a blank for the T, without seconds, time or zone. Times without a zone are UTC, as all that is printed; null for
 * what is no such text, or a day that does not exist.
 */
export function parseRfc3339(text: string): Moment | null {
  const found = DATE.exec(text);
  if (found === null) return null;
  const midnight = midnightOf(Number(found[1]), Number(found[2]), Number(found[3]));
  const time = secondsOfDay(found[4] ?? '0', found[5] ?? '0', found[6]);
  const zone = secondsOfDay(found[10] ?? '0', found[11] ?? '0', undefined);
  if (midnight === null || time === null || zone === null) return null;
  return { seconds: midnight + time - (found[9] === '-' ? -zone : zone), nanos: nanosOf(found[7]) };
}

/** The same in epoch seconds with a fraction. */
export function epochSeconds(text: string | null): number | null {
  const moment = text === null ? null : parseRfc3339(text);
  return moment === null ? null : moment.seconds + moment.nanos / BILLION;
}

/** Epoch seconds of `20261102083000`, which is UTC; null for what is no such text. */
export function digitsSeconds(text: string): number | null {
  const found = DIGITS.exec(text);
  if (found === null) return null;
  const midnight = midnightOf(Number(found[1]), Number(found[2]), Number(found[3]));
  const time = secondsOfDay(found[4], found[5], found[6]);
  return midnight === null || time === null ? null : midnight + time;
}

/**
 * Epoch seconds of what `date` printed: `Mon Nov  2 08:30:00 UTC 2026`, `Mon 02 Nov 2026 08:30:00 AM UTC`, `date -u`, `-R`, `-I`, RFC 3339,
 * `+%s` and `+%s.%N` from 2001 on.
 * Null for what is no date, and in a zone that only the machine knows (CEST is not one hour everywhere).
 */
export function dateOutputSeconds(text: string): number | null {
  const line = text.trim().replace(/\s+/g, ' ');
  if (/^[1-9]\d{9}(?:\.\d{1,9})?$/.test(line)) return Number(line);
  if (/^\d{4}-/.test(line)) return /(Z|UTC|[+-]\d\d:?\d\d)$/i.test(line) ? epochSeconds(line) : null;
  const words = line.split(/[ ,]+/);
  if (words.length < 5 || words.length > 7) return null;
  const month = words.findIndex((word) => MONTHS.includes(word.toLowerCase().slice(0, 3)) && /^[a-z]+$/i.test(word));
  const clock = /\b(\d{1,2}):(\d{2}):(\d{2})(?: (AM|PM))?\b/i.exec(line);
  const zone = /(?:^| )(UTC|GMT|Z|([+-])(\d{2}):?(\d{2}))(?: |$)/.exec(line);
  const year = words.find((word) => /^\d{4}$/.test(word));
  // the day stands beside the month
  const day = [words[month + 1], words[month - 1]].find((word) => /^\d{1,2}$/.test(word ?? ''));
  if (month < 0 || clock === null || zone === null || year === undefined || day === undefined) return null;
  const hours = hoursOf(Number(clock[1]), clock[4]);
  const midnight = midnightOf(
    Number(year),
    MONTHS.indexOf((words[month] ?? '').toLowerCase().slice(0, 3)) + 1,
    Number(day),
  );
  const time = hours === null ? null : secondsOfDay(String(hours), clock[2], clock[3]);
  const offset = secondsOfDay(zone[3] ?? '0', zone[4] ?? '0', undefined);
  if (midnight === null || time === null || offset === null) return null;
  return midnight + time - (zone[2] === '-' ? -offset : offset);
}

/** Seconds since midnight; null for what no clock shows. */
export function secondsOfDay(hours = '0', minutes = '0', seconds = '0'): number | null {
  const [h, m, s] = [Number(hours), Number(minutes), Number(seconds)];
  return h < 24 && m < 60 && s < 60 ? h * 3600 + m * 60 + s : null;
}

/** Nanoseconds of the digits after the point; further digits are cut off. */
export function nanosOf(digits = ''): number {
  return Number(digits.slice(0, 9).padEnd(9, '0'));
}

/** 12 AM is midnight. */
function hoursOf(hours: number, half: string | undefined): number | null {
  if (half === undefined) return hours;
  if (hours < 1 || hours > 12) return null;
  return (hours % 12) + (half.toUpperCase() === 'PM' ? 12 : 0);
}

/** Epoch seconds at which a day begins; null for a day that does not exist. */
function midnightOf(year: number, month: number, day: number): number | null {
  const midnight = new Date(0);
  midnight.setUTCFullYear(year, month - 1, day);
  return midnight.getUTCMonth() === month - 1 && midnight.getUTCDate() === day ? midnight.getTime() / 1000 : null;
}
