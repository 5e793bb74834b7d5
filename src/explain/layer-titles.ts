// What layers are called: in full, and for narrow boxes.
import { PROTOCOL } from '../decode/layer-stack.ts';

/** Title and short title of a PROTOCOL value. */
export function layerTitle(protocol: number): { title: string; short: string } {
  const [title, short] = TITLES.get(protocol) ?? ['Data', 'Data'];
  return { title, short };
}

const TITLES: ReadonlyMap<number, readonly [string, string]> = new Map([
  [PROTOCOL.ethernet, ['Ethernet', 'Eth']],
  [PROTOCOL.llc, ['802.2 LLC', 'LLC']],
  [PROTOCOL.vlan, ['VLAN tag', 'VLAN']],
  [PROTOCOL.arp, ['ARP', 'ARP']],
  [PROTOCOL.sll, ['Linux cooked', 'SLL']],
  [PROTOCOL.sll2, ['Linux cooked v2', 'SLL2']],
  [PROTOCOL.null, ['Loopback', 'Null']],
  [PROTOCOL.raw, ['Raw IP', 'Raw']],
  [PROTOCOL.ipv4, ['IPv4', 'IP']],
  [PROTOCOL.ipv6, ['IPv6', 'IPv6']],
  [PROTOCOL.hopByHop, ['Hop-by-hop options', 'HbH']],
  [PROTOCOL.routing, ['Routing header', 'Rt']],
  [PROTOCOL.fragment, ['Fragment header', 'Frag']],
  [PROTOCOL.destinationOptions, ['Destination options', 'Dst']],
  [PROTOCOL.ah, ['Authentication header', 'AH']],
  [PROTOCOL.icmp, ['ICMP', 'ICMP']],
  [PROTOCOL.icmpv6, ['ICMPv6', 'ICMPv6']],
  [PROTOCOL.udp, ['UDP', 'UDP']],
  [PROTOCOL.tcp, ['TCP', 'TCP']],
  [PROTOCOL.sctp, ['SCTP', 'SCTP']],
  [PROTOCOL.igmp, ['IGMP', 'IGMP']],
  [PROTOCOL.esp, ['ESP', 'ESP']],
  [PROTOCOL.ospf, ['OSPF', 'OSPF']],
  [PROTOCOL.vxlan, ['VXLAN', 'VX']],
  [PROTOCOL.gre, ['GRE', 'GRE']],
  [PROTOCOL.geneve, ['Geneve', 'Gnv']],
  [PROTOCOL.wireguard, ['WireGuard', 'WG']],
  [PROTOCOL.erspan, ['ERSPAN', 'ERS']],
]);
