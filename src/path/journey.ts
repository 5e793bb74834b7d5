// A journey: one direction of a connection, the places on its way, and its packets with all that saw them.
import type { PointRole } from '../attribution/vocabulary.ts';
import type { TunnelKind } from '../cluster/profile.ts';
import type { FrameEncapsulation } from '../flow/frame-records.ts';
import type { Side, StopState } from './path-model.ts';
import type { Site } from './sites.ts';

/** A place on the way. */
export interface Stop {
  index: number;
  side: Side;
  role: PointRole;
  node: string | null;
  state: StopState;
  /** Places that are one for this way: the veths of a pod that nobody can tell apart. */
  sites: Site[];
  tunnelKind: TunnelKind | null;
}

/** The way that packets of one journey or of many take. */
export interface Route {
  from: string | null;
  to: string | null;
  stops: readonly Stop[];
  /** By link of the table. */
  stopOfLink: ReadonlyMap<number, Stop>;
  /** Not as configured: what comes to another node than the receiver's did not arrive. */
  isWrong: boolean;
}

/** There may be as many as flows: what it needs not hold itself is in its route, in its flows, or counted in `StopCounts`. */
export interface Journey {
  /** Of the table, the one nearest to the sender first. */
  flows: readonly number[];
  route: Route;
  /** Its first stop's number in `StopCounts`. */
  firstSlot: number;
  /** Packets that passed. */
  packets: number;
  /** By stop: the flow of the table that packets have there, -1 before the first one; null where all have the same. */
  flowAt: Int32Array | null;
  /** Packets by their short key: what the snaplen left at one of the places. */
  isCut: boolean;
  /** Packets on their way with bytes of their own, oldest first. */
  recent: Unit[] | null;
  /** Highest TCP number so far, and whether there was one. */
  top: number;
  hasTop: boolean;
  hasFragments: boolean;
}

export interface Sight {
  stop: Stop;
  capture: number;
  number: number;
  seconds: number;
  nanos: number;
  ttl: number;
  length: number;
  id: number;
  encapsulation: FrameEncapsulation;
  flow: number;
  frames: number;
  /** Bytes of the packet that were seen. */
  bytes: number;
  /** Pieces of the datagram around the tunnel; 1 if it was whole. */
  pieces: number;
  /** Of a first fragment of the datagram around the tunnel: what its later ones have in common with it; null for all others. */
  outerKey: string | null;
  /** Frames that hold parts of it; null where one frame holds it whole. */
  parts: Part[] | null;
}

/** Bytes of one frame. */
export interface Part {
  id: number;
  from: number;
  to: number;
}

export interface Unit {
  journey: Journey;
  key: number;
  contentKey: number;
  /** By the reference clock, of the first place and the last one. */
  first: number;
  last: number;
  id: number;
  isFragment: boolean;
  space: number;
  from: number;
  to: number;
  sights: Sight[];
  /** One of its frames is asked for by number. */
  isAsked: boolean;
  /** Its neighbours among packets with the same key, and with the same content. */
  before: Unit | null;
  after: Unit | null;
  beforeLike: Unit | null;
  afterLike: Unit | null;
}

const RANKS: Record<Side, Record<PointRole, number>> = {
  sender: { workload: 0, tunnel: 1, underlay: 2, unknown: 3 },
  middle: { workload: 5, tunnel: 5, underlay: 5, unknown: 5 },
  receiver: { unknown: 7, underlay: 8, tunnel: 9, workload: 10 },
};

/** Place on the way from sender to receiver. */
export function rankOf({ side, role }: Pick<Stop, 'side' | 'role'>): number {
  return RANKS[side][role];
}
