// HOT: per packet. No allocation.
// layers -> facts: what the flow table needs of a packet, as sixteen words. Behind this stage are numbers only: the table sees
// neither bytes nor a layer stack, but for the rare packets that are marked `slow`.

import type { PacketBatch } from '../capture/source.ts';
import { isDnsPort } from '../wire/dns.ts';
import { IP_PROTOCOL } from '../wire/ip-protocol.ts';
import { IPV4 } from '../wire/ipv4.ts';
import { IPV6 } from '../wire/ipv6.ts';
import { PROTOCOL } from '../wire/protocols.ts';
import { TCP } from '../wire/tcp.ts';
import { UDP } from '../wire/udp.ts';
import { ipHeaderLength, upperProtocol, wireEnd } from './ip-facts.ts';
import { type LayerStack, makesFlow } from './layer-stack.ts';
import { AROUND, around, contentEnd, contentOf, fingerprint, firstContent } from './packet-fingerprint.ts';

/** Places in a packet's facts: of 32-bit words, and (`seconds`) of a 64-bit number, counted from the start of the facts. */
export const FACT = {
  words: 16,
  /** Address words of the flow's IP header: the address itself (IPv4), or its number in the table of addresses (IPv6). */
  source: 0,
  destination: 1,
  /** Source port in the upper half; 0 without ports. */
  ports: 2,
  /** Upper-layer protocol (8 bits), FLOW_BIT. */
  protocol: 3,
  /** Which way the frame came: capture, interface, link addresses, tunnel, carriers, as one number. */
  path: 4,
  /** Payload bytes on the wire: above TCP's header, else above IP's. */
  payload: 5,
  /** Bytes from the outer IP header to the inner one. */
  overhead: 6,
  /** Bytes of the flow's IP packet. */
  length: 7,
  /** TTL (8 bits), TCP flags (8 bits), MARK. */
  marks: 8,
  /** Of TCP; of echo messages, identifier and sequence number; of DNS, where the datagram's content begins and ends in the batch. */
  sequence: 9,
  acknowledgement: 10,
  /** Bytes of the frame on the wire. */
  original: 11,
  /** Time: whole seconds (as a 64-bit number: place 6 of eight) and nanoseconds. */
  seconds: 6,
  nanos: 14,
  /** The same wherever the same inner packet was captured: see packet-fingerprint.ts. */
  fingerprint: 15,
} as const;

/** Bits of the protocol word above the protocol number; they are part of a flow's identity. */
export const FLOW_BIT = { ipv6: 0x100, portsCut: 0x200 } as const;

/** Bits of the marks word above TTL and TCP flags. */
export const MARK = {
  dontFragment: 1 << 16,
  /** The frame had more bytes than were captured. */
  truncated: 1 << 17,
  /** Flags, sequence and acknowledgement are those of a TCP header. */
  tcp: 1 << 18,
  echoRequest: 1 << 19,
  echoReply: 1 << 20,
  /** A later fragment whose first one is not known. */
  orphan: 1 << 21,
  /** Rare: the table asks for the packet's layers. */
  slow: 1 << 22,
  /** Not to be counted. */
  skipped: 1 << 23,
  /** WireGuard's transport data, with a packet in it. */
  transportData: 1 << 24,
  /** UDP or TCP from or to DNS's port. */
  dns: 1 << 25,
  /** The fingerprint hangs on content, of which the snaplen left too little; all that it hangs on is there. */
  contentCut: 1 << 26,
  contentWhole: 1 << 27,
  /** The snaplen cut TCP's header off: `payload` holds it too. */
  headerCut: 1 << 28,
} as const;

/** Numbers the IPv6 addresses: an interning table of the flow stage. */
export interface AddressNumbers {
  viewedSource(protocol: number, view: DataView, at: number): number;
  viewedDestination(protocol: number, view: DataView, at: number): number;
}

// Local names: the optimising compiler folds module-local constants, but loads imported ones anew each time.
const P = PROTOCOL;
const F = FACT;
const M = MARK;
const B = FLOW_BIT;
const { tcp: TCP_NUMBER, udp: UDP_NUMBER, sctp: SCTP_NUMBER } = IP_PROTOCOL;
const TTL = IPV4.ttl.bit >> 3;
const HOP_LIMIT = IPV6.hlim.bit >> 3;
const IPV4_FLAGS = IPV4.flags.bit >> 3;
const IPV4_ID = IPV4.id.bit >> 3;
const ID_ONLY = 0xffff0000 | 0;
const DONT_FRAGMENT = 0x40;
/** Of the word that holds identification, flags and fragment offset: all but the flags. */
const ID_AND_OFFSET = 0xffff1fff | 0;
const DATA_OFFSET = TCP.hdr_len.bit >> 3;
const TCP_FLAGS = TCP['flags.fin'].bit >> 3;
const SEQUENCE = TCP.seq_raw.bit >> 3;
const ACKNOWLEDGEMENT = TCP.ack_raw.bit >> 3;
const MIN_TCP_HEADER = TCP.headerLength;
const UDP_HEADER = UDP.headerLength;
const A = AROUND;
const [ECHO, ECHO_REPLY, ECHO_V6, ECHO_REPLY_V6] = [8, 0, 128, 129] as const;

/** Facts of one batch. */
export class PacketFacts {
  readonly words: Int32Array;
  /** The same bytes as 64-bit numbers. */
  readonly doubles: Float64Array;
  /** What was around each packet, which is no part of its flow: AROUND. */
  readonly around: Int32Array;
  /** Of TCP that may be DNS: where its content begins and ends in the batch. */
  readonly content: Int32Array;
  readonly #addresses: AddressNumbers;

  /** @param capacity packets of the largest batch */
  constructor(addresses: AddressNumbers, capacity: number) {
    this.words = new Int32Array(capacity * F.words);
    this.doubles = new Float64Array(this.words.buffer);
    this.around = new Int32Array(capacity);
    this.content = new Int32Array(2 * capacity);
    this.#addresses = addresses;
  }

  /** Packet `i` is not counted. */
  skip(i: number): void {
    this.words[i * F.words + F.marks] = M.skipped;
  }

  /** Packet `i` needs its layers to be counted. */
  defer(i: number): void {
    this.words[i * F.words + F.marks] = M.slow;
  }

  /**
   * Writes packet `i` of `batch`, which came by `path` with `overheadBytes` from the outer IP header to the inner one. Its flow's
   * IP header is stack layer `network`, the layer above it `transport` (-1: none). `isLater`: it is a later fragment.
   */
  write(
    batch: PacketBatch,
    i: number,
    view: DataView,
    stack: LayerStack,
    network: number,
    transport: number,
    path: number,
    overheadBytes: number,
    isLater: boolean,
  ): void {
    const words = this.words;
    const to = i * F.words;
    const isV4 = stack.protocol[network] === P.ipv4;
    const at = stack.start[network]!;
    writeAddresses(words, to, this.#addresses, view, stack, network);
    writePorts(words, to, view, stack, network, transport, isLater);
    words[to + F.path] = path;
    words[to + F.overhead] = overheadBytes;

    const original = batch.original[i]!;
    const cut = original - batch.captured[i]!;
    let marks = view.getUint8(at + (isV4 ? TTL : HOP_LIMIT)) | (cut > 0 ? M.truncated : 0);
    if (isV4 && view.getUint8(at + IPV4_FLAGS) & DONT_FRAGMENT) marks |= M.dontFragment;
    if (isLater) marks |= M.orphan;
    const end = wireEnd(batch.bytes, stack, network, cut);
    const id = isV4 ? view.getInt32(at + IPV4_ID) & ID_AND_OFFSET : 0;
    let content = 0;
    let from: number;
    if (transport >= 0 && stack.protocol[transport] === P.tcp) {
      const tcp = stack.start[transport]!;
      const header = (view.getUint8(tcp + DATA_OFFSET) >> 4) << 2;
      from = tcp + (header > MIN_TCP_HEADER ? header : MIN_TCP_HEADER);
      content = view.getInt32(tcp + SEQUENCE);
      if (!isLater) {
        const flags = view.getUint8(tcp + TCP_FLAGS);
        const acknowledgement = view.getInt32(tcp + ACKNOWLEDGEMENT);
        marks |= M.tcp | (flags << 8);
        words[to + F.sequence] = content;
        words[to + F.acknowledgement] = acknowledgement;
        content = (content + Math.imul(acknowledgement ^ flags, 0xd3a2646d)) | 0;
        if (isDnsPort(words[to + F.ports]!)) {
          marks |= M.dns;
          this.content[2 * i] = from;
          this.content[2 * i + 1] = stack.end[transport]!;
        }
      }
    } else if (network + 1 < stack.depth) from = stack.start[network + 1]!;
    else {
      from = at + ipHeaderLength(view, stack, network);
      if (!isLater && (words[to + F.protocol]! & 0xff) === TCP_NUMBER) marks |= M.headerCut;
    }
    if (transport >= 0 && !isLater && !(marks & M.tcp)) {
      marks |= this.#noteQuestion(view, to, stack, transport);
      // the snaplen may have cut the content off at one place only: an identification tells as much
      if (!(id & ID_ONLY) || stack.protocol[transport] === P.icmp) {
        content = contentOf(view, stack, network, stack.start[transport]!, transport);
        marks |= contentMark(stack, network, transport, end);
      }
    } else if (transport < 0 && !(id & ID_ONLY)) content = contentOf(view, stack, network, from, transport);
    words[to + F.marks] = marks;
    words[to + F.payload] = end > from ? end - from : 0;
    words[to + F.length] = end - at;
    words[to + F.original] = original;
    this.doubles[(to >> 1) + F.seconds] = batch.seconds[i]!;
    words[to + F.nanos] = batch.nanos[i]!;
    this.around[i] = around(view, stack.start[0]!, at, overheadBytes) | (id & ID_ONLY ? A.identified : 0);
    const idAndLength = id + Math.imul(end - at, 0x9e3779b1);
    words[to + F.fingerprint] = fingerprint(
      words[to + F.source]!,
      words[to + F.destination]!,
      words[to + F.ports]!,
      content,
      idAndLength,
    );
  }

  /** What pairs a question with its answer; returns the mark of its kind. */
  #noteQuestion(view: DataView, to: number, stack: LayerStack, transport: number): number {
    const words = this.words;
    const at = stack.start[transport]!;
    if (stack.protocol[transport] === P.udp) {
      if (!isDnsPort(words[to + F.ports]!)) return 0;
      words[to + F.sequence] = at + UDP_HEADER;
      words[to + F.acknowledgement] = stack.end[transport]!;
      return M.dns;
    }
    const mark = echoMark(view, stack, transport);
    if (mark !== 0) words[to + F.sequence] = firstContent(view, stack, transport);
    return mark;
  }
}

/** Writes the address words of a packet's flow, whose IP header is stack layer `network`, into the facts that begin at `to`. */
export function writeAddresses(
  words: Int32Array,
  to: number,
  addresses: AddressNumbers,
  view: DataView,
  stack: LayerStack,
  network: number,
): void {
  const family = stack.protocol[network]!;
  const at = stack.start[network]!;
  words[to + F.source] = addresses.viewedSource(family, view, at);
  words[to + F.destination] = addresses.viewedDestination(family, view, at);
}

/** Writes what else makes the flow: its ports and protocol words. Parameters as for `write`. */
export function writePorts(
  words: Int32Array,
  to: number,
  view: DataView,
  stack: LayerStack,
  network: number,
  transport: number,
  isLater: boolean,
): void {
  const isInnermost = network === stack.network;
  const protocol = isInnermost ? stack.ipProtocol : upperProtocol(stack, network);
  let identity = (protocol & 0xff) | (stack.protocol[network] === P.ipv4 ? 0 : B.ipv6);
  let ports = 0;
  if (protocol === TCP_NUMBER || protocol === UDP_NUMBER || protocol === SCTP_NUMBER) {
    const portsAt = isInnermost ? stack.portsAt : transport < 0 ? -1 : stack.start[transport]!;
    if (portsAt >= 0) ports = view.getInt32(portsAt);
    else if (!isLater) identity |= B.portsCut;
  }
  words[to + F.ports] = ports;
  words[to + F.protocol] = identity;
}

/** Whether what a fingerprint takes of content was captured, or but for the snaplen would have been. */
function contentMark(stack: LayerStack, network: number, transport: number, end: number): number {
  const needed = contentEnd(stack, network, transport);
  if (needed < 0) return 0;
  return needed <= stack.end[network]! ? M.contentWhole : needed <= end ? M.contentCut : 0;
}

function echoMark(view: DataView, stack: LayerStack, transport: number): number {
  const protocol = stack.protocol[transport]!;
  if (protocol !== P.icmp && protocol !== P.icmpv6) return 0;
  const type = view.getUint8(stack.start[transport]!);
  if (type === (protocol === P.icmp ? ECHO : ECHO_V6)) return M.echoRequest;
  return type === (protocol === P.icmp ? ECHO_REPLY : ECHO_REPLY_V6) ? M.echoReply : 0;
}

/**
 * Whether a packet's facts can be written at once: an IP packet of a flow in at most one tunnel, that is no fragment, no ICMP
 * error and not WireGuard's. The others (and ARP, and what is no flow) are for the table to look at with their layers.
 */
export function isUsual(view: DataView, stack: LayerStack): boolean {
  if (!makesFlow(stack)) return false;
  if (stack.firstFragment >= 0 || stack.laterFragment >= 0 || stack.tunnels > 1) return false;
  const last = stack.protocol[stack.depth - 1]!;
  if (last === P.wireguard) return false;
  return (last !== P.icmp && last !== P.icmpv6) || echoMark(view, stack, stack.depth - 1) !== 0;
}
