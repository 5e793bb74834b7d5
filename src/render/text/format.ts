// Single values as people read them: counts, sizes, times, lists. English, no locale of the machine, UTC.
import { escapeText } from './escape.ts';

/** `1 flow`, `3 flows`, `12,345 packets`. */
export function formatCount(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatNumber(count)} ${count === 1 ? noun : plural}`;
}

/** Digits in groups of three from 10,000 on. */
export function formatNumber(value: number): string {
  const digits = String(Math.trunc(value));
  return digits.length < 5 ? digits : digits.replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

/** A count that may be several: `2-4`; where it is certain, the count. */
export function formatRange(
  between: { least: number; most: number } | null,
  count: number,
  format: (value: number) => string,
): string {
  return between === null ? format(count) : `${format(between.least)}-${format(between.most)}`;
}

/** A count for a narrow column: exact up to 99999, then `123k`, `4.5M`, `1.2G` (powers of ten). */
export function formatCompact(value: number): string {
  if (value < 100_000) return String(Math.trunc(value));
  for (const [unit, size] of [
    ['G', 1e9],
    ['M', 1e6],
    ['k', 1e3],
  ] as const) {
    if (value >= size) {
      const scaled = value / size;
      return `${scaled < 10 ? scaled.toFixed(1) : Math.trunc(scaled)}${unit}`;
    }
  }
  return String(value);
}

/** Bytes with powers of ten, as packet tools count: `74 B`, `1.2 kB`, `3.4 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  for (const [unit, size] of [
    ['GB', 1e9],
    ['MB', 1e6],
    ['kB', 1e3],
  ] as const) {
    if (bytes >= size) return `${(bytes / size).toFixed(bytes / size < 100 ? 1 : 0)} ${unit}`;
  }
  return `${bytes} B`;
}

/** A span of time with three digits at most: `0.12 ms`, `35 ms`, `1.2 s`, `480 s`. */
export function formatSeconds(seconds: number): string {
  const [value, unit] = seconds < 1 ? [seconds * 1000, 'ms'] : [seconds, 's'];
  const digits = value < 1 ? 3 : value < 10 ? 1 : 0;
  return `${Number(value.toFixed(digits))} ${unit}`;
}

/** The clock part of an RFC 3339 time with tenths of a second: `08:29:50.2`. Null stays null. */
export function formatClock(time: string | null): string | null {
  const clock = time === null ? null : /T(\d\d:\d\d:\d\d)(\.\d)?/.exec(time);
  return clock === null ? null : `${clock[1]}${clock[2] ?? ''}`;
}

/** `08:29:50.2 to 08:30:01.5 UTC`; with the dates when there are two. Null when a time is missing. */
export function formatSpan(first: string | null, last: string | null): string | null {
  const [from, to] = [formatClock(first), formatClock(last)];
  if (first === null || last === null || from === null || to === null) return null;
  const [day, lastDay] = [first.slice(0, 10), last.slice(0, 10)];
  return day === lastDay ? `${from} to ${to} UTC` : `${day} ${from} to ${lastDay} ${to} UTC`;
}

/** `a`, `a and b`, `a, b and c`; at most `cap` names, then `a, b and 7 more`. Each is escaped. */
export function formatList(names: readonly string[], cap = 4): string {
  const shown = names.slice(0, cap).map(escapeText);
  if (names.length > cap) return `${shown.join(', ')} and ${formatNumber(names.length - cap)} more`;
  return shown.length < 2 ? (shown[0] ?? '') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** The part of a path after its last slash, escaped. */
export function baseName(path: string): string {
  return escapeText(path.slice(path.lastIndexOf('/') + 1) || path);
}
