// Where a fact stands. A file of its own, since what the model is made of needs it too.

/** A file of the snapshot as the user named or would find it, and the line (from 1) if it is known. */
export interface Place {
  file: string;
  line: number | null;
}

/** A value with the place it was read. */
export interface Placed<T> {
  value: T;
  ref: Place;
  /** What states it, where that is not what usually does. */
  by?: string;
}
