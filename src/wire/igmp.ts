// IGMP: the eight bytes that versions 1 and 2 have, and version 3 in its queries.
import { defineHeader, ipv4, uint } from './header.ts';
import { always, layout } from './layout.ts';

export const IGMP = defineHeader('igmp', 'RFC 2236 §2', 8, {
  type: uint(0, 8, 'Type', { hex: true, meaning: typeName }),
  max_resp: uint(8, 8, 'Maximum response time (1/10 s)'),
  checksum: uint(16, 16, 'Checksum', { hex: true }),
  maddr: ipv4(32, 'Group address'),
});

function typeName(value: number): string | null {
  switch (value) {
    case 0x11:
      return 'membership query';
    case 0x12:
      return 'membership report, version 1';
    case 0x16:
      return 'membership report, version 2';
    case 0x17:
      return 'leave group';
    case 0x22:
      return 'membership report, version 3';
    default:
      return null;
  }
}

export const IGMP_LAYOUT = layout(IGMP, always(IGMP), {
  protocol: 'igmp',
  title: 'IGMP',
  announcedBy: 'IP protocol 2',
  forms: { IGMP: IGMP },
});
