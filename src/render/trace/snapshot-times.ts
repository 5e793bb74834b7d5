// When a snapshot was taken, in words; and that a capture lies far from it.

import { epochSeconds } from '../../net/date-text.ts';
import { largestOf, smallestOf } from '../../net/extremes.ts';
import { formatTime } from '../../net/time.ts';
import type { Topology } from '../../topology/model.ts';
import type { SnapshotTime } from '../../topology/time/taken.ts';
import type { TracedCapture } from '../../verdict/trace-types.ts';
import { escapeText } from '../text/escape.ts';

/** Within this time a snapshot is believed to hold without a word. */
const HOURS_BELIEVED = 2;
const HOUR = 3600;
const DAY = 24 * HOUR;

const SOURCES: Readonly<Record<SnapshotTime['from'], string>> = {
  option: '--taken-at',
  'date file': 'the output of date',
  name: 'the name of its folder or archive',
  paste: 'date in the text itself',
  archive: "the times of the archive's members",
  objects: 'the newest time that its objects have',
};

/** `2026-11-02T08:30:00Z`, `2026-11-02T08:30:00Z to 2026-11-02T08:31:12Z`, `2026-11-02T08:30:00Z or later`. */
export function takenText({ first, last, isLeast }: SnapshotTime): string {
  const [from, to] = [secondText(first), secondText(last)];
  if (from !== to) return `${from} to ${to}`;
  return isLeast ? `${from} or later` : from;
}

/** What tells it. */
export function takenBy({ from }: SnapshotTime): string {
  return SOURCES[from];
}

/** One sentence where captures lie hours from every snapshot that was given; null where they do not, or nothing tells. */
export function farFromSnapshot(
  captures: readonly Pick<TracedCapture, 'first' | 'last'>[],
  topology: Topology | null,
): string | null {
  const ends = captures.flatMap(({ first, last }) => [epochSeconds(first), epochSeconds(last)]);
  const known = ends.filter((time) => time !== null);
  const window = known.length === 0 ? null : { first: smallestOf(known), last: largestOf(known) };
  const times = topology?.timeline?.snapshots.map(({ time }) => time) ?? [topology?.taken ?? null];
  const [far = null, ...others] = times.map((time) => farAway(time, window)).filter((one) => one !== null);
  // of several snapshots one that is near is enough
  return others.length === times.length - 1 ? far : null;
}

/**
 * One sentence where captures lie hours from the snapshot; null where they do not, or nothing tells.
 * @param window of the captures, epoch seconds
 */
export function farAway(time: SnapshotTime | null, window: { first: number; last: number } | null): string | null {
  if (time === null || window === null) return null;
  const isBefore = window.last < time.first;
  const seconds = isBefore ? time.first - window.last : time.isLeast ? 0 : window.first - time.last;
  if (seconds <= HOURS_BELIEVED * HOUR) return null;
  const place = time.ref === null ? '' : ` in ${escapeText(time.ref.file)}`;
  const what = isBefore ? 'after the last packet' : 'before the first packet';
  return `the snapshot was taken ${takenText(time)} (${takenBy(time)}${place}), ${spanText(seconds)} ${what}: whose addresses are whose may have changed`;
}

function secondText(seconds: number): string {
  return formatTime({ seconds: Math.floor(seconds), nanos: 0 }, 0) ?? 'an unknown time';
}

/** `26 hours`, `3 days`. */
function spanText(seconds: number): string {
  return seconds < 2 * DAY ? `${Math.round(seconds / HOUR)} hours` : `${Math.round(seconds / DAY)} days`;
}
