// Link types: what the first header of a packet is. Numbers and names of www.tcpdump.org/linktypes.html (LINKTYPE_...).
// The readers deliver packets of every link type; decode/ knows the ones in LINK_TYPE.

/** Link types that overlens decodes. */
export const LINK_TYPE = {
  /** BSD loopback: address family in the byte order of the machine that captured. */
  null: 0,
  ethernet: 1,
  /** What DLT_RAW was in files of old systems; they mean the same as 101. */
  rawAlias12: 12,
  rawAlias14: 14,
  raw: 101,
  /** OpenBSD loopback: as `null`, in network byte order. */
  loop: 108,
  /** Linux cooked, `tcpdump -i any`. */
  sll: 113,
  ipv4: 228,
  ipv6: 229,
  /** Linux cooked version 2: with the interface index. */
  sll2: 276,
} as const;

/** Names for messages, the well-known ones that overlens does not decode among them. */
const LINK_TYPE_NAMES: Readonly<Record<number, string>> = {
  0: 'BSD loopback',
  1: 'Ethernet',
  6: 'Token Ring',
  7: 'ARCNET',
  8: 'SLIP',
  9: 'PPP',
  10: 'FDDI',
  12: 'raw IP',
  14: 'raw IP',
  50: 'PPP in HDLC-like framing',
  51: 'PPPoE',
  100: 'ATM (RFC 2684)',
  101: 'raw IP',
  104: 'Cisco HDLC',
  105: 'IEEE 802.11',
  107: 'Frame Relay',
  108: 'OpenBSD loopback',
  113: 'Linux cooked v1',
  117: 'OpenBSD pflog',
  119: 'IEEE 802.11 with Prism header',
  122: 'IP over Fibre Channel',
  127: 'IEEE 802.11 with radiotap',
  138: 'Apple IP over IEEE 1394',
  147: 'user-defined 0',
  149: 'user-defined 2',
  162: 'user-defined 15',
  187: 'Bluetooth HCI H4',
  189: 'Linux USB',
  192: 'per-packet information (PPI)',
  195: 'IEEE 802.15.4',
  201: 'Bluetooth HCI H4 with direction',
  220: 'Linux USB, padded',
  227: 'SocketCAN',
  228: 'raw IPv4',
  229: 'raw IPv6',
  239: 'netfilter log (nflog)',
  247: 'InfiniBand',
  249: 'USBPcap',
  252: 'Wireshark upper PDU',
  253: 'netlink',
  254: 'Bluetooth Linux monitor',
  258: 'PKTAP',
  271: 'vsock',
  276: 'Linux cooked v2',
};

/** `Ethernet`, `Linux cooked v2`, ...; `link type 163` for one without a name here. */
export function linkTypeName(linkType: number): string {
  return LINK_TYPE_NAMES[linkType] ?? `link type ${linkType}`;
}

/** The LINKTYPE_ value in a header's 32-bit field: FCS length, class and reserved bits stand above it. */
export function linkTypeOf(field: number): number {
  return field & 0xffff;
}
