// HOT: per packet. No allocation.
// Link layers: each reads the header at the cursor, pushes it and returns what comes next.
// Ethernet padding never counts: IP narrows the end by its own length, 802.3 by its length field.
import { ARP_FIXED, arpLength } from '../wire/arp.ts';
import { ETHER_TYPE, FIRST_ETHER_TYPE, isNonIpEtherType } from '../wire/ether-type.ts';
import { ETHERNET } from '../wire/ethernet.ts';
import { LLC, LLC_SAP, LLC_SNAP, LLC_UNNUMBERED_INFORMATION, SNAP_OUI } from '../wire/llc.ts';
import { isIPv4Family, isIPv6Family, NULL_LOOPBACK, readFamily } from '../wire/null.ts';
import { PROTOCOL } from '../wire/protocols.ts';
import { ARPHRD, SLL, SLL_PROTOCOL } from '../wire/sll.ts';
import { SLL2 } from '../wire/sll2.ts';
import { FAULT, LIMIT, NUMBER_SPACE } from './faults.ts';
import { type LayerStack, OUTCOME } from './layer-stack.ts';
import { cutOff, DONE, narrow, notFlow, push, stop, unsupported } from './step.ts';

// Local names: the optimising compiler folds module-local constants, but loads imported ones anew each time (measured: 2x).
const P = PROTOCOL;
const F = FAULT;
const L = LIMIT;
const E = ETHER_TYPE;
const FIRST_TYPE = FIRST_ETHER_TYPE;
const ETHERNET_LENGTH = ETHERNET.headerLength;
const SLL2_LENGTH = SLL2.headerLength;
const readType = ETHERNET.type.read;
const readSll2Protocol = SLL2.etype.read;
const readSll2Hardware = SLL2.hatype.read;

export function ethernet(bytes: Uint8Array, stack: LayerStack): number {
  if (stack.bound - stack.at < ETHERNET_LENGTH) {
    return cutOff(stack, P.ethernet, ETHERNET_LENGTH);
  }
  const type = readType(bytes, stack.at);
  if (type < FIRST_TYPE) narrow(stack, ETHERNET_LENGTH + type, L.ethernetLength);
  push(stack, P.ethernet, ETHERNET_LENGTH);
  return byEtherType(stack, type);
}

/** What follows a type field: also that of GRE and Geneve. Numbers below 0x0600 are lengths, so LLC follows. */
export function byEtherType(stack: LayerStack, type: number): number {
  if (type === E.ipv4) return P.ipv4;
  if (type === E.ipv6) return P.ipv6;
  switch (type) {
    case E.arp:
      return P.arp;
    case E.vlan:
    case E.serviceVlan:
    case E.vlanOld:
      return P.vlan;
    case E.transparentEthernet:
      return P.ethernet;
    case E.mplsUnicast:
    case E.mplsMulticast:
      return P.mpls;
    case E.pppoeSession:
      return P.pppoe;
  }
  if (type < FIRST_TYPE) return P.llc;
  return isNonIpEtherType(type) ? notFlow(stack) : unsupported(stack, type, NUMBER_SPACE.etherType);
}

export function llc(bytes: Uint8Array, stack: LayerStack): number {
  const at = stack.at;
  if (stack.bound - at < LLC.headerLength) return cutOff(stack, P.llc, LLC.headerLength);
  const sap = LLC.dsap.read(bytes, at);
  if (LLC.control.read(bytes, at) === LLC_UNNUMBERED_INFORMATION && LLC.ssap.read(bytes, at) === sap) {
    if (sap === LLC_SAP.snap) return snap(bytes, stack);
    if (sap === LLC_SAP.ip) {
      push(stack, P.llc, LLC.headerLength);
      return P.ipv4;
    }
  }
  push(stack, P.llc, LLC.headerLength);
  return notFlow(stack);
}

function snap(bytes: Uint8Array, stack: LayerStack): number {
  const at = stack.at;
  if (stack.bound - at < LLC_SNAP.headerLength) return cutOff(stack, P.llc, LLC_SNAP.headerLength);
  const oui = LLC_SNAP.oui.read(bytes, at);
  const type = LLC_SNAP.type.read(bytes, at);
  push(stack, P.llc, LLC_SNAP.headerLength);
  const isEtherType = (oui === SNAP_OUI.ethernet || oui === SNAP_OUI.bridgeTunnel) && type >= FIRST_TYPE;
  return isEtherType ? byEtherType(stack, type) : notFlow(stack);
}

export function arp(bytes: Uint8Array, stack: LayerStack): number {
  const have = stack.bound - stack.at;
  if (have < ARP_FIXED.headerLength) return cutOff(stack, P.arp, ARP_FIXED.headerLength);
  const length = arpLength(bytes, stack.at);
  if (have < length) return cutOff(stack, P.arp, length);
  stack.bound = stack.at + length;
  push(stack, P.arp, length);
  stack.outcome = OUTCOME.notFlow;
  return DONE;
}

export function sll(bytes: Uint8Array, stack: LayerStack): number {
  const at = stack.at;
  if (stack.bound - at < SLL.headerLength) return cutOff(stack, P.sll, SLL.headerLength);
  push(stack, P.sll, SLL.headerLength);
  return bySllProtocol(stack, SLL.etype.read(bytes, at), SLL.hatype.read(bytes, at));
}

export function sll2(bytes: Uint8Array, stack: LayerStack): number {
  const at = stack.at;
  if (stack.bound - at < SLL2_LENGTH) return cutOff(stack, P.sll2, SLL2_LENGTH);
  push(stack, P.sll2, SLL2_LENGTH);
  return bySllProtocol(stack, readSll2Protocol(bytes, at), readSll2Hardware(bytes, at));
}

function bySllProtocol(stack: LayerStack, type: number, hardware: number): number {
  if (hardware !== ARPHRD.netlink) {
    if (type >= FIRST_TYPE) return byEtherType(stack, type);
    if (type === SLL_PROTOCOL.llc) return P.llc;
    if (type === SLL_PROTOCOL.novell) return notFlow(stack);
  }
  return unsupported(stack, type, NUMBER_SPACE.sllProtocol);
}

export function nullLoopback(bytes: Uint8Array, stack: LayerStack): number {
  if (stack.bound - stack.at < NULL_LOOPBACK.headerLength) {
    return cutOff(stack, P.null, NULL_LOOPBACK.headerLength);
  }
  const family = readFamily(bytes, stack.at);
  push(stack, P.null, NULL_LOOPBACK.headerLength);
  if (isIPv4Family(family)) return P.ipv4;
  if (isIPv6Family(family)) return P.ipv6;
  return unsupported(stack, family, NUMBER_SPACE.family);
}

/** Raw IP has no header: the version of the IP header says which it is. */
export function raw(bytes: Uint8Array, stack: LayerStack): number {
  if (stack.bound <= stack.at) return cutOff(stack, P.raw, 1);
  const version = bytes[stack.at]! >> 4;
  if (version !== 4 && version !== 6) return stop(stack, F.rawVersion, 0);
  push(stack, P.raw, 0);
  return version === 4 ? P.ipv4 : P.ipv6;
}
