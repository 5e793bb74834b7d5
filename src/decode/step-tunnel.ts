// HOT: per packet. No allocation.
// Tunnels above UDP (VXLAN, VXLAN-GPE, Geneve, WireGuard) and GRE. A port number alone proves nothing: the header has to
// make sense too, else the datagram stays plain UDP.
import { u24 } from '../wire/bytes.ts';
import { ERSPAN2, ERSPAN3, erspan3Length } from '../wire/erspan.ts';
import { ETHER_TYPE, FIRST_ETHER_TYPE } from '../wire/ether-type.ts';
import { GENEVE, geneveLength } from '../wire/geneve.ts';
import { GRE, greLength } from '../wire/gre.ts';
import { PROTOCOL } from '../wire/protocols.ts';
import { UDP } from '../wire/udp.ts';
import { GPE_NEXT, VXLAN, VXLAN_GPE } from '../wire/vxlan.ts';
import { isWireguardSize, WIREGUARD } from '../wire/wireguard.ts';
import { FAULT, NUMBER_SPACE } from './faults.ts';
import type { LayerStack } from './layer-stack.ts';
import { asSendersWriteIt, holdsKnownFrame, isTunnelled, looksLikeVxlan } from './plausible.ts';
import { cutOff, DONE, enterTunnel, notice, push, stop, unsupported } from './step.ts';
import { byEtherType } from './step-link.ts';
import { PORT_KIND, type WalkPorts } from './walk-ports.ts';

// Local names: the optimising compiler folds module-local constants, but loads imported ones anew each time (measured: 2x).
const P = PROTOCOL;
const F = FAULT;
const K = PORT_KIND;
const VXLAN_LENGTH = VXLAN.headerLength;
const readDestination = UDP.dstport.read;
const readSource = UDP.srcport.read;
const readVniValid = VXLAN.flag_i.read;
const readVni = VXLAN.vni.read;

/** The step after UDP when the VXLAN header is of the generic protocol extension; beyond the PROTOCOL numbers. */
export const VXLAN_GPE_STEP = 64;

/** The cursor stands behind the UDP header, whose length field was `udpLength`. */
export function afterUdp(bytes: Uint8Array, stack: LayerStack, ports: WalkPorts, udpLength: number): number {
  const header = stack.start[stack.transport]!;
  switch (ports.kind[readDestination(bytes, header)]) {
    case K.vxlan:
      return vxlanOrPlain(bytes, stack, true);
    case K.vxlanMaybe:
      return vxlanOrPlain(bytes, stack, false);
    case K.vxlanGpe:
      return gpeOrPlain(bytes, stack);
    case K.geneve:
      return geneveOrPlain(bytes, stack);
    case K.wireguard:
      return wireguardOrPlain(bytes, stack, udpLength);
  }
  if (ports.kind[readSource(bytes, header)] === K.wireguard) {
    return wireguardOrPlain(bytes, stack, udpLength);
  }
  return ports.vnis.size > 0 && isClusterVxlan(bytes, stack, ports.vnis) ? P.vxlan : DONE;
}

/** On a port that nobody named: a header with nothing odd in it, one of the cluster's VNIs, and a frame that is one. */
function isClusterVxlan(bytes: Uint8Array, stack: LayerStack, vnis: ReadonlySet<number>): boolean {
  const at = stack.at;
  if (stack.bound - at < VXLAN_LENGTH || readVniValid(bytes, at) === 0) return false;
  return (
    vnis.has(readVni(bytes, at)) &&
    asSendersWriteIt(bytes, at) &&
    holdsKnownFrame(bytes, at + VXLAN_LENGTH, stack.bound)
  );
}

function vxlanOrPlain(bytes: Uint8Array, stack: LayerStack, expected: boolean): number {
  if (stack.bound - stack.at < VXLAN_LENGTH) {
    return expected ? cutOff(stack, P.vxlan, VXLAN_LENGTH) : DONE;
  }
  if (readVniValid(bytes, stack.at) === 0) {
    if (expected) notice(stack, F.vxlanFlagClear, 0);
    return DONE;
  }
  return looksLikeVxlan(bytes, stack) ? P.vxlan : DONE;
}

/** VXLAN-GPE only with version 0 and the I flag; the next protocol field counts only with the P flag. */
function gpeOrPlain(bytes: Uint8Array, stack: LayerStack): number {
  const at = stack.at;
  if (stack.bound - at < VXLAN_GPE.headerLength) return cutOff(stack, P.vxlan, VXLAN_GPE.headerLength);
  const makesSense = VXLAN_GPE.ver.read(bytes, at) === 0 && VXLAN_GPE.i_bit.read(bytes, at) === 1;
  if (!makesSense) return DONE;
  return VXLAN_GPE.p_bit.read(bytes, at) === 1 ? VXLAN_GPE_STEP : P.vxlan;
}

export function vxlan(stack: LayerStack): number {
  if (!enterTunnel(stack, stack.depth)) return stop(stack, F.tunnelTooDeep, 0);
  push(stack, P.vxlan, VXLAN_LENGTH);
  return P.ethernet;
}

export function vxlanGpe(bytes: Uint8Array, stack: LayerStack): number {
  if (!enterTunnel(stack, stack.depth)) return stop(stack, F.tunnelTooDeep, 0);
  const next = VXLAN_GPE.next_proto.read(bytes, stack.at);
  push(stack, P.vxlan, VXLAN_GPE.headerLength);
  switch (next) {
    case GPE_NEXT.ipv4:
      return P.ipv4;
    case GPE_NEXT.ipv6:
      return P.ipv6;
    case GPE_NEXT.ethernet:
      return P.ethernet;
    case GPE_NEXT.mpls:
      return P.mpls;
    default:
      return unsupported(stack, next, NUMBER_SPACE.gpeNextProtocol);
  }
}

/** Geneve version 0 (RFC 8926 §3.4); anything else on its port is plain UDP. */
function geneveOrPlain(bytes: Uint8Array, stack: LayerStack): number {
  const have = stack.bound - stack.at;
  if (have < GENEVE.headerLength) return cutOff(stack, P.geneve, GENEVE.headerLength);
  if (GENEVE.version.read(bytes, stack.at) !== 0) return DONE;
  const type = GENEVE.proto_type.read(bytes, stack.at);
  const known = isTunnelled(type) || (type >= FIRST_ETHER_TYPE && GENEVE.reserved.read(bytes, stack.at) === 0);
  return known ? P.geneve : DONE;
}

export function geneve(bytes: Uint8Array, stack: LayerStack): number {
  const header = geneveLength(bytes, stack.at);
  if (stack.bound - stack.at < header) return cutOff(stack, P.geneve, header);
  if (!enterTunnel(stack, stack.depth)) return stop(stack, F.tunnelTooDeep, 0);
  const type = GENEVE.proto_type.read(bytes, stack.at);
  push(stack, P.geneve, header);
  return byEtherType(stack, type);
}

/** By first byte, three zero bytes and a size that a message of this type can have. */
function wireguardOrPlain(bytes: Uint8Array, stack: LayerStack, udpLength: number): number {
  const at = stack.at;
  const have = stack.bound - at;
  if (have < WIREGUARD.headerLength || u24(bytes, at + WIREGUARD.reserved.byte) !== 0) return DONE;
  const length = udpLength === 0 ? have : udpLength - UDP.headerLength;
  return isWireguardSize(WIREGUARD.type.read(bytes, at), length) ? P.wireguard : DONE;
}

/** Nothing of the packet inside can be known: the flow is that of the UDP datagram. */
export function wireguard(stack: LayerStack): number {
  push(stack, P.wireguard, WIREGUARD.headerLength);
  return DONE;
}

/**
 * GRE whose content can be followed is a tunnel. PPTP's version 1, RFC 1701 routing and unknown protocol types are not:
 * the packet is then a flow of protocol GRE between the outer addresses.
 */
export function gre(bytes: Uint8Array, stack: LayerStack): number {
  const at = stack.at;
  const have = stack.bound - at;
  if (have < GRE.headerLength) return cutOff(stack, P.gre, GRE.headerLength);
  const header = greLength(bytes, at);
  if (have < header) return cutOff(stack, P.gre, header);
  const type = GRE.proto.read(bytes, at);
  const plain = GRE['flags.version'].read(bytes, at) === 0 && GRE['flags.routing'].read(bytes, at) === 0;
  if (!plain || !isTunnelled(type)) {
    stack.transport = stack.depth;
    push(stack, P.gre, header);
    return P.data;
  }
  if (!enterTunnel(stack, stack.depth)) return stop(stack, F.tunnelTooDeep, 0);
  push(stack, P.gre, header);
  return type === ETHER_TYPE.erspan2 || type === ETHER_TYPE.erspan3 ? P.erspan : byEtherType(stack, type);
}

/** Type I has no header and no GRE sequence number: the mirrored frame follows at once. Type II is version 1, type III version 2; how long the header of another version is cannot be known. */
export function erspan(bytes: Uint8Array, stack: LayerStack): number {
  const below = stack.start[stack.depth - 1]!;
  if (GRE['flags.sequence_number'].read(bytes, below) === 0 && GRE.proto.read(bytes, below) === ETHER_TYPE.erspan2) {
    push(stack, P.erspan, 0);
    return P.ethernet;
  }
  const have = stack.bound - stack.at;
  if (have < ERSPAN2.headerLength) return cutOff(stack, P.erspan, ERSPAN2.headerLength);
  const version = ERSPAN2.version.read(bytes, stack.at);
  if (version === 0 || version > 2) return unsupported(stack, version, NUMBER_SPACE.erspanVersion);
  let header = ERSPAN2.headerLength;
  if (version === 2) {
    if (have < ERSPAN3.headerLength) return cutOff(stack, P.erspan, ERSPAN3.headerLength);
    header = erspan3Length(bytes, stack.at);
    if (have < header) return cutOff(stack, P.erspan, header);
  }
  push(stack, P.erspan, header);
  return P.ethernet;
}
