// The matrix of nodes: numbers of packets that differ are explained where NICs cut or joined them, and nowhere else.
import { describe, expect, it } from 'vitest';
import { type PairReport, resizing } from '../../../src/verdict/verify/node-pairs.ts';

const PAIR: PairReport = {
  ...{ from: 'a', to: 'b', flows: 2, ok: 2, violation: 0, unverifiable: 0, waived: 0 },
  ...{ sent: 8, arrived: 12, lost: 0, resized: 1, seconds: 1, stretches: [] },
};

describe('packets of a pair of nodes', () => {
  it('were cut where more arrived than was sent, and joined where fewer did', () => {
    expect(resizing(PAIR)).toBe('cut');
    expect(resizing({ ...PAIR, sent: 12, arrived: 8 })).toBe('joined');
  });

  it('were lost, not joined, where bytes are missing', () => {
    expect(resizing({ ...PAIR, sent: 12, arrived: 8, lost: 1 })).toBe(null);
    expect(resizing({ ...PAIR, sent: 12, arrived: 8, resized: 0 })).toBe(null);
  });

  it('need no word where as many arrived as were sent, or one end was not captured', () => {
    expect(resizing({ ...PAIR, sent: 12 })).toBe(null);
    expect(resizing({ ...PAIR, sent: null })).toBe(null);
    expect(resizing({ ...PAIR, arrived: null })).toBe(null);
  });
});
