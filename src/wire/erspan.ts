// ERSPAN, a mirrored frame inside GRE: type I has no header of its own, types II and III have one of these.
import { defineHeader, flag, type Part, uint, variable } from './header.ts';
import { layout } from './layout.ts';

export const ERSPAN2 = defineHeader('erspan', 'draft-foschiano-erspan-03 §4.2', 8, {
  version: uint(0, 4, 'Version'),
  vlan: uint(4, 12, 'VLAN'),
  cos: uint(16, 3, 'Class of service'),
  encap: uint(19, 2, 'Encapsulation of the mirrored trunk'),
  truncated: uint(21, 1, 'Truncated'),
  spanid: uint(22, 10, 'Session'),
  reserved: uint(32, 12, 'Reserved'),
  index: uint(44, 20, 'Index'),
});

export const ERSPAN3 = defineHeader('erspan', 'draft-foschiano-erspan-03 §4.3', 12, {
  version: uint(0, 4, 'Version'),
  vlan: uint(4, 12, 'VLAN'),
  cos: uint(16, 3, 'Class of service'),
  bso: uint(19, 2, 'Bad, short or oversized'),
  truncated: uint(21, 1, 'Truncated'),
  spanid: uint(22, 10, 'Session'),
  timestamp: uint(32, 32, 'Timestamp'),
  sgt: uint(64, 16, 'Security group tag'),
  p: uint(80, 1, 'Ethernet frame'),
  ft: uint(81, 5, 'Frame type'),
  hw: uint(86, 6, 'Hardware'),
  direction: flag(92, 'Direction'),
  gra: uint(93, 2, 'Timestamp granularity'),
  o: uint(95, 1, 'Platform subheader present'),
});

/** Bytes of a type III header: 12, and 8 more with the platform subheader. Needs the first 12. */
export function erspan3Length(bytes: Uint8Array, at: number): number {
  return ERSPAN3.o.read(bytes, at) === 1 ? 20 : 12;
}

/** Type II or III by the version, with the platform subheader as bytes. */
function erspanParts(bytes: Uint8Array, at: number): Part[] {
  if (ERSPAN2.version.read(bytes, at) !== 2) return [{ header: ERSPAN2, at }];
  const parts: Part[] = [{ header: ERSPAN3, at }];
  const rest = erspan3Length(bytes, at) - ERSPAN3.headerLength;
  if (rest > 0) {
    const header = variable('erspan', ERSPAN3.spec, null, 'Platform subheader', rest);
    parts.push({ header, at: at + ERSPAN3.headerLength });
  }
  return parts;
}

/** Type I has none of these: decode/view/layer-parts.ts. */
export const ERSPAN_LAYOUT = layout(ERSPAN2, erspanParts, {
  protocol: 'erspan',
  title: 'ERSPAN',
  announcedBy: 'GRE protocol 0x88be (types I and II) or 0x22eb (type III)',
  forms: {
    'Type II': ERSPAN2,
    'Type III': ERSPAN3,
  },
});
