// PPPoE, session stage: six bytes, then PPP without address and control, so its protocol field alone. Frames of the discovery
// stage have an EtherType of their own and carry no packets.
import { defineHeader, uint } from './header.ts';
import { always, layout } from './layout.ts';

export const PPPOE = defineHeader('pppoe', 'RFC 2516 §4', 6, {
  version: uint(0, 4, 'Version'),
  type: uint(4, 4, 'Type'),
  code: uint(8, 8, 'Code', { hex: true, meaning: (value) => (value === PPPOE_SESSION_DATA ? 'session data' : null) }),
  session_id: uint(16, 16, 'Session', { hex: true }),
  payload_length: uint(32, 16, 'Payload length'),
});

export const PPP = defineHeader('ppp', 'RFC 1661 §2', 2, {
  protocol: uint(0, 16, 'Protocol', { hex: true, meaning: pppProtocolName }),
});

/** The only code of the session stage. */
export const PPPOE_SESSION_DATA = 0;

export const PPP_PROTOCOL = { ipv4: 0x0021, ipv6: 0x0057, mplsUnicast: 0x0281, mplsMulticast: 0x0283 } as const;

/** From here on protocols negotiate and supervise the link, below it they carry datagrams (RFC 1661 §2). */
export const FIRST_PPP_CONTROL = 0x8000;

/** Name of a PPP protocol number (IANA); null for rare ones. */
export function pppProtocolName(value: number): string | null {
  return NAMES.get(value) ?? null;
}

const NAMES: ReadonlyMap<number, string> = new Map([
  [0x0021, 'IPv4'],
  [0x002d, 'compressed TCP/IP'],
  [0x003d, 'PPP multilink'],
  [0x0057, 'IPv6'],
  [0x00fd, 'compressed datagram'],
  [0x0281, 'MPLS'],
  [0x0283, 'MPLS multicast'],
  [0x8021, 'IPCP'],
  [0x8057, 'IPv6CP'],
  [0x80fd, 'CCP'],
  [0x8281, 'MPLSCP'],
  [0xc021, 'LCP'],
  [0xc023, 'PAP'],
  [0xc025, 'LQR'],
  [0xc223, 'CHAP'],
  [0xc227, 'EAP'],
]);

export const PPPOE_LAYOUT = layout(PPPOE, always(PPPOE), {
  protocol: 'pppoes',
  title: 'PPPoE',
  announcedBy: 'EtherType 0x8864',
  forms: { 'Session stage': PPPOE },
});

export const PPP_LAYOUT = layout(PPP, always(PPP), {
  protocol: 'ppp',
  title: 'PPP',
  announcedBy: 'a PPPoE session',
  forms: { 'Protocol field': PPP },
});
