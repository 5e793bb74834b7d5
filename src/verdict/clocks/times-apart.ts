// Captures of several times: what ran together is one time, and tells nothing of another one.

/** Captures with less than this between them were one time: tools go on after a moment, and packets come when they come. */
export const TOGETHER_SECONDS = 1;

/** When a capture ran, epoch seconds on one clock, and the rotated capture that it is a piece of. */
export interface Ran {
  first: number;
  last: number;
  ring: number;
}

/** Captures by the times that they ran in, each overlapping another one of its time; pieces of one ring leave none out between them. The earliest first. */
export function timesApart<Capture extends Ran>(captures: readonly Capture[]): Capture[][] {
  const rings = new Map<number, { first: number; last: number; captures: Capture[] }>();
  for (const capture of captures) {
    const ring = rings.get(capture.ring) ?? { first: capture.first, last: capture.last, captures: [] };
    rings.set(capture.ring, ring);
    ring.first = Math.min(ring.first, capture.first);
    ring.last = Math.max(ring.last, capture.last);
    ring.captures.push(capture);
  }
  const times: Capture[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const ring of [...rings.values()].sort((a, b) => a.first - b.first)) {
    if (ring.first > end + TOGETHER_SECONDS) times.push([]);
    times.at(-1)?.push(...ring.captures);
    end = Math.max(end, ring.last);
  }
  return times;
}
