// What is said of a capture that holds packets more than once at one place: a mirror of both directions, both sides of a router, a merge
// of several captures. A packet on its way through the places of an `-i any` capture is none of these.

import type { FlowTable } from '../flow/flow-table.ts';
import type { PathFacts } from './path-facts.ts';

/** Share of copies from which every packet is said to have some: what few lost or saw no more is not asked for. */
const NEARLY_ALL = 0.9;
type Counts = Float64Array<ArrayBuffer>;

const TIMES = ['', 'once', 'twice', 'three times', 'four times'] as const;

/** Sentences per capture; none where each packet is there once. */
export function copiesNotes(table: FlowTable, { point, pointOf }: PathFacts, captures: number): string[][] {
  const { rows, paths, links } = table;
  const [frames, copies, doubts] = [0, 1, 2].map(() => new Float64Array(captures)) as [Counts, Counts, Counts];
  const captureOf = (row: number): number => links.captureOf(paths.link[rows.path(row)] ?? 0);
  for (let row = 0; row < rows.count; row++) {
    frames[captureOf(row)]! += rows.packets(row) - rows.outerFragments(row);
    if (rows.copies(row) > 0) copies[captureOf(row)]! += rows.copies(row);
    if (rows.doubts(row) > 0) doubts[captureOf(row)]! += rows.doubts(row);
  }
  const isCooked = (row: number): boolean => links.record(paths.link[rows.path(row)] ?? 0).packetType !== null;
  const shared = new Map<number, number>();
  table.overlaps.forEach((row, other, packets) => {
    const [one, two] = [rows.path(row), rows.path(other)];
    if (point[one] === null || pointOf[one] !== pointOf[two] || isCooked(row)) return;
    shared.set(row, Math.max(packets, shared.get(row) ?? 0));
  });
  for (const [row, packets] of shared) copies[captureOf(row)]! += packets;
  return Array.from(copies, (count, capture) =>
    [noteOf(frames[capture] ?? 0, count), doubtOf(doubts[capture] ?? 0)].filter((note) => note !== null),
  );
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
