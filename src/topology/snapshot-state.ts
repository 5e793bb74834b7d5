// The states that a text goes through, where it shows the same things several times.
import type { Place } from './place.ts';

/** One of the states that a file goes through: a lab's text shows the pool before and after. */
export interface SnapshotState {
  /** From 1 on, in the order of the file. */
  step: number;
  file: string;
  firstLine: number;
  lastLine: number;
  /** What it states anew: `IPPool default-ipv4-ippool (vxlanMode Always)`, `routes of control1`. */
  shows: readonly { what: string; ref: Place }[];
  /** When, by `date` typed in between, epoch seconds; absent where it was not. */
  time?: { first: number; last: number };
  /** The one that the topology is of. */
  isChosen: boolean;
}
