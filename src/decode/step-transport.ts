// HOT: per packet. No allocation.
// What stands right above the innermost IP header. Ports are noted even when the rest of their header is cut off.
import { ESP } from '../wire/esp.ts';
import { ICMP } from '../wire/icmp.ts';
import { ICMPV6 } from '../wire/icmpv6.ts';
import { IGMP } from '../wire/igmp.ts';
import { OSPF } from '../wire/ospf.ts';
import { SCTP } from '../wire/sctp.ts';
import { TCP, tcpHeaderLength } from '../wire/tcp.ts';
import { UDP } from '../wire/udp.ts';
import { FAULT, LIMIT } from './faults.ts';
import { type LayerStack, PROTOCOL } from './layer-stack.ts';
import { DONE, narrow, notice, push, stop } from './step.ts';
import { afterUdp } from './step-tunnel.ts';
import type { WalkPorts } from './walk-ports.ts';

export function tcp(bytes: Uint8Array, stack: LayerStack): number {
  const at = stack.at;
  const have = stack.bound - at;
  notePorts(stack, have);
  if (have < TCP.headerLength) return stop(stack, FAULT.tcpTruncated, TCP.headerLength);
  const header = tcpHeaderLength(bytes, at);
  if (header < TCP.headerLength) stop(stack, FAULT.tcpHeaderLength, TCP.headerLength);
  else if (have < header) notice(stack, FAULT.tcpOptionsTruncated, header);
  stack.transport = stack.depth;
  push(stack, PROTOCOL.tcp, TCP.headerLength);
  return DONE;
}

export function udp(bytes: Uint8Array, stack: LayerStack, ports: WalkPorts): number {
  const at = stack.at;
  const have = stack.bound - at;
  notePorts(stack, have);
  if (have < UDP.headerLength) return stop(stack, FAULT.udpTruncated, UDP.headerLength);
  const length = UDP.length.read(bytes, at);
  if (length === 0) {
    // More than 65535 bytes have no other way to say so (RFC 2675 §4).
    if (have <= 0xffff) notice(stack, FAULT.udpLengthZero, 0);
  } else if (length < UDP.headerLength) {
    stop(stack, FAULT.udpLengthShort, UDP.headerLength);
  } else if (length > have) {
    if (stack.boundBy !== LIMIT.captured && stack.firstFragment < 0) notice(stack, FAULT.udpLengthBeyondPacket, length);
  } else {
    narrow(stack, length, LIMIT.udpLength);
  }
  stack.transport = stack.depth;
  push(stack, PROTOCOL.udp, UDP.headerLength);
  if (length !== 0 && length < UDP.headerLength) return DONE;
  return afterUdp(bytes, stack, ports, length);
}

export function sctp(stack: LayerStack): number {
  notePorts(stack, stack.bound - stack.at);
  return plain(stack, PROTOCOL.sctp, SCTP.headerLength, FAULT.sctpTruncated);
}

/** The walk stops here: the packet that an ICMP error quotes is not traffic. */
export function icmp(stack: LayerStack): number {
  return plain(stack, PROTOCOL.icmp, ICMP.headerLength, FAULT.icmpTruncated);
}

export function icmpv6(stack: LayerStack): number {
  return plain(stack, PROTOCOL.icmpv6, ICMPV6.headerLength, FAULT.icmpv6Truncated);
}

export function igmp(stack: LayerStack): number {
  return plain(stack, PROTOCOL.igmp, IGMP.headerLength, FAULT.igmpTruncated);
}

export function esp(stack: LayerStack): number {
  return plain(stack, PROTOCOL.esp, ESP.headerLength, FAULT.espTruncated);
}

export function ospf(stack: LayerStack): number {
  return plain(stack, PROTOCOL.ospf, OSPF.headerLength, FAULT.ospfTruncated);
}

/** A header of fixed length that ends the walk. */
function plain(stack: LayerStack, protocol: number, headerLength: number, fault: number): number {
  if (stack.bound - stack.at < headerLength) return stop(stack, fault, headerLength);
  stack.transport = stack.depth;
  push(stack, protocol, headerLength);
  return DONE;
}

function notePorts(stack: LayerStack, have: number): void {
  if (have >= 4) stack.portsAt = stack.at;
}
