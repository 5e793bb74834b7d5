// Every definition: fields tile it, names are Wireshark's, hand-typed vectors read right, and reading undoes encoding.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { viewHeader } from '../../src/decode/view/field-view.ts';
import { CATALOG } from '../../src/wire/catalog.ts';
import { headerValues } from '../support/arbitraries.ts';
import { checkVector, tilingProblems } from '../support/header-contract.ts';
import { encodeField, inBuffer } from '../support/packet-builder.ts';
import { ICMP_VECTORS } from './vectors/icmp.ts';
import { LINK_VECTORS } from './vectors/link.ts';
import { NETWORK_VECTORS } from './vectors/network.ts';
import { TRANSPORT_VECTORS } from './vectors/transport.ts';
import { TUNNEL_VECTORS } from './vectors/tunnel.ts';

const VECTORS = [...LINK_VECTORS, ...NETWORK_VECTORS, ...ICMP_VECTORS, ...TRANSPORT_VECTORS, ...TUNNEL_VECTORS];
const HEADERS = CATALOG.flatMap(({ protocol, forms }) =>
  Object.entries(forms).map(([title, header]) => ({ title: `${protocol}, ${title}`, header })),
);
// Made with: tshark -G fields | awk -F'\t' '$1=="F" {print $3}', kept to the names that definitions use.
const WIRESHARK_NAMES = new Set(
  readFileSync(new URL('../golden/wire/wireshark-fields.txt', import.meta.url), 'utf8')
    .trim()
    .split('\n'),
);

describe('hand-typed vectors', () => {
  for (const [title, header, vector] of VECTORS) checkVector(title, header, vector);

  it('exist for every definition', () => {
    const covered = new Set(VECTORS.map(([, header]) => header));
    expect(HEADERS.filter(({ header }) => !covered.has(header)).map(({ title }) => title)).toEqual([]);
  });

  it('set every named field at least once, so that no place goes unchecked', () => {
    const set = new Set(VECTORS.flatMap(([, , vector]) => Object.keys(vector.values)));
    const names = HEADERS.flatMap(({ header }) => header.headerFields.map((field) => field.name));
    expect([...new Set(names)].filter((name) => name !== null && !set.has(name))).toEqual([]);
  });
});

describe.each(HEADERS)('$title', ({ header }) => {
  it('is tiled by its fields: no gap, no overlap', () => expect(tilingProblems(header)).toEqual([]));

  it('has names that Wireshark knows', () => {
    const unknown = header.headerFields
      .map((field) => field.name)
      .filter((name) => name !== null && !WIRESHARK_NAMES.has(name));
    expect(unknown).toEqual([]);
  });

  it('reads what was encoded, at any offset', () => {
    fc.assert(
      fc.property(headerValues(header), fc.nat({ max: 9 }), (values, place) => {
        const bytes = new Uint8Array(header.headerLength);
        for (const [field, value] of values) encodeField(bytes, field, value);
        const buffer = inBuffer(bytes, place);
        for (const [field, value] of values) {
          if ('byte' in field) {
            const at = place + field.byte;
            expect(buffer.subarray(at, at + field.lengthBytes)).toEqual(value);
          } else {
            expect(field.read(buffer, place)).toBe(value);
          }
        }
        expect(viewHeader(header, buffer, place)).toHaveLength(header.headerFields.length);
      }),
      { numRuns: 30 },
    );
  });
});
