// Snapshots of one cluster in the order of their times, and which of them can tell what held at a time.
import type { SnapshotTime } from './taken.ts';

/** One of several snapshots. */
export interface TimedSnapshot<Snapshot> {
  topology: Snapshot;
  time: SnapshotTime;
  /** What it is called: the arguments that it came from. */
  name: string;
  /** What the one before it states otherwise: `IPPool default`, `pod shop/web`; empty for the first. */
  differs: readonly string[];
}

export interface Timeline<Snapshot> {
  /** The earliest first. */
  snapshots: readonly TimedSnapshot<Snapshot>[];
  /**
   * The snapshots of which one was valid at each moment of that time, the earliest first: one alone where no other was taken nearer;
   * between two of them both, for nothing tells when what they differ in changed.
   * @param first of the packets, epoch seconds
   */
  at(first: number, last: number): readonly TimedSnapshot<Snapshot>[];
}

/** The one of several snapshots to describe what was seen at that time by: between two, the later. */
export function snapshotAt<Snapshot extends { timeline: Timeline<Snapshot> | null }>(
  snapshot: Snapshot,
  first: number,
  last: number,
): Snapshot {
  return snapshot.timeline?.at(first, last).at(-1)?.topology ?? snapshot;
}

/** All snapshots of its cluster. */
export function snapshotsOf<Snapshot extends { timeline: Timeline<Snapshot> | null }>(snapshot: Snapshot): Snapshot[] {
  return snapshot.timeline?.snapshots.map(({ topology }) => topology) ?? [snapshot];
}

/** @param snapshots of one cluster, in any order */
export function timelineOf<Snapshot>(snapshots: readonly TimedSnapshot<Snapshot>[]): Timeline<Snapshot> {
  const inOrder = snapshots.toSorted((a, b) => a.time.first - b.time.first || a.time.last - b.time.last);
  return {
    snapshots: inOrder,
    at(first, last) {
      if (Number.isNaN(first) || Number.isNaN(last)) return inOrder;
      // what was read before holds from the end of its reading on, at the latest; what is read next held until that began
      const from = Math.max(
        0,
        inOrder.findLastIndex(({ time }) => time.last <= first),
      );
      const next = inOrder.findIndex(({ time }, i) => i >= from && last <= time.first);
      return inOrder.slice(from, (next < 0 ? inOrder.length - 1 : next) + 1);
    },
  };
}
