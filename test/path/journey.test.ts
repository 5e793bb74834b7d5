import { expect, it } from 'vitest';
import { rankOf, type Stop } from '../../src/path/journey.ts';

type Place = Pick<Stop, 'side' | 'role' | 'heading'>;

it('a place nobody knows stands where its node gets packets from its pod, or hands them to it', () => {
  const place = (side: Place['side'], role: Place['role'], heading: Place['heading'] = null): Place => ({
    ...{ side, role, heading },
  });
  const way = [
    place('sender', 'unknown', 'received'),
    place('sender', 'tunnel'),
    place('sender', 'underlay'),
    place('sender', 'unknown', 'sent'),
    place('receiver', 'unknown', 'received'),
    place('receiver', 'underlay'),
    place('receiver', 'tunnel'),
    place('receiver', 'unknown', 'sent'),
  ];
  const ranks = way.map(rankOf);
  expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
  expect(new Set(ranks).size).toBe(ranks.length);
});
