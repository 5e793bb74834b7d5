import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sha1, sha1Hex } from '../../src/net/sha1.ts';

// FIPS 180 examples and RFC 3174 section 7.3 (TEST1 to TEST4).
it.each([
  ['abc', 1, 'a9993e364706816aba3e25717850c26c9cd0d89d'],
  ['', 1, 'da39a3ee5e6b4b0d3255bfef95601890afd80709'],
  ['abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq', 1, '84983e441c3bd26ebaae4aa1f95129e5e54670f1'],
  ['a', 1_000_000, '34aa973cd4c4daa4f61eeb2bdbad27316534016f'],
  ['0123456701234567012345670123456701234567012345670123456701234567', 10, 'dea356a2cddd90c7a7ecedc5ebb563934f460452'],
])('of %j times %i', (text, times, digest) => {
  expect(sha1Hex(text.repeat(times))).toBe(digest);
});

it('hashes text as UTF-8', () => {
  expect(sha1Hex('nœud-é')).toBe(createHash('sha1').update('nœud-é', 'utf8').digest('hex'));
});

it('equals the platform for every length around the padding limits', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (message) => {
      expect(Buffer.from(sha1(message)).toString('hex')).toBe(createHash('sha1').update(message).digest('hex'));
    }),
  );
});
