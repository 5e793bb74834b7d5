// Geneve. The header is 8 bytes and up to 252 bytes of options.
import { etherTypeName } from './ether-type.ts';
import { defineHeader, flag, type Part, reserved, uint, variable } from './header.ts';
import { layout } from './layout.ts';

export const GENEVE_PORT = 6081;

export const GENEVE = defineHeader('geneve', 'RFC 8926 §3.4', 8, {
  version: uint(0, 2, 'Version'),
  'option.length': uint(2, 6, 'Options length', { unit: 4 }),
  flags: uint(8, 8, 'Flags', { hex: true, group: true }),
  'flags.oam': flag(8, 'Control packet (O)'),
  'flags.critical': flag(9, 'Critical options present (C)'),
  'flags.reserved': reserved(10, 6, { named: true }),
  proto_type: uint(16, 16, 'Protocol type', { hex: true, meaning: etherTypeName }),
  vni: uint(32, 24, 'Virtual network identifier (VNI)'),
  reserved: reserved(56, 8, { named: true }),
});

export const GENEVE_OPTION = defineHeader('geneve.option', 'RFC 8926 §3.5', 4, {
  class: uint(0, 16, 'Option class', { hex: true }),
  type: uint(16, 8, 'Type', { hex: true, group: true }),
  'type.critical': flag(16, 'Critical'),
  'type.number': uint(17, 7, 'Type number', { named: false }),
  flags: uint(24, 3, 'Flags', { hex: true }),
  length: uint(27, 5, 'Length', { unit: 4, plus: 4 }),
});

/** Bytes of the whole header with options. Needs the first byte. */
export function geneveLength(bytes: Uint8Array, at: number): number {
  return GENEVE.headerLength + (GENEVE['option.length'].read(bytes, at) << 2);
}

/** The header and its options; those that do not fit before `end` are left out. */
function geneveParts(bytes: Uint8Array, at: number, end: number): Part[] {
  const parts: Part[] = [{ header: GENEVE, at }];
  const stop = Math.min(at + geneveLength(bytes, at), end);
  for (let option = at + GENEVE.headerLength; option + GENEVE_OPTION.headerLength <= stop; ) {
    const length = GENEVE_OPTION.length.read(bytes, option) << 2;
    const data = option + GENEVE_OPTION.headerLength;
    if (data + length > stop) {
      parts.push({
        header: variable('geneve', GENEVE.spec, null, 'Options that cannot be read', stop - option),
        at: option,
      });
      break;
    }
    parts.push({ header: GENEVE_OPTION, at: option });
    if (length > 0) {
      parts.push({
        header: variable('geneve.option', GENEVE_OPTION.spec, 'unknown.data', 'Option data', length),
        at: data,
      });
    }
    option = data + length;
  }
  return parts;
}

export const GENEVE_LAYOUT = layout(GENEVE, geneveParts, {
  protocol: 'geneve',
  title: 'Geneve',
  announcedBy: 'UDP destination port 6081',
  forms: {
    Geneve: GENEVE,
    Option: GENEVE_OPTION,
  },
});
