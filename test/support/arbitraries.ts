// fast-check generators: header values, random bytes, and mutated real packets.
import fc from 'fast-check';
import type { Field, HeaderInfo } from '../../src/wire/header.ts';
import { type FieldValue, tiles } from './packet-builder.ts';

/** Raw values for every field of a header, in the shape `encodeField` takes; groups are left to their members. */
export function headerValues(header: HeaderInfo): fc.Arbitrary<[Field, FieldValue][]> {
  return fc.tuple(
    ...tiles(header).map((field) => fieldValue(field).map((value): [Field, FieldValue] => [field, value])),
  );
}

function fieldValue(field: Field): fc.Arbitrary<FieldValue> {
  if ('byte' in field) return fc.uint8Array({ minLength: field.lengthBytes, maxLength: field.lengthBytes });
  return fc.integer({ min: 0, max: 2 ** field.width - 1 });
}

/** Random bytes of frame size. */
export function randomBytes(maxLength = 160): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ maxLength });
}

/** One of the packets with a few bytes changed and the end cut off. */
export function mutated(packets: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const change = fc.tuple(fc.nat({ max: 2000 }), fc.nat({ max: 255 }));
  return fc
    .tuple(fc.constantFrom(...packets), fc.array(change, { maxLength: 6 }), fc.nat({ max: 2000 }))
    .map(([packet, changes, cut]) => {
      const copy = Uint8Array.from(packet);
      for (const [place, value] of changes) if (copy.length > 0) copy[place % copy.length] = value;
      return copy.subarray(0, copy.length - (cut % (copy.length + 1)));
    });
}

/** The link types that the walk knows, and some that it does not. */
export const LINK_TYPES = [0, 1, 12, 14, 101, 108, 113, 228, 229, 276, 105, 147] as const;
