// How far a reading of captures is, for who shows it.

export interface ReadingProgress {
  /** Paths of all captures of this reading: the same array as long as it is the same reading. */
  captures: readonly string[];
  /** Index of the one that is read. */
  capture: number;
  /** Bytes of its file that were consumed: compressed ones where it is compressed. */
  position: number;
  /** Packets of it so far. */
  packets: number;
  /** The captures are read side by side, in the order of time; else one after the other. */
  isMerged?: boolean;
}
