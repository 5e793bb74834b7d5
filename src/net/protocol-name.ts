// IP protocol numbers as `trace` names them (design section 8; IANA protocol-numbers): others are decimal text.
const NAMES: Record<number, string> = {
  1: 'icmp',
  2: 'igmp',
  6: 'tcp',
  17: 'udp',
  47: 'gre',
  50: 'esp',
  51: 'ah',
  58: 'icmpv6',
  89: 'ospf',
  132: 'sctp',
};

export function protocolName(protocol: number): string {
  return NAMES[protocol] ?? String(protocol);
}
