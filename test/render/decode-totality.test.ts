// Whatever the bytes are, lines, trees and JSON come out whole and harmless.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeText, walkedPacket } from '../support/decode-text.ts';
import { harmfulCharacters } from '../support/hostile.ts';
import { ethernet, hex, icmpEcho, ipv4, ipv6, tcp, vxlanFrame } from '../support/packet-builder.ts';
import { IS_WHOLE } from '../support/whole-matrix.ts';

const LINK_TYPES = [1, 0, 12, 101, 108, 113, 228, 229, 276, 9999];

const SEEDS = [
  vxlanFrame(ethernet({}, ipv4({ proto: 6 }, tcp({ options: hex('02 04 05 b4 01 03 03 07') })))),
  vxlanFrame(
    ethernet({ type: 0x86dd }, ipv6({ nxt: 0 }, hex('2b00 0104 0000 0000'), hex('3a00 0400 0000 0000'), hex('8700'))),
  ),
  ethernet({}, ipv4({ proto: 1 }, hex('0304 0000 0000 0578'), ipv4({ proto: 1 }, icmpEcho()))),
  ethernet({}, ipv4({ proto: 47 }, hex('3000 88be 0000 0001 0000 0002 1000 0009 0000 0000'), ethernet({}, ipv4({})))),
];

function check(data: Uint8Array, original: number, linkType: number): void {
  const packet = walkedPacket({ data, original, linkType });
  const text = decodeText([packet], { verbose: true, hex: true });
  expect(text.endsWith('\n')).toBe(true);
  expect(harmfulCharacters(text)).toEqual([]);
  const [line] = decodeText([packet]).split('\n');
  expect(text.startsWith(`${line}\n`)).toBe(true);
  const json = JSON.parse(decodeText([packet], { output: 'json' })) as {
    captured: number;
    layers: { offset: number }[];
  };
  expect(json.captured).toBe(data.length);
  for (const { offset } of json.layers) expect(offset).toBeLessThanOrEqual(data.length);
}

describe('any packet', () => {
  it('of random bytes, of every link type', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom(...LINK_TYPES),
        fc.nat(3000),
        (data, linkType, more) => {
          check(data, data.length + more, linkType);
        },
      ),
      { numRuns: IS_WHOLE ? 300 : 100 },
    );
  });

  it('that was whole before some of its bytes changed or went missing', () => {
    const mutations = fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 4 });
    fc.assert(
      fc.property(fc.constantFrom(...SEEDS), mutations, fc.nat(200), (seed, changes, cut) => {
        const data = Uint8Array.from(seed);
        for (const [at, value] of changes) if (at < data.length) data[at] = value;
        check(data.subarray(0, Math.max(0, data.length - Math.max(0, cut - 100))), data.length, 1);
      }),
      { numRuns: IS_WHOLE ? 500 : 150 },
    );
  });
});
