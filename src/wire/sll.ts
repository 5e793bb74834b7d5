// Linux cooked capture v1 (tcpdump -i any): one link address only, no interface.
import { etherTypeName } from './ether-type.ts';
import { defineHeader, mac, octets, uint } from './header.ts';

const FIXED = {
  pkttype: uint(0, 16, 'Packet type', { meaning: packetTypeName }),
  hatype: uint(16, 16, 'ARPHRD type', { meaning: arphrdName }),
  halen: uint(32, 16, 'Link-layer address length'),
};

export const SLL = defineHeader('sll', 'LINKTYPE_LINUX_SLL', 16, {
  ...FIXED,
  'src.eth': mac(48, 'Source'),
  unused: octets(96, 2, 'Unused'),
  etype: uint(112, 16, 'Protocol', { hex: true, meaning: sllProtocolName }),
});

/** What the protocol field holds besides EtherTypes. */
export const SLL_PROTOCOL = { novell: 1, llc: 4 } as const;

/** ARPHRD_ values whose protocol field is no EtherType: Netlink, and (for GRE) a GRE protocol type, which is one. */
export const ARPHRD = { ethernet: 1, netlink: 824 } as const;

/** `to us`, `sent by us`, ... for sll.pkttype. */
export function packetTypeName(value: number): string | null {
  return ['unicast to us', 'broadcast', 'multicast', 'unicast to another host', 'sent by us'][value] ?? null;
}

export function arphrdName(value: number): string | null {
  return ARPHRD_NAMES.get(value) ?? null;
}

export function sllProtocolName(value: number): string | null {
  if (value === SLL_PROTOCOL.novell) return '802.3 without LLC';
  if (value === SLL_PROTOCOL.llc) return '802.2 LLC';
  return etherTypeName(value);
}

const ARPHRD_NAMES: ReadonlyMap<number, string> = new Map([
  [1, 'Ethernet'],
  [512, 'PPP'],
  [768, 'IP-in-IP tunnel'],
  [769, 'IPv6 tunnel'],
  [772, 'loopback'],
  [776, 'IPv6 in IPv4'],
  [778, 'GRE'],
  [823, 'GRE over IPv6'],
  [824, 'Netlink'],
  [65534, 'none'],
]);
