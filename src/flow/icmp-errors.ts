// ICMP errors and the flow they speak of: the packet an error quotes is looked up, never counted as traffic
// (RFC 792, RFC 4443 section 3). Bounded: the first MAX_ERRORS of a run are kept.
import { PROTOCOL } from '../decode/layer-stack.ts';
import { u8, u16 } from '../wire/bytes.ts';
import { ICMP } from '../wire/icmp.ts';
import { IPV4 } from '../wire/ipv4.ts';
import { IPV6 } from '../wire/ipv6.ts';
import type { AddressWords } from './address-words.ts';

export const MAX_ERRORS = 4096;
const ICMP_HEADER = 8;
const PORT_PROTOCOLS = new Set([6, 17, 132]);

/** One ICMP error; addresses are words of the flow table. */
export interface IcmpError {
  observation: number;
  packet: number;
  type: number;
  code: number;
  /** Next-hop MTU of frag-needed / packet-too-big; 0 otherwise. */
  mtu: number;
  family: 4 | 6;
  protocol: number;
  source: number;
  destination: number;
  /** Null when the quote is too short to hold ports. */
  sourcePort: number | null;
  destinationPort: number | null;
}

export class IcmpErrors {
  readonly list: IcmpError[] = [];
  /** How many more there were than are kept. */
  dropped = 0;

  /** Reads the error whose ICMP header is at `at`, if it is one and quotes an IP packet. */
  add(
    addresses: AddressWords,
    bytes: Uint8Array,
    at: number,
    end: number,
    protocol: number,
    observation: number,
    packet: number,
  ): void {
    const type = u8(bytes, at);
    const isError =
      protocol === PROTOCOL.icmp ? type === 3 || type === 11 || type === 4 || type === 5 || type === 12 : type < 128;
    if (!isError) return;
    if (this.list.length >= MAX_ERRORS) {
      this.dropped++;
      return;
    }
    const quoted = at + ICMP_HEADER;
    const base = { observation, packet, type, code: ICMP.code.read(bytes, at) };
    if (protocol === PROTOCOL.icmp) this.#quoted4(addresses, bytes, at, quoted, end, base);
    else this.#quoted6(addresses, bytes, at, quoted, end, base);
  }

  #quoted4(
    addresses: AddressWords,
    bytes: Uint8Array,
    at: number,
    quoted: number,
    end: number,
    base: Pick<IcmpError, 'observation' | 'packet' | 'type' | 'code'>,
  ): void {
    if (end - quoted < IPV4.headerLength || IPV4.version.read(bytes, quoted) !== 4) return;
    const ports = quoted + IPV4.hdr_len.read(bytes, quoted) * 4;
    const protocol = IPV4.proto.read(bytes, quoted);
    this.list.push({
      ...base,
      mtu: base.type === 3 && base.code === 4 ? u16(bytes, at + 6) : 0,
      family: 4,
      protocol,
      source: addresses.source(PROTOCOL.ipv4, bytes, quoted),
      destination: addresses.destination(PROTOCOL.ipv4, bytes, quoted),
      ...quotedPorts(bytes, ports, end, protocol),
    });
  }

  #quoted6(
    addresses: AddressWords,
    bytes: Uint8Array,
    at: number,
    quoted: number,
    end: number,
    base: Pick<IcmpError, 'observation' | 'packet' | 'type' | 'code'>,
  ): void {
    if (end - quoted < IPV6.headerLength || IPV6.version.read(bytes, quoted) !== 6) return;
    const protocol = IPV6.nxt.read(bytes, quoted);
    this.list.push({
      ...base,
      mtu: base.type === 2 ? u16(bytes, at + 6) : 0,
      family: 6,
      protocol,
      source: addresses.source(PROTOCOL.ipv6, bytes, quoted),
      destination: addresses.destination(PROTOCOL.ipv6, bytes, quoted),
      ...quotedPorts(bytes, quoted + IPV6.headerLength, end, protocol),
    });
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
