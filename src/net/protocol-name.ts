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

const NUMBERS = new Map(Object.entries(NAMES).map(([number, name]) => [name, Number(number)]));

/** The number of a protocol by that name. */
export function protocolNumber(name: string): number {
  return NUMBERS.get(name) ?? Number(name);
}

/** Names of protocols that have one. */
export const PROTOCOL_NAMES: readonly string[] = Object.values(NAMES);

export function protocolName(protocol: number): string {
  return NAMES[protocol] ?? String(protocol);
}
