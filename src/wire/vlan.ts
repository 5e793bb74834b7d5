// 802.1Q tag, and 802.1ad's outer one (EtherType 0x88a8), which Wireshark gives names of its own.
import { etherTypeName } from './ether-type.ts';
import { defineHeader, flag, uint } from './header.ts';
import { always, layout } from './layout.ts';

const PRIORITY_LABEL = 'Priority code point';
const DEI_LABEL = 'Drop eligible';

export const VLAN = defineHeader('vlan', 'IEEE 802.1Q §9.6', 4, {
  priority: uint(0, 3, PRIORITY_LABEL),
  dei: flag(3, DEI_LABEL),
  id: uint(4, 12, 'VLAN identifier'),
  etype: uint(16, 16, 'Type', { hex: true, meaning: etherTypeName }),
});

export const SERVICE_VLAN = defineHeader('ieee8021ad', 'IEEE 802.1ad (802.1Q §9.6)', 4, {
  priority: uint(0, 3, PRIORITY_LABEL),
  dei: flag(3, DEI_LABEL),
  id: uint(4, 12, 'Service VLAN identifier'),
  // Wireshark shares this one with 802.1ah.
  etype: uint(16, 16, 'Type', { hex: true, named: 'ieee8021ah.etype', meaning: etherTypeName }),
});

/** Which of the two tags it is only the type field before it says: decode/view/layer-parts.ts. */
export const VLAN_LAYOUT = layout(
  VLAN,
  always(VLAN),
  { protocol: 'vlan', title: '802.1Q VLAN tag', announcedBy: 'EtherType 0x8100', forms: { 'VLAN tag': VLAN } },
  {
    protocol: 'ieee8021ad',
    title: '802.1ad service tag',
    announcedBy: 'EtherType 0x88a8',
    forms: { 'Service tag': SERVICE_VLAN },
  },
);
