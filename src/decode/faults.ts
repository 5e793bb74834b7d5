// What can be odd inside a packet, as data: stable codes, numbers for the hot path, texts for people.
// Codes never change their meaning. A notice leaves the packet's outcome as it is; a fault makes it `faulty`.

/** Numbers for typed arrays and counters; 0 is no fault. New ones go to the end. */
export const FAULT = {
  none: 0,
  ethernetTruncated: 1,
  vlanTruncated: 2,
  llcTruncated: 3,
  arpTruncated: 4,
  sllTruncated: 5,
  sll2Truncated: 6,
  nullTruncated: 7,
  rawTruncated: 8,
  rawVersion: 9,
  ipv4HeaderTruncated: 10,
  ipv4Version: 11,
  ipv4HeaderLength: 12,
  ipv4TotalLengthShort: 13,
  ipv4LengthBeyondFrame: 14,
  ipv6HeaderTruncated: 15,
  ipv6Version: 16,
  ipv6LengthBeyondFrame: 17,
  hopByHopTruncated: 18,
  routingTruncated: 19,
  fragmentTruncated: 20,
  destinationOptionsTruncated: 21,
  ahTruncated: 22,
  icmpTruncated: 23,
  icmpv6Truncated: 24,
  udpTruncated: 25,
  udpLengthShort: 26,
  udpLengthZero: 27,
  udpLengthBeyondPacket: 28,
  tcpTruncated: 29,
  tcpHeaderLength: 30,
  tcpOptionsTruncated: 31,
  sctpTruncated: 32,
  igmpTruncated: 33,
  espTruncated: 34,
  ospfTruncated: 35,
  vxlanTruncated: 36,
  vxlanFlagClear: 37,
  greTruncated: 38,
  erspanTruncated: 39,
  geneveTruncated: 40,
  tooDeep: 41,
  tunnelTooDeep: 42,
  fragmentWithoutFirst: 43,
} as const;

export interface FaultInfo {
  /** Kebab-case and stable. */
  readonly name: string;
  /** One sentence: what was wrong. */
  readonly text: string;
  /** The rule it breaks. */
  readonly spec: string;
  /** True: worth knowing, but the packet is decoded and counted as usual. */
  readonly notice: boolean;
}

/** By number: `FAULTS[stack.fault]`. */
export const FAULTS: readonly FaultInfo[] = [
  notice('none', 'nothing wrong', ''),
  truncated('ethernet', 'Ethernet header', 'IEEE 802.3 §3.2'),
  truncated('vlan', 'VLAN tag', 'IEEE 802.1Q §9.6'),
  truncated('llc', 'LLC header', 'IEEE 802.2 §3.2'),
  truncated('arp', 'ARP packet', 'RFC 826'),
  truncated('sll', 'Linux cooked header', 'LINKTYPE_LINUX_SLL'),
  truncated('sll2', 'Linux cooked header (v2)', 'LINKTYPE_LINUX_SLL2'),
  truncated('null', 'loopback header', 'LINKTYPE_NULL'),
  truncated('raw', 'raw IP packet', 'LINKTYPE_RAW'),
  fault('raw-version', 'a raw IP packet starts with neither version 4 nor version 6', 'LINKTYPE_RAW'),
  truncated('ipv4-header', 'IPv4 header', 'RFC 791 §3.1'),
  fault('ipv4-version', 'announced as IPv4, but the version field is not 4', 'RFC 791 §3.1'),
  fault('ipv4-header-length', 'the IPv4 header says it is shorter than 20 bytes', 'RFC 791 §3.1'),
  fault('ipv4-total-length-short', 'the IPv4 total length is less than the header', 'RFC 791 §3.1'),
  notice('ipv4-length-beyond-frame', 'the IPv4 total length is more than the frame holds', 'RFC 791 §3.1'),
  truncated('ipv6-header', 'IPv6 header', 'RFC 8200 §3'),
  fault('ipv6-version', 'announced as IPv6, but the version field is not 6', 'RFC 8200 §3'),
  notice('ipv6-length-beyond-frame', 'the IPv6 payload length is more than the frame holds', 'RFC 8200 §3'),
  truncated('hop-by-hop', 'IPv6 hop-by-hop options header', 'RFC 8200 §4.3'),
  truncated('routing', 'IPv6 routing header', 'RFC 8200 §4.4'),
  truncated('fragment', 'IPv6 fragment header', 'RFC 8200 §4.5'),
  truncated('destination-options', 'IPv6 destination options header', 'RFC 8200 §4.6'),
  truncated('ah', 'authentication header', 'RFC 4302 §2'),
  truncated('icmp', 'ICMP header', 'RFC 792'),
  truncated('icmpv6', 'ICMPv6 header', 'RFC 4443 §2.1'),
  truncated('udp', 'UDP header', 'RFC 768'),
  fault('udp-length-short', 'the UDP length is less than the 8 bytes of its header', 'RFC 768'),
  notice(
    'udp-length-zero',
    'the UDP length is 0: the payload is taken to reach the end of the IP packet',
    'RFC 2675 §4',
  ),
  notice('udp-length-beyond-packet', 'the UDP length is more than the IP packet holds', 'RFC 768'),
  truncated('tcp', 'TCP header', 'RFC 9293 §3.1'),
  fault('tcp-header-length', 'the TCP header says it is shorter than 20 bytes', 'RFC 9293 §3.1'),
  notice('tcp-options-truncated', 'the TCP options are cut off', 'RFC 9293 §3.1'),
  truncated('sctp', 'SCTP header', 'RFC 9260 §3.1'),
  truncated('igmp', 'IGMP message', 'RFC 2236 §2'),
  truncated('esp', 'ESP header', 'RFC 4303 §2'),
  truncated('ospf', 'OSPF header', 'RFC 2328 §A.3.1'),
  truncated('vxlan', 'VXLAN header', 'RFC 7348 §5'),
  notice('vxlan-flag-clear', 'sent to the VXLAN port without the I flag: taken as plain UDP', 'RFC 7348 §5'),
  truncated('gre', 'GRE header', 'RFC 2784 §2'),
  truncated('erspan', 'ERSPAN header', 'draft-foschiano-erspan-03 §4'),
  truncated('geneve', 'Geneve header', 'RFC 8926 §3.4'),
  fault('too-deep', 'more than 16 layers are nested', 'overlens'),
  fault('tunnel-too-deep', 'more than 4 tunnels are nested', 'overlens'),
  notice('fragment-without-first', 'a later fragment whose first one was not seen', 'RFC 791 §3.2'),
];

export const FAULT_NAMES: readonly string[] = FAULTS.map((info) => info.name);

/** Who said that no more bytes follow: what limits the layer that could not be read. */
export const LIMIT = {
  captured: 0,
  frame: 1,
  ethernetLength: 2,
  ipv4Length: 3,
  ipv6Length: 4,
  udpLength: 5,
} as const;

/** As Wireshark names them; `captured`: the snaplen cut the packet, `frame.len`: it was no longer on the wire. */
export const LIMIT_NAMES = ['captured', 'frame.len', 'eth.len', 'ip.len', 'ipv6.plen', 'udp.length'] as const;

/** What kind of number `LayerStack.unsupported` is. */
export const NUMBER_SPACE = {
  linkType: 0,
  etherType: 1,
  sllProtocol: 2,
  gpeNextProtocol: 3,
  erspanVersion: 4,
  family: 5,
} as const;
export const NUMBER_SPACE_NAMES = [
  'link type',
  'EtherType',
  'cooked protocol',
  'VXLAN-GPE next protocol',
  'ERSPAN version',
  'address family',
] as const;

function fault(name: string, text: string, spec: string): FaultInfo {
  return { name, text, spec, notice: false };
}

function notice(name: string, text: string, spec: string): FaultInfo {
  return { name, text, spec, notice: true };
}

function truncated(layer: string, what: string, spec: string): FaultInfo {
  return fault(`${layer}-truncated`, `the ${what} is cut off`, spec);
}
