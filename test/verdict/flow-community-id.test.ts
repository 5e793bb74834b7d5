import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { traceCaptures } from '../../src/trace.ts';
import { communityIdOf } from '../../src/verdict/flow-community-id.ts';
import { flow, pod } from '../support/trace-builder.ts';

const GOLDEN = JSON.parse(readFileSync('test/golden/community-id/community-ids.json', 'utf8')) as Record<
  string,
  string[]
>;

describe('communityIdOf', () => {
  it.each(Object.entries(GOLDEN))('has for every flow of %s an id that tshark has', async (path, ids) => {
    const trace = await traceCaptures({ captures: [path], topology: null });
    const own = [...trace.flows()].map(communityIdOf).filter((id) => id !== null);
    expect(own.length).toBeGreaterThan(0);
    expect(own.filter((id) => !ids.includes(id))).toEqual([]);
  });

  const [cart, db] = [
    pod('10.48.0.130', 'shop/cart', 'control1', 40000),
    pod('10.48.0.200', 'shop/db', 'worker1', 5432),
  ];
  const [there, back] = [flow(cart, db), flow(db, cart)];

  it('is one for both directions', () => {
    expect(communityIdOf(there)).toMatch(/^1:[A-Za-z0-9+/]{27}=$/);
    expect(communityIdOf(back)).toBe(communityIdOf(there));
  });

  it('is null where the snaplen cut the ports off, and for ICMP that is not one kind of echo', () => {
    expect(communityIdOf({ ...there, src: { ...cart, port: null } })).toBeNull();
    expect(communityIdOf({ ...there, protocol: 'icmp', echo: { requests: 0, replies: 0 } })).toBeNull();
    expect(communityIdOf({ ...there, protocol: 'icmp', echo: { requests: 1, replies: 1 } })).toBeNull();
  });

  it('is one for echo requests and their replies, and another for requests the other way', () => {
    const asked = communityIdOf({ ...there, protocol: 'icmp', echo: { requests: 2, replies: 0 } });
    expect(communityIdOf({ ...back, protocol: 'icmp', echo: { requests: 0, replies: 2 } })).toBe(asked);
    expect(communityIdOf({ ...back, protocol: 'icmp', echo: { requests: 2, replies: 0 } })).not.toBe(asked);
  });
});
