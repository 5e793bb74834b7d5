// Moments as RFC 3339 text in UTC, with all the digits the capture has and no more.

/** A moment: whole seconds since the epoch and nanoseconds within. */
export interface Moment {
  seconds: number;
  nanos: number;
}

export function isBefore(a: Moment, b: Moment): boolean {
  return a.seconds < b.seconds || (a.seconds === b.seconds && a.nanos < b.nanos);
}

const LONGEST = 9;
/** Flows share seconds: the text of the last ones is kept. */
const KEPT = 4096;
const seconds = new Map<number, string | null>();

/** @param digits 0..9 after the second. Null for a packet without a time, or beyond what RFC 3339 can write. */
export function formatTime(moment: Moment | null, digits: number): string | null {
  if (moment === null || !Number.isFinite(moment.seconds)) return null;
  const second = secondText(moment.seconds);
  if (second === null) return null;
  if (digits === 0) return `${second}Z`;
  return `${second}.${String(moment.nanos).padStart(LONGEST, '0').slice(0, Math.min(digits, LONGEST))}Z`;
}

function secondText(value: number): string | null {
  let text = seconds.get(value);
  if (text === undefined) {
    const date = new Date(value * 1000);
    const year = date.getUTCFullYear();
    text = Number.isNaN(year) || year > 9999 || year < 0 ? null : date.toISOString().slice(0, 19);
    if (seconds.size >= KEPT) seconds.clear();
    seconds.set(value, text);
  }
  return text;
}

/** Epoch seconds as one number, to the microsecond or so: for comparing and showing spans, not for identity. */
export function toSeconds(moment: Moment): number {
  return moment.seconds + moment.nanos / 1e9;
}
