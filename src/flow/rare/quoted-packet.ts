// The packet that an ICMP error quotes, as far as the quote goes, and the packet inside it where it is a tunnel's.
// Routers quote eight bytes behind the IP header at least (RFC 792), hosts much more (RFC 1812 section 4.3.2.3).
import { FLOW_BIT } from '../../decode/fact-layout.ts';
import { asSendersWriteIt, holdsKnownFrame } from '../../decode/plausible.ts';
import { u8, u16 } from '../../wire/bytes.ts';
import { ETHER_TYPE } from '../../wire/ether-type.ts';
import { ETHERNET } from '../../wire/ethernet.ts';
import { IP_PROTOCOL } from '../../wire/ip-protocol.ts';
import { IPV4, ipv4HeaderLength } from '../../wire/ipv4.ts';
import { IPV6 } from '../../wire/ipv6.ts';
import { extensionLength, FRAGMENT } from '../../wire/ipv6-extensions.ts';
import { PROTOCOL } from '../../wire/protocols.ts';
import { UDP } from '../../wire/udp.ts';
import { VXLAN } from '../../wire/vxlan.ts';
import type { AddressWords } from '../address-words.ts';

const PORT_PROTOCOLS = new Set<number>([IP_PROTOCOL.tcp, IP_PROTOCOL.udp, IP_PROTOCOL.sctp]);

/** What names a flow; addresses are words of the flow table. */
export interface QuotedFlow {
  family: 4 | 6;
  /** Upper-layer protocol, after IPv6 extension headers. */
  protocol: number;
  source: number;
  destination: number;
  /** Null when the quote is too short to hold ports, or is of a later fragment; 0 for protocols without ports. */
  sourcePort: number | null;
  destinationPort: number | null;
}

/** The flow of the table that is quoted, -1 if it was not seen. */
export function flowOfQuote(
  table: { findFlow(source: number, destination: number, ports: number, protocol: number): number },
  { family, protocol, source, destination, sourcePort, destinationPort }: QuotedFlow,
): number {
  if (sourcePort === null || destinationPort === null) return -1;
  const ports = (sourcePort << 16) | destinationPort;
  return table.findFlow(source | 0, destination | 0, ports, protocol | (family === 6 ? FLOW_BIT.ipv6 : 0));
}

export interface QuotedPacket extends QuotedFlow {
  /** The packet in the tunnel; null where there is none, or the quote ends before it. */
  inner: QuotedFlow | null;
}

/** The packet quoted at `at`; null if that is no IP header, or not a whole one. */
export function quotedPacket(
  addresses: AddressWords,
  bytes: Uint8Array,
  at: number,
  end: number,
  family: 4 | 6,
): QuotedPacket | null {
  const found = headerAt(addresses, bytes, at, end, family);
  if (found === null) return null;
  const { upper, ...outer } = found;
  return { ...outer, inner: innerOf(addresses, bytes, upper, end, outer) };
}

interface Found extends QuotedFlow {
  /** Where the upper layer begins; the end of the quote where it is not there. */
  upper: number;
}

function headerAt(addresses: AddressWords, bytes: Uint8Array, at: number, end: number, family: 4 | 6): Found | null {
  const [header, protocol] = family === 4 ? [IPV4, PROTOCOL.ipv4] : [IPV6, PROTOCOL.ipv6];
  if (end - at < header.headerLength || header.version.read(bytes, at) !== family) return null;
  const upper = family === 4 ? upperLayer4(bytes, at, end) : upperLayer6(bytes, at, end);
  return {
    family,
    protocol: upper.protocol,
    source: addresses.source(protocol, bytes, at),
    destination: addresses.destination(protocol, bytes, at),
    ...quotedPorts(bytes, upper.at, end, upper.protocol),
    upper: upper.at,
  };
}

function upperLayer4(bytes: Uint8Array, at: number, end: number): { protocol: number; at: number } {
  const length = ipv4HeaderLength(bytes, at);
  const isThere = length >= IPV4.headerLength && IPV4.frag_offset.read(bytes, at) === 0;
  return { protocol: IPV4.proto.read(bytes, at), at: isThere ? at + length : end };
}

/** What stands behind the extension headers of the IPv6 header at `quoted`; in a later fragment, nothing that can be read. */
function upperLayer6(bytes: Uint8Array, quoted: number, end: number): { protocol: number; at: number } {
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
): Pick<QuotedFlow, 'sourcePort' | 'destinationPort'> {
  if (!PORT_PROTOCOLS.has(protocol)) return { sourcePort: 0, destinationPort: 0 };
  if (end - at < 4) return { sourcePort: null, destinationPort: null };
  return { sourcePort: u16(bytes, at), destinationPort: u16(bytes, at + 2) };
}

/** Whatever its port: what follows UDP's header says by itself whether it is VXLAN. */
function innerOf(
  addresses: AddressWords,
  bytes: Uint8Array,
  upper: number,
  end: number,
  { protocol }: QuotedFlow,
): QuotedFlow | null {
  if (protocol === IP_PROTOCOL.ipv4) return flowAt(addresses, bytes, upper, end, 4);
  if (protocol === IP_PROTOCOL.ipv6) return flowAt(addresses, bytes, upper, end, 6);
  const vxlan = upper + UDP.headerLength;
  const frame = vxlan + VXLAN.headerLength;
  if (protocol !== IP_PROTOCOL.udp || frame > end || !asSendersWriteIt(bytes, vxlan)) return null;
  if (!holdsKnownFrame(bytes, frame, end)) return null;
  const type = ETHERNET.type.read(bytes, frame);
  const packet = frame + ETHERNET.headerLength;
  if (type === ETHER_TYPE.ipv4) return flowAt(addresses, bytes, packet, end, 4);
  return type === ETHER_TYPE.ipv6 ? flowAt(addresses, bytes, packet, end, 6) : null;
}

function flowAt(addresses: AddressWords, bytes: Uint8Array, at: number, end: number, family: 4 | 6): QuotedFlow | null {
  const found = headerAt(addresses, bytes, at, end, family);
  if (found === null) return null;
  const { upper: _, ...flow } = found;
  return flow;
}
