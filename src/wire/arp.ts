// ARP. The address lengths are fields of the header; for Ethernet and IPv4, the only pair in use, all is fixed.
import { etherTypeName } from './ether-type.ts';
import { defineHeader, ipv4, mac, type Part, uint, variable } from './header.ts';
import { layout } from './layout.ts';

const FIXED = {
  'hw.type': uint(0, 16, 'Hardware type', { meaning: (value) => (value === 1 ? 'Ethernet' : null) }),
  'proto.type': uint(16, 16, 'Protocol type', { hex: true, meaning: etherTypeName }),
  'hw.size': uint(32, 8, 'Hardware size'),
  'proto.size': uint(40, 8, 'Protocol size'),
  opcode: uint(48, 16, 'Operation', { meaning: opcodeName }),
};

/** The part that is the same for all address types. */
export const ARP_FIXED = defineHeader('arp', 'RFC 826', 8, FIXED);

/** ARP for IPv4 on Ethernet: valid when `isEthernetArp`. */
export const ARP = defineHeader('arp', 'RFC 826', 28, {
  ...FIXED,
  'src.hw_mac': mac(64, 'Sender MAC address'),
  'src.proto_ipv4': ipv4(112, 'Sender IP address'),
  'dst.hw_mac': mac(144, 'Target MAC address'),
  'dst.proto_ipv4': ipv4(192, 'Target IP address'),
});

/** Bytes of the whole ARP packet by its own address lengths; needs the 8 bytes of ARP_FIXED. */
export function arpLength(bytes: Uint8Array, at: number): number {
  return (
    ARP_FIXED.headerLength + 2 * ARP_FIXED['hw.size'].read(bytes, at) + 2 * ARP_FIXED['proto.size'].read(bytes, at)
  );
}

/** True when addresses are 6 and 4 bytes of IPv4, so that `ARP` describes the packet. */
export function isEthernetArp(bytes: Uint8Array, at: number): boolean {
  return (
    ARP_FIXED['proto.type'].read(bytes, at) === 0x0800 &&
    ARP_FIXED['hw.size'].read(bytes, at) === 6 &&
    ARP_FIXED['proto.size'].read(bytes, at) === 4
  );
}

function opcodeName(value: number): string | null {
  return ['request', 'reply', 'RARP request', 'RARP reply'][value - 1] ?? null;
}

export const ARP_LAYOUT = layout(ARP_FIXED, arpParts, {
  protocol: 'arp',
  title: 'ARP',
  announcedBy: 'EtherType 0x0806',
  forms: { 'ARP for IPv4 on Ethernet': ARP },
});

function arpParts(bytes: Uint8Array, at: number): readonly Part[] {
  if (isEthernetArp(bytes, at)) return [{ header: ARP, at }];
  const rest = arpLength(bytes, at) - ARP_FIXED.headerLength;
  if (rest === 0) return [{ header: ARP_FIXED, at }];
  const addresses = variable('arp', ARP_FIXED.spec, null, 'Addresses', rest);
  return [
    { header: ARP_FIXED, at },
    { header: addresses, at: at + ARP_FIXED.headerLength },
  ];
}
