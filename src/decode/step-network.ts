// HOT: per packet. No allocation.
// IPv4, IPv6 and the extension headers: the innermost IP header is the flow's. Fragments are not put together; a later
// fragment ends the walk, since what it holds is no header.
import { IP_PROTOCOL } from '../wire/ip-protocol.ts';
import { IPV4, ipv4HeaderLength } from '../wire/ipv4.ts';
import { IPV6 } from '../wire/ipv6.ts';
import { AH, ahLength, extensionLength, FRAGMENT } from '../wire/ipv6-extensions.ts';
import { PROTOCOL, protocolsThat } from '../wire/protocols.ts';
import { FAULT, LIMIT } from './faults.ts';
import type { LayerStack } from './layer-stack.ts';
import { cutOff, DONE, enterTunnel, narrow, notice, push, stop } from './step.ts';

// Local names: the optimising compiler folds module-local constants, but loads imported ones anew each time (measured: 2x).
const P = PROTOCOL;
const F = FAULT;
const L = LIMIT;
const N = IP_PROTOCOL;
/** By PROTOCOL number: IP itself and its extension headers. */
const IS_IP = protocolsThat(({ place }) => place === 'network' || place === 'extension');
const IPV4_LENGTH = IPV4.headerLength;
const IPV6_LENGTH = IPV6.headerLength;
const readVersion = IPV4.version.read;
const readTotalLength = IPV4.len.read;
const readProtocol = IPV4.proto.read;
const readFragmentOffset = IPV4.frag_offset.read;
const readMoreFragments = IPV4['flags.mf'].read;
const readNextHeader = IPV6.nxt.read;
const readPayloadLength = IPV6.plen.read;

export function ipv4(bytes: Uint8Array, stack: LayerStack): number {
  const at = stack.at;
  const have = stack.bound - at;
  if (have < IPV4_LENGTH) return cutOff(stack, P.ipv4, IPV4_LENGTH);
  if (readVersion(bytes, at) !== 4) return stop(stack, F.ipv4Version, 0);
  const header = ipv4HeaderLength(bytes, at);
  if (header < IPV4_LENGTH) return stop(stack, F.ipv4HeaderLength, IPV4_LENGTH);
  if (have < header) return cutOff(stack, P.ipv4, header);
  // A total length of 0 stands for more than 65535 bytes (segmentation offload, BIG TCP): up to the parent's end.
  const total = readTotalLength(bytes, at);
  if (total !== 0) {
    if (total > have) beyondFrame(stack, F.ipv4LengthBeyondFrame, total);
    narrow(stack, total, L.ipv4Length);
    if (total < header) return stop(stack, F.ipv4TotalLengthShort, header);
  }
  if (!enterNetwork(stack)) return stop(stack, F.tunnelTooDeep, 0);
  const layer = stack.network;
  const protocol = readProtocol(bytes, at);
  push(stack, P.ipv4, header);
  if (readFragmentOffset(bytes, at) !== 0) return laterFragment(stack, protocol);
  if (readMoreFragments(bytes, at) === 1 && stack.firstFragment < 0) stack.firstFragment = layer;
  return byIpProtocol(stack, protocol);
}

export function ipv6(bytes: Uint8Array, stack: LayerStack): number {
  const at = stack.at;
  const have = stack.bound - at;
  if (have < IPV6_LENGTH) return cutOff(stack, P.ipv6, IPV6_LENGTH);
  if (readVersion(bytes, at) !== 6) return stop(stack, F.ipv6Version, 0);
  const protocol = readNextHeader(bytes, at);
  const payload = readPayloadLength(bytes, at);
  // A payload length of 0 is a jumbogram (RFC 2675) or BIG TCP, unless nothing follows.
  if (payload !== 0 || protocol === N.noNextHeader) {
    const total = IPV6_LENGTH + payload;
    if (total > have) beyondFrame(stack, F.ipv6LengthBeyondFrame, total);
    narrow(stack, total, L.ipv6Length);
  }
  if (!enterNetwork(stack)) return stop(stack, F.tunnelTooDeep, 0);
  push(stack, P.ipv6, IPV6_LENGTH);
  return byIpProtocol(stack, protocol);
}

/** Hop-by-hop options, destination options or a routing header. */
export function extension(bytes: Uint8Array, stack: LayerStack, protocol: number): number {
  const have = stack.bound - stack.at;
  if (have < 8) return cutOff(stack, protocol, 8);
  const length = extensionLength(bytes, stack.at);
  if (have < length) return cutOff(stack, protocol, length);
  const next = bytes[stack.at]!;
  push(stack, protocol, length);
  return byIpProtocol(stack, next);
}

export function fragment(bytes: Uint8Array, stack: LayerStack): number {
  const at = stack.at;
  if (stack.bound - at < FRAGMENT.headerLength) return cutOff(stack, P.fragment, FRAGMENT.headerLength);
  const next = FRAGMENT.nxt.read(bytes, at);
  push(stack, P.fragment, FRAGMENT.headerLength);
  if (FRAGMENT.offset.read(bytes, at) !== 0) return laterFragment(stack, next);
  if (FRAGMENT.more.read(bytes, at) === 1 && stack.firstFragment < 0) stack.firstFragment = stack.network;
  return byIpProtocol(stack, next);
}

export function authentication(bytes: Uint8Array, stack: LayerStack): number {
  const have = stack.bound - stack.at;
  if (have < AH.headerLength) return cutOff(stack, P.ah, AH.headerLength);
  const length = Math.max(ahLength(bytes, stack.at), AH.headerLength);
  if (have < length) return cutOff(stack, P.ah, length);
  const next = AH.next_header.read(bytes, stack.at);
  push(stack, P.ah, length);
  return byIpProtocol(stack, next);
}

/** Notes the IP header at the cursor as the flow's; false when it is the inner one of one tunnel too many. */
function enterNetwork(stack: LayerStack): boolean {
  const layer = stack.depth;
  if (layer > 0) {
    // Right above an IP header, or its extension headers: IP-in-IP.
    if (IS_IP[stack.protocol[layer - 1]!] === 1 && !enterTunnel(stack, layer)) return false;
  }
  stack.network = layer;
  stack.transport = -1;
  stack.portsAt = -1;
  return true;
}

function laterFragment(stack: LayerStack, protocol: number): number {
  stack.laterFragment = stack.network;
  stack.ipProtocol = protocol;
  return DONE;
}

/** Worth a notice only where the frame itself ends early, and not in a fragment, whose inner lengths are the whole's. */
function beyondFrame(stack: LayerStack, fault: number, need: number): void {
  if (stack.boundBy !== L.captured && stack.firstFragment < 0) notice(stack, fault, need);
}

function byIpProtocol(stack: LayerStack, protocol: number): number {
  stack.ipProtocol = protocol;
  switch (protocol) {
    case N.tcp:
      return P.tcp;
    case N.udp:
      return P.udp;
    case N.icmp:
      return P.icmp;
    case N.icmpv6:
      return P.icmpv6;
    case N.ipv4:
      return P.ipv4;
    case N.ipv6:
      return P.ipv6;
    case N.gre:
      return P.gre;
    case N.sctp:
      return P.sctp;
    case N.esp:
      return P.esp;
    case N.ah:
      return P.ah;
    case N.igmp:
      return P.igmp;
    case N.ospf:
      return P.ospf;
    default:
      return byExtension(stack, protocol);
  }
}

/** IPv6 extension headers mean nothing above IPv4; any other protocol is the flow's, of unknown content. */
function byExtension(stack: LayerStack, protocol: number): number {
  if (stack.protocol[stack.network] === P.ipv6) {
    switch (protocol) {
      case N.hopByHop:
        return P.hopByHop;
      case N.routing:
        return P.routing;
      case N.fragment:
        return P.fragment;
      case N.destinationOptions:
        return P.destinationOptions;
      case N.noNextHeader:
        return DONE;
    }
  }
  if (stack.bound > stack.at) stack.transport = stack.depth;
  return P.data;
}
