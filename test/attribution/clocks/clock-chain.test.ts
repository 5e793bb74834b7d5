import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aheadAt, placeClocks } from '../../../src/attribution/clocks/clock-chain.ts';

const NOW = 1_700_000_000;

/** Clock `b` against clock `a`, where every clock is ahead of true time by its offset and gains by its drift. */
function compared(a: number, b: number, offsets: readonly number[], drifts: readonly number[], uncertainty = 1e-5) {
  const [one, other] = [offsets[a] ?? 0, offsets[b] ?? 0];
  const drift = (drifts[b] ?? 0) - (drifts[a] ?? 0);
  const at = NOW + one;
  return { a, b, estimate: { offset: other - one, drift, at, uncertainty, packets: 10 } };
}

describe('clocks over chains', () => {
  it('are placed whichever way each of them was compared', () => {
    const offset = fc.double({ min: -3600, max: 3600, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(offset, { minLength: 2, maxLength: 6 }),
        fc.infiniteStream(fc.boolean()),
        (offsets, swaps) => {
          const drifts = offsets.map((_, i) => i * 1e-5);
          const pairs = offsets.slice(1).map((_, i) => {
            const swap = swaps.next().value === true;
            return compared(swap ? i + 1 : i, swap ? i : i + 1, offsets, drifts);
          });
          const placed = placeClocks(offsets.length, pairs);
          const reference = placed[0]?.reference ?? -1;
          placed.forEach((clock, i) => {
            expect(clock.reference).toBe(reference);
            const truth = (offsets[i] ?? 0) - (offsets[reference] ?? 0);
            expect(aheadAt(clock, NOW + (offsets[reference] ?? 0))).toBeCloseTo(truth, 3);
          });
        },
      ),
    );
  });

  it('add up their uncertainties, and take the surest way', () => {
    const offsets = [0, 1, 2];
    const placed = placeClocks(3, [
      compared(0, 1, offsets, []),
      compared(1, 2, offsets, [], 2e-5),
      compared(0, 2, offsets, [], 1),
    ]);
    expect(placed[2]?.offset).toBeCloseTo(2, 9);
    expect(placed[2]?.uncertainty).toBeCloseTo(3e-5, 9);
  });

  it('are told against the one that most agree with', () => {
    const offsets = [60, 0, 0, 0];
    const placed = placeClocks(
      4,
      [1, 2, 3].map((b) => compared(0, b, offsets, [])),
    );
    expect(placed.map(({ reference }) => reference)).toEqual([1, 1, 1, 1]);
    expect(placed.map(({ offset }) => offset)).toEqual([60, 0, 0, 0]);
  });

  it('stay apart where nothing compares them', () => {
    expect(placeClocks(3, [compared(0, 2, [0, 0, 5], [])]).map(({ reference }) => reference)).toEqual([0, 1, 0]);
  });
});
