// What a statement is about, to be found again in a later one.
import type { SourceRef } from '../../model.ts';

/** One thing that is stated: what it is called, what must agree, where it stands. */
export interface StatedThing {
  key: string;
  content: string;
  ref: SourceRef;
  /** How a list of states names it. */
  title: string;
  /** It says how packets are to be sent: tables from before it changed no longer hold where it counts. */
  decides?: { cidr: string };
}
