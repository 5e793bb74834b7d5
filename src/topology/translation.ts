// An entry of a node's connection tracking whose addresses were rewritten: a service's that became a pod's, a pod's that became its
// node's. Only that node, at that time, is spoken of.
import type { Place } from './place.ts';

/** One direction of a connection. */
export interface Tuple {
  src: string;
  srcPort: number;
  dst: string;
  dstPort: number;
}

export interface Translation {
  /** 6, 17, 132. */
  protocol: number;
  /** As its client sent it, and as it left the translation. */
  before: Tuple;
  after: Tuple;
  /** Epoch seconds of the list; null where nothing tells. */
  time: number | null;
  /** The line, or the same as a line. */
  text: string;
  ref: Place;
}

/** Whether both are the same way of one connection. */
export function isSameTuple(a: Tuple, b: Tuple): boolean {
  return a.src === b.src && a.srcPort === b.srcPort && a.dst === b.dst && a.dstPort === b.dstPort;
}

/** Where eBPF's tables lead what is sent to a service's address. */
export interface NatService {
  protocol: number;
  ip: string;
  port: number;
  backends: readonly { ip: string; port: number }[];
  /** The line, or the same as a line. */
  text: string;
  ref: Place;
}
