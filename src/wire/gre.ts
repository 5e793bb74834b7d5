// GRE: four bytes, then the optional words that the flags announce, in this order: checksum, key, sequence number.
import { etherTypeName } from './ether-type.ts';
import { defineHeader, flag, type HeaderInfo, type Part, uint } from './header.ts';
import { layout } from './layout.ts';

export const GRE = defineHeader('gre', 'RFC 2784 §2, RFC 2890 §2', 4, {
  flags_and_version: uint(0, 16, 'Flags and version', { hex: true, group: true }),
  'flags.checksum': flag(0, 'Checksum present'),
  'flags.routing': flag(1, 'Routing present'),
  'flags.key': flag(2, 'Key present'),
  'flags.sequence_number': flag(3, 'Sequence number present'),
  'flags.strict_source_route': flag(4, 'Strict source route'),
  'flags.recursion_control': uint(5, 3, 'Recursion control'),
  'flags.reserved': uint(8, 5, 'Reserved'),
  'flags.version': uint(13, 3, 'Version'),
  proto: uint(16, 16, 'Protocol type', { hex: true, meaning: etherTypeName }),
});

export const GRE_CHECKSUM = defineHeader('gre', 'RFC 2784 §2.5', 4, {
  checksum: uint(0, 16, 'Checksum', { hex: true }),
  offset: uint(16, 16, 'Offset'),
});

export const GRE_KEY = defineHeader('gre', 'RFC 2890 §2.1', 4, { key: uint(0, 32, 'Key', { hex: true }) });

export const GRE_SEQUENCE = defineHeader('gre', 'RFC 2890 §2.2', 4, {
  sequence_number: uint(0, 32, 'Sequence number'),
});

/** Bytes of the whole header by its flags. Needs the first 4 bytes. RFC 1701's routing entries are not counted. */
export function greLength(bytes: Uint8Array, at: number): number {
  const flags = bytes[at]!;
  return 4 + ((flags & 0x80) >> 5) + ((flags & 0x20) >> 3) + ((flags & 0x10) >> 2);
}

/** The four bytes and the optional words that their flags announce. */
function greParts(bytes: Uint8Array, at: number, end: number): Part[] {
  const parts: Part[] = [{ header: GRE, at }];
  let place = at + GRE.headerLength;
  const words: [boolean, HeaderInfo][] = [
    [GRE['flags.checksum'].read(bytes, at) === 1, GRE_CHECKSUM],
    [GRE['flags.key'].read(bytes, at) === 1, GRE_KEY],
    [GRE['flags.sequence_number'].read(bytes, at) === 1, GRE_SEQUENCE],
  ];
  for (const [present, header] of words) {
    if (!present || place + header.headerLength > end) continue;
    parts.push({ header, at: place });
    place += header.headerLength;
  }
  return parts;
}

export const GRE_LAYOUT = layout(GRE, greParts, {
  protocol: 'gre',
  title: 'GRE',
  announcedBy: 'IP protocol 47',
  forms: {
    GRE: GRE,
    'Checksum, if announced': GRE_CHECKSUM,
    'Key, if announced': GRE_KEY,
    'Sequence number, if announced': GRE_SEQUENCE,
  },
});
