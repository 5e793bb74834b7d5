// Which definitions describe a layer that the walk found: its fixed header in the form that fits, then its options.
import { ARP, ARP_FIXED, arpLength, isEthernetArp } from '../../wire/arp.ts';
import { erspanParts } from '../../wire/erspan.ts';
import { ESP } from '../../wire/esp.ts';
import { ETHER_TYPE, FIRST_ETHER_TYPE } from '../../wire/ether-type.ts';
import { ETHERNET, ETHERNET_802_3 } from '../../wire/ethernet.ts';
import { geneveParts } from '../../wire/geneve.ts';
import { greParts } from '../../wire/gre.ts';
import { type HeaderInfo, type Part, variable } from '../../wire/header.ts';
import { ICMP, icmpForm } from '../../wire/icmp.ts';
import { icmpv6Parts } from '../../wire/icmpv6-options.ts';
import { IGMP } from '../../wire/igmp.ts';
import { ipv4Parts } from '../../wire/ipv4-options.ts';
import { IPV6 } from '../../wire/ipv6.ts';
import { ahParts, DESTINATION_OPTIONS, FRAGMENT, HOP_BY_HOP } from '../../wire/ipv6-extensions.ts';
import { optionsParts, routingParts } from '../../wire/ipv6-options.ts';
import { LLC, LLC_SAP, LLC_UNNUMBERED_INFORMATION, snapForm } from '../../wire/llc.ts';
import { isBigEndianFamily, NULL_LOOPBACK, NULL_LOOPBACK_LE } from '../../wire/null.ts';
import { OSPF } from '../../wire/ospf.ts';
import { SCTP } from '../../wire/sctp.ts';
import { sllForm } from '../../wire/sll.ts';
import { sll2Form } from '../../wire/sll2.ts';
import { tcpParts } from '../../wire/tcp-options.ts';
import { UDP } from '../../wire/udp.ts';
import { SERVICE_VLAN, VLAN } from '../../wire/vlan.ts';
import { VXLAN, VXLAN_GPE } from '../../wire/vxlan.ts';
import { WIREGUARD, wireguardForm } from '../../wire/wireguard.ts';
import { type LayerStack, PROTOCOL } from '../layer-stack.ts';
import { PORT_KIND, type WalkPorts } from '../walk-ports.ts';

/** Definitions and absolute places of the headers of layer `index`, in order; none for `raw` and `data`. */
export function layerParts(bytes: Uint8Array, stack: LayerStack, index: number, ports: WalkPorts): readonly Part[] {
  const at = stack.start[index]!;
  const end = stack.end[index]!;
  const protocol = stack.protocol[index]!;
  switch (protocol) {
    case PROTOCOL.ipv4:
      return ipv4Parts(bytes, at, end);
    case PROTOCOL.hopByHop:
      return optionsParts(HOP_BY_HOP, bytes, at, end);
    case PROTOCOL.destinationOptions:
      return optionsParts(DESTINATION_OPTIONS, bytes, at, end);
    case PROTOCOL.routing:
      return routingParts(bytes, at, end);
    case PROTOCOL.ah:
      return ahParts(bytes, at, end);
    case PROTOCOL.icmpv6:
      return icmpv6Parts(bytes, at, end);
    case PROTOCOL.tcp:
      return tcpParts(bytes, at, end);
    case PROTOCOL.gre:
      return greParts(bytes, at, end);
    case PROTOCOL.geneve:
      return geneveParts(bytes, at, end);
    case PROTOCOL.erspan:
      // Type I: the mirrored frame starts where its header would.
      return stack.start[index + 1] === at && index + 1 < stack.depth ? [] : erspanParts(bytes, at);
    case PROTOCOL.arp:
      return arpParts(bytes, at);
    case PROTOCOL.vxlan:
      return [{ header: isGpe(bytes, stack, index, ports) ? VXLAN_GPE : VXLAN, at }];
    case PROTOCOL.vlan:
      return [{ header: isServiceTag(bytes, stack, index) ? SERVICE_VLAN : VLAN, at }];
    default: {
      const header = simpleHeader(protocol, bytes, at, end);
      return header === null ? [] : [{ header, at }];
    }
  }
}

/** Protocols whose header is one definition, chosen by its own bytes. */
function simpleHeader(protocol: number, bytes: Uint8Array, at: number, end: number): HeaderInfo | null {
  switch (protocol) {
    case PROTOCOL.ethernet:
      return ETHERNET.type.read(bytes, at) < FIRST_ETHER_TYPE ? ETHERNET_802_3 : ETHERNET;
    case PROTOCOL.llc:
      return isSnap(bytes, at) ? snapForm(bytes, at) : LLC;
    case PROTOCOL.sll:
      return sllForm(bytes, at);
    case PROTOCOL.sll2:
      return sll2Form(bytes, at);
    case PROTOCOL.null:
      return isBigEndianFamily(bytes, at) ? NULL_LOOPBACK : NULL_LOOPBACK_LE;
    case PROTOCOL.ipv6:
      return IPV6;
    case PROTOCOL.fragment:
      return FRAGMENT;
    case PROTOCOL.icmp:
      return icmpForm(ICMP.type.read(bytes, at), ICMP.code.read(bytes, at), end - at);
    case PROTOCOL.udp:
      return UDP;
    case PROTOCOL.sctp:
      return SCTP;
    case PROTOCOL.igmp:
      return IGMP;
    case PROTOCOL.esp:
      return ESP;
    case PROTOCOL.ospf:
      return OSPF;
    case PROTOCOL.wireguard:
      return wireguardForm(WIREGUARD.type.read(bytes, at), end - at);
    default:
      return null;
  }
}

function arpParts(bytes: Uint8Array, at: number): readonly Part[] {
  if (isEthernetArp(bytes, at)) return [{ header: ARP, at }];
  const rest = arpLength(bytes, at) - ARP_FIXED.headerLength;
  if (rest === 0) return [{ header: ARP_FIXED, at }];
  const addresses = variable('arp', ARP_FIXED.spec, null, 'Addresses', rest);
  return [
    { header: ARP_FIXED, at },
    { header: addresses, at: at + ARP_FIXED.headerLength },
  ];
}

function isSnap(bytes: Uint8Array, at: number): boolean {
  return (
    LLC.dsap.read(bytes, at) === LLC_SAP.snap &&
    LLC.ssap.read(bytes, at) === LLC_SAP.snap &&
    LLC.control.read(bytes, at) === LLC_UNNUMBERED_INFORMATION
  );
}

function isGpe(bytes: Uint8Array, stack: LayerStack, index: number, ports: WalkPorts): boolean {
  return ports.kind[UDP.dstport.read(bytes, stack.start[index - 1]!)] === PORT_KIND.vxlanGpe;
}

/** 802.1ad's outer tag: the type field right before it says so. */
export function isServiceTag(bytes: Uint8Array, stack: LayerStack, index: number): boolean {
  const at = stack.start[index]!;
  const inCooked2 = index > 0 && stack.protocol[index - 1] === PROTOCOL.sll2;
  const typeAt = inCooked2 ? stack.start[index - 1]! : at - 2;
  return index > 0 && ((bytes[typeAt]! << 8) | bytes[typeAt + 1]!) === ETHER_TYPE.serviceVlan;
}
