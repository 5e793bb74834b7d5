// HOT: per packet. No allocation.
// What stands right above IP in a line: ports, flags, numbers and the bytes carried.
import type { Packet } from '../../decode/packet.ts';
import { u16 } from '../../wire/bytes.ts';
import { DNS, DNS_PORT, isDns, readQuestion, recordType, responseCode } from '../../wire/dns.ts';
import { ESP } from '../../wire/esp.ts';
import { IGMP } from '../../wire/igmp.ts';
import { ipEnd } from '../../wire/ip-end.ts';
import { AH } from '../../wire/ipv6-extensions.ts';
import { OSPF } from '../../wire/ospf.ts';
import { PROTOCOL, protocolsThat } from '../../wire/protocols.ts';
import { SCTP } from '../../wire/sctp.ts';
import { TCP, TCP_FLAG, tcpFlagNames, tcpHeaderLength } from '../../wire/tcp.ts';
import { UDP } from '../../wire/udp.ts';
import { escapeText } from '../text/escape.ts';
import { asBytes, type LineBuffer } from './line-buffer.ts';
import { type LineContext, separate } from './line-context.ts';

// Local names: the optimising compiler folds module-local constants, but loads imported ones anew each time.
const P = PROTOCOL;
const SYN_FLAG = TCP_FLAG.syn;
const ACK_FLAG = TCP_FLAG.ack;
const readWindow = TCP.window_size_value.read;
const readUdpLength = UDP.length.read;
/** By PROTOCOL number. */
const IS_TUNNEL = protocolsThat(({ place }) => place === 'tunnel');
const ARROW = asBytes(' > ');
const TCP_NAME = asBytes('TCP ');
const UDP_NAME = asBytes('UDP ');
const SCTP_NAME = asBytes('SCTP ');
const SEQ = asBytes(' seq ');
const ACK = asBytes(' ack ');
const WIN = asBytes(' win ');
const LEN = asBytes(' len ');
const MSS = asBytes(' mss ');
const SHORT_HEADER = 20;
const FLAG_BITS = 0x1ff;

/** ` SYN,ACK seq ` by the nine flag bits, in the order people say them. */
const FLAG_TEXTS = Array.from({ length: FLAG_BITS + 1 }, (_, bits) =>
  asBytes(` ${tcpFlagNames(bits).join(',') || 'no flags'} seq `),
);

/** `TCP 35624 > 5201 SYN seq 1 win 62377 len 0 mss 8911`. */
export function tcp(context: LineContext, packet: Packet, i: number): void {
  const { bytes, stack } = packet;
  const { out } = context;
  const at = stack.start[i]!;
  ports(context, TCP_NAME, bytes, at);
  const flags = u16(bytes, at + 12) & FLAG_BITS;
  out.put(FLAG_TEXTS[flags]!);
  out.decimalWord(bytes, at + 4);
  if (flags & ACK_FLAG) {
    out.put(ACK);
    out.decimalWord(bytes, at + 8);
  }
  out.put(WIN);
  out.decimal(readWindow(bytes, at));
  const header = tcpHeaderLength(bytes, at);
  if (header >= SHORT_HEADER) length(out, packet, i, header);
  if (flags & SYN_FLAG) segmentSize(out, bytes, at + SHORT_HEADER, Math.min(at + header, stack.end[i]!));
}

/** A datagram that carries a tunnel is told by the tunnel's name. */
export function udp(context: LineContext, { bytes, stack }: Packet, i: number): void {
  if (i + 1 < stack.depth && IS_TUNNEL[stack.protocol[i + 1]!] === 1) return;
  const at = stack.start[i]!;
  ports(context, UDP_NAME, bytes, at);
  const total = readUdpLength(bytes, at);
  context.out.put(LEN);
  context.out.decimal(total >= UDP.headerLength ? total - UDP.headerLength : 0);
  if (u16(bytes, at) === DNS_PORT || u16(bytes, at + 2) === DNS_PORT)
    dns(context.out, bytes, at + UDP.headerLength, stack.end[i]!);
}

/** ` A? db.shop.svc.cluster.local`; of an answer ` NXDOMAIN A db.shop.svc.cluster.local`. Rare, and the one text of a line that is made anew. */
function dns(out: LineBuffer, bytes: Uint8Array, at: number, end: number): void {
  if (!isDns(bytes, at, end)) return;
  const question = readQuestion(bytes, at, end);
  if (DNS['flags.response'].read(bytes, at) === 1) {
    const code = DNS['flags.rcode'].read(bytes, at);
    out.text(` ${responseCode(code) ?? `RCODE${code}`}`);
    if (question !== null) out.text(` ${recordType(question.type)} ${escapeText(question.name)}`);
  } else if (question !== null) out.text(` ${recordType(question.type)}? ${escapeText(question.name)}`);
}

export function sctp(context: LineContext, packet: Packet, i: number): void {
  ports(context, SCTP_NAME, packet.bytes, packet.stack.start[i]!);
  length(context.out, packet, i, SCTP.headerLength);
}

const ESP_NAME = asBytes('ESP spi ');
const AH_NAME = asBytes('AH spi ');

export function esp(context: LineContext, packet: Packet, i: number): void {
  const at = packet.stack.start[i]!;
  security(context, ESP_NAME, ESP.spi.read(packet.bytes, at), ESP.sequence.read(packet.bytes, at));
  length(context.out, packet, i, ESP.headerLength);
}

export function ah(context: LineContext, { bytes, stack }: Packet, i: number): void {
  const at = stack.start[i]!;
  security(context, AH_NAME, AH.spi.read(bytes, at), AH.sequence.read(bytes, at));
}

function security(context: LineContext, name: Uint8Array, spi: number, sequence: number): void {
  separate(context);
  const { out } = context;
  out.put(name);
  out.hex(spi, 8);
  out.put(SEQ);
  out.decimal(sequence);
}

export function igmp(context: LineContext, { bytes, stack }: Packet, i: number): void {
  const at = stack.start[i]!;
  separate(context);
  const type = IGMP.type.read(bytes, at);
  context.out.text(`IGMP ${IGMP.type.meaning?.(type) ?? `type ${type}`} `);
  context.out.put(context.addresses.ipv4(bytes, at + 4));
}

export function ospf(context: LineContext, { bytes, stack }: Packet, i: number): void {
  const at = stack.start[i]!;
  separate(context);
  const message = OSPF.msg.read(bytes, at);
  context.out.text(`OSPFv${OSPF.version.read(bytes, at)} ${OSPF.msg.meaning?.(message) ?? `message ${message}`}`);
}

/** The ports of a header that is cut off behind them. */
export function cutPorts(context: LineContext, { bytes, stack }: Packet): void {
  const name = stack.ipProtocol === 6 ? TCP_NAME : stack.ipProtocol === 17 ? UDP_NAME : SCTP_NAME;
  ports(context, name, bytes, stack.portsAt);
}

function ports(context: LineContext, name: Uint8Array, bytes: Uint8Array, at: number): void {
  separate(context);
  const { out } = context;
  out.put(name);
  out.decimal(u16(bytes, at));
  out.put(ARROW);
  out.decimal(u16(bytes, at + 2));
}

/** ` len 1448`: what layer `i` (of IP, or above it) carried on the wire behind its `header` bytes, whatever the snaplen kept. */
export function length(out: LineBuffer, packet: Packet, i: number, header: number): void {
  const carried = wireEnd(packet, i) - packet.stack.start[i]! - header;
  out.put(LEN);
  out.decimal(Math.max(carried, 0));
}

/** Where layer `i` ended on the wire, by the length of its IP header; a length of 0 means up to the frame's end. */
function wireEnd(packet: Packet, i: number): number {
  const { bytes, stack } = packet;
  for (let network = i; network >= 0; network--) {
    const protocol = stack.protocol[network]!;
    if (protocol !== P.ipv4 && protocol !== P.ipv6) continue;
    const end = ipEnd(bytes, stack.start[network]!, protocol === P.ipv6);
    return end === 0 ? packet.start + packet.original : end;
  }
  return stack.end[i]!;
}

const OPTION_END = 0;
const OPTION_NOP = 1;
const OPTION_MSS = 2;

/** ` mss 8911`, if the option is there. */
function segmentSize(out: LineBuffer, bytes: Uint8Array, from: number, end: number): void {
  for (let at = from; at + 1 < end; ) {
    const kind = bytes[at]!;
    if (kind === OPTION_END) return;
    if (kind === OPTION_NOP) {
      at++;
      continue;
    }
    const size = bytes[at + 1]!;
    if (size < 2) return;
    if (kind === OPTION_MSS && size === 4 && at + 4 <= end) {
      out.put(MSS);
      out.decimal(u16(bytes, at + 2));
      return;
    }
    at += size;
  }
}
