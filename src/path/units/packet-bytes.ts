// Which bytes of a stream or datagram packets have in common. Bytes count, not frames: segments are joined and split on the way.
import { type Frame, SPACE } from '../frame.ts';
import type { Part, Unit } from '../journey.ts';

/** Bytes that make it whole; of a packet that only compares as a whole, one. */
export function lengthOf(unit: Pick<Unit, 'space' | 'from' | 'to'>): number {
  return unit.space === SPACE.none ? 1 : Math.max(1, (unit.to - unit.from) | 0);
}

/** Both count up; a frame's own is that of its first segment. */
export function idDistance(unit: Unit, frame: Frame): number {
  return Math.min((frame.id - unit.id) & 0xffff, (unit.id - frame.id) & 0xffff);
}

/** Bytes of both, 0 or less where there is none. */
export function overlap(a: Pick<Unit, 'from' | 'to'>, b: Pick<Unit, 'from' | 'to'>): number {
  const from = ((a.from - b.from) | 0) > 0 ? a.from : b.from;
  const to = ((a.to - b.to) | 0) < 0 ? a.to : b.to;
  return (to - from) | 0;
}

/** Bytes of a packet that are in some of the frames. */
export function covered(unit: Unit, parts: readonly Part[]): number {
  const inside = parts.map((part) => ({ from: (part.from - unit.from) | 0, to: (part.to - unit.from) | 0 }));
  inside.sort((a, b) => a.from - b.from);
  let bytes = 0;
  let end = 0;
  for (const { from, to } of inside) {
    bytes += Math.max(0, Math.min(to, lengthOf(unit)) - Math.max(from, end));
    end = Math.max(end, to);
  }
  return bytes;
}
