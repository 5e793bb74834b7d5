// What the pipeline ends with: the objects of `trace -o json` (design.md section 8), plus causes for people.
import type { Clocks } from '../attribution/clocks/clocks.ts';
import type { CountInput } from '../attribution/count-flow.ts';
import type { FilterHint } from '../attribution/filter/filter-hint.ts';
import type { Points } from '../attribution/points/points.ts';
import type {
  Asked,
  CapturePoint,
  ChainStep,
  Endpoint,
  Exchange,
  Expected,
  FlowTcp,
  Observation,
  Observed,
  Outcome,
  Via,
} from '../attribution/vocabulary.ts';
import type { Stretch } from '../capture/stretches.ts';
import type { Unread } from '../flow/capture-counters.ts';
import type { FirstPackets } from '../flow/first-packets.ts';
import type { FlowTable } from '../flow/flow-table.ts';
import type { KeptBeside } from '../flow/saved-reading.ts';
import type { Topology } from '../topology/model.ts';
import type { PolicyAnswer } from '../topology/policies/policy-log.ts';
import type { ClockReport } from './clocks/clock-report.ts';
import type { FindingCode } from './codes.ts';

export type Verdict = 'ok' | 'violation' | 'unverifiable';

export interface Finding {
  code: FindingCode;
  severity: 'violation' | 'warning';
  /** The two facts that disagree, in one sentence. */
  message: string;
  /** Index into Trace.captures; null for findings of the snapshot alone. */
  capture: number | null;
  firstPacket: number | null;
  lastPacket: number | null;
}

/** Why a flow is unverifiable, and the capture that would settle it. */
export interface Unverified {
  /** Kebab-case: `no-snapshot`, `no-underlay`, `point-unknown`, `filtered`, `expectation-unknown`, `before-mode-change`, ... */
  reason: string;
  detail: string;
  /** The tcpdump line that would settle it; null if no capture can. */
  advice: string | null;
}

/** The least and the most that a count may be. */
export interface PacketRange {
  least: number;
  most: number;
}

/** One direction of an inner five-tuple. */
export interface TracedFlow {
  id: number;
  conversation: number;
  protocol: string;
  src: Endpoint;
  dst: Endpoint;
  observed: Observed;
  expected: Expected;
  verdict: Verdict;
  unverified: Unverified | null;
  findings: readonly Finding[];
  packets: number;
  /** What `packets` may be where some may be copies of others, and nothing tells; null where it is certain. */
  packetsBetween: PacketRange | null;
  bytes: number;
  overheadBytes: number;
  first: string | null;
  last: string | null;
  tcp: FlowTcp | null;
  /** Of ICMP: echo requests and replies; null of others. */
  echo: { requests: number; replies: number } | null;
  /** WireGuard's messages with a packet in them: neither handshakes nor keepalives. */
  transportData: number;
  outcome: Outcome | null;
  /** Null for a flow that only its answers prove. */
  readonly exchange: Exchange | null;
  /** The service address that became a pod's, where both were captured. */
  readonly via: Via | null;
  /** What the flow log says of a flow that nobody answered; absent where it says nothing. */
  policy?: PolicyAnswer;
  observations: readonly Observation[];
  /** What the sender's NIC sent and the receiver's received while both were captured; null without both captures. */
  arrival: { sent: number; arrived: number; lost: boolean | null } | null;
  /** A pod or tunnel address at either end, and expected neither null nor `local`, or a violation: what `verify` judges. */
  inScope: boolean;
}

/** One end of a flow, without the port: the same object for all flows of an address. */
export type FlowEnd = Omit<Endpoint, 'port'>;

export interface FlowBrief {
  readonly id: number;
  readonly conversation: number;
  readonly protocol: string;
  readonly src: FlowEnd;
  readonly dst: FlowEnd;
  readonly srcPort: number | null;
  readonly dstPort: number | null;
  readonly observed: Observed;
  readonly expected: Expected;
  readonly verdict: Verdict;
  /** As its class's first flow words it. */
  readonly unverified: Unverified | null;
  readonly inScope: boolean;
  /** Of its findings, in order; each once. */
  readonly codes: readonly FindingCode[];
  readonly packets: number;
  readonly packetsBetween: PacketRange | null;
  readonly bytes: number;
  readonly tcp: Omit<FlowTcp, 'handshake'> | null;
  readonly transportData: number;
  readonly outcome: Outcome | null;
  /** What it asked: the same as in `exchange`, without the rest. */
  readonly asked: Asked | null;
  /** Seconds that its slowest answer took, to a question, a SYN or the client's first data; 0 where none is known. */
  readonly slowest: number;
  readonly exchange: Exchange | null;
  readonly arrival: TracedFlow['arrival'];
  /** Packets at each of its points, copies and later outer fragments aside. */
  places(): readonly { capture: number; point: number; packets: number }[];
  /** Packets that one node sent and the other's NIC never had; 0 where that cannot be told. */
  lostOnWay(): number;
  /** Packets on a node's NICs, later outer fragments not counted, each once however many interfaces saw it; null where that is not known. */
  onceAt(node: string): number | null;
  /** First and last packet, epoch milliseconds cut to whole ones, clocks corrected; NaN without a time. */
  span(): { first: number; last: number };
  /** The snapshot that it was judged by, where several were given; absent where that is the trace's. */
  readonly judgedBy?: Topology | undefined;
  /** The flow as an object. */
  whole(): TracedFlow;
}

export interface CaptureFault {
  code: string;
  count: number;
  firstPacket: number;
}

export interface TracedCapture {
  path: string;
  /** Null for what is no capture, is not there or cannot be read: `error` says why. */
  format: 'pcap' | 'pcapng' | null;
  linkType: number | null;
  snaplen: number | null;
  packets: number;
  bytes: number;
  /** Packets before `--since` or after `--until`, not among `packets`; absent: none. */
  outsideRange?: number;
  first: string | null;
  last: string | null;
  /** Who wrote it with times that are not those of its packets: it gives names and flows only. Absent: its times are its own. */
  untimed?: string;
  /** The same on the clock that the others are told against; absent where that is its own. */
  common?: { first: string | null; last: string | null };
  complete: boolean;
  /** Packets that the kernel dropped while capturing; null where nothing says. */
  dropped: number | null;
  /** The piece at which drops are counted that one log says of several: some may be of this one. Absent: its own are its own. */
  droppedWith?: string;
  error: { code: string; message: string; hint: string | null } | null;
  outcomes: { complete: number; unsupported: number; faulty: number; notFlow: number };
  points: readonly CapturePoint[];
  faults: readonly CaptureFault[];
  /** Cut-off ends and the like, as text. */
  warnings: readonly string[];
  /** Those of them that say what is missing before this piece of a ring, or that it overlaps another one. */
  betweenPieces?: readonly string[];
  /** What the capture was filtered to, if it can be told: `udp port 4789`, the recorded if_filter; null: nothing suggests a filter. */
  filter: FilterHint | null;
  /** The same, if it and others that it may be a piece of are of different nodes. */
  possibleFilter: FilterHint | null;
  /** IP packets behind a header that is not known: they may be anything. */
  unread: Unread | null;
}

/**
 * Findings that share a code, a sending node and a receiving node: one cause, however many flows. Causes that no single
 * flow shows (ARP on a tunnel device, one MAC at two nodes) have `flows` 0.
 */
export interface Cause {
  /** `A`, `B`, ..., `Z`, `AA`: what the table prints and `--finding` takes. */
  id: string;
  code: FindingCode;
  severity: 'violation' | 'warning';
  fromNode: string | null;
  toNode: string | null;
  /** One sentence for people: `control1 sends worker1's overlay packets to worker2`. */
  title: string;
  flows: number;
  packets: number;
  /** Packets of the reverse flows. */
  answers: number;
  /** Ids of the flows (capped at 1000). */
  flowIds: readonly number[];
  capture: number | null;
  firstPacket: number | null;
  lastPacket: number | null;
  /** Two facts: what was expected and why (with places), what was seen. */
  expected: string;
  seen: string;
  chain: readonly ChainStep[];
  /** Further facts, and what to check next (commands). */
  also: readonly string[];
  check: readonly string[];
}

export interface TraceSummary {
  packets: number;
  flows: number;
  conversations: number;
  ok: number;
  violation: number;
  unverifiable: number;
  /** Flows that `verify` would not judge; they count under their verdict too. */
  outOfScope: number;
}

/** When a packet of a flow was seen, and how it was sent. */
export interface SentPacket {
  /** Since the epoch; NaN of a packet without a time. */
  seconds: number;
  /** Null where its place does not show how it was sent. */
  encapsulation: Expected['encapsulation'];
}

/** A flow of which ends and expectation are as the snapshot has them that one of its packets was sent by; its verdict is of all its packets. */
export interface PacketFlow {
  flow: TracedFlow;
  topology: Topology | null;
}

/** The tables a trace was made of: the same code tells `decode` and `explain` what it told the trace. */
export interface TraceIndex {
  table: FlowTable;
  /** Stretches of each capture; none of what can be read as a whole only. */
  stretches: readonly (readonly Stretch[])[];
  /** What was found when the captures were read again; absent where nothing is kept. */
  beside?: KeptBeside;
  /** First packets of each row; absent where they were not asked for. */
  firsts?: FirstPackets;
  /** Of several snapshots the latest that was valid while the captures ran. */
  topology: Topology | null;
  points: Points;
  /** What puts times of several captures on one clock (attribution/clocks). */
  clocks: Clocks;
  /** What tells which rows of a flow count (`countFlow`). */
  counting: CountInput;
  /** Id of a flow of the table, as the trace lists it. */
  idOf(flow: number): number;
  /** A flow by its id, and the snapshot, that one of its packets was sent by: of several that of its time. */
  ofPacket(id: number, packet: SentPacket): PacketFlow;
  /** Ids of the flows that pass the filters, without making them. */
  ids(): Iterable<number>;
  /** Flows of the table that are one under two addresses, by nodes' connection tracking. */
  trackedPairs(): readonly (readonly [number, number])[];
}

/** Makes flows, in order; a new iterable at each call. */
export interface FlowSource {
  (): Iterable<TracedFlow>;
  /** The same flows for totals and tables, without their objects. */
  briefs?(): Iterable<FlowBrief>;
  /** By id, filtered or not; null for an id that is not there. */
  brief?(id: number): FlowBrief | null;
}

/** When NICs of these nodes were captured together. */
export interface TimeSpan {
  first: string | null;
  last: string | null;
  nodes: readonly string[];
}

/** The whole result. Flows are made on demand, in order of first packet: iterate, do not collect. */
export interface Trace {
  readonly captures: readonly TracedCapture[];
  readonly causes: readonly Cause[];
  /**
   * The time that the NIC captures of several nodes cover together: `arrival` counts only packets inside; else null. Of several times `parts`
   * has each, and it is from the first one's beginning to the last one's end.
   */
  readonly window: (TimeSpan & { parts?: readonly TimeSpan[] }) | null;
  /** Clocks against each other; see `ClockReport`. */
  readonly clocks: readonly ClockReport[];
  readonly summary: TraceSummary;
  /** Number of flows after filters, and before. */
  readonly flowCount: number;
  /** What tells a packet's flow and place as the trace did; absent in traces put together by hand. */
  readonly index?: TraceIndex;
  /** Of a trace that was read, `flows.briefs` and `flows.brief` tell the same flows without making them: `flow-briefs.ts` asks. */
  readonly flows: FlowSource;
  flow(id: number): TracedFlow | null;
}
