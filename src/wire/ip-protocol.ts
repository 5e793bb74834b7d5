// IP protocol numbers (IANA, Assigned Internet Protocol Numbers): ip.proto and ipv6.nxt.

export const IP_PROTOCOL = {
  hopByHop: 0,
  icmp: 1,
  igmp: 2,
  ipv4: 4,
  tcp: 6,
  udp: 17,
  ipv6: 41,
  routing: 43,
  fragment: 44,
  gre: 47,
  esp: 50,
  ah: 51,
  icmpv6: 58,
  noNextHeader: 59,
  destinationOptions: 60,
  ospf: 89,
  sctp: 132,
} as const;

/** Name of an IP protocol number as people say it; null for rare ones. */
export function ipProtocolName(value: number): string | null {
  return NAMES.get(value) ?? null;
}

const NAMES: ReadonlyMap<number, string> = new Map([
  [0, 'IPv6 hop-by-hop options'],
  [1, 'ICMP'],
  [2, 'IGMP'],
  [4, 'IPv4 in IP'],
  [6, 'TCP'],
  [17, 'UDP'],
  [33, 'DCCP'],
  [41, 'IPv6 in IP'],
  [43, 'IPv6 routing header'],
  [44, 'IPv6 fragment header'],
  [46, 'RSVP'],
  [47, 'GRE'],
  [50, 'ESP'],
  [51, 'AH'],
  [58, 'ICMPv6'],
  [59, 'no next header'],
  [60, 'IPv6 destination options'],
  [88, 'EIGRP'],
  [89, 'OSPF'],
  [97, 'EtherIP'],
  [103, 'PIM'],
  [108, 'IPComp'],
  [112, 'VRRP'],
  [115, 'L2TPv3'],
  [132, 'SCTP'],
  [135, 'IPv6 mobility header'],
  [136, 'UDP-Lite'],
  [137, 'MPLS in IP'],
]);
