// Rotated captures (tcpdump -C, -G, -W; dumpcap -b; editcap -c): pieces whose names differ in a counter or a time, whose times do not
// overlap, and whose frames do not contradict each other are one place. The same answer whatever their order.

import type { CaptureCounters } from '../../flow/capture-counters.ts';
import type { PacketSketch } from '../../flow/packet-sketch.ts';
import { largestOf } from '../../net/extremes.ts';
import { toSeconds } from '../../net/time.ts';
import { areCompatible, type Home, homeOf, joinHomes, mayBeOne, showsSeveralNics } from './capture-home.ts';
import type { LinkGroup } from './link-groups.ts';
import type { MacKnowledge } from './mac-roles.ts';
import { pieceName, pieceNumber } from './pieces/piece-names.ts';
import { addTo, hasRoom, type Span, spanOf, type TimeLane } from './time-lanes.ts';

export interface CaptureRings {
  /** Captures of each ring in order of time; most rings are one capture. */
  rings: readonly (readonly number[])[];
  /** The same of names that a tool counted or dated: one machine took them. Rings join more: names that differ in any other digits. */
  numbered: readonly (readonly number[])[];
  /** Whether each capture shows frames of several NICs: a port mirror's, or captures that were merged. */
  mixed: readonly boolean[];
  /** Captures that are named as pieces of one, where they are not: of one place, at times that overlap. */
  named: readonly (readonly number[])[];
  /** Ring of each capture. */
  ringOf: Int32Array;
  /**
   * Number of each ring's *strand*: rings of one folder, at different times, in whose frames one MAC is everywhere. Their names have
   * nothing in common, so it may be the NIC of one node or of the other: packets add up and roles agree, but no node is told.
   */
  strandOf: Int32Array;
}

/** What is sorted into lanes: a capture, then a ring. */
interface Strip {
  members: number[];
  spans: TimeLane;
  home: Home;
  sketch: PacketSketch;
  family: string;
  /** Preferred where several lanes have room. */
  exact: string;
  path: string;
  /** Names of its interfaces, where it has them. */
  devices: string;
}

/** Captures of one family at the same time; more are not told apart by name, and stand alone. */
const MOST_LANES = 64;

/** Packets that a tool's cut may leave on both sides: a packet and its copies go by at once. */
export const MOST_ACROSS = 2;

/** @param said the node that the user or the file name says a capture is of */
export function captureRings(
  captures: readonly CaptureCounters[],
  groups: readonly (readonly LinkGroup[])[],
  macs: MacKnowledge,
  said: (capture: number) => string | null,
): CaptureRings {
  const strips = captures.map((capture, i): Strip => {
    const span = spanOf(capture);
    const { path } = capture.info;
    const { exact } = pieceName(path);
    const family = `${exact}|${kindOf(capture)}`;
    const home = homeOf(groups[i] ?? [], macs, said(i));
    const { sketch } = capture;
    return {
      members: [i],
      spans: span === null ? [] : [span],
      home,
      sketch,
      family,
      exact,
      path,
      devices: devicesOf(capture),
    };
  });
  // two NICs with clocks apart saw the same packets at different times: pieces of one never hold a packet twice
  const agree = (a: Strip, b: Strip): boolean => {
    const cut = a.exact === b.exact ? MOST_ACROSS : 0;
    return areDevicesAlike(a, b) && areCompatible(a.home, b.home) && !a.sketch.sharesPackets(b.sketch, cut + 1);
  };
  // those that a tool counted belong together before any that people named alike
  const numbered = intoLanes(strips, agree);
  const rings = intoLanes(
    numbered.map((ring) => ({
      ...ring,
      spans: withoutGaps(ring.spans),
      family: `${pieceName(ring.path).alike}|${kindOf(captures[ring.members[0] ?? 0])}`,
    })),
    agree,
  );
  const strands = intoLanes(
    rings.map((ring) => ({ ...ring, family: `${folderOf(ring.path)}|${kindOf(captures[ring.members[0] ?? 0])}` })),
    (a, b) => areDevicesAlike(a, b) && mayBeOne(a.home, b.home) && !a.sketch.sharesPackets(b.sketch),
  );
  const ringOf = new Int32Array(captures.length);
  rings.forEach((ring, i) => {
    for (const member of ring.members) ringOf[member] = i;
  });
  const strandOf = new Int32Array(rings.length);
  strands.forEach((strand, i) => {
    for (const member of strand.members) strandOf[ringOf[member] ?? 0] = i;
  });
  const membersOf = (lanes: readonly Strip[]): number[][] => lanes.map(({ members }) => inOrder(members, captures));
  const mixed = captures.map((_, i) => showsSeveralNics(groups[i] ?? [], macs));
  return {
    rings: membersOf(rings),
    numbered: membersOf(numbered),
    named: namedAlike(numbered),
    mixed,
    ringOf,
    strandOf,
  };
}

/** The captures of lanes of one family whose names a tool counted, and which one place could have. */
function namedAlike(lanes: readonly Strip[]): number[][] {
  return byFamily(lanes).flatMap((family) => {
    const [first, ...more] = family;
    const isCounted = first !== undefined && more.length > 0 && pieceNumber(first.path) !== null;
    if (!isCounted || more.some((one) => !areDevicesAlike(first, one) || !areCompatible(first.home, one.home)))
      return [];
    return [family.flatMap(({ members }) => members)];
  });
}

/** Link types: pieces have the same. */
function kindOf(capture: CaptureCounters | undefined): string {
  return (capture?.info.interfaces ?? []).map(({ linkType }) => linkType).join();
}

/** What they call their interfaces; empty for a classic capture, which may be a piece of any. */
function devicesOf({ info }: CaptureCounters): string {
  const names = info.interfaces.map(({ name }) => name ?? '');
  return names.some((name) => name !== '') ? names.join() : '';
}

function areDevicesAlike(a: Strip, b: Strip): boolean {
  return a.devices === b.devices || a.devices === '' || b.devices === '';
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

function inOrder(members: readonly number[], captures: readonly CaptureCounters[]): number[] {
  const first = (i: number): number => spanOf(captures[i])?.first ?? 0;
  return [...members].sort((a, b) => first(a) - first(b) || a - b);
}

/** Lanes of strips of one family that fit each other. What tells most of its place comes first; what fits two lanes stays alone. */
function intoLanes(strips: readonly Strip[], agree: (a: Strip, b: Strip) => boolean): Strip[] {
  const lanes: Strip[] = [];
  for (const family of byFamily(strips)) {
    const own: Strip[] = [];
    for (const strip of family.sort(byWhatTheyTell)) {
      const fitting = own.filter((lane) => agree(lane, strip) && fits(lane.spans, strip.spans));
      const alike = fitting.length > 1 ? fitting.filter((lane) => lane.exact === strip.exact) : fitting;
      const [lane] = alike;
      if (lane !== undefined && alike.length === 1) join(lane, strip);
      else {
        const alone = { ...strip, members: [...strip.members], spans: [...strip.spans] };
        lanes.push(alone);
        if (fitting.length === 0 && strip.spans.length > 0 && own.length < MOST_LANES) own.push(alone);
      }
    }
  }
  return lanes;
}

function byFamily(strips: readonly Strip[]): Strip[][] {
  const families = new Map<string, Strip[]>();
  for (const strip of strips) {
    const family = families.get(strip.family);
    if (family === undefined) families.set(strip.family, [strip]);
    else family.push(strip);
  }
  return [...families.values()];
}

function byWhatTheyTell(a: Strip, b: Strip): number {
  const order = (strip: Strip): number => strip.home.choices || Number.POSITIVE_INFINITY;
  const [one, other] = [order(a), order(b)];
  if (one !== other) return one - other;
  return (a.spans[0]?.first ?? 0) - (b.spans[0]?.first ?? 0) || (a.path < b.path ? -1 : 1);
}

function fits(lane: TimeLane, spans: readonly Span[]): boolean {
  return spans.length > 0 && spans.every((span) => hasRoom(lane, span));
}

/** A tool goes on with the next piece at once: where nothing was captured between two, no other capture's frames belong. */
function withoutGaps(spans: TimeLane): TimeLane {
  const [first, last] = [spans[0], spans.at(-1)];
  return first === undefined || last === undefined ? [] : [{ first: first.first, last: last.last }];
}

function join(lane: Strip, strip: Strip): void {
  for (const member of strip.members) lane.members.push(member);
  for (const span of strip.spans) addTo(lane.spans, span);
  lane.home = joinHomes(lane.home, strip.home);
  lane.devices ||= strip.devices;
  lane.sketch = lane.sketch.joined(strip.sketch);
}

/** When each capture ended, in epoch seconds: of the pieces of one, the last one's end. Infinite where no packet has a time. */
export function endsOf(
  { rings, ringOf }: Pick<CaptureRings, 'rings' | 'ringOf'>,
  captures: readonly Pick<CaptureCounters, 'last'>[],
): number[] {
  const ends = rings.map((ring) => {
    const lasts = ring.map((capture) => captures[capture]?.last ?? null).filter((last) => last !== null);
    return lasts.length === 0 ? Number.POSITIVE_INFINITY : largestOf(lasts.map(toSeconds));
  });
  return captures.map((_, capture) => ends[ringOf[capture] ?? -1] ?? Number.POSITIVE_INFINITY);
}
