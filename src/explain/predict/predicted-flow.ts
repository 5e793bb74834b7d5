// What is predicted: whose packet to whom, which way, and the values that hold at every place of it.

import type { Expected } from '../../attribution/vocabulary.ts';
import { inSubnetOf } from '../../topology/ask/subnet.ts';
import type { Node, Topology } from '../../topology/model.ts';
import type { Settings } from '../../verdict/flow/overlay-in-use.ts';
import { outerAddress } from './node-devices.ts';
import type { IpFacts } from './predicted-headers.ts';
import type { PredictedEnd } from './prediction.ts';

/** What Linux gives a packet it makes. */
export const FIRST_TTL = 64;

/** The packet that is followed: its IP length and what is above IP. */
export interface Example {
  ipLength: number;
  parts: readonly { title: string; protocol: string; length: number }[];
}

export interface Journey {
  topology: Topology;
  settings: Settings;
  from: PredictedEnd;
  to: PredictedEnd;
  sender: Node | null;
  receiver: Node | null;
  expected: Expected;
  example: Example;
  /** What the source address becomes when the packet leaves for outside the pools; null when it stays. */
  translated: { address: string; why: string } | null;
}

export type Tunnel = 'vxlan' | 'ipip' | 'wireguard';

export function isTunnel(encapsulation: Expected['encapsulation']): encapsulation is Tunnel {
  return encapsulation === 'vxlan' || encapsulation === 'ipip' || encapsulation === 'wireguard';
}

/** Bytes that a tunnel puts between the outer IP header and the inner one, outer IP header included. */
export function overheadFor(encapsulation: Expected['encapsulation'], outerIsV6: boolean): number {
  const ip = outerIsV6 ? 40 : 20;
  switch (encapsulation) {
    case 'vxlan':
      return ip + 8 + 8 + 14;
    case 'ipip':
      return ip;
    case 'wireguard':
      return ip + 8 + 16 + 16;
    default:
      return 0;
  }
}

export function outerEnds({ sender, receiver, from }: Journey): { from: string | null; to: string | null } {
  const isV6 = from.owner.address.includes(':');
  return {
    from: sender === null ? null : outerAddress(sender, isV6),
    to: receiver === null ? null : outerAddress(receiver, isV6),
  };
}

/** Whether the two nodes share a subnet, by the sender's own prefix; null when that is not known. */
export function direct({ sender, receiver, from }: Pick<Journey, 'sender' | 'receiver' | 'from'>): boolean | null {
  const isV6 = from.owner.address.includes(':');
  const own = isV6 ? sender?.bgpIPv6 : sender?.bgpIPv4;
  const other = receiver === null ? null : outerAddress(receiver, isV6);
  if (own == null || other === null || own.prefixLength === null) return null;
  return inSubnetOf(own, other);
}

/** Between the nodes: a pod's packet was routed once, the node's own not yet. */
export function innerTtl({ from }: Journey): number {
  return from.owner.kind === 'pod' ? FIRST_TTL - 1 : FIRST_TTL;
}

export function ttlWords({ from, sender }: Journey): string {
  return from.owner.kind === 'pod' ? `${sender?.name ?? 'its node'} routed it` : 'made on the node';
}

/** A plain packet that routers of the underlay pass on loses one more each; how many is not in a snapshot. */
export function routedTtl(journey: Journey, ttl: number): number | null {
  return direct(journey) === false ? null : ttl;
}

/** Names stand at the first place only: they are the same at all. */
export function innerFacts({ from, to, example }: Journey, ttl: number | null, words: string, named = false): IpFacts {
  return {
    from: from.owner.address,
    to: to.owner.address,
    fromWords: named ? from.name : null,
    toWords: named ? to.name : null,
    ttl,
    ttlWords: words,
    length: example.ipLength,
  };
}
