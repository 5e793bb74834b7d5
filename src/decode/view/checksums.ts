// Are the checksums of a packet right, and if not, is that an error? For explain and findings, never on the hot path.
// Guarantee: `wrong` is said only when all bytes are there, nothing is fragmented and no offload explains the value.
import { u16 } from '../../wire/bytes.ts';
import { ipEnd } from '../../wire/ip-end.ts';
import { IP_PROTOCOL } from '../../wire/ip-protocol.ts';
import { IPV4, ipv4HeaderLength } from '../../wire/ipv4.ts';
import { hasSourceRoute } from '../../wire/ipv4-options.ts';
import { ROUTING } from '../../wire/ipv6-extensions.ts';
import { PROTOCOL, protocolRow } from '../../wire/protocols.ts';
import { TCP } from '../../wire/tcp.ts';
import { UDP } from '../../wire/udp.ts';
import type { LayerStack } from '../layer-stack.ts';
import { fold, pseudoHeaderSum, sumBytes } from './one-complement.ts';

/**
 * - `zero-allowed`: 0 in UDP means none (RFC 768); over IPv6 only for tunnels (RFC 6935), as VXLAN and Geneve use it;
 * - `zero-not-allowed`: 0 in UDP over IPv6 where nothing allows it;
 * - `unfinished`: the bare pseudo-header sum: the kernel left the rest to the NIC, so the capture was taken before it was sent;
 *   also an outer checksum over an inner packet that is unfinished;
 * - `not-checkable`: bytes are missing, or the packet is a fragment.
 */
export type ChecksumState = 'valid' | 'zero-allowed' | 'zero-not-allowed' | 'unfinished' | 'wrong' | 'not-checkable';

export interface ChecksumView {
  /** Wireshark's name: `ip.checksum`, `udp.checksum`, ... */
  field: string;
  state: ChecksumState;
  /** As in the packet. */
  found: number;
  /** What it would have to be; null where that cannot be computed or need not be. */
  expected: number | null;
  /** A sentence for people. */
  reason: string;
}

/** Judges the checksum of layer `index`; null when its protocol has none that is judged here. */
export function judgeChecksum(bytes: Uint8Array, stack: LayerStack, index: number): ChecksumView | null {
  switch (stack.protocol[index]) {
    case PROTOCOL.ipv4:
      return ipv4Header(bytes, stack, index);
    case PROTOCOL.udp:
      return udp(bytes, stack, index);
    case PROTOCOL.tcp:
      return transport(bytes, stack, index, 'tcp.checksum', TCP.checksum.bit >> 3, IP_PROTOCOL.tcp);
    case PROTOCOL.icmp:
      return plainSum(bytes, stack, index, 'icmp.checksum');
    case PROTOCOL.igmp:
      return plainSum(bytes, stack, index, 'igmp.checksum');
    case PROTOCOL.icmpv6:
      return transport(bytes, stack, index, 'icmpv6.checksum', 2, IP_PROTOCOL.icmpv6);
    default:
      return null;
  }
}

function ipv4Header(bytes: Uint8Array, stack: LayerStack, index: number): ChecksumView {
  const at = stack.start[index]!;
  const found = IPV4.checksum.read(bytes, at);
  const length = ipv4HeaderLength(bytes, at);
  const sum = sumBytes(bytes, at, at + length);
  const expected = complement(sum - found);
  if (sumsUp(sum)) return view('ip.checksum', 'valid', found, expected, 'the header sums up');
  if (found === 0) return view('ip.checksum', 'unfinished', found, expected, 'left to the NIC: it is still 0');
  return view('ip.checksum', 'wrong', found, expected, 'the header does not sum up');
}

function plainSum(bytes: Uint8Array, stack: LayerStack, index: number, field: string): ChecksumView {
  const at = stack.start[index]!;
  const found = u16(bytes, at + 2);
  const problem = whyNotCheckable(bytes, stack, index);
  if (problem !== null) return view(field, 'not-checkable', found, null, problem);
  const sum = sumBytes(bytes, at, stack.end[index]!);
  const expected = complement(sum - found);
  return sumsUp(sum)
    ? view(field, 'valid', found, expected, 'the message sums up')
    : view(field, 'wrong', found, expected, 'the message does not sum up');
}

function udp(bytes: Uint8Array, stack: LayerStack, index: number): ChecksumView {
  const found = UDP.checksum.read(bytes, stack.start[index]!);
  if (found !== 0) return transport(bytes, stack, index, 'udp.checksum', UDP.checksum.bit >> 3, IP_PROTOCOL.udp);
  if (stack.protocol[networkBelow(stack, index)] === PROTOCOL.ipv4) {
    return view('udp.checksum', 'zero-allowed', found, null, 'none was computed, as RFC 768 allows');
  }
  const above = index + 1 < stack.depth ? stack.protocol[index + 1]! : PROTOCOL.none;
  if (above === PROTOCOL.vxlan || above === PROTOCOL.geneve) {
    return view(
      'udp.checksum',
      'zero-allowed',
      found,
      null,
      'none was computed, as RFC 6935 allows for tunnels over IPv6',
    );
  }
  return view('udp.checksum', 'zero-not-allowed', found, null, 'UDP over IPv6 needs one (RFC 8200 §8.1)');
}

/** A checksum over the pseudo header and everything up to the layer's end; `place` is its offset in the header. */
function transport(
  bytes: Uint8Array,
  stack: LayerStack,
  index: number,
  field: string,
  place: number,
  protocol: number,
): ChecksumView {
  const at = stack.start[index]!;
  const end = stack.end[index]!;
  const network = networkBelow(stack, index);
  const found = u16(bytes, at + place);
  const pseudo = pseudoHeaderSum(bytes, stack.start[network]!, stack.protocol[network] === PROTOCOL.ipv6, protocol);
  // Offload leaves the pseudo-header sum: with the length, or (some drivers, for segments to be cut) without it.
  const partial = fold(pseudo + Math.max(declaredEnd(bytes, stack, network), end) - at);
  const isPartial = found === partial || found === fold(pseudo);
  const problem = whyNotCheckable(bytes, stack, index);
  if (problem !== null) {
    const state = isPartial && !isFragment(stack, network) ? 'unfinished' : 'not-checkable';
    return view(field, state, found, null, state === 'unfinished' ? OFFLOADED : problem);
  }
  const sum = pseudo + (end - at) + sumBytes(bytes, at, end);
  const bare = complement(sum - found);
  const expected = bare === 0 && protocol === IP_PROTOCOL.udp ? 0xffff : bare;
  if (sumsUp(sum)) return view(field, 'valid', found, expected, 'pseudo header and payload sum up');
  if (isPartial) return view(field, 'unfinished', found, expected, OFFLOADED);
  if (innerIsUnfinished(bytes, stack, index)) {
    return view(
      field,
      'unfinished',
      found,
      null,
      'the inner checksum is left to the NIC, so this one cannot be judged',
    );
  }
  return view(field, 'wrong', found, expected, 'pseudo header and payload do not sum up');
}

const OFFLOADED = 'left to the NIC: it is the sum of the pseudo header only';

/** A tunnel's outer checksum is computed as if the inner one were finished (Linux: local checksum offload). */
function innerIsUnfinished(bytes: Uint8Array, stack: LayerStack, index: number): boolean {
  for (let inner = index + 1; inner < stack.depth; inner++) {
    const protocol = stack.protocol[inner];
    if (protocol !== PROTOCOL.tcp && protocol !== PROTOCOL.udp) continue;
    if (judgeChecksum(bytes, stack, inner)?.state === 'unfinished') return true;
  }
  return false;
}

/** Null when every byte that the checksum covers is there. */
function whyNotCheckable(bytes: Uint8Array, stack: LayerStack, index: number): string | null {
  const network = networkBelow(stack, index);
  if (isFragment(stack, network)) return 'the rest is in other fragments';
  const end = declaredEnd(bytes, stack, network);
  if (end > stack.end[network]! || (end === 0 && stack.cut)) return 'bytes are missing';
  const udpLength = stack.protocol[index] === PROTOCOL.udp ? UDP.length.read(bytes, stack.start[index]!) : 0;
  if (udpLength > stack.end[index]! - stack.start[index]!) return 'bytes are missing';
  if (hasSourceRouteIn(bytes, stack, network)) return 'the final destination is in the source route';
  for (let i = network + 1; i < index; i++) {
    const isRouted = stack.protocol[i] === PROTOCOL.routing && ROUTING.segleft.read(bytes, stack.start[i]!) > 0;
    if (isRouted) return 'the final destination is in the routing header';
  }
  return null;
}

function declaredEnd(bytes: Uint8Array, stack: LayerStack, network: number): number {
  return ipEnd(bytes, stack.start[network]!, stack.protocol[network] === PROTOCOL.ipv6);
}

function hasSourceRouteIn(bytes: Uint8Array, stack: LayerStack, network: number): boolean {
  return stack.protocol[network] === PROTOCOL.ipv4 && hasSourceRoute(bytes, stack.start[network]!, stack.end[network]!);
}

/** True for the first fragment itself and for what it encapsulates. */
function isFragment(stack: LayerStack, network: number): boolean {
  return stack.firstFragment >= 0 && stack.firstFragment <= network;
}

/** The IP header right below a layer, past extension headers. */
function networkBelow(stack: LayerStack, index: number): number {
  let network = index - 1;
  while (network > 0 && protocolRow(stack.protocol[network]!).place !== 'network') network--;
  return network;
}

/** True when a sum that includes the checksum says that nothing was changed (RFC 1071 §1). */
function sumsUp(sum: number): boolean {
  return fold(sum) === 0xffff;
}

function complement(sum: number): number {
  return ~fold(sum) & 0xffff;
}

function view(
  field: string,
  state: ChecksumState,
  found: number,
  expected: number | null,
  reason: string,
): ChecksumView {
  return { field, state, found, expected, reason };
}
