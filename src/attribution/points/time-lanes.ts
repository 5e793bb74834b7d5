// Times that do not overlap, side by side: what was captured in one of them was not captured in another.
import type { CaptureCounters } from '../../flow/capture-counters.ts';
import { toSeconds } from '../../net/time.ts';

export interface Span {
  first: number;
  last: number;
}

/** Spans that are apart from each other, in order. */
export type TimeLane = Span[];

/** Frames of several interfaces or processors are written a little out of order: pieces of one capture reach this far into each other. */
export const DISORDER_SECONDS = 0.01;
/** But never so far that half of one is in the other: copies do that. */
const DISORDER_SHARE = 0.5;

/** Null without a packet that has a time. */
export function spanOf(capture: Pick<CaptureCounters, 'first' | 'last'> | undefined): Span | null {
  const first = capture?.first ?? null;
  const last = capture?.last ?? null;
  return first === null || last === null ? null : { first: toSeconds(first), last: toSeconds(last) };
}

/** Whether the span is apart from all in the lane. */
export function hasRoom(lane: TimeLane, span: Span): boolean {
  const next = placeIn(lane, span);
  return [lane[next - 1], lane[next]].every((other) => other === undefined || areApart(other, span));
}

/** Adds a span that the lane has room for. */
export function addTo(lane: TimeLane, span: Span): void {
  lane.splice(placeIn(lane, span), 0, span);
}

function areApart(a: Span, b: Span): boolean {
  const shared = Math.min(a.last, b.last) - Math.max(a.first, b.first);
  const shorter = Math.min(a.last - a.first, b.last - b.first);
  return shared <= 0 || (shared < DISORDER_SECONDS && shared < shorter * DISORDER_SHARE);
}

/** Index of the first span that begins after this one. */
function placeIn(lane: TimeLane, { first, last }: Span): number {
  let low = 0;
  let high = lane.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = lane[middle] as Span;
    if (other.first < first || (other.first === first && other.last <= last)) low = middle + 1;
    else high = middle;
  }
  return low;
}
