// An order of moments at several nodes is as certain as the comparison of their clocks, and is said to be.

import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../src/attribution/clocks/clocks.ts';
import { orderCertainty } from '../../../src/verdict/cause/order-certainty.ts';

const clock = (node: string, uncertainty: number | null, reference = 0): Clock => ({
  ...{ node, uncertainty, reference, captures: [], offset: 0, drift: 0, at: 0, packets: 9, several: null },
});

describe('the certainty of an order', () => {
  it('is what the two least certain clocks may be apart, in hundredths of a millisecond upwards', () => {
    const clocks = [clock('a', 0), clock('b', 0.000_004), clock('c', 0.000_31), clock('other', 5)];
    expect(orderCertainty(['a', 'b', 'c'], clocks)).toBe('their clocks are compared to ±0.32 ms');
  });

  it('is nothing to tell of one clock', () => {
    expect(orderCertainty(['a', 'b'], [clock('a', 0)])).toBeNull();
    expect(orderCertainty(['a', 'b'], [])).toBeNull();
  });

  it('says where clocks were not compared, or from one side only', () => {
    expect(orderCertainty(['a', 'b'], [clock('a', 0), clock('b', 0, 1)])).toContain('not all of their clocks');
    expect(orderCertainty(['a', 'b'], [clock('a', 0), clock('b', null)])).toContain('one direction only');
  });
});
