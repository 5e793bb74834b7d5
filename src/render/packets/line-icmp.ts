// HOT: per packet. No allocation (but for messages that carry addresses or quote packets).
// ICMP and ICMPv6 in a line: what the message says, and of errors the packet that they quote.
import type { Packet } from '../../decode/packet.ts';
import { walk } from '../../decode/walk.ts';
import { u16, u32 } from '../../wire/bytes.ts';
import { ICMP, ICMP_FRAGMENTATION_NEEDED, ICMP_TYPE, icmpCodeName, icmpQuotes, icmpTypeName } from '../../wire/icmp.ts';
import {
  ICMPV6,
  ICMPV6_TYPE,
  icmpv6CodeName,
  icmpv6Quotes,
  icmpv6TypeName,
  NEIGHBOR_ADVERTISEMENT,
} from '../../wire/icmpv6.ts';
import { PROTOCOL } from '../../wire/protocols.ts';
import { asBytes } from './line-buffer.ts';
import { type LineContext, separate } from './line-context.ts';
import { length } from './line-transport.ts';

const P = PROTOCOL;
/** LINKTYPE_RAW: a quoted packet begins with its IP header. */
const RAW = 101;
const HEADER = 8;
const ID = asBytes(' id ');
const SEQ = asBytes(' seq ');
const MTU = asBytes(', MTU ');
const QUOTES = asBytes(' for [');
const CLOSE = 0x5d;
const ICMP_NAMES = messageNames('ICMP', (type, code) => {
  const name = icmpTypeName(type);
  const reason = icmpCodeName(type, code);
  return type === ICMP_TYPE.redirect && reason !== null ? `${name} ${reason}` : (reason ?? name);
});
const ICMPV6_NAMES = messageNames('ICMPv6', (type, code) => {
  const name = icmpv6TypeName(type);
  const reason = icmpv6CodeName(type, code);
  return type === ICMPV6_TYPE.parameter && reason !== null ? `${name}, ${reason}` : (reason ?? name);
});

/** Texts by type * 256 + code, each made when it is first met. */
function messageNames(
  protocol: string,
  name: (type: number, code: number) => string | null,
): (word: number) => Uint8Array {
  const texts: (Uint8Array | undefined)[] = new Array(0x10000).fill(undefined);
  return (word) => {
    const known = texts[word];
    if (known !== undefined) return known;
    const [type, code] = [word >> 8, word & 0xff];
    const text = asBytes(`${protocol} ${name(type, code) ?? `type ${type} code ${code}`}`);
    texts[word] = text;
    return text;
  };
}

/** `ICMP echo request id 7 seq 1 len 56`, `ICMP fragmentation needed, MTU 1400 for [...]`. */
export function icmp(context: LineContext, packet: Packet, i: number): void {
  const { bytes, stack } = packet;
  const at = stack.start[i]!;
  const type = ICMP.type.read(bytes, at);
  separate(context);
  context.out.put(ICMP_NAMES(u16(bytes, at)));
  if (type === ICMP_TYPE.echo || type === ICMP_TYPE.echoReply) echo(context, packet, i);
  if (type === ICMP_TYPE.unreachable && ICMP.code.read(bytes, at) === ICMP_FRAGMENTATION_NEEDED) {
    context.out.put(MTU);
    context.out.decimal(u16(bytes, at + 6));
  }
  if (icmpQuotes(type)) quote(context, packet, i);
}

export function icmpv6(context: LineContext, packet: Packet, i: number): void {
  const { bytes, stack } = packet;
  const at = stack.start[i]!;
  const type = ICMPV6.type.read(bytes, at);
  separate(context);
  context.out.put(ICMPV6_NAMES(u16(bytes, at)));
  switch (type) {
    case ICMPV6_TYPE.echo:
    case ICMPV6_TYPE.echoReply:
      echo(context, packet, i);
      return;
    case ICMPV6_TYPE.neighborSolicitation:
    case ICMPV6_TYPE.neighborAdvertisement:
      target(context, packet, i);
      return;
    case ICMPV6_TYPE.tooBig:
      context.out.put(MTU);
      context.out.decimal(u32(bytes, at + 4));
  }
  if (icmpv6Quotes(type)) quote(context, packet, i);
}

function echo({ out }: LineContext, packet: Packet, i: number): void {
  const at = packet.stack.start[i]!;
  out.put(ID);
  out.decimal(u16(packet.bytes, at + 4));
  out.put(SEQ);
  out.decimal(u16(packet.bytes, at + 6));
  length(out, packet, i, HEADER);
}

/** Whom neighbour discovery is about. */
function target({ out, addresses }: LineContext, { bytes, stack }: Packet, i: number): void {
  const at = stack.start[i]!;
  if (stack.end[i]! - at < NEIGHBOR_ADVERTISEMENT.headerLength) return;
  out.byte(0x20);
  out.put(addresses.ipv6(bytes, at + HEADER));
}

/** The quoted packet's addresses and ports. It is cut off nearly always: that is no fault. */
function quote(context: LineContext, { bytes, stack }: Packet, i: number): void {
  const { out, quoted, addresses } = context;
  const at = stack.start[i]! + HEADER;
  const have = stack.end[i]! - at;
  if (have <= 0) return;
  walk(bytes, at, have, have + 1, RAW, quoted, context.ports);
  if (quoted.network < 0) return;
  const network = quoted.network;
  out.put(QUOTES);
  addresses.writePair(out, quoted.protocol[network]!, bytes, quoted.start[network]!);
  if (quoted.portsAt >= 0) {
    out.put(quoted.ipProtocol === 6 ? TCP : quoted.ipProtocol === 17 ? UDP : SCTP);
    out.decimal(u16(bytes, quoted.portsAt));
    out.put(ARROW);
    out.decimal(u16(bytes, quoted.portsAt + 2));
  } else if (quoted.depth > 0 && quoted.protocol[quoted.depth - 1] === P.icmp) {
    out.byte(0x20);
    out.put(ICMP_NAMES(u16(bytes, quoted.start[quoted.depth - 1]!)));
  }
  out.byte(CLOSE);
}

const ARROW = asBytes(' > ');
const TCP = asBytes(' TCP ');
const UDP = asBytes(' UDP ');
const SCTP = asBytes(' SCTP ');
