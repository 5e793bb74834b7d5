// The vocabulary of attribution: endpoints, capture points, what was observed, what was to be expected, and the chain.
import type { FrameEncapsulation, TcpFacts } from '../flow/frame-records.ts';
import type { Candidate, Evidence, SourceRef } from '../topology/model.ts';

export type EndpointKind = 'pod' | 'tunnel' | 'node' | 'service' | 'external' | 'unknown';

export interface Endpoint {
  ip: string;
  /** 0 for protocols without ports, null when the snaplen cut it off. */
  port: number | null;
  kind: EndpointKind;
  namespace: string | null;
  pod: string | null;
  node: string | null;
  pool: string | null;
  candidates: readonly Candidate[];
  evidence: readonly Evidence[];
  /** The Service that has the address, or leads to it where it is no pod's and no node's: `shop/db`; absent without one. */
  service?: string;
  /** What the capture calls an address outside the cluster (pcapng name resolution); absent without. A name alone: nothing is decided by it. */
  hostName?: string;
}

export type PointRole = 'underlay' | 'tunnel' | 'workload' | 'unknown';

/** A place where packets were captured. */
export interface CapturePoint {
  /** Interface name if known (pcapng if_name, SLL2 ifindex by the node's `ip link`, file name); else null. */
  interface: string | null;
  /** pcapng interface index or SLL2 ifindex; null for classic pcap on one interface. */
  index: number | null;
  node: string | null;
  role: PointRole;
  evidence: readonly Evidence[];
  /** Packets seen there (all of them, also those that belong to no flow). */
  packets: number;
}

export interface Observation {
  /** Index into Trace.captures, and into that capture's `points`. */
  capture: number;
  point: number;
  encapsulation: FrameEncapsulation;
  outerSrc: string | null;
  outerDst: string | null;
  vni: number | null;
  /** UDP destination port of the tunnel; null without one. */
  udpPort: number | null;
  packets: number;
  bytes: number;
  /** Later outer fragments among `packets`. */
  outerFragments: number;
  firstPacket: number;
  lastPacket: number;
  /** RFC 3339 UTC. */
  first: string | null;
  last: string | null;
  /** Tunnels outside this one that merely carried a copy. */
  carriers: readonly string[];
  innerSrcMac: string | null;
  innerDstMac: string | null;
}

export interface Observed {
  encapsulation: FrameEncapsulation | 'mixed' | 'unknown';
  vni: number | null;
  outerSrc: string | null;
  outerDst: string | null;
  udpPort: number | null;
}

export interface Expected {
  encapsulation: 'vxlan' | 'ipip' | 'wireguard' | 'none' | 'local' | null;
  pool: string | null;
  /** Kebab-case: `pool-always`, `crosssubnet-same`, `crosssubnet-different`, `pool-never`, `same-node`, `no-vtep`, `node-address`,
   *  `external`, `no-pool`, `pool-not-in-snapshot`, `no-snapshot`, `sender-unknown`, `wireguard-keys`, `bpf-route`, `ebpf-nodeport`, ... */
  reason: string;
}

export type Outcome =
  | 'answered'
  | 'partly-answered'
  | 'refused'
  | 'unreachable'
  | 'reset'
  | 'half-open'
  | 'no-answer'
  | 'one-way'
  | 'sent-never-arrived';

/** Questions of one flow that name their answers: echo requests, DNS queries. */
export interface Asked {
  asked: number;
  answered: number;
  /** Asked so short before the end of the capture that the answer may have come later; not among `asked`. */
  open: number;
  /** Seconds from question to answer, where one capture saw both: the middle one and the longest. */
  median: number | null;
  slowest: number | null;
}

/** What was asked of a DNS server. */
export interface DnsFacts {
  questions: number;
  answered: number;
  /** Answers by response code: `NOERROR`, `NXDOMAIN`, `SERVFAIL`. */
  codes: Readonly<Record<string, number>>;
  slowest: number | null;
  unanswered: number;
  /** The first few: `A db.shop.svc.cluster.local`. Raw text of packets. */
  names: readonly string[];
}

/** Where the two halves of a TCP handshake were timed: each is the way from there to that side and back. */
export interface HandshakeTimes {
  server: number | null;
  client: number | null;
  /** Index into Trace.captures, and into that capture's `points`. */
  capture: number;
  point: number;
}

/** The address that refused, reset or reported a conversation, and whose it is. */
export interface By {
  ip: string;
  name: string | null;
}

/** Which service address became which pod: both sides of the translation were captured, or a node's connection tracking has it. */
export interface Via {
  /** `shop/db`; null where the snapshot names no service. */
  service: string | null;
  ip: string;
  port: number;
  backend: { ip: string; port: number; pod: string | null };
  /** What tells it, where packets do not. */
  evidence?: Evidence;
}

/** How a conversation went beyond its outcome. Times are seconds; what only one direction has is of that direction. */
export interface Exchange {
  /** Of TCP: FIN from both sides, from one, an RST, or none of these; null of others, and of what never began. */
  state: 'open' | 'closing' | 'closed' | 'reset' | null;
  by: By | null;
  asked: Asked | null;
  /** From the flow's first packet to its last one. */
  duration: number | null;
  /** Bytes in a second. */
  rate: number | null;
  handshake: HandshakeTimes | null;
  /** From the client's first data to the server's first. */
  firstByte: number | null;
  /** Share of the flow's packets that were sent again. */
  resent: number | null;
  dns: DnsFacts | null;
}

/** One step of how the sender decided: the snapshot's line, the bytes it became, and whether they agree. */
export interface ChainStep {
  table: 'pool' | 'route' | 'neighbour' | 'fdb' | 'device';
  /** Whose table it is, where that is not the kernel's. */
  by?: 'eBPF';
  /** The line or fact as the snapshot has it; null when the snapshot has no such table. */
  text: string | null;
  ref: SourceRef | null;
  /** `ok`, `wrong` (differs from what it should be), `missing` (table given, entry not there), `unknown` (table not given). */
  status: 'ok' | 'wrong' | 'missing' | 'unknown';
  /** What it should say, or what was seen instead; for `wrong` and `missing`. */
  note: string | null;
  /** Which header field of the packet it became (Wireshark name: `vxlan.vni`, inner `eth.dst`, outer `ip.dst`); null if none. */
  field: string | null;
  /** Byte offset in the frame of the finding's first packet and number of bytes; null when not known. */
  bytes: { offset: number; length: number } | null;
}

export interface FlowTcp extends TcpFacts {
  /** SYN, SYN-ACK and an ACK seen in both directions of the conversation. */
  handshake: boolean;
}
