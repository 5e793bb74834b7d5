// The table of address texts forgets, but never mixes up: more addresses than it holds all come out right.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatIPv4, formatIPv6 } from '../../../src/net/ip.ts';
import { AddressTexts } from '../../../src/render/packets/address-texts.ts';
import { LineBuffer } from '../../../src/render/packets/line-buffer.ts';
import { PROTOCOL } from '../../../src/wire/protocols.ts';

const out = new LineBuffer();

function pairText(texts: AddressTexts, protocol: number, header: Uint8Array): string {
  texts.writePair(out, protocol, header, 0);
  return new TextDecoder().decode(out.take());
}

/** An IPv4 header of which only the addresses are set. */
function header4(source: number, destination: number): Uint8Array {
  const header = new Uint8Array(20);
  new DataView(header.buffer).setUint32(12, source);
  new DataView(header.buffer).setUint32(16, destination);
  return header;
}

describe('AddressTexts', () => {
  it('writes twenty thousand pairs of IPv4 addresses, twice', () => {
    const texts = new AddressTexts(null);
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 20_000; i++) {
        const [source, destination] = [Math.imul(i, 2654435761) >>> 0, i];
        const text = pairText(texts, PROTOCOL.ipv4, header4(source, destination));
        if (text !== `${formatIPv4(source)} > ${formatIPv4(destination)}`) expect.fail(`${i}: ${text}`);
      }
    }
  });

  it('writes IPv6 addresses', () => {
    const texts = new AddressTexts(null);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 40, maxLength: 40 }), (header) => {
        expect(pairText(texts, PROTOCOL.ipv6, header)).toBe(`${formatIPv6(header, 8)} > ${formatIPv6(header, 24)}`);
      }),
    );
  });

  it('knows 0.0.0.0 and :: from the start', () => {
    const texts = new AddressTexts((address) => (address === '0.0.0.0' ? 'nobody' : null));
    expect(pairText(texts, PROTOCOL.ipv4, header4(0, 0))).toBe('nobody > nobody');
    expect(pairText(texts, PROTOCOL.ipv6, new Uint8Array(40))).toBe(':: > ::');
  });

  it('writes pairs of names that are too long to be kept together', () => {
    const name = 'namespace/'.padEnd(100, 'x');
    const texts = new AddressTexts(() => name);
    for (let round = 0; round < 2; round++) {
      expect(pairText(texts, PROTOCOL.ipv4, header4(1, 2))).toBe(`${name} > ${name}`);
    }
  });
});
