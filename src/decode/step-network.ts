// HOT: per packet. No allocation.
// IPv4, IPv6 and the extension headers: the innermost IP header is the flow's. Fragments are not put together; a later
// fragment ends the walk, since what it holds is no header.
import { IP_PROTOCOL } from '../wire/ip-protocol.ts';
import { IPV4, ipv4HeaderLength } from '../wire/ipv4.ts';
import { IPV6 } from '../wire/ipv6.ts';
import { AH, ahLength, extensionLength, FRAGMENT } from '../wire/ipv6-extensions.ts';
import { FAULT, LIMIT } from './faults.ts';
import { type LayerStack, PROTOCOL } from './layer-stack.ts';
import { DONE, enterTunnel, narrow, notice, push, stop } from './step.ts';

export function ipv4(bytes: Uint8Array, stack: LayerStack): number {
  const at = stack.at;
  const have = stack.bound - at;
  if (have < IPV4.headerLength) return stop(stack, FAULT.ipv4HeaderTruncated, IPV4.headerLength);
  if (IPV4.version.read(bytes, at) !== 4) return stop(stack, FAULT.ipv4Version, 0);
  const header = ipv4HeaderLength(bytes, at);
  if (header < IPV4.headerLength) return stop(stack, FAULT.ipv4HeaderLength, IPV4.headerLength);
  if (have < header) return stop(stack, FAULT.ipv4HeaderTruncated, header);
  // A total length of 0 stands for more than 65535 bytes (segmentation offload, BIG TCP): up to the parent's end.
  const total = IPV4.len.read(bytes, at);
  if (total !== 0) {
    if (total > have) beyondFrame(stack, FAULT.ipv4LengthBeyondFrame, total);
    narrow(stack, total, LIMIT.ipv4Length);
    if (total < header) return stop(stack, FAULT.ipv4TotalLengthShort, header);
  }
  if (!enterNetwork(stack)) return stop(stack, FAULT.tunnelTooDeep, 0);
  const layer = stack.network;
  const protocol = IPV4.proto.read(bytes, at);
  push(stack, PROTOCOL.ipv4, header);
  if (IPV4.frag_offset.read(bytes, at) !== 0) return laterFragment(stack, protocol);
  if (IPV4['flags.mf'].read(bytes, at) === 1 && stack.firstFragment < 0) stack.firstFragment = layer;
  return byIpProtocol(stack, protocol);
}

export function ipv6(bytes: Uint8Array, stack: LayerStack): number {
  const at = stack.at;
  const have = stack.bound - at;
  if (have < IPV6.headerLength) return stop(stack, FAULT.ipv6HeaderTruncated, IPV6.headerLength);
  if (IPV6.version.read(bytes, at) !== 6) return stop(stack, FAULT.ipv6Version, 0);
  const protocol = IPV6.nxt.read(bytes, at);
  const payload = IPV6.plen.read(bytes, at);
  // A payload length of 0 is a jumbogram (RFC 2675) or BIG TCP, unless nothing follows.
  if (payload !== 0 || protocol === IP_PROTOCOL.noNextHeader) {
    const total = IPV6.headerLength + payload;
    if (total > have) beyondFrame(stack, FAULT.ipv6LengthBeyondFrame, total);
    narrow(stack, total, LIMIT.ipv6Length);
  }
  if (!enterNetwork(stack)) return stop(stack, FAULT.tunnelTooDeep, 0);
  push(stack, PROTOCOL.ipv6, IPV6.headerLength);
  return byIpProtocol(stack, protocol);
}

/** Hop-by-hop options, destination options or a routing header. */
export function extension(bytes: Uint8Array, stack: LayerStack, protocol: number, fault: number): number {
  const have = stack.bound - stack.at;
  if (have < 8) return stop(stack, fault, 8);
  const length = extensionLength(bytes, stack.at);
  if (have < length) return stop(stack, fault, length);
  const next = bytes[stack.at]!;
  push(stack, protocol, length);
  return byIpProtocol(stack, next);
}

export function fragment(bytes: Uint8Array, stack: LayerStack): number {
  const at = stack.at;
  if (stack.bound - at < FRAGMENT.headerLength) return stop(stack, FAULT.fragmentTruncated, FRAGMENT.headerLength);
  const next = FRAGMENT.nxt.read(bytes, at);
  push(stack, PROTOCOL.fragment, FRAGMENT.headerLength);
  if (FRAGMENT.offset.read(bytes, at) !== 0) return laterFragment(stack, next);
  if (FRAGMENT.more.read(bytes, at) === 1 && stack.firstFragment < 0) stack.firstFragment = stack.network;
  return byIpProtocol(stack, next);
}

export function authentication(bytes: Uint8Array, stack: LayerStack): number {
  const have = stack.bound - stack.at;
  if (have < AH.headerLength) return stop(stack, FAULT.ahTruncated, AH.headerLength);
  const length = Math.max(ahLength(bytes, stack.at), AH.headerLength);
  if (have < length) return stop(stack, FAULT.ahTruncated, length);
  const next = AH.next_header.read(bytes, stack.at);
  push(stack, PROTOCOL.ah, length);
  return byIpProtocol(stack, next);
}

/** Notes the IP header at the cursor as the flow's; false when it is the inner one of one tunnel too many. */
function enterNetwork(stack: LayerStack): boolean {
  const layer = stack.depth;
  if (layer > 0) {
    const below = stack.protocol[layer - 1]!;
    // Right above an IP header, or its extension headers: IP-in-IP.
    if (below >= PROTOCOL.ipv4 && below <= PROTOCOL.ah && !enterTunnel(stack, layer)) return false;
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
  if (stack.boundBy !== LIMIT.captured && stack.firstFragment < 0) notice(stack, fault, need);
}

function byIpProtocol(stack: LayerStack, protocol: number): number {
  stack.ipProtocol = protocol;
  switch (protocol) {
    case IP_PROTOCOL.tcp:
      return PROTOCOL.tcp;
    case IP_PROTOCOL.udp:
      return PROTOCOL.udp;
    case IP_PROTOCOL.icmp:
      return PROTOCOL.icmp;
    case IP_PROTOCOL.icmpv6:
      return PROTOCOL.icmpv6;
    case IP_PROTOCOL.ipv4:
      return PROTOCOL.ipv4;
    case IP_PROTOCOL.ipv6:
      return PROTOCOL.ipv6;
    case IP_PROTOCOL.gre:
      return PROTOCOL.gre;
    case IP_PROTOCOL.sctp:
      return PROTOCOL.sctp;
    case IP_PROTOCOL.esp:
      return PROTOCOL.esp;
    case IP_PROTOCOL.ah:
      return PROTOCOL.ah;
    case IP_PROTOCOL.igmp:
      return PROTOCOL.igmp;
    case IP_PROTOCOL.ospf:
      return PROTOCOL.ospf;
    default:
      return byExtension(stack, protocol);
  }
}

/** IPv6 extension headers mean nothing above IPv4; any other protocol is the flow's, of unknown content. */
function byExtension(stack: LayerStack, protocol: number): number {
  if (stack.protocol[stack.network] === PROTOCOL.ipv6) {
    switch (protocol) {
      case IP_PROTOCOL.hopByHop:
        return PROTOCOL.hopByHop;
      case IP_PROTOCOL.routing:
        return PROTOCOL.routing;
      case IP_PROTOCOL.fragment:
        return PROTOCOL.fragment;
      case IP_PROTOCOL.destinationOptions:
        return PROTOCOL.destinationOptions;
      case IP_PROTOCOL.noNextHeader:
        return DONE;
    }
  }
  if (stack.bound > stack.at) stack.transport = stack.depth;
  return PROTOCOL.data;
}
