// What is said of a capture that holds packets more than once at one place: a mirror of both directions, both sides of a router, a merge
// of several captures, or where nothing tells. A packet on its way through the places of an `-i any` capture is none of these.

import type { FlowTable } from '../flow/flow-table.ts';
import { circles } from '../flow/rows/circles.ts';
import type { PathFacts } from './path-facts.ts';
import type { CaptureSets } from './points/capture-sets.ts';
import type { Points } from './points/points.ts';

/** Share of copies from which every packet is said to have some: what few lost or saw no more is not asked for. */
const NEARLY_ALL = 0.9;
const TIMES = ['', 'once', 'twice', 'three times', 'four times'] as const;
const PERHAPS_A_PIECE =
  'named and timed like a piece of a capture, but its frames are as if of another place: what several pieces have counts as a range';

type Counts = Float64Array<ArrayBuffer>;

/** Sentences per capture; none where each packet is there once. */
export function copiesNotes(
  table: FlowTable,
  { point, pointOf }: PathFacts,
  captures: number,
  { named }: Pick<CaptureSets, 'named'>,
  { macs }: Pick<Points, 'macs'>,
): string[][] {
  const { rows, paths, links } = table;
  const [frames, copies, doubts] = [0, 1, 2].map(() => new Float64Array(captures)) as [Counts, Counts, Counts];
  const captureOf = (row: number): number => links.captureOf(paths.link[rows.path(row)] ?? 0);
  for (let row = 0; row < rows.count; row++) {
    frames[captureOf(row)]! += rows.packets(row) - rows.outerFragments(row);
    // what comes by again with fewer hops left is no copy
    if (circles(rows, row)) continue;
    if (rows.copies(row) > 0) copies[captureOf(row)]! += rows.copies(row);
    if (rows.doubts(row) > 0) doubts[captureOf(row)]! += rows.doubts(row);
  }
  const isCooked = (row: number): boolean => links.record(paths.link[rows.path(row)] ?? 0).packetType !== null;
  // what a host got and sent on itself, or sent and got again
  const isSentOn = (one: number, two: number): boolean => {
    const here = point[one] ?? null;
    const [first, second] = [one, two].map((path) => links.record(paths.link[path] ?? 0));
    const isOwn = (mac: string | null | undefined): boolean =>
      mac != null &&
      here !== null &&
      (mac === here.mac || (here.topologyNode !== null && macs.ownNic(mac) === here.topologyNode));
    return (first?.dst === second?.src && isOwn(first?.dst)) || (first?.src === second?.dst && isOwn(first?.src));
  };
  const shared = new Map<number, number>();
  table.overlaps.forEach((row, other, packets) => {
    const [one, two] = [rows.path(row), rows.path(other)];
    if (circles(rows, row) || circles(rows, other) || isSentOn(one, two)) return;
    if (point[one] === null || pointOf[one] !== pointOf[two] || isCooked(row)) return;
    shared.set(row, Math.max(packets, shared.get(row) ?? 0));
  });
  for (const [row, packets] of shared) copies[captureOf(row)]! += packets;
  const pieces = new Set(named.flatMap((own) => piecesOfFlows(table, own)));
  return Array.from(copies, (count, capture) =>
    [
      noteOf(frames[capture] ?? 0, count),
      doubtOf(doubts[capture] ?? 0),
      pieces.has(capture) ? PERHAPS_A_PIECE : null,
    ].filter((note) => note !== null),
  );
}

/** Of captures, those that have flows in common. */
function piecesOfFlows(table: FlowTable, captures: readonly number[]): number[] {
  const { rows, paths, links } = table;
  const shared = new Set<number>();
  const seenIn = new Map<number, number>();
  for (let row = 0; row < rows.count; row++) {
    const capture = links.captureOf(paths.link[rows.path(row)] ?? 0);
    if (!captures.includes(capture)) continue;
    const before = seenIn.get(rows.flow(row)) ?? capture;
    if (before !== capture) shared.add(before).add(capture);
    seenIn.set(rows.flow(row), capture);
  }
  return [...shared];
}

function noteOf(frames: number, copies: number): string | null {
  if (copies === 0) return null;
  const why = 'a mirror, or a merge of several captures; copies count once';
  const times = Math.round(frames / (frames - copies));
  if (times > 1 && copies >= frames * (1 - 1 / times) * NEARLY_ALL)
    return `each packet is there ${TIMES[times] ?? `${times} times`}: ${why}`;
  return `${copies} of ${frames} packets are copies: ${why}`;
}

function doubtOf(doubts: number): string | null {
  if (doubts === 0) return null;
  const what = doubts === 1 ? '1 packet may be a copy' : `${doubts} packets may be copies`;
  return `${what}, and nothing in the capture tells: if it is a merge of captures whose clocks differ, give those one by one`;
}
