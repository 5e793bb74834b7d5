// What a layer says in one short phrase (`35624 > 5201 [SYN] seq 1 win 62377`), for one-line listings and captions.
// Reads straight from the bytes: a listing makes one of these per packet, so nothing but strings is allocated.
import { formatIPv4, formatIPv6 } from '../net/ip.ts';
import { formatMac } from '../net/mac.ts';
import { ARP, isEthernetArp } from '../wire/arp.ts';
import { GENEVE } from '../wire/geneve.ts';
import { GRE } from '../wire/gre.ts';
import {
  ICMP,
  ICMP_ECHO,
  ICMP_FRAGMENTATION_NEEDED,
  ICMP_TOO_BIG,
  ICMP_TYPE,
  icmpCodeName,
  icmpTypeName,
} from '../wire/icmp.ts';
import {
  ICMPV6_TOO_BIG,
  ICMPV6_TYPE,
  icmpv6CodeName,
  icmpv6TypeName,
  NEIGHBOR_ADVERTISEMENT,
  NEIGHBOR_SOLICITATION,
} from '../wire/icmpv6.ts';
import { ipProtocolName } from '../wire/ip-protocol.ts';
import { IPV4 } from '../wire/ipv4.ts';
import { IPV6 } from '../wire/ipv6.ts';
import { FRAGMENT } from '../wire/ipv6-extensions.ts';
import { SCTP } from '../wire/sctp.ts';
import { TCP, tcpFlagsText, tcpHeaderLength } from '../wire/tcp.ts';
import { UDP } from '../wire/udp.ts';
import { VXLAN } from '../wire/vxlan.ts';
import { WIREGUARD, wireguardTypeName } from '../wire/wireguard.ts';
import { type LayerStack, PROTOCOL, PROTOCOL_NAMES } from './layer-stack.ts';

/** Source address of an IP layer as text; `destinationText` likewise. */
export function sourceText(bytes: Uint8Array, stack: LayerStack, layer: number): string {
  const at = stack.start[layer]!;
  return stack.protocol[layer] === PROTOCOL.ipv4
    ? formatIPv4(IPV4.src.read(bytes, at))
    : formatIPv6(bytes, at + IPV6.src.byte);
}

export function destinationText(bytes: Uint8Array, stack: LayerStack, layer: number): string {
  const at = stack.start[layer]!;
  return stack.protocol[layer] === PROTOCOL.ipv4
    ? formatIPv4(IPV4.dst.read(bytes, at))
    : formatIPv6(bytes, at + IPV6.dst.byte);
}

/** What layer `index` says, without its addresses. Never throws; a layer without much to say gives its protocol's name. */
export function layerPhrase(bytes: Uint8Array, stack: LayerStack, index: number): string {
  const at = stack.start[index]!;
  const end = stack.end[index]!;
  const protocol = stack.protocol[index]!;
  switch (protocol) {
    case PROTOCOL.tcp:
      return tcpPhrase(bytes, at, end);
    case PROTOCOL.udp:
      return `UDP ${UDP.srcport.read(bytes, at)} > ${UDP.dstport.read(bytes, at)} len ${payloadLength(bytes, at, end)}`;
    case PROTOCOL.sctp:
      return `SCTP ${SCTP.srcport.read(bytes, at)} > ${SCTP.dstport.read(bytes, at)}`;
    case PROTOCOL.icmp:
      return icmpPhrase(bytes, at);
    case PROTOCOL.icmpv6:
      return icmpv6Phrase(bytes, at, end);
    case PROTOCOL.arp:
      return arpPhrase(bytes, at);
    case PROTOCOL.vxlan:
      return `VXLAN ${VXLAN.vni.read(bytes, at)}`;
    case PROTOCOL.geneve:
      return `Geneve ${GENEVE.vni.read(bytes, at)}`;
    case PROTOCOL.gre:
      return GRE['flags.key'].read(bytes, at) === 1 ? 'GRE with a key' : 'GRE';
    case PROTOCOL.wireguard:
      return `WireGuard ${wireguardTypeName(WIREGUARD.type.read(bytes, at)) ?? ''}`.trimEnd();
    case PROTOCOL.ipv4:
      return fragmentPhrase(
        IPV4.frag_offset.read(bytes, at),
        IPV4['flags.mf'].read(bytes, at),
        IPV4.id.read(bytes, at),
      );
    case PROTOCOL.fragment:
      return fragmentPhrase(
        FRAGMENT.offset.read(bytes, at),
        FRAGMENT.more.read(bytes, at),
        FRAGMENT.ident.read(bytes, at),
      );
    default:
      return PROTOCOL_NAMES[protocol] ?? '';
  }
}

/** What stands above the flow's IP header: its transport, or that it is a later fragment, or the protocol's name. */
export function flowPhrase(bytes: Uint8Array, stack: LayerStack): string {
  const network = stack.network;
  if (network < 0) return stack.depth > 0 ? layerPhrase(bytes, stack, stack.depth - 1) : '';
  const name = ipProtocolName(stack.ipProtocol) ?? `protocol ${stack.ipProtocol}`;
  if (stack.laterFragment >= 0) {
    const place = stack.protocol[network] === PROTOCOL.ipv4 ? network : stack.depth - 1;
    return `${name} ${layerPhrase(bytes, stack, place)}`;
  }
  const transport = stack.transport;
  if (transport < 0 || stack.protocol[transport] === PROTOCOL.data) return name;
  const phrase = layerPhrase(bytes, stack, transport);
  return stack.firstFragment < 0 ? phrase : `${phrase}, first fragment`;
}

function tcpPhrase(bytes: Uint8Array, at: number, end: number): string {
  const flags = TCP.flags.read(bytes, at);
  const length = Math.max(end - at - tcpHeaderLength(bytes, at), 0);
  const ports = `TCP ${TCP.srcport.read(bytes, at)} > ${TCP.dstport.read(bytes, at)} [${tcpFlagsText(flags)}]`;
  return `${ports} seq ${TCP.seq_raw.read(bytes, at)} win ${TCP.window_size_value.read(bytes, at)} len ${length}`;
}

/** The UDP length's payload, also where the capture holds less. */
function payloadLength(bytes: Uint8Array, at: number, end: number): number {
  const length = UDP.length.read(bytes, at);
  return (length === 0 ? end - at : length) - UDP.headerLength;
}

function icmpPhrase(bytes: Uint8Array, at: number): string {
  const type = ICMP.type.read(bytes, at);
  const code = ICMP.code.read(bytes, at);
  const name = icmpTypeName(type) ?? `type ${type} code ${code}`;
  if (type === ICMP_TYPE.echo || type === ICMP_TYPE.echoReply) return `ICMP ${name} ${echoNumbers(bytes, at)}`;
  if (type === ICMP_TYPE.unreachable && code === ICMP_FRAGMENTATION_NEEDED) {
    return `ICMP fragmentation needed, MTU ${ICMP_TOO_BIG.mtu.read(bytes, at)}`;
  }
  return `ICMP ${icmpCodeName(type, code) ?? name}`;
}

function icmpv6Phrase(bytes: Uint8Array, at: number, end: number): string {
  const type = ICMP.type.read(bytes, at);
  const code = ICMP.code.read(bytes, at);
  const name = icmpv6TypeName(type) ?? `type ${type} code ${code}`;
  const hasTarget = end - at >= NEIGHBOR_SOLICITATION.headerLength;
  switch (type) {
    case ICMPV6_TYPE.echo:
    case ICMPV6_TYPE.echoReply:
      return `ICMPv6 ${name} ${echoNumbers(bytes, at)}`;
    case ICMPV6_TYPE.tooBig:
      return `ICMPv6 packet too big, MTU ${ICMPV6_TOO_BIG.mtu.read(bytes, at)}`;
    case ICMPV6_TYPE.neighborSolicitation:
    case ICMPV6_TYPE.neighborAdvertisement: {
      const target = at + NEIGHBOR_ADVERTISEMENT['nd.na.target_address'].byte;
      return hasTarget ? `ICMPv6 ${name} ${formatIPv6(bytes, target)}` : `ICMPv6 ${name}`;
    }
    default:
      return `ICMPv6 ${icmpv6CodeName(type, code) ?? name}`;
  }
}

/** Identifier and sequence number stand at the same place in ICMP and ICMPv6. */
function echoNumbers(bytes: Uint8Array, at: number): string {
  return `id ${ICMP_ECHO.ident.read(bytes, at)} seq ${ICMP_ECHO.seq.read(bytes, at)}`;
}

function arpPhrase(bytes: Uint8Array, at: number): string {
  if (!isEthernetArp(bytes, at)) return 'ARP';
  const sender = formatIPv4(ARP['src.proto_ipv4'].read(bytes, at));
  const target = formatIPv4(ARP['dst.proto_ipv4'].read(bytes, at));
  if (ARP.opcode.read(bytes, at) === 2) return `ARP ${sender} is at ${formatMac(bytes, at + ARP['src.hw_mac'].byte)}`;
  return `ARP who has ${target}, tell ${sender}`;
}

function fragmentPhrase(offset: number, more: number, identification: number): string {
  if (offset === 0 && more === 0) return '';
  const last = more === 0 ? ', the last' : '';
  return `fragment 0x${identification.toString(16)} at ${offset * 8}${last}`;
}
