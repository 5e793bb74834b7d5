// Every protocol with a definition, in the order in which packets carry them: for `overlens headers` and docs/protocols.md.
import { ARP } from './arp.ts';
import { ERSPAN2, ERSPAN3 } from './erspan.ts';
import { ESP } from './esp.ts';
import { ETHERNET, ETHERNET_802_3 } from './ethernet.ts';
import { GENEVE, GENEVE_OPTION } from './geneve.ts';
import { GRE, GRE_CHECKSUM, GRE_KEY, GRE_SEQUENCE } from './gre.ts';
import type { HeaderInfo } from './header.ts';
import { ICMP, ICMP_ECHO, ICMP_PARAMETER, ICMP_REDIRECT, ICMP_TIMESTAMP, ICMP_TOO_BIG, ICMP_UNUSED } from './icmp.ts';
import {
  ICMPV6,
  ICMPV6_ECHO,
  ICMPV6_PARAMETER,
  ICMPV6_TOO_BIG,
  LISTENER_REPORT,
  NEIGHBOR_ADVERTISEMENT,
  NEIGHBOR_SOLICITATION,
  ROUTER_ADVERTISEMENT,
} from './icmpv6.ts';
import { ND_LINK_ADDRESS, ND_MTU, ND_OPTION } from './icmpv6-options.ts';
import { IGMP } from './igmp.ts';
import { IPV4 } from './ipv4.ts';
import { IPV4_OPTION, IPV4_OPTION_BYTE, IPV4_ROUTE, IPV4_ROUTER_ALERT, IPV4_TIMESTAMP } from './ipv4-options.ts';
import { IPV6 } from './ipv6.ts';
import { AH, DESTINATION_OPTIONS, FRAGMENT, HOP_BY_HOP, ROUTING } from './ipv6-extensions.ts';
import { IPV6_JUMBO, IPV6_OPTION, IPV6_PAD1, IPV6_ROUTER_ALERT, SEGMENT_ROUTING } from './ipv6-options.ts';
import { LLC, LLC_SNAP, LLC_SNAP_PID } from './llc.ts';
import { NULL_LOOPBACK, NULL_LOOPBACK_LE } from './null.ts';
import { OSPF } from './ospf.ts';
import { SCTP } from './sctp.ts';
import { SLL } from './sll.ts';
import { SLL2 } from './sll2.ts';
import { TCP } from './tcp.ts';
import {
  TCP_EXPERIMENT,
  TCP_MSS,
  TCP_OPTION,
  TCP_OPTION_BYTE,
  TCP_SACK_BLOCK,
  TCP_TIMESTAMP,
  TCP_USER_TIMEOUT,
  TCP_WINDOW_SCALE,
} from './tcp-options.ts';
import { UDP } from './udp.ts';
import { SERVICE_VLAN, VLAN } from './vlan.ts';
import { VXLAN, VXLAN_GPE } from './vxlan.ts';
import { WIREGUARD, WIREGUARD_COOKIE, WIREGUARD_DATA, WIREGUARD_INITIATION, WIREGUARD_RESPONSE } from './wireguard.ts';

export interface CatalogHeader {
  /** What this form of the header is: `Echo`, `Maximum segment size`. */
  readonly title: string;
  readonly header: HeaderInfo;
}

export interface CatalogEntry {
  /** The name that people type and tshark prints: `vxlan`. */
  readonly protocol: string;
  readonly title: string;
  /** Which identifier announces it: an EtherType, an IP protocol number, a port. */
  readonly announcedBy: string;
  /** The header itself first, then its other forms and options. */
  readonly headers: readonly CatalogHeader[];
}

export const CATALOG: readonly CatalogEntry[] = [
  entry('eth', 'Ethernet', 'link type 1', [
    ['Ethernet II', ETHERNET],
    ['IEEE 802.3, with a length', ETHERNET_802_3],
  ]),
  entry('vlan', '802.1Q VLAN tag', 'EtherType 0x8100', [['VLAN tag', VLAN]]),
  entry('ieee8021ad', '802.1ad service tag', 'EtherType 0x88a8', [['Service tag', SERVICE_VLAN]]),
  entry('llc', '802.2 LLC and SNAP', 'an 802.3 length instead of an EtherType', [
    ['LLC', LLC],
    ['SNAP with an EtherType', LLC_SNAP],
    ['SNAP with a protocol of the organisation', LLC_SNAP_PID],
  ]),
  entry('sll', 'Linux cooked capture (tcpdump -i any)', 'link types 113 and 276', [
    ['Version 1', SLL],
    ['Version 2', SLL2],
  ]),
  entry('null', 'BSD loopback', 'link types 0 and 108', [
    ['Network byte order', NULL_LOOPBACK],
    ['Little-endian host', NULL_LOOPBACK_LE],
  ]),
  entry('arp', 'ARP', 'EtherType 0x0806', [['ARP for IPv4 on Ethernet', ARP]]),
  entry('ip', 'IPv4', 'EtherType 0x0800, IP protocol 4', [
    ['IPv4', IPV4],
    ['Option of one byte', IPV4_OPTION_BYTE],
    ['Option', IPV4_OPTION],
    ['Router alert', IPV4_ROUTER_ALERT],
    ['Record route, source routes', IPV4_ROUTE],
    ['Time stamp', IPV4_TIMESTAMP],
  ]),
  entry('ipv6', 'IPv6', 'EtherType 0x86dd, IP protocol 41', [['IPv6', IPV6]]),
  entry('ipv6.hopopts', 'IPv6 hop-by-hop options', 'next header 0', [
    ['Header', HOP_BY_HOP],
    ['Option of one byte (Pad1)', IPV6_PAD1],
    ['Option', IPV6_OPTION],
    ['Router alert', IPV6_ROUTER_ALERT],
    ['Jumbo payload', IPV6_JUMBO],
  ]),
  entry('ipv6.routing', 'IPv6 routing header', 'next header 43', [
    ['Header', ROUTING],
    ['Segment routing', SEGMENT_ROUTING],
  ]),
  entry('ipv6.fraghdr', 'IPv6 fragment header', 'next header 44', [['Header', FRAGMENT]]),
  entry('ipv6.dstopts', 'IPv6 destination options', 'next header 60', [['Header', DESTINATION_OPTIONS]]),
  entry('ah', 'Authentication header', 'IP protocol 51', [['AH', AH]]),
  entry('esp', 'Encapsulating security payload', 'IP protocol 50', [['ESP', ESP]]),
  entry('icmp', 'ICMP', 'IP protocol 1', [
    ['Any message', ICMP],
    ['Echo', ICMP_ECHO],
    ['Destination unreachable, time exceeded', ICMP_UNUSED],
    ['Fragmentation needed', ICMP_TOO_BIG],
    ['Redirect', ICMP_REDIRECT],
    ['Parameter problem', ICMP_PARAMETER],
    ['Timestamp', ICMP_TIMESTAMP],
  ]),
  entry('icmpv6', 'ICMPv6', 'next header 58', [
    ['Any message', ICMPV6],
    ['Echo', ICMPV6_ECHO],
    ['Packet too big', ICMPV6_TOO_BIG],
    ['Parameter problem', ICMPV6_PARAMETER],
    ['Router advertisement', ROUTER_ADVERTISEMENT],
    ['Neighbor solicitation', NEIGHBOR_SOLICITATION],
    ['Neighbor advertisement', NEIGHBOR_ADVERTISEMENT],
    ['Multicast listener report', LISTENER_REPORT],
    ['Option', ND_OPTION],
    ['Link-layer address', ND_LINK_ADDRESS],
    ['MTU', ND_MTU],
  ]),
  entry('igmp', 'IGMP', 'IP protocol 2', [['IGMP', IGMP]]),
  entry('ospf', 'OSPF', 'IP protocol 89', [['Common header', OSPF]]),
  entry('tcp', 'TCP', 'IP protocol 6', [
    ['TCP', TCP],
    ['Option of one byte', TCP_OPTION_BYTE],
    ['Option', TCP_OPTION],
    ['Maximum segment size', TCP_MSS],
    ['Window scale', TCP_WINDOW_SCALE],
    ['Timestamps', TCP_TIMESTAMP],
    ['One SACK block', TCP_SACK_BLOCK],
    ['User timeout', TCP_USER_TIMEOUT],
    ['Experiment', TCP_EXPERIMENT],
  ]),
  entry('udp', 'UDP', 'IP protocol 17', [['UDP', UDP]]),
  entry('sctp', 'SCTP', 'IP protocol 132', [['Common header', SCTP]]),
  entry('vxlan', 'VXLAN', 'UDP destination port 4789 or 8472; GPE: 4790', [
    ['VXLAN with group policy', VXLAN],
    ['Generic protocol extension (GPE)', VXLAN_GPE],
  ]),
  entry('geneve', 'Geneve', 'UDP destination port 6081', [
    ['Geneve', GENEVE],
    ['Option', GENEVE_OPTION],
  ]),
  entry('gre', 'GRE', 'IP protocol 47', [
    ['GRE', GRE],
    ['Checksum, if announced', GRE_CHECKSUM],
    ['Key, if announced', GRE_KEY],
    ['Sequence number, if announced', GRE_SEQUENCE],
  ]),
  entry('erspan', 'ERSPAN', 'GRE protocol 0x88be (types I and II) or 0x22eb (type III)', [
    ['Type II', ERSPAN2],
    ['Type III', ERSPAN3],
  ]),
  entry('wg', 'WireGuard', 'UDP port 51820 or 51821', [
    ['Any message', WIREGUARD],
    ['Handshake initiation', WIREGUARD_INITIATION],
    ['Handshake response', WIREGUARD_RESPONSE],
    ['Cookie reply', WIREGUARD_COOKIE],
    ['Transport data', WIREGUARD_DATA],
  ]),
];

/** The entry of that name or title, in any case; null if there is none. */
export function lookupProtocol(name: string): CatalogEntry | null {
  const wanted = name.toLowerCase();
  return CATALOG.find((item) => item.protocol === wanted || item.title.toLowerCase() === wanted) ?? null;
}

function entry(
  protocol: string,
  title: string,
  announcedBy: string,
  headers: readonly (readonly [string, HeaderInfo])[],
): CatalogEntry {
  return { protocol, title, announcedBy, headers: headers.map(([name, header]) => ({ title: name, header })) };
}
