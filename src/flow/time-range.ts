// --since and --until: RFC 3339, a time of day (UTC, on the day of the first packet), or seconds after the first packet.
import { OverlensError } from '../errors.ts';

export interface TimeRange {
  /** Whether a packet of that time counts. The first call fixes the first packet. Packets without a time always count. */
  includes(seconds: number, nanos: number): boolean;
}

type Bound = (firstSeconds: number) => number;

const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?Z?$/;
const DATE = /^\d{4}-\d{2}-\d{2}([T ]|$)/;
const RELATIVE = /^\+?(\d+(?:\.\d+)?)(s|m|h)?$/;
const UNITS: Record<string, number> = { s: 1, m: 60, h: 3600 };
const DAY = 86_400;

/** @throws OverlensError E_USAGE when a bound cannot be read. */
export function timeRange(since: string | null, until: string | null): TimeRange {
  const from = since === null ? null : parseBound('--since', since);
  const to = until === null ? null : parseBound('--until', until);
  let first: number | null = null;
  let low = Number.NEGATIVE_INFINITY;
  let high = Number.POSITIVE_INFINITY;
  return {
    includes(seconds, nanos) {
      if (!Number.isFinite(seconds)) return true;
      const time = seconds + nanos / 1e9;
      if (first === null) {
        first = time;
        if (from !== null) low = from(first);
        if (to !== null) high = to(first);
      }
      return time >= low && time <= high;
    },
  };
}

/** Times without a zone are UTC, as everything this program prints. */
function withZone(text: string): string {
  return !text.includes('T') || /(Z|[+-]\d{2}:?\d{2})$/i.test(text) ? text : `${text}Z`;
}

function parseBound(option: string, text: string): Bound {
  const relative = RELATIVE.exec(text);
  if (relative) {
    const seconds = Number(relative[1]) * (UNITS[relative[2] ?? 's'] ?? 1);
    return (first) => first + seconds;
  }
  const clock = CLOCK.exec(text);
  if (clock && Number(clock[1]) < 24 && Number(clock[2]) < 60) {
    const seconds = Number(clock[1]) * 3600 + Number(clock[2]) * 60 + Number(clock[3] ?? 0);
    return (first) => Math.floor(first / DAY) * DAY + seconds;
  }
  const date = DATE.test(text) ? Date.parse(withZone(text.replace(' ', 'T'))) : Number.NaN;
  if (Number.isNaN(date)) {
    throw new OverlensError('E_USAGE', `${option} ${text}: not a time`, {
      hint: "give 2026-11-22T08:29:50.2Z, 08:29:50 (UTC, on the first packet's day) or seconds after the first packet (12.5, 2m)",
    });
  }
  return () => date / 1000;
}
