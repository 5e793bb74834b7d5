// HOT: per packet. No allocation.
// Link layers: each reads the header at the cursor, pushes it and returns what comes next.
// Ethernet padding never counts: IP narrows the end by its own length, 802.3 by its length field.
import { ARP_FIXED, arpLength } from '../wire/arp.ts';
import { ETHER_TYPE, FIRST_ETHER_TYPE, isNonIpEtherType } from '../wire/ether-type.ts';
import { ETHERNET } from '../wire/ethernet.ts';
import { LLC, LLC_SAP, LLC_SNAP, LLC_UNNUMBERED_INFORMATION, SNAP_OUI } from '../wire/llc.ts';
import { isIPv4Family, isIPv6Family, NULL_LOOPBACK, readFamily } from '../wire/null.ts';
import { ARPHRD, SLL, SLL_PROTOCOL } from '../wire/sll.ts';
import { SLL2 } from '../wire/sll2.ts';
import { VLAN } from '../wire/vlan.ts';
import { FAULT, LIMIT, NUMBER_SPACE } from './faults.ts';
import { type LayerStack, OUTCOME, PROTOCOL } from './layer-stack.ts';
import { DONE, narrow, notFlow, push, stop, unsupported } from './step.ts';

export function ethernet(bytes: Uint8Array, stack: LayerStack): number {
  if (stack.bound - stack.at < ETHERNET.headerLength) {
    return stop(stack, FAULT.ethernetTruncated, ETHERNET.headerLength);
  }
  const type = ETHERNET.type.read(bytes, stack.at);
  if (type < FIRST_ETHER_TYPE) narrow(stack, ETHERNET.headerLength + type, LIMIT.ethernetLength);
  push(stack, PROTOCOL.ethernet, ETHERNET.headerLength);
  return byEtherType(stack, type);
}

export function vlan(bytes: Uint8Array, stack: LayerStack): number {
  if (stack.bound - stack.at < VLAN.headerLength) return stop(stack, FAULT.vlanTruncated, VLAN.headerLength);
  const type = VLAN.etype.read(bytes, stack.at);
  if (type < FIRST_ETHER_TYPE) narrow(stack, VLAN.headerLength + type, LIMIT.ethernetLength);
  push(stack, PROTOCOL.vlan, VLAN.headerLength);
  return byEtherType(stack, type);
}

/** What follows a type field: also that of GRE and Geneve. Numbers below 0x0600 are lengths, so LLC follows. */
export function byEtherType(stack: LayerStack, type: number): number {
  if (type === ETHER_TYPE.ipv4) return PROTOCOL.ipv4;
  if (type === ETHER_TYPE.ipv6) return PROTOCOL.ipv6;
  switch (type) {
    case ETHER_TYPE.arp:
      return PROTOCOL.arp;
    case ETHER_TYPE.vlan:
    case ETHER_TYPE.serviceVlan:
    case ETHER_TYPE.vlanOld:
      return PROTOCOL.vlan;
    case ETHER_TYPE.transparentEthernet:
      return PROTOCOL.ethernet;
  }
  if (type < FIRST_ETHER_TYPE) return PROTOCOL.llc;
  return isNonIpEtherType(type) ? notFlow(stack) : unsupported(stack, type, NUMBER_SPACE.etherType);
}

export function llc(bytes: Uint8Array, stack: LayerStack): number {
  const at = stack.at;
  if (stack.bound - at < LLC.headerLength) return stop(stack, FAULT.llcTruncated, LLC.headerLength);
  const sap = LLC.dsap.read(bytes, at);
  if (LLC.control.read(bytes, at) === LLC_UNNUMBERED_INFORMATION && LLC.ssap.read(bytes, at) === sap) {
    if (sap === LLC_SAP.snap) return snap(bytes, stack);
    if (sap === LLC_SAP.ip) {
      push(stack, PROTOCOL.llc, LLC.headerLength);
      return PROTOCOL.ipv4;
    }
  }
  push(stack, PROTOCOL.llc, LLC.headerLength);
  return notFlow(stack);
}

function snap(bytes: Uint8Array, stack: LayerStack): number {
  const at = stack.at;
  if (stack.bound - at < LLC_SNAP.headerLength) return stop(stack, FAULT.llcTruncated, LLC_SNAP.headerLength);
  const oui = LLC_SNAP.oui.read(bytes, at);
  const type = LLC_SNAP.type.read(bytes, at);
  push(stack, PROTOCOL.llc, LLC_SNAP.headerLength);
  const isEtherType = (oui === SNAP_OUI.ethernet || oui === SNAP_OUI.bridgeTunnel) && type >= FIRST_ETHER_TYPE;
  return isEtherType ? byEtherType(stack, type) : notFlow(stack);
}

export function arp(bytes: Uint8Array, stack: LayerStack): number {
  const have = stack.bound - stack.at;
  if (have < ARP_FIXED.headerLength) return stop(stack, FAULT.arpTruncated, ARP_FIXED.headerLength);
  const length = arpLength(bytes, stack.at);
  if (have < length) return stop(stack, FAULT.arpTruncated, length);
  stack.bound = stack.at + length;
  push(stack, PROTOCOL.arp, length);
  stack.outcome = OUTCOME.notFlow;
  return DONE;
}

export function sll(bytes: Uint8Array, stack: LayerStack): number {
  const at = stack.at;
  if (stack.bound - at < SLL.headerLength) return stop(stack, FAULT.sllTruncated, SLL.headerLength);
  push(stack, PROTOCOL.sll, SLL.headerLength);
  return bySllProtocol(stack, SLL.etype.read(bytes, at), SLL.hatype.read(bytes, at));
}

export function sll2(bytes: Uint8Array, stack: LayerStack): number {
  const at = stack.at;
  if (stack.bound - at < SLL2.headerLength) return stop(stack, FAULT.sll2Truncated, SLL2.headerLength);
  push(stack, PROTOCOL.sll2, SLL2.headerLength);
  return bySllProtocol(stack, SLL2.etype.read(bytes, at), SLL2.hatype.read(bytes, at));
}

function bySllProtocol(stack: LayerStack, type: number, hardware: number): number {
  if (hardware !== ARPHRD.netlink) {
    if (type >= FIRST_ETHER_TYPE) return byEtherType(stack, type);
    if (type === SLL_PROTOCOL.llc) return PROTOCOL.llc;
    if (type === SLL_PROTOCOL.novell) return notFlow(stack);
  }
  return unsupported(stack, type, NUMBER_SPACE.sllProtocol);
}

export function nullLoopback(bytes: Uint8Array, stack: LayerStack): number {
  if (stack.bound - stack.at < NULL_LOOPBACK.headerLength) {
    return stop(stack, FAULT.nullTruncated, NULL_LOOPBACK.headerLength);
  }
  const family = readFamily(bytes, stack.at);
  push(stack, PROTOCOL.null, NULL_LOOPBACK.headerLength);
  if (isIPv4Family(family)) return PROTOCOL.ipv4;
  if (isIPv6Family(family)) return PROTOCOL.ipv6;
  return unsupported(stack, family, NUMBER_SPACE.family);
}

/** Raw IP has no header: the version of the IP header says which it is. */
export function raw(bytes: Uint8Array, stack: LayerStack): number {
  if (stack.bound <= stack.at) return stop(stack, FAULT.rawTruncated, 1);
  const version = bytes[stack.at]! >> 4;
  if (version !== 4 && version !== 6) return stop(stack, FAULT.rawVersion, 0);
  push(stack, PROTOCOL.raw, 0);
  return version === 4 ? PROTOCOL.ipv4 : PROTOCOL.ipv6;
}
