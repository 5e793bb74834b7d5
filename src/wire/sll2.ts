// Linux cooked capture v2 (tcpdump -i any since 4.99): as v1, with the interface index. Wireshark calls both `sll`.
import { FIRST_ETHER_TYPE } from './ether-type.ts';
import { defineHeader, type HeaderInfo, mac, octets, reserved, uint } from './header.ts';
import { layout, oneOf } from './layout.ts';
import { arphrdName, packetTypeName, SLL, sllAddress, sllProtocolName } from './sll.ts';

const PROTOCOL = uint(0, 16, 'Protocol', { hex: true, meaning: sllProtocolName });
const FIXED = {
  reserved: reserved(16, 16),
  ifindex: uint(32, 32, 'Interface index'),
  hatype: uint(64, 16, 'ARPHRD type', { meaning: arphrdName }),
  pkttype: uint(80, 8, 'Packet type', { meaning: packetTypeName }),
  halen: uint(88, 8, 'Link-layer address length'),
};

export const SLL2 = defineHeader('sll', 'LINKTYPE_LINUX_SLL2', 20, {
  etype: PROTOCOL,
  ...FIXED,
  'src.eth': mac(96, 'Source'),
  unused: octets(144, 2, 'Unused'),
});

/** The definition that fits the packet at `at`: numbers below 0x0600 in the protocol field are no EtherTypes. */
function sll2Form(bytes: Uint8Array, at: number): HeaderInfo {
  const key = SLL2.etype.read(bytes, at) < FIRST_ETHER_TYPE ? 'ltype' : 'etype';
  return defineHeader('sll', SLL2.spec, SLL2.headerLength, {
    [key]: PROTOCOL,
    ...FIXED,
    ...sllAddress(SLL2.halen.read(bytes, at), 96),
  });
}

/** Its page shows both versions, since tshark calls both `sll`. */
export const SLL2_LAYOUT = layout(SLL2, oneOf(sll2Form), {
  protocol: 'sll',
  title: 'Linux cooked capture (tcpdump -i any)',
  announcedBy: 'link types 113 and 276',
  forms: {
    'Version 1': SLL,
    'Version 2': SLL2,
  },
});
