// When a snapshot was taken: what the user says, a file with the output of `date`, the times of an archive's members; else the newest
// time that its objects have, which it cannot be older than.
import type { Place } from '../place.ts';

/** What tells a time. `name` is a folder or archive that a tool named by it. */
export type TimeSource = 'option' | 'date file' | 'name' | 'paste' | 'archive' | 'objects';

/** When one text was taken, epoch seconds, and what tells so. */
export interface Taken {
  seconds: number;
  from: TimeSource;
  /** The file that says so, or has it in its name; of an archive the member itself. */
  file: string | null;
}

/** When a whole snapshot was taken: its first and its last text, epoch seconds. */
export interface SnapshotTime {
  first: number;
  last: number;
  /** What tells it; of several the strongest. */
  from: TimeSource;
  ref: Place | null;
  /** Objects have that time: the snapshot was taken then or later, nobody knows when. */
  isLeast: boolean;
}

/** The newest time that objects of one text have, as written (RFC 3339 in UTC: they compare as texts). */
export interface Stamp {
  text: string;
  ref: Place;
}

/** `--taken-at`: of everything that was given, or of one path. */
export interface TakenAt {
  path: string | null;
  seconds: number;
}

const BY_STRENGTH: readonly TimeSource[] = ['option', 'date file', 'name', 'paste', 'archive', 'objects'];

/** Archives made to be the same whenever they are made have times long before there was a Kubernetes. */
const NO_CLUSTER_BEFORE = Date.UTC(2014, 0, 1) / 1000;

/** The time of an archive's member, in milliseconds since the epoch; null where it tells nothing. */
export function memberTime(modified: number | null, file: string): Taken | null {
  const seconds = modified === null ? Number.NaN : modified / 1000;
  return seconds >= NO_CLUSTER_BEFORE ? { seconds, from: 'archive', file } : null;
}

/** @param stamps of objects: what counts where nothing else tells */
export function snapshotTime(
  taken: readonly (Taken | undefined)[],
  stamps: readonly { seconds: number; ref: Place }[],
): SnapshotTime | null {
  const known = taken.filter((one) => one !== undefined);
  if (known.length > 0) {
    const [strongest] = known.toSorted((a, b) => BY_STRENGTH.indexOf(a.from) - BY_STRENGTH.indexOf(b.from));
    let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const { seconds } of known) [first, last] = [Math.min(first, seconds), Math.max(last, seconds)];
    const file = strongest?.file ?? null;
    const ref = file === null ? null : { file, line: null };
    return { first, last, from: strongest?.from ?? 'archive', ref, isLeast: false };
  }
  const [newest] = stamps.toSorted((a, b) => b.seconds - a.seconds);
  if (newest === undefined) return null;
  return { first: newest.seconds, last: newest.seconds, from: 'objects', ref: newest.ref, isLeast: true };
}
