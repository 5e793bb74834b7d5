// HOT: per packet. No allocation.
// The counters of every sub-observation (flow x link addresses x tunnel), one typed array per fact.

/** Bits of `bits`: facts that were true of at least one packet. */
export const BIT = {
  /** The outer IPv4 header had DF. */
  outerDontFragment: 1,
  innerDontFragment: 2,
  /** A first outer fragment was seen (its tail counts in outerFragments). */
  outerFragmented: 4,
  innerFragmented: 8,
  /** The transport header was cut off by the snaplen. */
  portsCut: 16,
  /** More bytes than the captured frame held. */
  truncated: 32,
  /** Only later fragments of this flow were seen. */
  fragmentWithoutFirst: 64,
  /** Outer UDP checksum zero. */
  outerChecksumZero: 128,
  /** The largest TCP segment of a reverse ACK could not be compared: sequence base unknown. */
  sequenceKnown: 256,
  acknowledgementKnown: 512,
} as const;

const START = 256;

export class ObservationColumns {
  count = 0;
  flow = new Uint32Array(START);
  link = new Uint32Array(START);
  tunnel = new Uint32Array(START);
  /** Next observation of the same flow, -1 at the end. */
  next = new Int32Array(START);
  packets = new Float64Array(START);
  bytes = new Float64Array(START);
  overheadBytes = new Float64Array(START);
  /** Bytes that the flow carried: above TCP's header, else above IP's. The same on both ends, however segmented. */
  payloadBytes = new Float64Array(START);
  /** Of `packets` (later outer fragments aside) and `payloadBytes`, those while `FlowTable.insideWindow` was set. */
  windowPackets = new Float64Array(START);
  windowBytes = new Float64Array(START);
  /** The largest inner packet, bytes from its IP header on: above the MTU it is a super-frame of GSO or GRO. */
  largest = new Uint32Array(START);
  outerFragments = new Uint32Array(START);
  firstPacket = new Float64Array(START);
  lastPacket = new Float64Array(START);
  firstSeconds = new Float64Array(START);
  firstNanos = new Uint32Array(START);
  lastSeconds = new Float64Array(START);
  lastNanos = new Uint32Array(START);
  bits = new Uint16Array(START);
  ttlMin = new Uint8Array(START);
  ttlMax = new Uint8Array(START);
  /** Of the first packets: those with a wrong checksum, and those whose checksums are right. */
  checksumsWrong = new Uint8Array(START);
  checksumsRight = new Uint8Array(START);
  /** TCP SYN without ACK; ICMP echo requests. */
  requests = new Uint32Array(START);
  /** TCP SYN with ACK; ICMP echo replies. */
  replies = new Uint32Array(START);
  fin = new Uint32Array(START);
  rst = new Uint32Array(START);
  data = new Uint32Array(START);
  retransmissions = new Uint32Array(START);
  largeRetransmissions = new Uint32Array(START);
  /** Highest sequence number reached (exclusive), and highest acknowledgement sent. */
  sequenceEnd = new Uint32Array(START);
  acknowledged = new Uint32Array(START);
  /** First byte of the last large segment that was sent again. */
  largeSequence = new Uint32Array(START);

  /** A new row, all zero except the three identities; returns its index. */
  add(flow: number, link: number, tunnel: number): number {
    const index = this.count++;
    if (index === this.flow.length) this.#grow();
    this.flow[index] = flow;
    this.link[index] = link;
    this.tunnel[index] = tunnel;
    this.next[index] = -1;
    return index;
  }

  #grow(): void {
    for (const name of Object.keys(this) as (keyof this)[]) {
      const column = this[name];
      if (!ArrayBuffer.isView(column)) continue;
      const old = column as unknown as Float64Array;
      const grown = new (old.constructor as Float64ArrayConstructor)(old.length * 2);
      grown.set(old);
      this[name] = grown as unknown as this[typeof name];
    }
  }
}
