// What becomes of packets: the fault of delivery that a world has, and for each packet where it was lost, if it was.
import type { Random } from '../random.ts';

/**
 * Where a packet is on its way from one node to another: inside the sending node before its tunnel device or NIC, behind the tunnel
 * device, between the two NICs, behind the receiving NIC, behind the tunnel device there.
 */
export type Stage = 'leaving' | 'device' | 'wire' | 'arriving' | 'inside';

/** Which packets a fault takes: all, TCP, answers to a SYN, what is larger than the way's MTU, or some by chance. */
export type Scope = 'all' | 'tcp' | 'syn-ack' | 'large' | 'some';

/** Faults that lose packets, and those that do something else to them. */
export type DeliveryKind =
  | 'lost-on-wire'
  | 'tcp-lost-on-wire'
  | 'dropped-at-nic'
  | 'policy'
  | 'tcp-policy'
  | 'tunnel-rejected'
  | 'rejected-inside'
  | 'device-down'
  | 'no-fdb-entry'
  | 'answer-lost-on-wire'
  | 'answer-dropped'
  | 'mtu'
  | 'lossy'
  | 'wrong-next-hop'
  | 'loop'
  | 'bounce'
  | 'masquerade'
  | 'dns-silent'
  | 'dns-failing';

export interface DeliveryFault {
  kind: DeliveryKind;
  /** Of packets from this node to that one. */
  from: number;
  to: number;
  /** A third node, where the fault needs one. */
  other: number;
  /** Only packets for this address; null: for any. */
  pod: string | null;
  /** What the nodes say to each other is lost too. */
  everything: boolean;
  /** Of `lossy`: the share that is lost, and seconds that the rest is late. */
  rate: number;
  delay: number;
  /** Of rejections: the ICMP code, and whether the error quotes the whole packet or its header and 8 bytes. */
  code: number;
  quotesAll: boolean;
  chance: Random;
}

export interface Death {
  stage: Stage;
  /** The node that has lost it; on the wire, the one that had sent it. */
  node: number;
  /** On the wire: the node that never got it; null where it went to none. */
  next: number | null;
  /** `fault`: what its sender made of it could not arrive. */
  why: DeliveryKind | 'fault';
}

export interface Fate {
  /** As the packet goes between the nodes. */
  flow: string;
  /** Null: it arrived. */
  death: Death | null;
  /** It was lost going in a circle, or was sent back; the nodes there. */
  circle: readonly number[];
}

/** What a world's packets came to. */
export interface Fates {
  /** By number of the packet. */
  all: Map<number, Fate>;
  /** By flow: segments that were sent again. */
  resent: Map<string, number>;
  /** ICMP errors: who says it to whom, of which flow. */
  errors: { by: number; to: string; flow: string; ofTunnel: boolean }[];
  /** DNS questions that got to a server which did not answer, or failed, by flow. */
  troubled: Map<string, 'dns-silent' | 'dns-failing'>;
  /** Flows whose source a node translated: by both names of the flow, the node. */
  translated: Map<string, number>;
}

export function noFates(): Fates {
  return { all: new Map(), resent: new Map(), errors: [], troubled: new Map(), translated: new Map() };
}
