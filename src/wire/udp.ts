// UDP. Length counts the header; a zero checksum means none (IPv4), or is allowed for tunnels (IPv6, RFC 6935).
import { defineHeader, uint } from './header.ts';
import { always, layout } from './layout.ts';
import { portName } from './ports.ts';

export const UDP = defineHeader('udp', 'RFC 768', 8, {
  srcport: uint(0, 16, 'Source port', { meaning: portName }),
  dstport: uint(16, 16, 'Destination port', { meaning: portName }),
  length: uint(32, 16, 'Length'),
  checksum: uint(48, 16, 'Checksum', { hex: true }),
});

export const UDP_LAYOUT = layout(UDP, always(UDP), {
  protocol: 'udp',
  title: 'UDP',
  announcedBy: 'IP protocol 17',
  forms: { UDP: UDP },
});
