// Linux cooked capture v1 (tcpdump -i any): one link address only, no interface.
import { etherTypeName, FIRST_ETHER_TYPE } from './ether-type.ts';
import { defineHeader, type Field, type FieldSpec, type HeaderInfo, ipv4, mac, octets, uint } from './header.ts';
import { layout, oneOf } from './layout.ts';

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

/** What the eight address bytes are, by the address length field: an Ethernet or IPv4 address, nothing, or something else. */
export function sllAddress(length: number, bit: number): Record<string, FieldSpec<Field>> {
  switch (length) {
    case 6:
      return { 'src.eth': mac(bit, 'Source'), unused: octets(bit + 48, 2, 'Unused') };
    case 4:
      return { 'src.ipv4': ipv4(bit, 'Source'), unused: octets(bit + 32, 4, 'Unused') };
    case 0:
      return { unused: octets(bit, 8, 'Unused') };
    default:
      return { 'src.other': octets(bit, 8, 'Source') };
  }
}

/** The definition that fits the packet at `at`: numbers below 0x0600 in the protocol field are no EtherTypes. */
function sllForm(bytes: Uint8Array, at: number): HeaderInfo {
  const type = uint(112, 16, 'Protocol', { hex: true, meaning: sllProtocolName });
  const key = SLL.etype.read(bytes, at) < FIRST_ETHER_TYPE ? 'ltype' : 'etype';
  return defineHeader('sll', SLL.spec, SLL.headerLength, {
    ...FIXED,
    ...sllAddress(SLL.halen.read(bytes, at), 48),
    [key]: type,
  });
}

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

export const SLL_LAYOUT = layout(SLL, oneOf(sllForm));
