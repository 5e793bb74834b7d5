// HOT: per packet. No allocation.
// The counters of every row (flow x link addresses x tunnel). Facts that almost every packet changes stand together in
// one record per row, so that counting touches one or two cache lines instead of fourteen; rare facts are columns.
// Readers see columns only: `unpack()` makes those of the records once reading starts.

/** Bits of `bits`: facts that were true of at least one packet. */
export const BIT = {
  innerDontFragment: 1,
  /** A first outer fragment was seen (its tail counts in outerFragments). */
  outerFragmented: 2,
  innerFragmented: 4,
  /** The packet had more bytes than were captured. */
  truncated: 8,
  /** Later fragments whose first one was not seen. */
  fragmentWithoutFirst: 16,
  /** `sequenceEnd` and `acknowledged` hold a value. */
  sequenceKnown: 32,
  acknowledgementKnown: 64,
} as const;

/** Places in a record: of 64-bit numbers in `doubles`, of 32-bit ones in `words`, counted from the record's start. */
export const RECORD = {
  doubles: 10,
  packets: 0,
  bytes: 1,
  overheadBytes: 2,
  payloadBytes: 3,
  lastPacket: 4,
  lastSeconds: 5,
  words: 20,
  lastNanos: 12,
  largest: 13,
  bits: 14,
  ttlMin: 15,
  ttlMax: 16,
  data: 17,
  sequenceEnd: 18,
  acknowledged: 19,
} as const;

const R = RECORD;
const START = 256;

export class ObservationColumns {
  count = 0;
  flow = new Uint32Array(START);
  link = new Uint32Array(START);
  tunnel = new Uint32Array(START);
  /** Next row of the same flow, -1 at the end. */
  next = new Int32Array(START);
  outerFragments = new Uint32Array(START);
  firstPacket = new Float64Array(START);
  firstSeconds = new Float64Array(START);
  firstNanos = new Uint32Array(START);
  /** Of `packets` (later outer fragments aside) and `payloadBytes`, those while `FlowTable.insideWindow` was set. */
  windowPackets = new Float64Array(START);
  windowBytes = new Float64Array(START);
  /** Of the first packets: those with a wrong checksum, and those whose checksums are right. */
  checksumsWrong = new Uint8Array(START);
  checksumsRight = new Uint8Array(START);
  /** TCP SYN without ACK; ICMP echo requests. */
  requests = new Uint32Array(START);
  /** TCP SYN with ACK; ICMP echo replies. */
  replies = new Uint32Array(START);
  fin = new Uint32Array(START);
  rst = new Uint32Array(START);
  retransmissions = new Uint32Array(START);
  largeRetransmissions = new Uint32Array(START);
  /** First byte of the last large segment that was sent again. */
  largeSequence = new Uint32Array(START);
  /** The last gap in the sequence, still to be filled: from `holeStart` up to `holeEnd` (exclusive). */
  holeStart = new Uint32Array(START);
  holeEnd = new Uint32Array(START);

  /** The records: two views of the same bytes. */
  doubles = new Float64Array(START * R.doubles);
  words = new Uint32Array(this.doubles.buffer);

  // ---- what the records hold, as columns: valid after unpack() ----
  packets = new Float64Array(0);
  /** Original lengths of the frames. */
  bytes = new Float64Array(0);
  /** From the outer IP header to the inner one. */
  overheadBytes = new Float64Array(0);
  /** Bytes that the flow carried: above TCP's header, else above IP's. The same on both ends, however segmented. */
  payloadBytes = new Float64Array(0);
  lastPacket = new Float64Array(0);
  lastSeconds = new Float64Array(0);
  lastNanos = new Uint32Array(0);
  /** The largest inner packet, bytes from its IP header on: above the MTU it is a super-frame of GSO or GRO. */
  largest = new Uint32Array(0);
  bits = new Uint32Array(0);
  /** 255 and 0 where only later fragments were seen. */
  ttlMin = new Uint32Array(0);
  ttlMax = new Uint32Array(0);
  /** TCP segments with payload. */
  data = new Uint32Array(0);
  /** Highest sequence number reached (exclusive), and highest acknowledgement sent. */
  sequenceEnd = new Uint32Array(0);
  acknowledged = new Uint32Array(0);

  /** A new row, all zero except its identity; returns its index. */
  add(flow: number, link: number, tunnel: number): number {
    const index = this.count++;
    if (index === this.flow.length) this.#grow();
    this.flow[index] = flow;
    this.link[index] = link;
    this.tunnel[index] = tunnel;
    this.next[index] = -1;
    this.words[index * R.words + R.ttlMin] = 255;
    return index;
  }

  /** Brings the columns of the records up to date. */
  unpack(): void {
    const { doubles, words } = this;
    this.packets = column(new Float64Array(this.count), doubles, R.doubles, R.packets);
    this.bytes = column(new Float64Array(this.count), doubles, R.doubles, R.bytes);
    this.overheadBytes = column(new Float64Array(this.count), doubles, R.doubles, R.overheadBytes);
    this.payloadBytes = column(new Float64Array(this.count), doubles, R.doubles, R.payloadBytes);
    this.lastPacket = column(new Float64Array(this.count), doubles, R.doubles, R.lastPacket);
    this.lastSeconds = column(new Float64Array(this.count), doubles, R.doubles, R.lastSeconds);
    this.lastNanos = column(new Uint32Array(this.count), words, R.words, R.lastNanos);
    this.largest = column(new Uint32Array(this.count), words, R.words, R.largest);
    this.bits = column(new Uint32Array(this.count), words, R.words, R.bits);
    this.ttlMin = column(new Uint32Array(this.count), words, R.words, R.ttlMin);
    this.ttlMax = column(new Uint32Array(this.count), words, R.words, R.ttlMax);
    this.data = column(new Uint32Array(this.count), words, R.words, R.data);
    this.sequenceEnd = column(new Uint32Array(this.count), words, R.words, R.sequenceEnd);
    this.acknowledged = column(new Uint32Array(this.count), words, R.words, R.acknowledged);
  }

  #grow(): void {
    this.flow = grown(this.flow);
    this.link = grown(this.link);
    this.tunnel = grown(this.tunnel);
    this.next = grown(this.next);
    this.outerFragments = grown(this.outerFragments);
    this.firstPacket = grown(this.firstPacket);
    this.firstSeconds = grown(this.firstSeconds);
    this.firstNanos = grown(this.firstNanos);
    this.windowPackets = grown(this.windowPackets);
    this.windowBytes = grown(this.windowBytes);
    this.checksumsWrong = grown(this.checksumsWrong);
    this.checksumsRight = grown(this.checksumsRight);
    this.requests = grown(this.requests);
    this.replies = grown(this.replies);
    this.fin = grown(this.fin);
    this.rst = grown(this.rst);
    this.retransmissions = grown(this.retransmissions);
    this.largeRetransmissions = grown(this.largeRetransmissions);
    this.largeSequence = grown(this.largeSequence);
    this.holeStart = grown(this.holeStart);
    this.holeEnd = grown(this.holeEnd);
    this.doubles = grown(this.doubles);
    this.words = new Uint32Array(this.doubles.buffer);
  }
}

type Column = Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

/** A copy with room for twice as many. */
function grown<A extends Column>(old: A): A {
  const copy = new (old.constructor as new (length: number) => A)(old.length * 2);
  copy.set(old);
  return copy;
}

function column<A extends Column>(into: A, records: A, stride: number, place: number): A {
  for (let row = 0; row < into.length; row++) into[row] = records[row * stride + place]!;
  return into;
}
