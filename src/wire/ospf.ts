// OSPF: the part of the common header that versions 2 and 3 share.
import { defineHeader, ipv4, uint } from './header.ts';
import { always, layout } from './layout.ts';

export const OSPF = defineHeader('ospf', 'RFC 2328 §A.3.1, RFC 5340 §A.3.1', 14, {
  version: uint(0, 8, 'Version'),
  msg: uint(8, 8, 'Message type', { meaning: messageName }),
  packet_length: uint(16, 16, 'Packet length'),
  srcrouter: ipv4(32, 'Source router'),
  area_id: ipv4(64, 'Area'),
  checksum: uint(96, 16, 'Checksum', { hex: true }),
});

function messageName(value: number): string | null {
  return (
    ['hello', 'database description', 'link state request', 'link state update', 'link state acknowledgment'][
      value - 1
    ] ?? null
  );
}

export const OSPF_LAYOUT = layout(OSPF, always(OSPF), {
  protocol: 'ospf',
  title: 'OSPF',
  announcedBy: 'IP protocol 89',
  forms: { 'Common header': OSPF },
});
