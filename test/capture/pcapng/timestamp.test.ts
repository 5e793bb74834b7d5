import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBatch } from '../../../src/capture/batch.ts';
import { storeTime, timeUnit } from '../../../src/capture/pcapng/timestamp.ts';

const batch = createBatch(1);
const BILLION = 1_000_000_000n;

function split(resolution: number, units: bigint, offset = 0): [seconds: number, nanos: number] {
  storeTime(batch, 0, timeUnit(resolution, offset), Number(units >> 32n), Number(units & 0xffffffffn));
  return [batch.seconds[0] ?? 0, batch.nanos[0] ?? 0];
}

/** The same by arithmetic without limits. */
function splitExactly(resolution: number, units: bigint): [seconds: number, nanos: number] {
  const exponent = BigInt(resolution & 0x7f);
  const perSecond = resolution & 0x80 ? 2n ** exponent : 10n ** exponent;
  return [Number(units / perSecond), Number(((units % perSecond) * BILLION) / perSecond)];
}

const counts = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

describe('timestamps of pcapng', () => {
  it('reads microseconds and nanoseconds of today', () => {
    expect(split(6, 1_795_336_190_123_456n)).toEqual([1_795_336_190, 123_456_000]);
    expect(split(9, 1_795_336_190_123_456_789n)).toEqual([1_795_336_190, 123_456_789]);
  });

  it('adds if_tsoffset, and can be before 1970', () => {
    expect(split(6, 1_500_000n, 1_700_000_000)).toEqual([1_700_000_001, 500_000_000]);
    expect(split(6, 1_500_000n, -10)).toEqual([-9, 500_000_000]);
  });

  it('reads seconds beyond 32 bits', () => {
    expect(split(6, 5_000_000_000_000_001n)).toEqual([5_000_000_000, 1000]);
  });

  it('cuts what is finer than a nanosecond', () => {
    expect(split(12, 1_999_999_999_999n)).toEqual([1, 999_999_999]);
    expect(split(0x80 | 40, 2n ** 40n * 3n + 1n)).toEqual([3, 0]);
  });

  it('reads units of 2^-8 seconds', () => {
    expect(split(0x88, 0x100n * 1_519_128_000n + 50n)).toEqual([1_519_128_000, 195_312_500]);
  });

  it('says how many digits the file carries', () => {
    expect([0, 3, 6, 9, 12, 0x80, 0x88, 0xa0].map((byte) => timeUnit(byte, 0).digits)).toEqual([
      0, 3, 6, 9, 9, 0, 8, 9,
    ]);
  });

  it('is exact for every count and every resolution from 10^-3 to 10^-20 and 2^-11 to 2^-64', () => {
    const resolutions = fc.oneof(fc.integer({ min: 3, max: 20 }), fc.integer({ min: 0x80 + 11, max: 0x80 + 64 }));
    fc.assert(
      fc.property(resolutions, counts, (resolution, units) => {
        expect(split(resolution, units)).toEqual(splitExactly(resolution, units));
      }),
      { numRuns: 3000 },
    );
  });

  it('is exact for resolutions finer than any clock', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 127 }),
        fc.boolean(),
        fc.bigInt({ min: 0n, max: 2n ** 53n }),
        (n, binary, units) => {
          const resolution = binary ? 0x80 | n : n;
          expect(split(resolution, units)).toEqual(splitExactly(resolution, units));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('is exact for packets in a row, whatever the order of their times', () => {
    const near = fc.array(fc.bigInt({ min: -3_000_000_000n, max: 3_000_000_000n }), { minLength: 2, maxLength: 20 });
    const start = fc.bigInt({ min: 2n ** 33n, max: 2n ** 64n - 2n ** 33n });
    fc.assert(
      fc.property(fc.constantFrom(3, 6, 9, 11, 0x80 | 20), start, near, (resolution, first, steps) => {
        const unit = timeUnit(resolution, 0);
        for (const step of steps) {
          const units = first + step;
          storeTime(batch, 0, unit, Number(units >> 32n), Number(units & 0xffffffffn));
          expect([batch.seconds[0], batch.nanos[0]]).toEqual(splitExactly(resolution, units));
        }
      }),
    );
  });
});
