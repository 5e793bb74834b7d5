// A journey: one direction of a connection, the places on its way, and its packets with all that saw them.
import type { PointRole } from '../attribution/vocabulary.ts';
import type { TunnelKind } from '../cluster/profile.ts';
import type { FrameEncapsulation } from '../flow/frame-records.ts';
import type { PacketRef, Side, StopState } from './path-model.ts';
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
  /** Of a place nobody knows: whether its node got the frames there or let them out, as cooked headers say; else null. */
  heading: Heading | null;
}

export type Heading = 'received' | 'sent';

/** The way that packets of one journey or of many take. */
export interface Route {
  from: string | null;
  to: string | null;
  stops: readonly Stop[];
  /** By link of the table. */
  stopOfLink: ReadonlyMap<number, Stop>;
  /** Captured stops where none of its packets was seen. */
  unseen: readonly Stop[];
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

/** A frame of a packet. */
export interface SeenFrame extends PacketRef {
  seconds: number;
  nanos: number;
  link: number;
  encapsulation: FrameEncapsulation;
  /** Identification of the IPv4 header around the tunnel; -1 where there is none. */
  tunnelId: number;
}

/** What one place had of a packet: its first frame there, and what is told by all of them. */
export interface Sight extends SeenFrame {
  stop: Stop;
  ttl: number;
  length: number;
  id: number;
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
  /** The same frame again: in another capture of the place, or twice in one; null where there is none. */
  copies: SeenFrame[] | null;
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
  /** Where one of its frames is that is asked for by number; null when none is. */
  askedAt: Stop | null;
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

/** Where a mirror may have taken its copies: nowhere on the way. */
export function aside(): Stop {
  return {
    ...{ index: ASIDE, side: 'middle', role: 'unknown', node: null, state: 'not-captured' },
    ...{ sites: [], tunnelKind: null, heading: null },
  };
}

const ASIDE = -1;

export function isOnWay({ stop }: Pick<Sight, 'stop'>): boolean {
  return stop.index !== ASIDE;
}

/**
 * Place on the way from sender to receiver. What the sender's node gets comes from its pod, what the receiver's node lets out goes to its
 * own, whatever the place is called.
 */
export function rankOf({ side, role, heading }: Pick<Stop, 'side' | 'role' | 'heading'>): number {
  if (side === 'sender' && heading === 'received') return RANKS.sender.workload;
  if (side === 'receiver' && heading === 'sent') return RANKS.receiver.workload;
  return RANKS[side][role];
}
