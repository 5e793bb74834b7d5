// HOT: per packet. No allocation.
// Tunnels above UDP (VXLAN, VXLAN-GPE, Geneve, WireGuard) and GRE. A port number alone proves nothing: the header has to
// make sense too, else the datagram stays plain UDP.
import { ERSPAN2, ERSPAN3, erspan3Length } from '../wire/erspan.ts';
import { ETHER_TYPE, FIRST_ETHER_TYPE } from '../wire/ether-type.ts';
import { GENEVE, geneveLength } from '../wire/geneve.ts';
import { GRE, greLength } from '../wire/gre.ts';
import { UDP } from '../wire/udp.ts';
import { GPE_NEXT, VXLAN, VXLAN_GPE } from '../wire/vxlan.ts';
import { isWireguardSize, WIREGUARD } from '../wire/wireguard.ts';
import { FAULT, NUMBER_SPACE } from './faults.ts';
import { type LayerStack, PROTOCOL } from './layer-stack.ts';
import { isTunnelled, looksLikeVxlan } from './plausible.ts';
import { DONE, enterTunnel, notice, push, stop, unsupported } from './step.ts';
import { byEtherType } from './step-link.ts';
import { PORT_KIND, type WalkPorts } from './walk-ports.ts';

/** The step after UDP when the VXLAN header is of the generic protocol extension; beyond the PROTOCOL numbers. */
export const VXLAN_GPE_STEP = 64;

/** The cursor stands behind the UDP header, whose length field was `udpLength`. */
export function afterUdp(bytes: Uint8Array, stack: LayerStack, ports: WalkPorts, udpLength: number): number {
  const header = stack.start[stack.transport]!;
  switch (ports.kind[UDP.dstport.read(bytes, header)]) {
    case PORT_KIND.vxlan:
      return vxlanOrPlain(bytes, stack, true);
    case PORT_KIND.vxlanMaybe:
      return vxlanOrPlain(bytes, stack, false);
    case PORT_KIND.vxlanGpe:
      return gpeOrPlain(bytes, stack);
    case PORT_KIND.geneve:
      return geneveOrPlain(bytes, stack);
    case PORT_KIND.wireguard:
      return wireguardOrPlain(bytes, stack, udpLength);
  }
  if (ports.kind[UDP.srcport.read(bytes, header)] === PORT_KIND.wireguard) {
    return wireguardOrPlain(bytes, stack, udpLength);
  }
  return DONE;
}

function vxlanOrPlain(bytes: Uint8Array, stack: LayerStack, expected: boolean): number {
  if (stack.bound - stack.at < VXLAN.headerLength) {
    return expected ? stop(stack, FAULT.vxlanTruncated, VXLAN.headerLength) : DONE;
  }
  if (VXLAN.flag_i.read(bytes, stack.at) === 0) {
    if (expected) notice(stack, FAULT.vxlanFlagClear, 0);
    return DONE;
  }
  return looksLikeVxlan(bytes, stack) ? PROTOCOL.vxlan : DONE;
}

/** VXLAN-GPE only with version 0 and the I flag; the next protocol field counts only with the P flag. */
function gpeOrPlain(bytes: Uint8Array, stack: LayerStack): number {
  const at = stack.at;
  if (stack.bound - at < VXLAN_GPE.headerLength) return DONE;
  const makesSense = VXLAN_GPE.ver.read(bytes, at) === 0 && VXLAN_GPE.i_bit.read(bytes, at) === 1;
  if (!makesSense) return DONE;
  return VXLAN_GPE.p_bit.read(bytes, at) === 1 ? VXLAN_GPE_STEP : PROTOCOL.vxlan;
}

export function vxlan(stack: LayerStack): number {
  if (!enterTunnel(stack, stack.depth)) return stop(stack, FAULT.tunnelTooDeep, 0);
  push(stack, PROTOCOL.vxlan, VXLAN.headerLength);
  return PROTOCOL.ethernet;
}

export function vxlanGpe(bytes: Uint8Array, stack: LayerStack): number {
  if (!enterTunnel(stack, stack.depth)) return stop(stack, FAULT.tunnelTooDeep, 0);
  const next = VXLAN_GPE.next_proto.read(bytes, stack.at);
  push(stack, PROTOCOL.vxlan, VXLAN_GPE.headerLength);
  switch (next) {
    case GPE_NEXT.ipv4:
      return PROTOCOL.ipv4;
    case GPE_NEXT.ipv6:
      return PROTOCOL.ipv6;
    case GPE_NEXT.ethernet:
      return PROTOCOL.ethernet;
    default:
      return unsupported(stack, next, NUMBER_SPACE.gpeNextProtocol);
  }
}

/** Geneve version 0 (RFC 8926 §3.4); anything else on its port is plain UDP. */
function geneveOrPlain(bytes: Uint8Array, stack: LayerStack): number {
  const have = stack.bound - stack.at;
  if (have < GENEVE.headerLength) return have === 0 ? DONE : stop(stack, FAULT.geneveTruncated, GENEVE.headerLength);
  if (GENEVE.version.read(bytes, stack.at) !== 0) return DONE;
  const type = GENEVE.proto_type.read(bytes, stack.at);
  const known = isTunnelled(type) || (type >= FIRST_ETHER_TYPE && GENEVE.reserved.read(bytes, stack.at) === 0);
  return known ? PROTOCOL.geneve : DONE;
}

export function geneve(bytes: Uint8Array, stack: LayerStack): number {
  const header = geneveLength(bytes, stack.at);
  if (stack.bound - stack.at < header) return stop(stack, FAULT.geneveTruncated, header);
  if (!enterTunnel(stack, stack.depth)) return stop(stack, FAULT.tunnelTooDeep, 0);
  const type = GENEVE.proto_type.read(bytes, stack.at);
  push(stack, PROTOCOL.geneve, header);
  return byEtherType(stack, type);
}

/** By first byte, three zero bytes and a size that a message of this type can have. */
function wireguardOrPlain(bytes: Uint8Array, stack: LayerStack, udpLength: number): number {
  const at = stack.at;
  const have = stack.bound - at;
  if (have < WIREGUARD.headerLength || WIREGUARD.reserved.read(bytes, at) !== 0) return DONE;
  const length = udpLength === 0 ? have : udpLength - UDP.headerLength;
  return isWireguardSize(WIREGUARD.type.read(bytes, at), length) ? PROTOCOL.wireguard : DONE;
}

/** Nothing of the packet inside can be known: the flow is that of the UDP datagram. */
export function wireguard(stack: LayerStack): number {
  push(stack, PROTOCOL.wireguard, WIREGUARD.headerLength);
  return DONE;
}

/**
 * GRE whose content can be followed is a tunnel. PPTP's version 1, RFC 1701 routing and unknown protocol types are not:
 * the packet is then a flow of protocol GRE between the outer addresses.
 */
export function gre(bytes: Uint8Array, stack: LayerStack): number {
  const at = stack.at;
  const have = stack.bound - at;
  if (have < GRE.headerLength) return stop(stack, FAULT.greTruncated, GRE.headerLength);
  const header = greLength(bytes, at);
  if (have < header) return stop(stack, FAULT.greTruncated, header);
  const type = GRE.proto.read(bytes, at);
  const plain = GRE['flags.version'].read(bytes, at) === 0 && GRE['flags.routing'].read(bytes, at) === 0;
  if (!plain || !isTunnelled(type)) {
    stack.transport = stack.depth;
    push(stack, PROTOCOL.gre, header);
    return PROTOCOL.data;
  }
  if (!enterTunnel(stack, stack.depth)) return stop(stack, FAULT.tunnelTooDeep, 0);
  const sequenced = GRE['flags.sequence_number'].read(bytes, at) === 1;
  push(stack, PROTOCOL.gre, header);
  // ERSPAN type I has no sequence number and no header of its own: the mirrored frame follows at once.
  if (type === ETHER_TYPE.erspan2) return sequenced ? PROTOCOL.erspan : PROTOCOL.ethernet;
  return type === ETHER_TYPE.erspan3 ? PROTOCOL.erspan : byEtherType(stack, type);
}

export function erspan(bytes: Uint8Array, stack: LayerStack): number {
  const have = stack.bound - stack.at;
  if (have < ERSPAN2.headerLength) return stop(stack, FAULT.erspanTruncated, ERSPAN2.headerLength);
  let header = ERSPAN2.headerLength;
  if (ERSPAN2.version.read(bytes, stack.at) === 2) {
    if (have < ERSPAN3.headerLength) return stop(stack, FAULT.erspanTruncated, ERSPAN3.headerLength);
    header = erspan3Length(bytes, stack.at);
    if (have < header) return stop(stack, FAULT.erspanTruncated, header);
  }
  push(stack, PROTOCOL.erspan, header);
  return PROTOCOL.ethernet;
}
