// Where each fact of a row stands in its records: one of 128 bytes, one of 112 for what is rare, one while a window is set.

/** Bits of the `bits` word above the TTLs: facts that were true of at least one packet. */
export const BIT = {
  innerDontFragment: 1 << 16,
  /** A first outer fragment was seen (its tail counts in outerFragments). */
  outerFragmented: 1 << 17,
  innerFragmented: 1 << 18,
  /** The packet had more bytes than were captured. */
  truncated: 1 << 19,
  /** Later fragments whose first one was not seen. */
  fragmentWithoutFirst: 1 << 20,
  /** `sequenceEnd` and `acknowledged` hold a value. */
  sequenceKnown: 1 << 21,
  acknowledgementKnown: 1 << 22,
  /** Of the content that tells packets apart the snaplen left too little; all of it was captured. */
  contentCut: 1 << 23,
  contentWhole: 1 << 24,
  /** TCP headers were cut off, and counted as payload. */
  headerCut: 1 << 25,
  /** `dataSequence` holds a value, of a segment that counts; the segment is a large one. */
  dataKnown: 1 << 26,
  dataLarge: 1 << 27,
  /** The first SYN (or SYN-ACK) was a copy of one in the piece before: what repeats it counts as sent again already. */
  openingTaken: 1 << 28,
} as const;

/** Places in a record: of 32-bit words, and of 64-bit numbers (packets .. lastPacket, payloadBytes, overheadBytes). */
export const RECORD = {
  words: 32,
  /** The key: a row is of one flow on one path. */
  source: 0,
  destination: 1,
  ports: 2,
  protocol: 3,
  path: 4,
  hash: 5,
  flow: 6,
  /** Next row of the same flow, -1 at the end. */
  next: 7,
  doubles: 16,
  packets: 4,
  bytes: 5,
  lastSeconds: 6,
  lastPacket: 7,
  payloadBytes: 8,
  overheadBytes: 9,
  lastNanos: 20,
  largest: 21,
  /** Lowest TTL (8 bits), highest TTL (8 bits), BIT. */
  bits: 22,
  /** TCP segments with payload; WireGuard's messages with a packet in them. */
  data: 23,
  sequenceEnd: 24,
  acknowledged: 25,
  retransmissions: 26,
  largeRetransmissions: 27,
  largeSequence: 28,
  holeStart: 29,
  holeEnd: 30,
  /** First byte of the segment with data that was sent again last: what `resentTimes` and `resentAt` are of. */
  resentSequence: 31,
} as const;

/** Places in a rare record. */
export const RARE = {
  words: 28,
  doubles: 14,
  firstPacket: 0,
  firstSeconds: 1,
  firstNanos: 4,
  outerFragments: 5,
  requests: 6,
  replies: 7,
  fin: 8,
  rst: 9,
  checksumsWrong: 10,
  checksumsRight: 11,
  /** Bytes (a 64-bit number) and number of the packets that the row has twice. */
  copyBytes: 6,
  copies: 14,
  /** Of TCP: sequence number of the SYN or SYN-ACK. */
  firstSequence: 15,
  /**
   * When the connection's SYN or SYN-ACK (of several, the last one before any other segment), its first acknowledgement and its first data
   * were seen: 64-bit numbers, seconds as `RowRecords.since` gives them; 0: never.
   */
  openedAt: 8,
  acknowledgedAt: 9,
  dataAt: 10,
  /** Packets counted that may be copies of others: the capture does not tell. */
  doubts: 22,
  /** Copies with a lower TTL than any before: a packet that goes in a circle. */
  fallen: 23,
  /** When it was sent again first, as `openedAt`; how often one after another. */
  resentAt: 12,
  resentTimes: 26,
  /** First byte of the first segment with data. */
  dataSequence: 27,
} as const;

/** Places, of 64-bit numbers, in what is kept of a row while a window is set. */
export const WINDOW = { doubles: 8, packets: 0, bytes: 1, edgePackets: 2, edgeBytes: 3, edgeLargest: 4 } as const;

/** Rows of a chunk, as a power of two: 512 KiB of records. */
export const CHUNK_SHIFT = 12;
