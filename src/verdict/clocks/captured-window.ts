// From the first packet of all captures to the last one, by their own clocks.

import type { TimeWindow } from '../../attribution/who/address-book.ts';
import type { CaptureCounters } from '../../flow/capture-counters.ts';
import { largestOf, smallestOf } from '../../net/extremes.ts';
import { toSeconds } from '../../net/time.ts';

/** Epoch seconds; null where no packet has a time. */
export function capturedWindow(captures: readonly CaptureCounters[]): TimeWindow | null {
  const firsts = captures.map((c) => c.first).filter((m) => m !== null);
  const lasts = captures.map((c) => c.last).filter((m) => m !== null);
  if (firsts.length === 0) return null;
  return { first: smallestOf(firsts.map(toSeconds)), last: largestOf(lasts.map(toSeconds)) };
}
