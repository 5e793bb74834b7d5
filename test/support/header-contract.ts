// What every definition of a header must hold, and how a hand-typed vector is checked against it.
import { describe, expect, it } from 'vitest';
import { viewHeader } from '../../src/decode/view/field-view.ts';
import type { Field, HeaderInfo } from '../../src/wire/header.ts';
import { hex, inBuffer, tiles } from './packet-builder.ts';

/** Bytes as the specification or another tool gives them, and what the fields must then be. */
export interface Vector {
  /** Whose word it is: `RFC 7348 §5`, `tshark 4.0.17`. */
  source: string;
  /** `08 00 00 00` with spaces and `# comments`. */
  bytes: string;
  /** Values as shown, by Wireshark's name; anonymous fields by label. Fields left out must be zero (or false, or zero bytes). */
  values: Record<string, number | boolean | string>;
}

/** One test: the vector fills the header exactly, and reads alike at the start of a buffer and inside a bigger one. */
export function checkVector(title: string, header: HeaderInfo, vector: Vector): void {
  describe(`${title} (${vector.source})`, () => {
    const bytes = hex(vector.bytes);
    it('is as long as the header', () => expect(bytes.length).toBe(header.headerLength));
    for (const place of [0, 7]) {
      it(`reads at offset ${place}`, () => {
        const shown = viewHeader(header, inBuffer(bytes, place), place);
        const values = Object.fromEntries(shown.map((field) => [field.name ?? field.label, field.value]));
        const expected = Object.fromEntries(
          header.headerFields.map((field) => [field.name ?? field.label, zero(field)]),
        );
        expect(values).toEqual({ ...expected, ...vector.values });
      });
    }
  });
}

/** Fields that do not tile the header: gaps and overlaps in words; empty when all is well. */
export function tilingProblems(header: HeaderInfo): string[] {
  const problems: string[] = [];
  let bit = 0;
  for (const field of tiles(header)) {
    if (field.bit > bit) problems.push(`gap before ${field.name ?? field.label} at bit ${bit}`);
    if (field.bit < bit) problems.push(`${field.name ?? field.label} overlaps at bit ${field.bit}`);
    bit = field.bit + field.width;
  }
  if (bit !== header.headerLength * 8) problems.push(`fields end at bit ${bit} of ${header.headerLength * 8}`);
  for (const group of header.headerFields.filter((field) => field.group)) {
    const covered = tiles(header).filter(
      (field) => field.bit < group.bit + group.width && field.bit + field.width > group.bit,
    );
    const first = covered[0]!;
    const last = covered.at(-1)!;
    if (first.bit !== group.bit || last.bit + last.width !== group.bit + group.width)
      problems.push(`${group.name} cuts a field`);
  }
  return problems;
}

function zero(field: Field): number | boolean | string {
  switch (field.kind) {
    case 'flag':
      return false;
    case 'ipv4':
      return '0.0.0.0';
    case 'ipv6':
      return '::';
    case 'mac':
      return '00:00:00:00:00:00';
    case 'bytes':
      return Array.from({ length: field.lengthBytes }, () => '00').join(':');
    case 'base64':
      return Buffer.alloc(field.lengthBytes).toString('base64');
    case 'uint64':
      return 0;
    default:
      return field.plus;
  }
}
