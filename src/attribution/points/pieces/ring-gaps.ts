// What pieces of a rotated capture lack between them: a piece that was not given, or not read to its end, or a time in which nobody wrote.
// It is said, and the silence of such a capture proves nothing.

import type { CaptureCounters } from '../../../flow/capture-counters.ts';
import { largestOf, smallestOf } from '../../../net/extremes.ts';
import type { CaptureRings } from '../capture-rings.ts';
import { baseName } from '../points-input.ts';
import { DISORDER_SECONDS, type Span, spanOf } from '../time-lanes.ts';
import { type LostEnds, lostEnds } from './lost-ends.ts';
import { pieceName, pieceNumber } from './piece-names.ts';

interface RingGap {
  /** The capture behind it. */
  after: number;
  /** Packets are missing: of pieces whose numbers follow each other a silence is one of the packets, since a tool goes on at once. */
  isLack: boolean;
  note: string;
}

/** Shorter silences are those of packets that come seldom. */
const LEAST_SECONDS = 1;
/** A silence that is so many times longer than any within the pieces is not one of packets. */
const LONGER_THAN_ANY = 3;

/**
 * What is said of each capture. Of a ring that lacks packets no piece proves anything by its silence, since a conversation may go on in any of
 * them: their `hasGaps` is set.
 */
export function notePieces(rings: CaptureRings, captures: readonly CaptureCounters[]): string[][] {
  const notes: string[][] = captures.map(() => []);
  const lost = lostEnds(captures);
  for (const { after, isLack, note } of [...ringGaps(rings, captures, lost), ...jointGaps(rings, captures, lost)]) {
    notes[after]?.push(note);
    if (!isLack) continue;
    for (const piece of rings.rings[rings.ringOf[after] ?? -1] ?? []) {
      const counters = captures[piece];
      if (counters !== undefined) counters.hasGaps = true;
    }
  }
  for (const { capture, note } of overlapNotes(rings.named, captures)) notes[capture]?.push(note);
  return notes;
}

/** Of captures of one name each, as tools count and date them. */
function ringGaps({ numbered }: CaptureRings, captures: readonly CaptureCounters[], lost: LostEnds): RingGap[] {
  return numbered.flatMap((ring) => (ring.length < 2 ? [] : gapsOf(ring, captures, lost)));
}

/** Of captures that people numbered: nobody knows whether one is missing, but what was given and not read is. */
function jointGaps({ rings, numbered }: CaptureRings, captures: readonly CaptureCounters[], lost: LostEnds): RingGap[] {
  const laneOf = new Map(numbered.flatMap((lane, i) => lane.map((capture) => [capture, i] as const)));
  return rings.flatMap((ring) =>
    ring.slice(1).flatMap((after, i): RingGap[] => {
      const before = ring[i] ?? 0;
      const why = laneOf.get(before) === laneOf.get(after) ? null : lost.between(before, after);
      const said = why === null ? null : silenceText(captures[before], captures[after]);
      return said === null ? [] : [{ after, isLack: true, note: `${said.text}: ${why}` }];
    }),
  );
}

/** The time between two captures, in words. */
function silenceText(
  one: CaptureCounters | undefined,
  other: CaptureCounters | undefined,
): { seconds: number; text: string } | null {
  const [end, start] = [spanOf(one)?.last, spanOf(other)?.first];
  if (one === undefined || other === undefined || end === undefined || start === undefined) return null;
  const seconds = start - end;
  const names = [one, other].map(({ info }) => baseName(info.path)).join(' and ');
  return { seconds, text: `between ${names} nothing was captured for ${secondsText(seconds)}` };
}

function gapsOf(ring: readonly number[], captures: readonly CaptureCounters[], lost: LostEnds): RingGap[] {
  const silence = largestOf(ring.map((capture) => captures[capture]?.silence ?? 0));
  const family = pieceName(captures[ring[0] ?? 0]?.info.path ?? '').exact;
  const isOfRing = (path: string): boolean => pieceName(path).exact === family;
  const numbers = ring.map((capture) => pieceNumber(captures[capture]?.info.path ?? ''));
  const given = new Set(
    captures
      .map(({ info }) => info.path)
      .filter(isOfRing)
      .map(pieceNumber),
  );
  const least = smallestOf(numbers.map((number) => number ?? 0));
  // a piece without packets is no part of the ring, and was given
  const isMissing = (from: number, to: number): boolean => {
    if (to < from || to - from > given.size) return true;
    for (let number = from + 1; number < to; number++) if (!given.has(number)) return true;
    return false;
  };
  // counted on without a leap that is longer than what was given: not a piece that was split again, with numbers behind its own
  const isCounted = numbers.every((number, i) => number !== null && (i === 0 || number > (numbers[i - 1] ?? number)));
  const isLeft = (from: number, to: number): boolean => isCounted && to - from <= given.size && isMissing(from, to);
  return ring.slice(1).flatMap((after, i): RingGap[] => {
    const before = ring[i] ?? 0;
    const silent = silenceText(captures[before], captures[after]);
    if (silent === null) return [];
    const { seconds, text } = silent;
    const [from, to] = [numbers[i] ?? null, numbers[i + 1] ?? null];
    // a ring that is full goes on at its beginning
    const isNext = from === null || to === null || !isMissing(from, to) || (to < from && to === least);
    const isSilent = seconds > Math.max(LEAST_SECONDS, LONGER_THAN_ANY * silence);
    const why = lost.between(before, after);
    if (why !== null) return [{ after, isLack: true, note: `${text}: ${why}` }];
    if (isNext && !isSilent) return [];
    return [
      {
        after,
        isLack: from === null || to === null ? isSilent : isLeft(from, to) || (isSilent && !isNext),
        note: isNext ? text : `${text}, and no piece between them was given`,
      },
    ];
  });
}

/** Pieces that are named as those of one capture and overlap in time, each pair once. */
function overlapNotes(
  named: readonly (readonly number[])[],
  captures: readonly CaptureCounters[],
): { capture: number; note: string }[] {
  return named.flatMap((family) => {
    const spans = family.flatMap((capture) => {
      const span = spanOf(captures[capture]);
      return span === null ? [] : [{ capture, span }];
    });
    spans.sort((a, b) => a.span.first - b.span.first);
    return spans.slice(1).flatMap(({ capture, span }, i) => {
      const before = spans[i] as (typeof spans)[number];
      const seconds = sharedSeconds(before.span, span);
      if (seconds <= DISORDER_SECONDS) return [];
      const names = [before.capture, capture].map((one) => baseName(captures[one]?.info.path ?? ''));
      const note = `${names.join(' and ')} overlap by ${secondsText(seconds)}: they are not taken for pieces of one capture`;
      return [{ capture, note }];
    });
  });
}

function sharedSeconds(a: Span, b: Span): number {
  return Math.min(a.last, b.last) - Math.max(a.first, b.first);
}

function secondsText(seconds: number): string {
  if (seconds < 0.001) return 'an instant';
  return seconds < 0.95 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(1)} s`;
}
