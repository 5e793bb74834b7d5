// EtherTypes (IEEE 802 Numbers, IANA registry) that the walk follows, steps over or names.

export const ETHER_TYPE = {
  ipv4: 0x0800,
  arp: 0x0806,
  rarp: 0x8035,
  transparentEthernet: 0x6558,
  vlan: 0x8100,
  vlanOld: 0x9100,
  serviceVlan: 0x88a8,
  ipv6: 0x86dd,
  mplsUnicast: 0x8847,
  mplsMulticast: 0x8848,
  pppoeDiscovery: 0x8863,
  pppoeSession: 0x8864,
  erspan2: 0x88be,
  erspan3: 0x22eb,
  nsh: 0x894f,
} as const;

/** Values below this are lengths of 802.3 frames (IEEE 802.3 §3.2.6). */
export const FIRST_ETHER_TYPE = 0x0600;

/** Name of an EtherType as people say it; null for unknown ones. */
export function etherTypeName(value: number): string | null {
  return NAMES.get(value) ?? null;
}

/** Link-local control protocols and the like: frames that are no IP traffic and hide none. */
export function isNonIpEtherType(value: number): boolean {
  return NON_IP.has(value);
}

const NON_IP: ReadonlySet<number> = new Set([
  0x0806, 0x8035, 0x8863, 0x8809, 0x888e, 0x88cc, 0x88f7, 0x8902, 0x9000, 0x88e1, 0x8914, 0x88f5, 0x2000, 0x8137,
  0x809b, 0x80f3, 0x6002, 0x6003, 0x88ca, 0x8899, 0x8892,
]);

const NAMES: ReadonlyMap<number, string> = new Map([
  [0x0800, 'IPv4'],
  [0x0806, 'ARP'],
  [0x0842, 'Wake-on-LAN'],
  [0x2000, 'CDP'],
  [0x22eb, 'ERSPAN type III'],
  [0x22f3, 'TRILL'],
  [0x6002, 'DEC MOP'],
  [0x6003, 'DECnet'],
  [0x6558, 'Transparent Ethernet bridging'],
  [0x8035, 'RARP'],
  [0x809b, 'AppleTalk'],
  [0x80f3, 'AARP'],
  [0x8100, '802.1Q VLAN'],
  [0x8137, 'IPX'],
  [0x86dd, 'IPv6'],
  [0x8809, 'Slow Protocols (LACP)'],
  [0x8847, 'MPLS'],
  [0x8848, 'MPLS multicast'],
  [0x8863, 'PPPoE discovery'],
  [0x8864, 'PPPoE session'],
  [0x888e, 'EAPOL'],
  [0x8892, 'PROFINET'],
  [0x8899, 'Realtek loop detection'],
  [0x88a8, '802.1ad service VLAN'],
  [0x88be, 'ERSPAN type II'],
  [0x88ca, 'TIPC'],
  [0x88cc, 'LLDP'],
  [0x88e1, 'HomePlug'],
  [0x88e5, 'MACsec'],
  [0x88e7, 'Provider backbone bridge'],
  [0x88f5, 'MVRP'],
  [0x88f7, 'PTP'],
  [0x8902, 'Connectivity fault management'],
  [0x8914, 'FCoE initialization'],
  [0x894f, 'NSH'],
  [0x9000, 'Loopback test'],
  [0x9100, '802.1Q VLAN (old double tag)'],
]);
