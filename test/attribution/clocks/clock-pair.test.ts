import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ClockEstimate, ClockPair, offsetAt } from '../../../src/attribution/clocks/clock-pair.ts';

const START = 1_700_000_000;

interface Traffic {
  offset: number;
  drift: number;
  duration: number;
  /** Least time on the way, and what is added to it by chance. */
  least: number;
  jitter: number;
  wrong: number;
  seed: number;
}

const traffic = fc.record({
  offset: fc.double({ min: -3600, max: 3600, noNaN: true }),
  drift: fc.constant(0),
  duration: fc.double({ min: 0.01, max: 100, noNaN: true }),
  least: fc.double({ min: 5e-6, max: 5e-4, noNaN: true }),
  jitter: fc.double({ min: 0, max: 5e-3, noNaN: true }),
  wrong: fc.constant(0),
  seed: fc.nat(),
});

function random(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Packets there and back between A and B. */
function observe(packets: number, { offset, drift, duration, least, jitter, wrong, seed }: Traffic): ClockPair {
  const pair = new ClockPair();
  const next = random(seed);
  const swapped = seed % 2;
  for (let i = 0; i < packets; i++) {
    const at = START + (duration * i) / packets;
    const delay = least - jitter * Math.log(1 - next());
    const isWrong = i % 20 < wrong;
    const error = isWrong ? (next() - 0.5) * 4 : 0;
    const toB = (i + swapped) % 2 === 0;
    const sign = i % 2 === 0 ? 1 : -1;
    pair.add(toB ? 0 : 1, offset + drift * (at - START) + sign * delay + error, at);
  }
  return pair;
}

function estimateOf(pair: ClockPair): ClockEstimate {
  const estimate = pair.estimate();
  if (estimate === null) throw new Error('no estimate');
  return estimate;
}

describe('ClockPair', () => {
  it('finds every offset within what it says of its uncertainty', () => {
    fc.assert(
      fc.property(traffic, fc.integer({ min: 2, max: 60 }), (t, packets) => {
        const { offset, uncertainty } = estimateOf(observe(packets, t));
        expect(uncertainty).not.toBeNull();
        expect(Math.abs(offset - t.offset)).toBeLessThanOrEqual((uncertainty ?? 0) + 1e-6);
      }),
    );
  });

  it('is within 100 microseconds where some packets took no longer', () => {
    fc.assert(
      fc.property(traffic, (t) => {
        const { offset } = estimateOf(observe(400, { ...t, least: Math.min(t.least, 5e-5), jitter: t.jitter / 10 }));
        expect(Math.abs(offset - t.offset)).toBeLessThan(1e-4);
      }),
    );
  });

  it('does not believe a few packets that are taken for others', () => {
    fc.assert(
      fc.property(traffic, (t) => {
        const { offset } = estimateOf(observe(200, { ...t, wrong: 2 }));
        expect(Math.abs(offset - t.offset)).toBeLessThan(t.least + t.jitter);
      }),
    );
  });

  it('follows clocks that run apart by 50 ppm', () => {
    fc.assert(
      fc.property(
        traffic,
        fc.constantFrom(-5e-5, 5e-5),
        fc.double({ min: 60, max: 7200, noNaN: true }),
        (t, drift, duration) => {
          const found = estimateOf(observe(400, { ...t, drift, duration, wrong: 1 }));
          for (const passed of [0, duration / 2, duration])
            expect(Math.abs(offsetAt(found, START + passed) - (t.offset + drift * passed))).toBeLessThan(
              3 * (t.least + t.jitter) + 1e-5,
            );
        },
      ),
    );
  });

  it('corrects nothing where the clocks may be equal', () => {
    fc.assert(
      fc.property(traffic, (t) => {
        const { offset, drift, uncertainty } = estimateOf(observe(40, { ...t, offset: 0 }));
        expect({ offset, drift }).toEqual({ offset: 0, drift: 0 });
        expect(uncertainty).toBeGreaterThan(0);
      }),
    );
  });

  it('says that one way alone gives no uncertainty', () => {
    const pair = new ClockPair();
    for (let i = 0; i < 10; i++) pair.add(0, 0.3 + 1e-4 * (1 + (i % 3)), START + i);
    const found = estimateOf(pair);
    expect(found).toMatchObject({ uncertainty: null, packets: 10 });
    expect(found.offset).toBeCloseTo(0.3001, 3);
  });

  it('knows nothing without packets, nor where a clock was set meanwhile', () => {
    expect(new ClockPair().estimate()).toBeNull();
    const pair = new ClockPair();
    for (let i = 0; i < 100; i++)
      pair.add((i % 2) as 0 | 1, (i < 50 ? 0 : 5) + (i % 2 === 0 ? 1e-4 : -1e-4), START + i);
    expect(pair.estimate()).toBeNull();
  });

  it('keeps no more of a million packets than of some thousand', () => {
    const pair = observe(1_000_000, {
      offset: 0.3,
      drift: 0,
      duration: 100,
      least: 5e-5,
      jitter: 1e-5,
      wrong: 0,
      seed: 1,
    });
    const found = estimateOf(pair);
    expect(found.packets).toBe(1_000_000);
    expect(found.offset).toBeCloseTo(0.3, 4);
  });
});
