// ICMP errors and the flow they speak of: the packet an error quotes is looked up, never counted as traffic
// (RFC 792, RFC 4443 section 3). Bounded: the first MAX_ERRORS of a run are kept.
import { u8, u16, u32 } from '../../wire/bytes.ts';
import { ICMP } from '../../wire/icmp.ts';
import { IP_PROTOCOL } from '../../wire/ip-protocol.ts';
import { IPV4, ipv4HeaderLength } from '../../wire/ipv4.ts';
import { IPV6 } from '../../wire/ipv6.ts';
import { extensionLength, FRAGMENT } from '../../wire/ipv6-extensions.ts';
import { PROTOCOL } from '../../wire/protocols.ts';
import type { AddressWords } from '../address-words.ts';

export const MAX_ERRORS = 4096;
const MTU_AT = 4;
const FRAGMENTATION_NEEDED = 4;
const UNREACHABLE = 3;
const PACKET_TOO_BIG = 2;
const FIRST_INFORMATIONAL = 128;
/** Unreachable, source quench, redirect, time exceeded, parameter problem: the types of RFC 792 that quote a packet. */
const QUOTING_TYPES = new Set([3, 4, 5, 11, 12]);
const PORT_PROTOCOLS = new Set<number>([IP_PROTOCOL.tcp, IP_PROTOCOL.udp, IP_PROTOCOL.sctp]);

/** One ICMP error; addresses are words of the flow table. */
export interface IcmpError {
  observation: number;
  packet: number;
  type: number;
  code: number;
  /** Next-hop MTU of frag-needed / packet-too-big; 0 otherwise. */
  mtu: number;
  family: 4 | 6;
  /** Upper-layer protocol of the quoted packet, after IPv6 extension headers. */
  protocol: number;
  source: number;
  destination: number;
  /** Null when the quote is too short to hold ports, or is of a later fragment; 0 for protocols without ports. */
  sourcePort: number | null;
  destinationPort: number | null;
}

/** Where an ICMP message stands, and what it belongs to. */
export interface IcmpPlace {
  at: number;
  end: number;
  /** PROTOCOL.icmp or PROTOCOL.icmpv6. */
  protocol: number;
  observation: number;
  packet: number;
}

export class IcmpErrors {
  readonly list: IcmpError[] = [];
  /** How many more there were than are kept. */
  dropped = 0;

  /** Reads the error, if it is one and quotes an IP packet. */
  add(addresses: AddressWords, bytes: Uint8Array, place: IcmpPlace): void {
    const type = u8(bytes, place.at);
    const isV4 = place.protocol === PROTOCOL.icmp;
    if (isV4 ? !QUOTING_TYPES.has(type) : type >= FIRST_INFORMATIONAL) return;
    const error = isV4 ? quoted4(addresses, bytes, place) : quoted6(addresses, bytes, place);
    if (error === null) return;
    if (this.list.length < MAX_ERRORS) this.list.push(error);
    else this.dropped++;
  }
}

function quoted4(addresses: AddressWords, bytes: Uint8Array, place: IcmpPlace): IcmpError | null {
  const { at, end } = place;
  const quoted = at + ICMP.headerLength;
  if (end - quoted < IPV4.headerLength || IPV4.version.read(bytes, quoted) !== 4) return null;
  const header = ipv4HeaderLength(bytes, quoted);
  const hasPorts = header >= IPV4.headerLength && IPV4.frag_offset.read(bytes, quoted) === 0;
  const protocol = IPV4.proto.read(bytes, quoted);
  const type = u8(bytes, at);
  const code = u8(bytes, at + 1);
  return {
    observation: place.observation,
    packet: place.packet,
    type,
    code,
    mtu: type === UNREACHABLE && code === FRAGMENTATION_NEEDED ? u16(bytes, at + MTU_AT + 2) : 0,
    family: 4,
    protocol,
    source: addresses.source(PROTOCOL.ipv4, bytes, quoted),
    destination: addresses.destination(PROTOCOL.ipv4, bytes, quoted),
    ...quotedPorts(bytes, hasPorts ? quoted + header : end, end, protocol),
  };
}

function quoted6(addresses: AddressWords, bytes: Uint8Array, place: IcmpPlace): IcmpError | null {
  const { at, end } = place;
  const quoted = at + ICMP.headerLength;
  if (end - quoted < IPV6.headerLength || IPV6.version.read(bytes, quoted) !== 6) return null;
  const upper = upperLayer(bytes, quoted, end);
  const type = u8(bytes, at);
  return {
    observation: place.observation,
    packet: place.packet,
    type,
    code: u8(bytes, at + 1),
    mtu: type === PACKET_TOO_BIG ? u32(bytes, at + MTU_AT) : 0,
    family: 6,
    protocol: upper.protocol,
    source: addresses.source(PROTOCOL.ipv6, bytes, quoted),
    destination: addresses.destination(PROTOCOL.ipv6, bytes, quoted),
    ...quotedPorts(bytes, upper.at, end, upper.protocol),
  };
}

/** What stands behind the extension headers of the IPv6 header at `quoted`; in a later fragment, nothing that can be read. */
function upperLayer(bytes: Uint8Array, quoted: number, end: number): { protocol: number; at: number } {
  let protocol = IPV6.nxt.read(bytes, quoted);
  let at = quoted + IPV6.headerLength;
  for (;;) {
    const isFragment = protocol === IP_PROTOCOL.fragment;
    const isExtension =
      isFragment ||
      protocol === IP_PROTOCOL.hopByHop ||
      protocol === IP_PROTOCOL.routing ||
      protocol === IP_PROTOCOL.destinationOptions;
    if (!isExtension || end - at < FRAGMENT.headerLength) return { protocol, at };
    protocol = u8(bytes, at);
    if (isFragment && FRAGMENT.offset.read(bytes, at) !== 0) return { protocol, at: end };
    at += isFragment ? FRAGMENT.headerLength : extensionLength(bytes, at);
  }
}

function quotedPorts(
  bytes: Uint8Array,
  at: number,
  end: number,
  protocol: number,
): Pick<IcmpError, 'sourcePort' | 'destinationPort'> {
  if (!PORT_PROTOCOLS.has(protocol)) return { sourcePort: 0, destinationPort: 0 };
  if (end - at < 4) return { sourcePort: null, destinationPort: null };
  return { sourcePort: u16(bytes, at), destinationPort: u16(bytes, at + 2) };
}
