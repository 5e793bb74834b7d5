// HOT: per packet. No allocation but for copies.
// Frames that have everything in common, at one place and soon: copies of one packet, or one packet that was sent again.
import type { Frame } from '../frame.ts';
import type { SeenFrame, Sight, Stop, Unit } from '../journey.ts';

/** A copy, or the same frame in another capture of the place, comes this soon; what comes later was sent again. */
const COPY_SECONDS = 0.008;
/** Frames kept of one that a place shows again and again. */
const MOST_COPIES = 24;

export function sightAt(unit: Unit, stop: Stop): Sight | undefined {
  return unit.sights.find((one) => one.stop === stop);
}

/** What a sender wraps in another datagram on one link was sent again, however soon; a router or a node on the way may wrap it anew. */
export function isCopy(sight: Sight, frame: Frame): boolean {
  if (Math.abs(frame.seconds - sight.seconds + (frame.nanos - sight.nanos) / 1e9) > COPY_SECONDS) return false;
  return !(isOtherDatagram(sight, frame) || (sight.copies?.some((one) => isOtherDatagram(one, frame)) ?? false));
}

export function isOtherDatagram(seen: SeenFrame, { link, tunnelId }: Frame): boolean {
  return seen.link === link && seen.tunnelId >= 0 && tunnelId >= 0 && seen.tunnelId !== tunnelId;
}

/** A packet that was sent moments before in all alike, and that the place lacks: of it, rather than of this one, it is. */
export function twinWithout({ journey, key, first, before }: Unit, stop: Stop): Unit | null {
  for (let unit = before; unit !== null && first - unit.first <= COPY_SECONDS; unit = unit.before)
    if (unit.journey === journey && unit.key === key && sightAt(unit, stop) === undefined) return unit;
  return null;
}

export function noteCopy(sight: Sight, frame: Frame): void {
  sight.copies ??= [];
  if (sight.copies.length < MOST_COPIES) sight.copies.push(seenFrame(frame));
}

export function seenFrame({ capture, number, seconds, nanos, link, encapsulation, tunnelId }: Frame): SeenFrame {
  return { capture, number, seconds, nanos, link, encapsulation, tunnelId };
}

/**
 * What plain places had of a packet that only its tunnels told from one before it: of two frames there the second was taken for a copy.
 * @param alike the packet before, which loses them
 */
export function adoptedSights(alike: Unit, own: Unit): Sight[] {
  return alike.sights.flatMap((sight) => {
    const { copies } = sight;
    const place = copies?.findIndex(({ link, tunnelId }) => link === sight.link && tunnelId < 0) ?? -1;
    if (copies === null || place < 0 || sightAt(own, sight.stop) !== undefined) return [];
    const [frame] = copies.splice(place, 1) as [SeenFrame];
    if (copies.length === 0) sight.copies = null;
    return [{ ...sight, ...frame, copies: null, parts: null, outerKey: null, frames: 1, pieces: 1 }];
  });
}
