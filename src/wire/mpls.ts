// MPLS: label stack entries of four bytes. Nothing announces what is behind the last one; by custom its first four bits tell
// (RFC 4928 §3): 4 and 6 are IP, 0 is a pseudowire's control word, here that of Ethernet.
import { defineHeader, flag, reserved, uint } from './header.ts';
import { always, layout } from './layout.ts';

export const MPLS = defineHeader('mpls', 'RFC 3032 §2.1', 4, {
  label: uint(0, 20, 'Label', { meaning: labelName }),
  exp: uint(20, 3, 'Traffic class (RFC 5462)'),
  bottom: flag(23, 'Bottom of stack'),
  ttl: uint(24, 8, 'Time to live'),
});

export const PSEUDOWIRE = defineHeader('pweth.cw', 'RFC 4448 §4.6', 4, {
  zeros: reserved(0, 4),
  reserved: reserved(4, 12),
  sequence_number: uint(16, 16, 'Sequence number', { meaning: (value) => (value === 0 ? 'not used' : null) }),
});

/** First four bits behind the bottom of the stack. */
export const MPLS_PAYLOAD = { controlWord: 0, ipv4: 4, ipv6: 6 } as const;

/** Special-purpose labels (IANA). */
function labelName(value: number): string | null {
  switch (value) {
    case 0:
      return 'IPv4 explicit null';
    case 1:
      return 'router alert';
    case 2:
      return 'IPv6 explicit null';
    case 3:
      return 'implicit null';
    case 7:
      return 'entropy label indicator';
    case 13:
      return 'generic associated channel';
    case 14:
      return 'OAM alert';
    case 15:
      return 'extension';
    default:
      return null;
  }
}

export const MPLS_LAYOUT = layout(MPLS, always(MPLS), {
  protocol: 'mpls',
  title: 'MPLS label',
  announcedBy: 'EtherType 0x8847 or 0x8848, PPP protocol 0x0281 or 0x0283',
  forms: { 'Label stack entry': MPLS },
});

export const PSEUDOWIRE_LAYOUT = layout(PSEUDOWIRE, always(PSEUDOWIRE), {
  protocol: 'pwethcw',
  title: 'Ethernet pseudowire control word',
  announcedBy: 'four zero bits behind the last MPLS label',
  forms: { 'Control word': PSEUDOWIRE },
});
