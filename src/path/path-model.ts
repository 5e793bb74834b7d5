// The way of packets through the places where they were captured: what `overlens path` shows.
import type { PointRole } from '../attribution/vocabulary.ts';
import type { FrameEncapsulation } from '../flow/frame-records.ts';
import type { ClockReport } from '../verdict/clocks/clock-report.ts';
import type { FlowEnd, Verdict } from '../verdict/trace-types.ts';
import type { DelayStats } from './delays.ts';

/** Of a journey: the node that sends, the one that receives, one in between; both ends on one node are sender and receiver too. */
export type Side = 'sender' | 'middle' | 'receiver';

/**
 * `filtered`: a filter keeps such packets out of the capture; `dropping`: the kernel dropped packets while capturing; `encrypted`: they
 * pass there, but nobody can tell which they are; `bypassed`: none was seen there, and they were answered all the same, or nothing between
 * these nodes was (eBPF and a second NIC lead past a device); `cut`: the snaplen left nothing of what is inside tunnels; `empty`: the
 * capture holds no packet at all, so that nothing shows when it ran; `other-time`: its captures hold packets of other times only, and tell
 * nothing of these. What is missing from any of these, or where nothing was captured, is no loss.
 */
export type StopState =
  | 'captured'
  | 'filtered'
  | 'dropping'
  | 'encrypted'
  | 'bypassed'
  | 'cut'
  | 'empty'
  | 'other-time'
  | 'not-captured';

/** One place on the way of a journey's packets. */
export interface PathStop {
  side: Side;
  role: PointRole;
  node: string | null;
  /** Device names, as far as they are known. */
  devices: readonly string[];
  state: StopState;
  /** Indexes of the captures that show it. */
  captures: readonly number[];
  /** Packets of the journey that were seen here, each once, and the frames they came in: fewer or more where segments were joined or split. */
  packets: number;
  frames: number;
  /** Seen at a place before, missing here and at all places behind, though both were captured at that moment. */
  lost: number;
  /** Missing here and behind, but nobody can tell: not captured at that moment, a filter, drops, clocks that cannot be compared. */
  unknown: number;
  /** First lost packet, where it was seen last. */
  firstLost: PacketRef | null;
  /** From the captured place before; null where no packet was seen at both, or where clocks cannot be compared. */
  delay: DelayStats | null;
  /** Addresses and ports that packets have here, if they differ from those at the place before. */
  translated: Translation | null;
}

export interface Translation {
  source: string | null;
  destination: string | null;
}

export interface PacketRef {
  capture: number;
  number: number;
}

/** One packet at one place. */
export interface PathSighting extends PacketRef {
  /** Index into the journey's stops. */
  stop: number;
  /** RFC 3339, as captured. */
  time: string | null;
  ttl: number;
  /** Bytes of the IP packet; of the first of several pieces. */
  length: number;
  id: number;
  encapsulation: FrameEncapsulation;
  /** Frames that it came in. */
  frames: number;
  /** Fragments of the datagram around the tunnel; 1 where it is whole, or there is none. */
  fragments: number;
  /** All its bytes, and all fragments of the datagram around it, were seen. */
  isWhole: boolean;
  /** Seconds since the captured place before; null for the first one, and where clocks cannot be compared. */
  delay: number | null;
  /** What differs from the place before. */
  changes: readonly PathChange[];
}

/** `partial`: a piece of it is missing here. */
export type PathChange = 'id' | 'split' | 'joined' | 'fragments' | 'translated' | 'partial';

/** One packet with all places where it was seen. */
export interface PathPacket {
  sightings: readonly PathSighting[];
  /** Other frames of it: again in another capture of a place or in the same one, or a mirror's copies, which may have been taken anywhere. */
  copies: readonly PacketRef[];
  /** Index of the stop that it did not reach, though it should have been seen there; null when it was not lost. */
  lostBefore: number | null;
}

/** One direction of a connection, under all the addresses that it had on its way. */
export interface PathFlow {
  /** Ids of the flows of the trace, first the one nearest to the sender. */
  ids: readonly number[];
  conversation: number;
  protocol: string;
  src: FlowEnd;
  dst: FlowEnd;
  srcPort: number | null;
  dstPort: number | null;
  verdict: Verdict;
  encapsulation: string;
  stops: readonly PathStop[];
  packets: number;
  lost: number;
  /** Packets one by one: those asked for. */
  shown: readonly PathPacket[];
}

/** All flows between two nodes, one direction. */
export interface PathPair {
  from: string;
  to: string;
  flows: number;
  packets: number;
  lost: number;
  hops: readonly PathHop[];
}

export interface PathHop {
  from: { side: Side; role: PointRole };
  to: { side: Side; role: PointRole };
  /** Packets seen at both, and lost between them. */
  packets: number;
  lost: number;
  delay: DelayStats | null;
}

/** There may be very many: each is made when it is asked for. */
export interface PathFlows {
  readonly count: number;
  /** Of the first ones: those that lose packets; those that lose or may have lost some. */
  readonly lossy: number;
  readonly doubtful: number;
  /** Packets lost in all. */
  readonly lost: number;
  /** Packets are shown one by one. */
  readonly hasShown: boolean;
  /** Flows `from` .. `to - 1`: those that lose most first. */
  slice(from: number, to: number): Iterable<PathFlow>;
}

export interface PathReport {
  captures: readonly { path: string }[];
  /** As the trace tells them. */
  clocks: readonly ClockReport[];
  /** Names of clocks by which flows were captured and by others too, that nothing compares. */
  uncompared: readonly string[];
  flows: PathFlows;
  /** Names of all nodes that have stops. */
  nodes: readonly string[];
  pairs: readonly PathPair[];
  /** Flows that one place alone was captured of. */
  onePlace: number;
  /** Packets asked for by number that belong to no flow. */
  notFound: readonly PacketRef[];
}
