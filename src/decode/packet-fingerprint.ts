// HOT: per packet. No allocation.
// By what a packet is known again: a number of what no hop changes, and a word of what was around it, which places do change.

import { IPV4 } from '../wire/ipv4.ts';
import { IPV6 } from '../wire/ipv6.ts';
import { PROTOCOL } from '../wire/protocols.ts';
import { UDP } from '../wire/udp.ts';
import type { LayerStack } from './layer-stack.ts';

/**
 * Bits of the word that says what was around a packet: the outer IPv4 identification stands in its upper half (0 without one), the
 * place (a hash of link header and outer TTL, both of which a second place changes) in its lowest eight bits.
 */
export const AROUND = {
  /** The packet itself has an IPv4 identification: equal inner packets are one. */
  identified: 0x100,
  place: 0xff,
} as const;

// Local names: the optimising compiler folds module-local constants, but loads imported ones anew each time.
const P = PROTOCOL;
const TTL = IPV4.ttl.bit >> 3;
const HOP_LIMIT = IPV6.hlim.bit >> 3;
const IPV4_ID = IPV4.id.bit >> 3;
const ID_ONLY = 0xffff0000 | 0;
const UDP_LENGTH = UDP.headerLength;
/** Bytes of content that tell packets apart. */
const CONTENT = 16;
/** Identifier and sequence number of ICMP's echo messages stand here. */
const ICMP_REST = 4;

/** What tells datagrams and messages of one flow apart: ICMP's identifier and sequence, the first words that others carry. */
export function firstContent(view: DataView, stack: LayerStack, transport: number): number {
  const protocol = stack.protocol[transport]!;
  const at = stack.start[transport]!;
  const end = stack.end[transport]!;
  if (protocol === P.udp) return contentFrom(view, at + UDP_LENGTH, end);
  if (protocol !== P.icmp && protocol !== P.icmpv6) return contentFrom(view, at, end);
  // a layer of it has its eight bytes: the walk sees to that
  return view.getInt32(at + ICMP_REST);
}

/**
 * What tells datagrams and messages of one flow apart: of `transport` (-1: what is at `from`), and of a tunnel of which `network` is the outer
 * IP header (pods' own, say) what is inside, too: all of it begins with the same headers, and no hop changes what they carry.
 */
export function contentOf(view: DataView, stack: LayerStack, network: number, from: number, transport: number): number {
  const own = transport < 0 ? contentFrom(view, from, stack.end[network]!) : firstContent(view, stack, transport);
  const inner = stack.network;
  if (inner <= network) return own;
  const last = stack.depth - 1;
  const carried = contentFrom(view, stack.start[last]!, stack.end[last]!);
  return (own + Math.imul(contentFrom(view, stack.start[inner]!, stack.end[inner]!), 0x165667b1) + carried) | 0;
}

/**
 * Up to where a fingerprint takes content, an absolute offset. -1 of ICMP, which has too little to tell; one more than there is where the
 * snaplen cut off what a tunnel carries.
 */
export function contentEnd(stack: LayerStack, network: number, transport: number): number {
  const protocol = stack.protocol[transport]!;
  if (protocol === P.icmp || protocol === P.icmpv6) return -1;
  const inner = stack.network;
  const last = stack.depth - 1;
  const carries = stack.tunnels > 0 && stack.tunnel[stack.tunnels - 1]! > network;
  if (carries && stack.cut && (inner === network || inner === last)) return stack.end[network]! + 1;
  if (inner > network) return stack.start[last]! + CONTENT;
  return stack.start[transport]! + (protocol === P.udp ? UDP_LENGTH : 0) + CONTENT;
}

/** One number of the first four words from `at` on, of one where there are not four. */
function contentFrom(view: DataView, at: number, end: number): number {
  if (at + 16 > end) return at + 4 <= end ? view.getInt32(at) : 0;
  return (
    (view.getInt32(at) +
      Math.imul(view.getInt32(at + 4), 0x9e3779b1) +
      Math.imul(view.getInt32(at + 8), 0x85ebca77) +
      Math.imul(view.getInt32(at + 12), 0xc2b2ae3d)) |
    0
  );
}

/** One word of the IPv6 address at `at`. */
export function addressWord(view: DataView, at: number): number {
  return (
    (view.getInt32(at) +
      Math.imul(view.getInt32(at + 4), 0xd3a2646d) +
      Math.imul(view.getInt32(at + 8), 0xfd7046c5) +
      Math.imul(view.getInt32(at + 12), 0xb55a4f09)) |
    0
  );
}

/** The AROUND word, but for `identified`, of a packet whose flow's IP header is at `at`, `overhead` bytes behind the outermost one. */
export function around(view: DataView, frame: number, at: number, overhead: number): number {
  const outer = at - overhead;
  const isV4 = view.getUint8(outer) >> 4 === 4;
  const ttl = view.getUint8(outer + (isV4 ? TTL : HOP_LIMIT));
  const id = isV4 && overhead > 0 ? view.getInt32(outer + IPV4_ID) & ID_ONLY : 0;
  return id | (Math.imul(ttl + ((outer - frame) << 8), 0x9e3779b1) >>> 24);
}

/**
 * One number of what no hop changes: addresses, ports, IPv4 identification and fragment offset, length, and what it carries
 * (`content`: TCP's numbers and flags, else `contentOf`). TTL, checksums and MACs are left out. Equal numbers are most likely the same packet, or one
 * sent again with nothing changed; different ones are another packet, unless the snaplen cut the content off at one place only.
 * `source` and `destination` are IPv4 addresses, and `addressWord` of IPv6 ones: not their numbers, which every table has of its own.
 */
export function fingerprint(
  source: number,
  destination: number,
  ports: number,
  content: number,
  idAndLength: number,
): number {
  const sum =
    Math.imul(source, 0x9e3779b1) +
    Math.imul(destination, 0x85ebca77) +
    Math.imul(ports, 0xc2b2ae3d) +
    Math.imul(content, 0x27d4eb2f) +
    Math.imul(idAndLength, 0x165667b1);
  const mixed = Math.imul(sum ^ (sum >>> 15), 0x85ebca6b);
  return mixed ^ (mixed >>> 13);
}
