import { describe, expect, it } from 'vitest';
import { PacketSketch } from '../../src/flow/packet-sketch.ts';

/** Numbers without a pattern (xorshift), as fingerprints are. */
function fingerprints(seed: number, count: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  });
}

function sketch(numbers: readonly number[]): PacketSketch {
  const made = new PacketSketch();
  for (const one of numbers) made.add(one);
  return made;
}

describe('a sketch of packets', () => {
  it('is shared by captures of the same packets, in any order, whole or in part', () => {
    const all = fingerprints(1, 20_000);
    expect(sketch(all).sharesPackets(sketch([...all].reverse()))).toBe(true);
    expect(sketch(all).sharesPackets(sketch(all.slice(5_000, 12_000)))).toBe(true);
    expect(sketch([7]).sharesPackets(sketch([7]))).toBe(true);
  });

  it('is not shared by captures of other packets, nor by one packet that both happen to have', () => {
    const [one, other] = [fingerprints(1, 20_000), fingerprints(2, 20_000)];
    expect(sketch(one).sharesPackets(sketch(other))).toBe(false);
    const small = fingerprints(3, 60);
    expect(sketch(small).sharesPackets(sketch([...fingerprints(4, 60), small[0] ?? 0]))).toBe(false);
    expect(sketch([]).sharesPackets(sketch([]))).toBe(false);
  });

  it('does not grow with the capture', () => {
    expect(sketch(fingerprints(5, 100_000)).size).toBeLessThan(256);
  });

  it('of two captures is that of both together', () => {
    const [one, other] = [fingerprints(6, 3_000), fingerprints(7, 3_000)];
    const joined = sketch(one).joined(sketch(other));
    expect(joined.sharesPackets(sketch(one))).toBe(true);
    expect(joined.sharesPackets(sketch(other))).toBe(true);
    expect(joined.sharesPackets(sketch(fingerprints(8, 3_000)))).toBe(false);
  });
});
