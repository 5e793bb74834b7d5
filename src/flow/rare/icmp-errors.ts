// ICMP errors and the flow they speak of: the packet an error quotes is looked up, never counted as traffic
// (RFC 792, RFC 4443 section 3). Bounded: the first MAX_ERRORS of a run are kept.
import type { Fields, SavedFields } from '../../store/saved.ts';
import { u8, u16, u32 } from '../../wire/bytes.ts';
import { ICMP, ICMP_FRAGMENTATION_NEEDED, ICMP_TYPE, icmpCodeName, icmpQuotes, icmpTypeName } from '../../wire/icmp.ts';
import { ICMPV6_TYPE, icmpv6CodeName, icmpv6TypeName } from '../../wire/icmpv6.ts';
import { PROTOCOL } from '../../wire/protocols.ts';
import type { AddressWords } from '../address-words.ts';
import { type QuotedFlow, type QuotedPacket, quotedPacket } from './quoted-packet.ts';

export const MAX_ERRORS = 4096;
const MTU_AT = 4;
const FIRST_INFORMATIONAL = 128;

/** One ICMP error, and the packet it quotes. */
export interface IcmpError extends QuotedPacket {
  observation: number;
  packet: number;
  type: number;
  code: number;
  /** Next-hop MTU of frag-needed / packet-too-big; 0 otherwise. */
  mtu: number;
  /** What it says: `host unreachable`. */
  says: string;
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
    const { at, end, observation, packet } = place;
    const [type, code] = [u8(bytes, at), u8(bytes, at + 1)];
    const family = place.protocol === PROTOCOL.icmp ? 4 : 6;
    if (family === 4 ? !icmpQuotes(type) : type >= FIRST_INFORMATIONAL) return;
    const quoted = quotedPacket(addresses, bytes, at + ICMP.headerLength, end, family);
    if (quoted === null) return;
    if (this.list.length >= MAX_ERRORS) {
      this.dropped++;
      return;
    }
    const mtu = family === 4 ? mtu4(bytes, at, type, code) : mtu6(bytes, at, type);
    this.list.push({ observation, packet, type, code, mtu, says: wordsOf(family, type, code), ...quoted });
  }

  save(): SavedFields {
    const list = this.list.map(({ inner, says: _says, ...error }) => {
      return { ...error, inner: inner === null ? null : { ...inner } };
    });
    return { list, dropped: this.dropped };
  }

  /** @param rows how many there are */
  restore(saved: Fields, rows: number): void {
    this.dropped = saved.whole('dropped');
    for (const error of saved.groups('list', MAX_ERRORS)) {
      const [type, code, quoted] = [error.whole('type', 0, 255), error.whole('code', 0, 255), flowIn(error)];
      this.list.push({
        observation: error.whole('observation', 0, rows - 1),
        packet: error.whole('packet'),
        ...{ type, code, mtu: error.whole('mtu'), says: wordsOf(quoted.family, type, code) },
        ...quoted,
        inner: error.nullable('inner', () => flowIn(error.group('inner'))),
      });
    }
  }
}

function flowIn(saved: Fields): QuotedFlow {
  return {
    family: saved.whole('family', 4, 6) === 6 ? 6 : 4,
    protocol: saved.whole('protocol', 0, 255),
    source: saved.number('source'),
    destination: saved.number('destination'),
    sourcePort: saved.nullable('sourcePort', () => saved.whole('sourcePort', 0, 65_535)),
    destinationPort: saved.nullable('destinationPort', () => saved.whole('destinationPort', 0, 65_535)),
  };
}

function wordsOf(family: 4 | 6, type: number, code: number): string {
  const words =
    family === 4
      ? (icmpCodeName(type, code) ?? icmpTypeName(type))
      : (icmpv6CodeName(type, code) ?? icmpv6TypeName(type));
  return words ?? `type ${type}, code ${code}`;
}

function mtu4(bytes: Uint8Array, at: number, type: number, code: number): number {
  const isTooBig = type === ICMP_TYPE.unreachable && code === ICMP_FRAGMENTATION_NEEDED;
  return isTooBig ? u16(bytes, at + MTU_AT + 2) : 0;
}

function mtu6(bytes: Uint8Array, at: number, type: number): number {
  return type === ICMPV6_TYPE.tooBig ? u32(bytes, at + MTU_AT) : 0;
}
