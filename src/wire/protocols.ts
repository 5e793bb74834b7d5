// One row per protocol: all that is said of a protocol as such. A number without a row, or a row without a field, does not
// compile, and neither does a map from protocols (`Record<ProtocolKey, ...>`) that has none for a new one.
// How to add a protocol: docs/architecture.md.
import { ARP_LAYOUT } from './arp.ts';
import { ERSPAN_LAYOUT } from './erspan.ts';
import { ESP_LAYOUT } from './esp.ts';
import { ETHERNET_LAYOUT } from './ethernet.ts';
import { GENEVE_LAYOUT } from './geneve.ts';
import { GRE_LAYOUT } from './gre.ts';
import { ICMP_LAYOUT } from './icmp.ts';
import { ICMPV6_LAYOUT } from './icmpv6-options.ts';
import { IGMP_LAYOUT } from './igmp.ts';
import { IPV4_LAYOUT } from './ipv4-options.ts';
import { IPV6_LAYOUT } from './ipv6.ts';
import { AH_LAYOUT, FRAGMENT_LAYOUT } from './ipv6-extensions.ts';
import { DESTINATION_OPTIONS_LAYOUT, HOP_BY_HOP_LAYOUT, ROUTING_LAYOUT } from './ipv6-options.ts';
import type { Layout } from './layout.ts';
import { LLC_LAYOUT } from './llc.ts';
import { MPLS_LAYOUT, PSEUDOWIRE_LAYOUT } from './mpls.ts';
import { NULL_LOOPBACK_LAYOUT } from './null.ts';
import { OSPF_LAYOUT } from './ospf.ts';
import { PPP_LAYOUT, PPPOE_LAYOUT } from './pppoe.ts';
import { SCTP_LAYOUT } from './sctp.ts';
import { SLL_LAYOUT } from './sll.ts';
import { SLL2_LAYOUT } from './sll2.ts';
import { TCP_LAYOUT } from './tcp-options.ts';
import { UDP_LAYOUT } from './udp.ts';
import { VLAN_LAYOUT } from './vlan.ts';
import { VXLAN_LAYOUT } from './vxlan.ts';
import { WIREGUARD_LAYOUT } from './wireguard.ts';

/** Small numbers for typed arrays and hot code, without meaning in their order. New ones go to the end. */
export const PROTOCOL = {
  none: 0,
  ethernet: 1,
  llc: 2,
  vlan: 3,
  arp: 4,
  sll: 5,
  sll2: 6,
  null: 7,
  raw: 8,
  ipv4: 9,
  ipv6: 10,
  hopByHop: 11,
  routing: 12,
  fragment: 13,
  destinationOptions: 14,
  ah: 15,
  icmp: 16,
  icmpv6: 17,
  udp: 18,
  tcp: 19,
  sctp: 20,
  igmp: 21,
  esp: 22,
  ospf: 23,
  vxlan: 24,
  gre: 25,
  geneve: 26,
  wireguard: 27,
  data: 28,
  erspan: 29,
  mpls: 30,
  pseudowire: 31,
  pppoe: 32,
  ppp: 33,
} as const;

export type ProtocolKey = keyof typeof PROTOCOL;
export type ProtocolNumber = (typeof PROTOCOL)[ProtocolKey];

export type EncapsulationKind = 'vxlan' | 'ipip' | 'gre' | 'geneve' | 'wireguard';

/** What is said when the packet ends inside the header. */
export interface Truncation {
  /** The fault's number (decode/faults.ts): unique and never used again; a new one is the next that is free. */
  readonly fault: number;
  /** The fault's code, kebab-case and stable: `vxlan-truncated`. */
  readonly code: string;
  /** What is cut off, in words. */
  readonly what: string;
  readonly spec: string;
}

export interface ProtocolRow {
  /** As in tshark's frame.protocols. */
  readonly name: string;
  readonly title: string;
  /** For narrow boxes. */
  readonly short: string;
  /**
   * Where its layers stand: `link` is what is below IP (ARP too), `tag` stands between a link header and what that carries, `network` is IP,
   * `extension` stands between IP and `transport`; `payload` is what nothing is known of.
   */
  readonly place: 'link' | 'tag' | 'network' | 'extension' | 'transport' | 'tunnel' | 'payload';
  /** What a tunnel is called whose header is of this protocol (of IP-in-IP: the inner header); null when it opens none. */
  readonly tunnel: EncapsulationKind | null;
  /** Null when a header that is not whole is taken for something else, or there is none. */
  readonly cut: Truncation | null;
  readonly layout: Layout;
}

const BARE: Layout = { header: null, parts: () => [], pages: [] };

/** In the order in which packets carry them, which is that of `overlens headers`. */
// biome-ignore format: a table, read by its columns
export const PROTOCOLS = {
  none:      { name: 'none', title: 'Data', short: 'Data', place: 'payload', tunnel: null, cut: null, layout: BARE },
  ethernet:  { name: 'eth', title: 'Ethernet', short: 'Eth', place: 'link', tunnel: null, cut: cut(1, 'ethernet', 'Ethernet header', 'IEEE 802.3 §3.2'), layout: ETHERNET_LAYOUT },
  vlan:      { name: 'vlan', title: 'VLAN tag', short: 'VLAN', place: 'tag', tunnel: null, cut: cut(2, 'vlan', 'VLAN tag', 'IEEE 802.1Q §9.6'), layout: VLAN_LAYOUT },
  mpls:      { name: 'mpls', title: 'MPLS label', short: 'MPLS', place: 'tag', tunnel: null, cut: cut(44, 'mpls', 'MPLS label stack', 'RFC 3032 §2.1'), layout: MPLS_LAYOUT },
  pseudowire: { name: 'pwethcw', title: 'Pseudowire control word', short: 'PW', place: 'tag', tunnel: null, cut: null, layout: PSEUDOWIRE_LAYOUT },
  pppoe:     { name: 'pppoes', title: 'PPPoE', short: 'PPPoE', place: 'tag', tunnel: null, cut: cut(45, 'pppoe', 'PPPoE header', 'RFC 2516 §4'), layout: PPPOE_LAYOUT },
  ppp:       { name: 'ppp', title: 'PPP', short: 'PPP', place: 'tag', tunnel: null, cut: cut(46, 'ppp', 'PPP protocol field', 'RFC 1661 §2'), layout: PPP_LAYOUT },
  llc:       { name: 'llc', title: '802.2 LLC', short: 'LLC', place: 'link', tunnel: null, cut: cut(3, 'llc', 'LLC header', 'IEEE 802.2 §3.2'), layout: LLC_LAYOUT },
  sll:       { name: 'sll', title: 'Linux cooked', short: 'SLL', place: 'link', tunnel: null, cut: cut(5, 'sll', 'Linux cooked header', 'LINKTYPE_LINUX_SLL'), layout: SLL_LAYOUT },
  sll2:      { name: 'sll', title: 'Linux cooked v2', short: 'SLL2', place: 'link', tunnel: null, cut: cut(6, 'sll2', 'Linux cooked header (v2)', 'LINKTYPE_LINUX_SLL2'), layout: SLL2_LAYOUT },
  null:      { name: 'null', title: 'Loopback', short: 'Null', place: 'link', tunnel: null, cut: cut(7, 'null', 'loopback header', 'LINKTYPE_NULL'), layout: NULL_LOOPBACK_LAYOUT },
  raw:       { name: 'raw', title: 'Raw IP', short: 'Raw', place: 'link', tunnel: null, cut: cut(8, 'raw', 'raw IP packet', 'LINKTYPE_RAW'), layout: BARE },
  arp:       { name: 'arp', title: 'ARP', short: 'ARP', place: 'link', tunnel: null, cut: cut(4, 'arp', 'ARP packet', 'RFC 826'), layout: ARP_LAYOUT },
  ipv4:      { name: 'ip', title: 'IPv4', short: 'IP', place: 'network', tunnel: 'ipip', cut: cut(10, 'ipv4-header', 'IPv4 header', 'RFC 791 §3.1'), layout: IPV4_LAYOUT },
  ipv6:      { name: 'ipv6', title: 'IPv6', short: 'IPv6', place: 'network', tunnel: 'ipip', cut: cut(15, 'ipv6-header', 'IPv6 header', 'RFC 8200 §3'), layout: IPV6_LAYOUT },
  hopByHop:  { name: 'ipv6.hopopts', title: 'Hop-by-hop options', short: 'HbH', place: 'extension', tunnel: null, cut: cut(18, 'hop-by-hop', 'IPv6 hop-by-hop options header', 'RFC 8200 §4.3'), layout: HOP_BY_HOP_LAYOUT },
  routing:   { name: 'ipv6.routing', title: 'Routing header', short: 'Rt', place: 'extension', tunnel: null, cut: cut(19, 'routing', 'IPv6 routing header', 'RFC 8200 §4.4'), layout: ROUTING_LAYOUT },
  fragment:  { name: 'ipv6.fraghdr', title: 'Fragment header', short: 'Frag', place: 'extension', tunnel: null, cut: cut(20, 'fragment', 'IPv6 fragment header', 'RFC 8200 §4.5'), layout: FRAGMENT_LAYOUT },
  destinationOptions: { name: 'ipv6.dstopts', title: 'Destination options', short: 'Dst', place: 'extension', tunnel: null, cut: cut(21, 'destination-options', 'IPv6 destination options header', 'RFC 8200 §4.6'), layout: DESTINATION_OPTIONS_LAYOUT },
  ah:        { name: 'ah', title: 'Authentication header', short: 'AH', place: 'extension', tunnel: null, cut: cut(22, 'ah', 'authentication header', 'RFC 4302 §2'), layout: AH_LAYOUT },
  esp:       { name: 'esp', title: 'ESP', short: 'ESP', place: 'transport', tunnel: null, cut: cut(34, 'esp', 'ESP header', 'RFC 4303 §2'), layout: ESP_LAYOUT },
  icmp:      { name: 'icmp', title: 'ICMP', short: 'ICMP', place: 'transport', tunnel: null, cut: cut(23, 'icmp', 'ICMP header', 'RFC 792'), layout: ICMP_LAYOUT },
  icmpv6:    { name: 'icmpv6', title: 'ICMPv6', short: 'ICMPv6', place: 'transport', tunnel: null, cut: cut(24, 'icmpv6', 'ICMPv6 header', 'RFC 4443 §2.1'), layout: ICMPV6_LAYOUT },
  igmp:      { name: 'igmp', title: 'IGMP', short: 'IGMP', place: 'transport', tunnel: null, cut: cut(33, 'igmp', 'IGMP message', 'RFC 2236 §2'), layout: IGMP_LAYOUT },
  ospf:      { name: 'ospf', title: 'OSPF', short: 'OSPF', place: 'transport', tunnel: null, cut: cut(35, 'ospf', 'OSPF header', 'RFC 2328 §A.3.1'), layout: OSPF_LAYOUT },
  tcp:       { name: 'tcp', title: 'TCP', short: 'TCP', place: 'transport', tunnel: null, cut: cut(29, 'tcp', 'TCP header', 'RFC 9293 §3.1'), layout: TCP_LAYOUT },
  udp:       { name: 'udp', title: 'UDP', short: 'UDP', place: 'transport', tunnel: null, cut: cut(25, 'udp', 'UDP header', 'RFC 768'), layout: UDP_LAYOUT },
  sctp:      { name: 'sctp', title: 'SCTP', short: 'SCTP', place: 'transport', tunnel: null, cut: cut(32, 'sctp', 'SCTP header', 'RFC 9260 §3.1'), layout: SCTP_LAYOUT },
  vxlan:     { name: 'vxlan', title: 'VXLAN', short: 'VX', place: 'tunnel', tunnel: 'vxlan', cut: cut(36, 'vxlan', 'VXLAN header', 'RFC 7348 §5'), layout: VXLAN_LAYOUT },
  geneve:    { name: 'geneve', title: 'Geneve', short: 'Gnv', place: 'tunnel', tunnel: 'geneve', cut: cut(40, 'geneve', 'Geneve header', 'RFC 8926 §3.4'), layout: GENEVE_LAYOUT },
  gre:       { name: 'gre', title: 'GRE', short: 'GRE', place: 'tunnel', tunnel: 'gre', cut: cut(38, 'gre', 'GRE header', 'RFC 2784 §2'), layout: GRE_LAYOUT },
  erspan:    { name: 'erspan', title: 'ERSPAN', short: 'ERS', place: 'tunnel', tunnel: null, cut: cut(39, 'erspan', 'ERSPAN header', 'draft-foschiano-erspan-03 §4'), layout: ERSPAN_LAYOUT },
  wireguard: { name: 'wg', title: 'WireGuard', short: 'WG', place: 'tunnel', tunnel: 'wireguard', cut: null, layout: WIREGUARD_LAYOUT },
  data:      { name: 'data', title: 'Data', short: 'Data', place: 'payload', tunnel: null, cut: null, layout: BARE },
} as const satisfies Readonly<Record<ProtocolKey, ProtocolRow>>;

const KEYS = Object.keys(PROTOCOL) as ProtocolKey[];
const ROWS = byNumber<ProtocolRow>(PROTOCOLS);

/** The row of a PROTOCOL number, as layer stacks hold them. */
export function protocolRow(number: number): ProtocolRow {
  return ROWS[number] ?? PROTOCOLS.data;
}

/** What is said of each protocol, as a table by number. */
export function byNumber<T>(of: Readonly<Record<ProtocolKey, T>>): readonly T[] {
  const table: T[] = [];
  for (const key of KEYS) table[PROTOCOL[key]] = of[key];
  return table;
}

/** 1 by number where a row has what is asked for, else 0: for hot code. */
/** The tunnel kinds in a fixed order, `none` first, and by protocol number the place of its own there; other headers carry IP-in-IP. */
export const TUNNEL_KINDS = ['none', 'vxlan', 'ipip', 'gre', 'geneve', 'wireguard'] as const satisfies readonly (
  | EncapsulationKind
  | 'none'
)[];
export const TUNNEL_KIND_OF = Uint8Array.from(ROWS, ({ tunnel }) => TUNNEL_KINDS.indexOf(tunnel ?? 'ipip'));

export function protocolsThat(has: (row: ProtocolRow) => boolean): Uint8Array {
  return Uint8Array.from(ROWS, (row) => (has(row) ? 1 : 0));
}

function cut(fault: number, header: string, what: string, spec: string): Truncation {
  return { fault, code: `${header}-truncated`, what, spec };
}
