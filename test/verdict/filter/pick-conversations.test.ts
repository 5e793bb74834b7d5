// The first and last conversations of those that fit, and those of flows named by number.
import { describe, expect, it } from 'vitest';
import { pickConversations } from '../../../src/verdict/filter/pick-conversations.ts';
import { briefOf } from '../../../src/verdict/flow-briefs.ts';
import type { FlowFilter } from '../../../src/verdict/flow-filter.ts';
import { flow, pod } from '../../support/trace-builder.ts';

const [CART, DB] = [pod('10.48.0.130', 'shop/cart', 'control1'), pod('10.48.0.200', 'shop/db', 'worker1')];
/** Five conversations of two flows each: ids 1 and 2, 3 and 4, ... */
const FLOWS = Array.from({ length: 10 }, (_, i) => {
  const [from, to] = i % 2 === 0 ? [CART, DB] : [DB, CART];
  return briefOf(flow(from, to, { id: i + 1, conversation: Math.floor(i / 2) + 1 }));
});
const IN_ORDER = {
  count: FLOWS.length,
  brief: (i: number) => FLOWS[i] as (typeof FLOWS)[number],
};

function idsOf(filter: FlowFilter, passes: (id: number) => boolean = () => true): number[] {
  const test = pickConversations(filter, ({ id }) => passes(id), IN_ORDER);
  return FLOWS.filter(test).map(({ id }) => id);
}

describe('conversations', () => {
  it('the first so many, the last so many, and both', () => {
    expect(idsOf({ first: 1 })).toEqual([1, 2]);
    expect(idsOf({ last: 2 })).toEqual([7, 8, 9, 10]);
    expect(idsOf({ first: 1, last: 1 })).toEqual([1, 2, 9, 10]);
    expect(idsOf({ first: 3, last: 3 })).toHaveLength(10);
    expect(idsOf({ first: 99 })).toHaveLength(10);
  });

  it('are counted among those that fit', () => {
    expect(idsOf({ first: 1 }, (id) => id > 4)).toEqual([5, 6]);
    expect(idsOf({ last: 1 }, (id) => id % 2 === 1 && id < 6)).toEqual([5]);
  });

  it('of a flow by its number, with its other direction', () => {
    expect(idsOf({ flow: [4] })).toEqual([3, 4]);
    expect(idsOf({ flow: [1, 9] })).toEqual([1, 2, 9, 10]);
    expect(idsOf({ flow: [99] })).toEqual([]);
  });
});
