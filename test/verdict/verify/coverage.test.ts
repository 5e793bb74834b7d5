import fc from 'fast-check';
import { expect, test } from 'vitest';
import { coverageOf } from '../../../src/verdict/verify/coverage.ts';

const NODES = ['a', 'b', 'c', 'd'];
const all = NODES.flatMap((from) => NODES.flatMap((to) => (from === to ? [] : [{ from, to }])));

test('all pairs: nothing is unproven', () => {
  expect(coverageOf(NODES, all)).toMatchObject({
    nodes: { total: 4, covered: 4 },
    pairs: { total: 12, covered: 12 },
    uncovered: [],
    unproven: [],
    more: 0,
  });
});

test('a silent node is one entry, a node that only receives has not sent', () => {
  const judged = all.filter(({ from, to }) => from !== 'd' && to !== 'd' && from !== 'c');
  const { nodes, unproven } = coverageOf(NODES, judged);
  expect(nodes).toEqual({ total: 4, covered: 2 });
  expect(unproven).toEqual([
    { node: 'd', side: 'both', pairs: 6, others: [] },
    { node: 'c', side: 'from', pairs: 2, others: ['a', 'b'] },
  ]);
});

test('one direction is not the other', () => {
  const { uncovered, unproven } = coverageOf(
    NODES,
    all.filter(({ from, to }) => !(from === 'a' && to === 'b')),
  );
  expect(uncovered).toEqual([{ from: 'a', to: 'b' }]);
  expect(unproven).toEqual([{ node: 'a', side: 'from', pairs: 1, others: ['b'] }]);
});

test('the folds hold every missing pair once, whatever is missing', () => {
  fc.assert(
    fc.property(fc.subarray(all), (judged) => {
      const { pairs, unproven, uncovered, more } = coverageOf(NODES, judged);
      const folded = unproven.reduce((sum, one) => sum + one.pairs, 0);
      expect([pairs.covered, folded, uncovered.length, more]).toEqual([
        judged.length,
        12 - judged.length,
        12 - judged.length,
        0,
      ]);
    }),
  );
});

test('of no nodes and of one there is nothing to cover', () => {
  expect(coverageOf([], []).pairs).toEqual({ total: 0, covered: 0 });
  expect(coverageOf(['a'], []).pairs).toEqual({ total: 0, covered: 0 });
});
