// Linux cooked capture v2 (tcpdump -i any since 4.99): as v1, with the interface index. Wireshark calls both `sll`.
import { defineHeader, mac, octets, reserved, uint } from './header.ts';
import { arphrdName, packetTypeName, sllProtocolName } from './sll.ts';

export const SLL2 = defineHeader('sll', 'LINKTYPE_LINUX_SLL2', 20, {
  etype: uint(0, 16, 'Protocol', { hex: true, meaning: sllProtocolName }),
  reserved: reserved(16, 16),
  ifindex: uint(32, 32, 'Interface index'),
  hatype: uint(64, 16, 'ARPHRD type', { meaning: arphrdName }),
  pkttype: uint(80, 8, 'Packet type', { meaning: packetTypeName }),
  halen: uint(88, 8, 'Link-layer address length'),
  'src.eth': mac(96, 'Source'),
  unused: octets(144, 2, 'Unused'),
});
