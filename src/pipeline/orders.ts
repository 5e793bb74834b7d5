// Who decodes what: captures as a whole, plain pcaps in parts, by turns.

/** One capture, and how it is read. */
export interface CaptureOrder {
  capture: number;
  path: string;
  /** Its first bytes, by which it was recognised. */
  head: Uint8Array;
  /** Null: as a whole. */
  parts: PartsOrder | null;
  /** Number of its first job; a capture as a whole is one, else each part is. */
  firstJob: number;
}

/** A plain pcap in parts of `length` bytes. */
export interface PartsOrder {
  /** See `fileId`. */
  id: string;
  size: number;
  length: number;
}

/** What a decoding thread is told. Of `every` threads it takes each job whose number has the rest `mine`. */
export interface DecodeOrders {
  captures: CaptureOrder[];
  ports: { kind: Uint8Array; vnis: number[] };
  every: number;
  mine: number;
}

export function partsOf({ size, length }: PartsOrder): { from: number; until: number }[] {
  const count = Math.max(1, Math.ceil(size / length));
  return Array.from({ length: count }, (_, i) => ({
    from: i * length,
    until: i + 1 < count ? (i + 1) * length : size,
  }));
}
