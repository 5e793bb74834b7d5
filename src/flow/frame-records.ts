// Flows as the table holds them, in the shape that attribution reads: one object at a time, made on demand.

import type { EncapsulationKind } from '../wire/protocols.ts';

/** What carried the inner packet. `none` = no tunnel in the frame, whatever the place it was seen. */
export type FrameEncapsulation = EncapsulationKind | 'none';

/** Packet types of cooked frames that are asked for (sll(7), calico-facts 6). */
export const PACKET_TYPE = { toUs: 0, outgoing: 4 } as const;

/** The link-layer addresses that frames of an observation had (outermost header). */
export interface LinkRecord {
  capture: number;
  /** Index into the capture's interfaces: those of pcapng, or the ifindex of SLL2 by `interfaceKey`. */
  interface: number;
  /** SLL2 ifindex; null otherwise. */
  ifindex: number | null;
  /** `other`: the link header is cut off, or of a link type that is not decoded. */
  type: 'ethernet' | 'sll' | 'sll2' | 'raw' | 'null' | 'other';
  /** Source MAC as text; null if the link type has none. */
  src: string | null;
  /** Destination MAC; null for cooked and raw frames. */
  dst: string | null;
  /** Cooked packet type (0 to us, 1 broadcast, 2 multicast, 3 to someone else, 4 outgoing); null otherwise. */
  packetType: number | null;
  /** The frame came inside a carrier: a mirrored copy, which may have been taken anywhere. */
  carried: boolean;
  packets: number;
}

/** The tunnel an observation describes, with the frame inside it. */
export interface TunnelRecord {
  encapsulation: FrameEncapsulation;
  outerSrc: string | null;
  outerDst: string | null;
  vni: number | null;
  udpPort: number | null;
  /** MACs of the frame inside VXLAN or Geneve; null for others. */
  innerSrcMac: string | null;
  innerDstMac: string | null;
  /** Tunnels outside it that merely carried a copy (`gre`, `vxlan vni 7`); usually empty. */
  carriers: readonly string[];
}

export interface TcpFacts {
  syn: number;
  synAck: number;
  fin: number;
  rst: number;
  /** Segments with payload. */
  data: number;
  retransmissions: number;
  /** Retransmissions of segments whose payload is larger than `LARGE_SEGMENT`. */
  largeRetransmissions: number;
}
