// Where each fact of a packet stands: sixteen words, and what is told beside them.

/** Places in a packet's facts: of 32-bit words, and (`seconds`) of a 64-bit number, counted from the start of the facts. */
export const FACT = {
  words: 16,
  /** Address words of the flow's IP header: the address itself (IPv4), or its number in the table of addresses (IPv6). */
  source: 0,
  destination: 1,
  /** Source port in the upper half; 0 without ports. */
  ports: 2,
  /** Upper-layer protocol (8 bits), FLOW_BIT. */
  protocol: 3,
  /** Which way the frame came: capture, interface, link addresses, tunnel, carriers, as one number; before the table has it, its key. */
  path: 4,
  /** Payload bytes on the wire: above TCP's header, else above IP's. */
  payload: 5,
  /** Bytes from the outer IP header to the inner one. */
  overhead: 6,
  /** Bytes of the flow's IP packet. */
  length: 7,
  /** TTL (8 bits), TCP flags (8 bits), MARK. */
  marks: 8,
  /** Of TCP; of echo messages, identifier and sequence number; of DNS, where the datagram's content begins and ends in the batch. */
  sequence: 9,
  acknowledgement: 10,
  /** Bytes of the frame on the wire. */
  original: 11,
  /** Time: whole seconds (as a 64-bit number: place 6 of eight) and nanoseconds. */
  seconds: 6,
  nanos: 14,
  /** The same wherever the same inner packet was captured: see packet-fingerprint.ts. */
  fingerprint: 15,
} as const;

/** Bits of the protocol word above the protocol number; they are part of a flow's identity. */
export const FLOW_BIT = { ipv6: 0x100, portsCut: 0x200 } as const;

/** Bits of the marks word above TTL and TCP flags. */
export const MARK = {
  dontFragment: 1 << 16,
  /** The frame had more bytes than were captured. */
  truncated: 1 << 17,
  /** Flags, sequence and acknowledgement are those of a TCP header. */
  tcp: 1 << 18,
  echoRequest: 1 << 19,
  echoReply: 1 << 20,
  /** A later fragment whose first one is not known. */
  orphan: 1 << 21,
  /** Rare: the table asks for the packet's layers. */
  slow: 1 << 22,
  /** Not to be counted. */
  skipped: 1 << 23,
  /** WireGuard's transport data, with a packet in it. */
  transportData: 1 << 24,
  /** UDP or TCP from or to DNS's port. */
  dns: 1 << 25,
  /** The fingerprint hangs on content, of which the snaplen left too little; all that it hangs on is there. */
  contentCut: 1 << 26,
  contentWhole: 1 << 27,
  /** The snaplen cut TCP's header off: `payload` holds it too. */
  headerCut: 1 << 28,
} as const;

/** What the facts of a batch are kept in. Two threads may have it in turn. */
export interface FactMemory {
  readonly words: Int32Array;
  /** What was around each packet, which is no part of its flow: AROUND. */
  readonly around: Int32Array;
  /** Of TCP that may be DNS: where its content begins and ends in the batch. */
  readonly content: Int32Array;
  /** How the walk of each packet ended: OUTCOME (2 bits), the fault above. */
  readonly ends: Uint16Array;
}

/** Memory of this thread, for batches of so many packets. */
export function factMemory(capacity: number): FactMemory {
  return {
    words: new Int32Array(capacity * FACT.words),
    around: new Int32Array(capacity),
    content: new Int32Array(2 * capacity),
    ends: new Uint16Array(capacity),
  };
}
