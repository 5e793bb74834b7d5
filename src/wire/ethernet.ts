// Ethernet II and 802.3: the type field is a length below 0x0600, and LLC follows.
import { etherTypeName, FIRST_ETHER_TYPE } from './ether-type.ts';
import { defineHeader, type HeaderInfo, mac, uint } from './header.ts';
import { layout, oneOf } from './layout.ts';

const ADDRESSES = {
  dst: mac(0, 'Destination'),
  src: mac(48, 'Source'),
};

export const ETHERNET = defineHeader('eth', 'IEEE 802.3 §3.2', 14, {
  ...ADDRESSES,
  type: uint(96, 16, 'Type', { hex: true, meaning: etherTypeName }),
});

/** The same header where the type field holds the length of what follows. */
export const ETHERNET_802_3 = defineHeader('eth', 'IEEE 802.3 §3.2.6', 14, {
  ...ADDRESSES,
  len: uint(96, 16, 'Length'),
});

export const ETHERNET_LAYOUT = layout(ETHERNET, oneOf(ethernetForm), {
  protocol: 'eth',
  title: 'Ethernet',
  announcedBy: 'link type 1',
  forms: {
    'Ethernet II': ETHERNET,
    'IEEE 802.3, with a length': ETHERNET_802_3,
  },
});

function ethernetForm(bytes: Uint8Array, at: number): HeaderInfo {
  return ETHERNET.type.read(bytes, at) < FIRST_ETHER_TYPE ? ETHERNET_802_3 : ETHERNET;
}
