// HOT: per packet. No allocation.
// What stands right above the innermost IP header. Ports are noted even when the rest of their header is cut off.
import { ESP } from '../wire/esp.ts';
import { ICMP } from '../wire/icmp.ts';
import { ICMPV6 } from '../wire/icmpv6.ts';
import { IGMP } from '../wire/igmp.ts';
import { OSPF } from '../wire/ospf.ts';
import { PROTOCOL } from '../wire/protocols.ts';
import { SCTP } from '../wire/sctp.ts';
import { TCP, tcpHeaderLength } from '../wire/tcp.ts';
import { UDP } from '../wire/udp.ts';
import { FAULT, LIMIT } from './faults.ts';
import type { LayerStack } from './layer-stack.ts';
import { cutOff, DONE, narrow, notice, push, stop } from './step.ts';
import { afterUdp } from './step-tunnel.ts';
import type { WalkPorts } from './walk-ports.ts';

// Local names: the optimising compiler folds module-local constants, but loads imported ones anew each time (measured: 2x).
const P = PROTOCOL;
const F = FAULT;
const L = LIMIT;
const TCP_LENGTH = TCP.headerLength;
const UDP_LENGTH = UDP.headerLength;
const readLength = UDP.length.read;

export function tcp(bytes: Uint8Array, stack: LayerStack): number {
  const at = stack.at;
  const have = stack.bound - at;
  notePorts(stack, have);
  if (have < TCP_LENGTH) return cutOff(stack, P.tcp, TCP_LENGTH);
  const header = tcpHeaderLength(bytes, at);
  if (header < TCP_LENGTH) stop(stack, F.tcpHeaderLength, TCP_LENGTH);
  else if (have < header) notice(stack, F.tcpOptionsTruncated, header);
  stack.transport = stack.depth;
  push(stack, P.tcp, TCP_LENGTH);
  return DONE;
}

export function udp(bytes: Uint8Array, stack: LayerStack, ports: WalkPorts): number {
  const at = stack.at;
  const have = stack.bound - at;
  notePorts(stack, have);
  if (have < UDP_LENGTH) return cutOff(stack, P.udp, UDP_LENGTH);
  const length = readLength(bytes, at);
  if (length === 0) {
    // More than 65535 bytes have no other way to say so (RFC 2675 §4).
    if (have <= 0xffff) notice(stack, F.udpLengthZero, 0);
  } else if (length < UDP_LENGTH) {
    stop(stack, F.udpLengthShort, UDP_LENGTH);
  } else if (length > have) {
    if (stack.boundBy !== L.captured && stack.firstFragment < 0) notice(stack, F.udpLengthBeyondPacket, length);
  } else {
    narrow(stack, length, L.udpLength);
  }
  stack.transport = stack.depth;
  push(stack, P.udp, UDP_LENGTH);
  if (length !== 0 && length < UDP_LENGTH) return DONE;
  return afterUdp(bytes, stack, ports, length);
}

export function sctp(stack: LayerStack): number {
  notePorts(stack, stack.bound - stack.at);
  return plain(stack, P.sctp, SCTP.headerLength);
}

/** The walk stops here: the packet that an ICMP error quotes is not traffic. */
export function icmp(stack: LayerStack): number {
  return plain(stack, P.icmp, ICMP.headerLength);
}

export function icmpv6(stack: LayerStack): number {
  return plain(stack, P.icmpv6, ICMPV6.headerLength);
}

export function igmp(stack: LayerStack): number {
  return plain(stack, P.igmp, IGMP.headerLength);
}

export function esp(stack: LayerStack): number {
  return plain(stack, P.esp, ESP.headerLength);
}

export function ospf(stack: LayerStack): number {
  return plain(stack, P.ospf, OSPF.headerLength);
}

/** A header of fixed length that ends the walk. */
function plain(stack: LayerStack, protocol: number, headerLength: number): number {
  if (stack.bound - stack.at < headerLength) return cutOff(stack, protocol, headerLength);
  stack.transport = stack.depth;
  push(stack, protocol, headerLength);
  return DONE;
}

function notePorts(stack: LayerStack, have: number): void {
  if (have >= 4) stack.portsAt = stack.at;
}
