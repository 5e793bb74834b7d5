// HOT: per packet. No allocation.
// What one captured frame says of the packet in it: by what it is known again at other places, and which bytes of a stream or
// datagram it carries. No hop changes these, not even one that translates addresses and ports.
import { FLOW_BIT } from '../decode/fact-layout.ts';
import { TRUNCATED } from '../decode/faults.ts';
import { unreadTunnel, wireEnd } from '../decode/ip-facts.ts';
import { type LayerStack, OUTCOME } from '../decode/layer-stack.ts';
import type { Packet } from '../decode/packet.ts';
import type { FrameEncapsulation } from '../flow/frame-records.ts';
import type { PacketLocator } from '../flow/packet-locator.ts';
import { NO_TUNNEL } from '../flow/paths/tunnels.ts';
import { u8, u16, u32 } from '../wire/bytes.ts';
import { IP_PROTOCOL } from '../wire/ip-protocol.ts';
import { IPV4 } from '../wire/ipv4.ts';
import { IPV6 } from '../wire/ipv6.ts';
import { PROTOCOL } from '../wire/protocols.ts';
import { TCP } from '../wire/tcp.ts';
import { UDP } from '../wire/udp.ts';

/** What the bytes of a frame are numbered in: nothing (only the whole packet compares), a TCP stream, an IP datagram. */
export const SPACE = { none: 0, tcp: 1, datagram: 2 } as const;

const ID = IPV4.id.bit >> 3;
const FRAGMENT = IPV4.flags.bit >> 3;
const TTL = IPV4.ttl.bit >> 3;
const HOP_LIMIT = IPV6.hlim.bit >> 3;
const SEQUENCE = TCP.seq_raw.bit >> 3;
const ACKNOWLEDGEMENT = TCP.ack_raw.bit >> 3;
const DATA_OFFSET = TCP.hdr_len.bit >> 3;
const TCP_FLAGS = TCP['flags.fin'].bit >> 3;
const SYN = 2;
/** Of a TCP header, what tells a segment: up to its flags. */
const TCP_NEEDED = TCP_FLAGS + 1;
const UDP_LENGTH = UDP.headerLength;
const ICMP_SEQUENCE = 6;
const ICMP_LENGTH = 8;
/** Bytes of a payload that tell it from others. */
const CONTENT = 16;

export class Frame {
  /** Numbers of its flow and link in the trace's table; -1 where it was not counted. */
  flow = -1;
  link = -1;
  capture = 0;
  number = 0;
  seconds = 0;
  nanos = 0;
  /** Epoch seconds by the reference clock: for windows and order. Delays are taken from `seconds` and `nanos`. */
  time = 0;
  ttl = 0;
  /** Of the inner IP packet, on the wire. */
  length = 0;
  /** IPv4 identification; 0 for IPv6. */
  id = 0;
  /** A fragment of the flow's own datagram. */
  isFragment = false;
  space = 0;
  /** Bytes `from .. to-1` of that space; TCP's numbers are 32 bits that turn over. */
  from = 0;
  to = 0;
  /** By what the packet is known within its journey. */
  key = 0;
  /** By its content without the identification; 0 where there is none. */
  contentKey = 0;
  /** The content tells it among all flows. */
  isStrong = false;
  /** Without the header's numbers or the content, which the snaplen cut off. */
  isCut = false;
  /** Nothing tells its flow, or only the outer packet's: the snaplen cut off the rest. Set for what is of no flow, too. */
  isUnread = false;
  /** Identification of the datagram around the tunnel if that is a fragment: 0 if it is none. */
  outerId = 0;
  /** Identification of the IPv4 header around the tunnel: nothing on the underlay changes it; -1 where there is none. */
  tunnelId = -1;
  isOuterRest = false;
  isOuterFirst = false;
  encapsulation: FrameEncapsulation = 'none';
  /** Asked for by number: whoever reads it says so. */
  isAsked = false;

  /** Reads a packet that `locator` has located; false for one that is of no flow. */
  read(packet: Packet, locator: PacketLocator): boolean {
    const { bytes, stack } = packet;
    const { network } = locator;
    this.flow = locator.flow;
    this.link = locator.link;
    this.isUnread = isUnread(stack, locator);
    if (!locator.isFlow || this.flow < 0 || network < 0) return false;
    this.capture = packet.capture;
    this.number = packet.number;
    this.seconds = packet.seconds;
    this.nanos = packet.nanos;
    this.isOuterRest = locator.isOuterRest;
    this.encapsulation = locator.encapsulation;
    this.#readOuter(packet, network);
    this.tunnelId = locator.tunnel === NO_TUNNEL ? -1 : tunnelIdOf(packet, network);
    if (this.isOuterRest) return true;
    const at = stack.start[network]!;
    const isV6 = stack.protocol[network] === PROTOCOL.ipv6;
    this.length = wireEnd(bytes, stack, network, packet.original - packet.captured) - at;
    this.ttl = u8(bytes, at + (isV6 ? HOP_LIMIT : TTL));
    this.id = isV6 ? 0 : u16(bytes, at + ID);
    const fragment = isV6 ? 0 : u16(bytes, at + FRAGMENT) & 0x3fff;
    this.isFragment = fragment !== 0;
    this.space = SPACE.none;
    this.#readUpper(packet, locator, at + (isV6 ? IPV6.headerLength : (u8(bytes, at) & 15) << 2), fragment);
    return true;
  }

  #readOuter({ bytes, stack }: Packet, network: number): void {
    const layer = this.isOuterRest ? stack.laterFragment : stack.firstFragment;
    this.isOuterFirst = !this.isOuterRest && layer >= 0 && layer < network;
    const isIt = (this.isOuterRest && layer >= 0) || this.isOuterFirst;
    this.outerId = isIt && stack.protocol[layer] === PROTOCOL.ipv4 ? u16(bytes, stack.start[layer]! + ID) : 0;
  }

  #readUpper(packet: Packet, locator: PacketLocator, headerEnd: number, fragment: number): void {
    const protocol = locator.protocol & 0xff;
    const upper = fragment !== 0 || locator.transport < 0 ? -1 : packet.stack.start[locator.transport]!;
    const content = this.length - (headerEnd - packet.stack.start[locator.network]!);
    this.isCut = false;
    this.contentKey = 0;
    this.isStrong = false;
    const own = mix(mix(mix(protocol, this.id), this.length), fragment);
    if (fragment !== 0) {
      this.#takeBytes(SPACE.datagram, (fragment & 0x1fff) * 8, content);
      this.key = wide(own, fragment);
    } else if (protocol === IP_PROTOCOL.tcp) this.#readTcp(packet, upper, content, own);
    else this.#readDatagram(packet, protocol, upper, content, own);
  }

  #readTcp({ bytes, start, captured }: Packet, upper: number, content: number, own: number): void {
    this.key = wide(own, 0);
    this.isCut = upper < 0 || upper + TCP_NEEDED > start + captured;
    if (this.isCut) return;
    const flags = u8(bytes, upper + TCP_FLAGS);
    const sequence = u32(bytes, upper + SEQUENCE);
    const acknowledgement = u32(bytes, upper + ACKNOWLEDGEMENT);
    const payload = content - ((u8(bytes, upper + DATA_OFFSET) >> 4) << 2);
    if (payload > 0) this.#takeBytes(SPACE.tcp, sequence | 0, payload);
    const segment = mix(sequence, flags);
    this.key = wide(own, mix(segment, acknowledgement));
    this.contentKey = wide(mix(segment, payload), acknowledgement);
    this.isStrong = payload > 0 || (flags & SYN) !== 0;
  }

  /** With an identification the content need not have been captured. */
  #readDatagram(
    { bytes, start, captured }: Packet,
    protocol: number,
    upper: number,
    content: number,
    own: number,
  ): void {
    if (this.id !== 0) this.#takeBytes(SPACE.datagram, 0, content);
    const isIcmp = protocol === IP_PROTOCOL.icmp || protocol === IP_PROTOCOL.icmpv6;
    const skip = protocol === IP_PROTOCOL.udp ? UDP_LENGTH : isIcmp ? ICMP_LENGTH : 0;
    const needed = Math.min(CONTENT, content - skip);
    const isThere = upper >= 0 && upper + skip + needed <= start + captured;
    this.key = wide(own, 0);
    this.isCut = this.id === 0 && !isThere && content > 0;
    if (!isThere) return;
    const message = isIcmp ? mix(u16(bytes, upper), u16(bytes, upper + ICMP_SEQUENCE)) : 0;
    const payload = hashOf(bytes, upper + skip, needed);
    if (this.id === 0) this.key = wide(own, mix(message, payload));
    this.contentKey = wide(mix(mix(protocol, this.length), message), payload);
    this.isStrong = needed >= ICMP_LENGTH;
  }

  #takeBytes(space: number, from: number, length: number): void {
    this.space = space;
    this.from = from;
    this.to = (from + length) | 0;
  }
}

/** Of the IP header next to the flow's own, outwards. */
function tunnelIdOf({ bytes, stack }: Packet, network: number): number {
  for (let layer = network - 1; layer >= 0; layer--) {
    const protocol = stack.protocol[layer]!;
    if (protocol === PROTOCOL.ipv4) return u16(bytes, stack.start[layer]! + ID);
    if (protocol === PROTOCOL.ipv6) return -1;
  }
  return -1;
}

/** A transport header that is cut off leaves ports, most of the time; any other one leaves what is inside unknown. */
const TRANSPORTS = [PROTOCOL.tcp, PROTOCOL.udp, PROTOCOL.sctp, PROTOCOL.icmp, PROTOCOL.icmpv6];
const CUT_TRANSPORT = new Set(TRANSPORTS.map((protocol) => TRUNCATED[protocol]));

function isUnread(stack: LayerStack, { protocol }: PacketLocator): boolean {
  if (unreadTunnel(stack) >= 0) return true;
  if (!stack.cut || stack.outcome !== OUTCOME.faulty) return false;
  return (protocol & FLOW_BIT.portsCut) !== 0 || !CUT_TRANSPORT.has(stack.fault);
}

/** What is left of a packet's key where the snaplen cut off the rest of it at one of the places. */
export function shortKey(frame: Frame): number {
  return wide(mix(frame.id, frame.length), frame.isFragment ? frame.from : 0);
}

function hashOf(bytes: Uint8Array, at: number, length: number): number {
  let hash = length;
  for (let i = 0; i < length; i++) hash = Math.imul(hash ^ u8(bytes, at + i), 0x01000193);
  return hash;
}

function mix(a: number, b: number): number {
  const sum = Math.imul(a ^ (a >>> 15), 0x85ebca6b) ^ Math.imul(b, 0x9e3779b1);
  return Math.imul(sum ^ (sum >>> 13), 0xc2b2ae35) ^ (sum >>> 16);
}

/** Two words as one whole number of 53 bits. */
function wide(high: number, low: number): number {
  return (high >>> 0) * 0x200000 + ((mix(low, high) >>> 11) & 0x1fffff);
}
