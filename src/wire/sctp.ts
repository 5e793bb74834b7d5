// SCTP common header: ports are all a flow needs; chunks are not decoded.
import { defineHeader, uint } from './header.ts';
import { always, layout } from './layout.ts';
import { portName } from './ports.ts';

export const SCTP = defineHeader('sctp', 'RFC 9260 §3.1', 12, {
  srcport: uint(0, 16, 'Source port', { meaning: portName }),
  dstport: uint(16, 16, 'Destination port', { meaning: portName }),
  verification_tag: uint(32, 32, 'Verification tag', { hex: true }),
  checksum: uint(64, 32, 'Checksum', { hex: true }),
});

export const SCTP_LAYOUT = layout(SCTP, always(SCTP), {
  protocol: 'sctp',
  title: 'SCTP',
  announcedBy: 'IP protocol 132',
  forms: { 'Common header': SCTP },
});
