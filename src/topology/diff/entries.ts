// What two snapshots are compared by.
import type { SourceRef } from '../model.ts';

/** One thing, on one side. */
export interface Entry {
  fields: Readonly<Record<string, string | null>>;
  ref: SourceRef | null;
}

/** By what it is of. */
export type Entries = ReadonlyMap<string, Entry>;
