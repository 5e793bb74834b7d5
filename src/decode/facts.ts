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
import { FACT, type FactMemory, FLOW_BIT, MARK } from './fact-layout.ts';
import { ipHeaderLength, upperProtocol, wireEnd } from './ip-facts.ts';
import { type LayerStack, makesFlow } from './layer-stack.ts';
import { AROUND, addressWord, around, contentEnd, contentOf, fingerprint, firstContent } from './packet-fingerprint.ts';

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
const IPV6_SOURCE = IPV6.src.bit >> 3;
const IPV6_DESTINATION = IPV6.dst.bit >> 3;
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
export class PacketFacts implements FactMemory {
  readonly words: Int32Array;
  /** The same bytes as 64-bit numbers. */
  readonly doubles: Float64Array;
  readonly around: Int32Array;
  readonly content: Int32Array;
  readonly ends: Uint16Array;
  readonly #addresses: AddressNumbers;

  constructor(addresses: AddressNumbers, { words, around, content, ends }: FactMemory) {
    this.words = words;
    this.doubles = new Float64Array(words.buffer, words.byteOffset, words.length >> 1);
    this.around = around;
    this.content = content;
    this.ends = ends;
    this.#addresses = addresses;
  }

  /** Packet `i` is not counted. */
  skip(i: number): void {
    this.words[i * F.words + F.marks] = M.skipped;
  }

  /** Packet `i`, has no facts yet: it needs its layers to be counted. */
  defer(i: number): void {
    this.words[i * F.words + F.marks] = M.slow;
  }

  /**
   * Writes packet `i` of `batch`, which came by `path` (a path of the table, or its key) with `overheadBytes` from the outer IP header to the inner one. Its flow's
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
      isV4 ? words[to + F.source]! : addressWord(view, at + IPV6_SOURCE),
      isV4 ? words[to + F.destination]! : addressWord(view, at + IPV6_DESTINATION),
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
