// What two snapshots are compared by.
import type { SourceRef } from '../model.ts';

/** One thing, on one side. */
export interface Entry {
  fields: Readonly<Record<string, string | null>>;
  ref: SourceRef | null;
  /** What is not stated is not known, and not unset: nothing that would show it was read. */
  isPartial?: boolean;
}

/** By what it is of. */
export type Entries = ReadonlyMap<string, Entry>;
